#!/usr/bin/env python3
"""screen.py DIR COLS ROWS: run by an xterm, shows it the streams of DIR (SEED.bin, written by
term-diff --write --bare 1) one after the other and writes what its screen is then to SEED.xterm,
in the form of SEED.txt.

The screen is read cell by cell with DECRQCRA (xterm ctlseqs; checksumExtension 23 makes the
checksum of one cell its character), the cursor with DECXCPR; both count from the margins in
origin mode, so that the margins are asked for (DECRQSS) and origin mode is put off first."""
import os, re, select, sys, termios, tty

where, cols, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def ask(question, pattern):
    """The answer that matches; what was answered before it is dropped."""
    os.write(1, question.encode())
    got = b""
    while True:
        if not select.select([0], [], [], 20)[0]:
            raise SystemExit(f"xterm does not answer {question!r}: {got!r}")
        got += os.read(0, 65536)
        found = re.search(pattern, got)
        if found:
            return found


def margin(name, default):
    found = ask(f"\033P$q{name}\033\\", rb"\033P([01])\$r([0-9;]*)" + name.encode() + rb"\033\\|\033P0\$r\033\\")
    numbers = (found[2] or b"").split(b";") if found[1] == b"1" else []
    return int(numbers[0]) - 1 if numbers and numbers[0] else default


def cursor():
    """The stream's own questions are answered first: the last answer is ours."""
    ask("\033[0;1;1;1;1;1*y", rb"\033P0!~[0-9A-F]{4}\033\\")
    origin = ask("\033[?6$p", rb"\033\[\?6;(\d)\$y")[1] == b"1"
    found = ask("\033[?6n", rb"\033\[\?(\d+);(\d+)")
    row, col = int(found[1]) - 1, int(found[2]) - 1
    return (row + margin("r", 0), col + margin("s", 0)) if origin else (row, col)


def screen():
    questions = "".join(f"\033[{y * cols + x + 1};1;{y + 1};{x + 1};{y + 1};{x + 1}*y"
                        for y in range(rows) for x in range(cols))
    last = rows * cols
    os.write(1, questions.encode())
    found, got = {}, b""
    while last not in found:
        if not select.select([0], [], [], 20)[0]:
            raise SystemExit("xterm does not answer DECRQCRA")
        got += os.read(0, 65536)
        for n, value in re.findall(rb"\033P(\d+)!~([0-9A-F]{4})\033\\", got):
            found[int(n)] = int(value, 16)
    text = [chr(found[i + 1]) if found[i + 1] else " " for i in range(last)]
    return ["".join(text[y * cols:(y + 1) * cols]) for y in range(rows)]


def show(seed):
    # RIS leaves the alternate screen and what DECSC saved.
    os.write(1, b"\033c\033[3J\033[?47h\033[2J\0337\033[?47l\0337")
    with open(f"{where}/{seed}.bin", "rb") as f:
        os.write(1, f.read())
    row, col = cursor()
    os.write(1, b"\033[?6l\033[?69l\033[r")
    with open(f"{where}/{seed}.xterm", "w", encoding="utf-8") as f:
        f.write(f"{row},{col}\n" + "".join(line + "|\n" for line in screen()))


old = termios.tcgetattr(0)
tty.setraw(0)
try:
    for name in sorted(os.listdir(where)):
        if name.endswith(".bin"):
            show(name[:-4])
except SystemExit as e:
    with open(f"{where}/error", "w", encoding="utf-8") as f:
        f.write(f"{e}\n")
finally:
    termios.tcsetattr(0, termios.TCSADRAIN, old)
