// node xtermjs.mjs MODULE DIR COLS ROWS [MAX]
//
// Feeds the streams that `term-diff - --write DIR` wrote to @xterm/headless (MODULE is
// its path) and compares cursor and rows with what the engine made of them.
import fs from "node:fs";
import { createRequire } from "node:module";

const [module_, dir, cols, rows, max = "5"] = process.argv.slice(2);
const { Terminal } = createRequire(import.meta.url)(module_);

function shown(term) {
  const b = term.buffer.active;
  const lines = [`${b.cursorY},${b.cursorX} ${b.type}`];
  for (let y = 0; y < term.rows; y++)
    lines.push((b.getLine(b.baseY + y)?.translateToString(true) ?? "").trimEnd());
  return lines.join("\n") + "\n";
}

const seeds = fs.readdirSync(dir).filter((f) => f.endsWith(".bin")).map((f) => f.slice(0, -4));
let bad = 0, crashed = 0, skip = null;
// xterm.js throws on some streams (an erase in the last row); those tell nothing.
process.on("uncaughtException", () => { crashed++; skip?.(false); });
for (const seed of seeds) {
  const term = new Terminal({ cols: +cols, rows: +rows, allowProposedApi: true, scrollback: 1000 });
  const bytes = fs.readFileSync(`${dir}/${seed}.bin`);
  const whole = await new Promise((done) => { skip = done; term.write(bytes, () => done(true)); });
  if (!whole) continue;
  const ours = fs.readFileSync(`${dir}/${seed}.txt`, "utf8");
  const theirs = shown(term);
  if (ours !== theirs && bad++ < +max)
    console.log(`--- ${seed}: ${JSON.stringify(bytes.toString("utf8"))}\nours:\n${ours}theirs:\n${theirs}`);
  term.dispose();
}
console.log(`${bad} of ${seeds.length} streams differ, ${crashed} threw`);
process.exit(bad ? 1 : 0);
