// node xtermjs.mjs MODULES DIR COLS ROWS [MAX] [--agree LEAST [SEED…]]
//
// Feeds the streams that `term-diff LIBRARY --write DIR` wrote to @xterm/headless (MODULES
// is the folder of node's modules) and compares cursor, rows, styles and how much history
// there is with what the engine made of them. With --agree only those count where
// libghostty-vt and @xterm/headless made the same and the engine did not; there must be
// LEAST streams of which those two make the same. Streams of the SEEDs named are left out.
import fs from "node:fs";
import { createRequire } from "node:module";

const [modules, dir, cols, rows, max = "5", agree, least = "0", ...but] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { Terminal } = require(`${modules}/@xterm/headless`);
const { UnicodeGraphemesAddon } = require(`${modules}/@xterm/addon-unicode-graphemes`);

const attributes = ["isBold", "isDim", "isItalic", "isBlink", "isInverse", "isInvisible",
  "isStrikethrough", "isOverline"];

// The colour as in cellstyle.h: index or rgb with a mark, 0 for the default.
function color(cell, ground) {
  const value = cell[`get${ground}Color`]();
  if (cell[`is${ground}RGB`]()) return 0x2000000 | value;
  return cell[`is${ground}Palette`]() ? 0x1000000 | value : 0;
}

function look(cell) {
  let bits = cell.isUnderline() ? 1 << 9 : 0;
  attributes.forEach((name, i) => { if (cell[name]()) bits |= 1 << i; });
  const [fg, bg] = [color(cell, "Fg"), color(cell, "Bg")];
  return fg || bg || bits ? `{${[fg, bg, 0, bits].map((n) => n.toString(16)).join()}}` : "{}";
}

// As our_text() with peer_look.plain.
function shown(term) {
  const b = term.buffer.active, out = [`${b.cursorY},${b.cursorX} ${b.type === "normal" ? "pri" : "alt"}`];
  const cell = b.getNullCell();
  for (let y = 0; y < b.baseY + term.rows; y++) {
    const line = b.getLine(y);
    let text = "", last = "{}";
    for (let x = 0; x < term.cols; x++) {
      if (!line?.getCell(x, cell)) { text += " "; continue; }
      if (look(cell) !== last) text += last = look(cell);
      text += cell.getWidth() === 0 ? "<" : cell.getChars() || " ";
    }
    out.push(text + "|");
  }
  return out.join("\n") + "\n";
}

const quoted = (s) => JSON.stringify(s).replaceAll("\\u001b", "\\e");
const seeds = fs.readdirSync(dir).filter((f) => f.endsWith(".bin")).map((f) => f.slice(0, -4))
  .filter((seed) => !but.includes(seed));
let bad = 0, crashed = 0, same = 0, skip = null;
// xterm.js throws on some streams (an erase in the last row); those tell nothing.
process.on("uncaughtException", () => { crashed++; skip?.(false); });
for (const seed of seeds) {
  const term = new Terminal({
    cols: +cols, rows: +rows, allowProposedApi: true, scrollback: 10000, reflowCursorLine: true });
  term.loadAddon(new UnicodeGraphemesAddon());
  const bytes = fs.readFileSync(`${dir}/${seed}.bin`, "utf8");
  const whole = await new Promise(async (done) => {
    skip = done;
    for (const part of bytes.split(/(\x1b<\d+,\d+>)/)) {
      const size = part.match(/^\x1b<(\d+),(\d+)>$/);
      if (size) term.resize(+size[1], +size[2]);
      else await new Promise((fed) => term.write(part, fed));
    }
    done(true);
  });
  if (!whole) continue;
  const ours = fs.readFileSync(`${dir}/${seed}.txt`, "utf8"), theirs = shown(term);
  term.dispose();
  const ghost = agree ? fs.readFileSync(`${dir}/${seed}.ghost`, "utf8") : theirs;
  if (ghost === theirs) same++;
  if (ours !== theirs && ghost === theirs && bad++ < +max)
    console.log(`--- ${seed}: ${quoted(bytes)}\nours:\n${ours}theirs:\n${theirs}`);
}
console.log(`${bad} of ${seeds.length} streams differ${agree ? ` where the peers agree (${same})` : ""}, ${crashed} threw`);
process.exit(bad || same < +least ? 1 : 0);
