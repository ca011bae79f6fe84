// node xtermjs_shots.mjs MODULES COLS ROWS RECORD MOMENTS
//
// As `term-shots --plain`, by @xterm/headless with the widths of Unicode 11 (it has no
// clusters that work for emoji); MODULES is the node_modules folder it lies in.
import fs from "node:fs";
import { createRequire } from "node:module";

const [modules, cols, rows, record, moments] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { Terminal } = require(`${modules}/@xterm/headless`);
const { Unicode11Addon } = require(`${modules}/@xterm/addon-unicode11`);

const term = new Terminal({
  cols: +cols, rows: +rows, allowProposedApi: true, scrollback: 100000, logLevel: "off",
  windowOptions: { setWinLines: true },
});
term.loadAddon(new Unicode11Addon());
term.unicode.activeVersion = "11";
let visible = true;
for (const [final, on] of [["h", true], ["l", false]])
  term.parser.registerCsiHandler({ prefix: "?", final }, (params) => {
    if (params.includes(25)) visible = on;
    return false;
  });
term.parser.registerEscHandler({ final: "c" }, () => { visible = true; return false; });

const bytes = fs.readFileSync(record);
const out = [];
const hex = (n) => n.toString(16).padStart(6, "0");
const underlines = ["", " ul", " ul=double", " ul=curly", " ul=dotted", " ul=dashed"];

function color(name, rgb, palette, value) {
  return rgb ? ` ${name}=#${hex(value)}` : palette ? ` ${name}=${value}` : "";
}

function look(c) {
  const flags = [["bold", c.isBold()], ["faint", c.isDim()], ["italic", c.isItalic()],
    ["blink", c.isBlink()], ["inverse", c.isInverse()], ["invisible", c.isInvisible()],
    ["strike", c.isStrikethrough()], ["overline", c.isOverline()]];
  // A link counts as underlined there; whether the program underlined it is in _ext.
  const ul = c.isUnderline() ? (c.extended?.urlId ? c.extended._ext >>> 26 & 7 : c.extended?.underlineStyle || 1) : 0;
  let s = flags.filter((f) => f[1]).map((f) => ` ${f[0]}`).join("") + underlines[ul];
  s += color("fg", c.isFgRGB(), c.isFgPalette(), c.getFgColor());
  s += color("bg", c.isBgRGB(), c.isBgPalette(), c.getBgColor());
  if (ul && c.isUnderlineColorRGB && !c.isUnderlineColorDefault())
    s += color("ulcolor", c.isUnderlineColorRGB(), c.isUnderlineColorPalette(), c.getUnderlineColor());
  return s;
}

function row(number, line) {
  const runs = [];
  let text = "", last = "", from = 0;
  const end = (x) => { if (last && x > from) runs.push(`${from}+${x - from}${last}`); from = x; };
  for (let x = 0; x < term.cols; x++) {
    const c = line.getCell(x);
    const s = c ? look(c) : "";
    if (s !== last) end(x);
    last = s;
    if (c?.getWidth() !== 0) text += c?.getChars() || " ";
  }
  end(term.cols);
  out.push(`${String(number).padStart(4)} |${text.replace(/ +$/, "")}|`);
  if (runs.length) out.push(`      ${runs.join("  ")}`);
}

function shot(name) {
  const b = term.buffer.active, alternate = b.type === "alternate";
  const pending = b.cursorX >= term.cols;
  out.push(`== ${name}`);
  out.push(`${term.cols}x${term.rows} ${alternate ? "alternate" : "primary"} cursor ` +
    `${b.cursorY},${pending ? term.cols - 1 : b.cursorX}${pending ? " pending" : ""}${visible ? "" : " hidden"}`);
  for (let y = alternate ? b.baseY : 0; y < b.baseY + term.rows; y++) row(y - b.baseY, b.getLine(y));
}

let fed = 0;
for (const line of fs.readFileSync(moments, "utf8").split("\n").filter(Boolean)) {
  const [at, what, a, b] = line.split(" ");
  await new Promise((done) => term.write(bytes.subarray(fed, +at), done));
  fed = +at;
  if (what === "shot") shot(a);
  else if (what === "resize") term.resize(+a, +b);
}
console.log(out.join("\n"));
