"""Walks the command table with words that are wrong: bad_words.py TABLE WORLD

Prints a line for each case, "ok WHAT" or "not ok WHAT: WHY"; bad_words.t makes them tests. WORLD
(JSON) says what the home holds: for each type a live slug, a deleted one, a piece of an id that
two records share, and a directory that can become a workspace.
"""
import json, os, subprocess, sys, shutil

EXITS = {"InvalidArgument": 2, "DependencyUnavailable": 3, "NotFound": 4, "PreconditionFailed": 5,
         "UnsupportedFeature": 5, "Busy": 5, "ExternalCommandFailed": 6, "MetadataCorruption": 7, "Internal": 7}
HOME, LIMA, CODELIMA = os.environ["CODELIMA_HOME"], os.environ["LIMA_HOME"], os.environ["CODELIMA"]
# The longest word that Linux takes (MAX_ARG_STRLEN, with its NUL); elsewhere the line has the limit.
LONGEST = 131071 if sys.platform == "linux" else 200000


def contents(top):
    """What every file holds. Lock files and job records are not the person's."""
    held = {}
    for at, dirs, files in os.walk(top):
        rel = os.path.relpath(at, top)
        if rel in ("_locks", "_jobs"):
            dirs[:] = []
            continue
        held[rel] = os.stat(at).st_mode
        for f in files:
            p = os.path.join(at, f)
            held[os.path.join(rel, f)] = (os.lstat(p).st_mode, open(p, "rb").read())
    return held


class Walk:
    def __init__(self, table, world):
        self.table, self.world = table, world
        self.before = contents(HOME)
        for d in (HOME, LIMA):
            shutil.copytree(d, d + ".kept", symlinks=True)

    def restore(self):
        for d in (HOME, LIMA):
            self.remove(d)
            shutil.copytree(d + ".kept", d, symlinks=True)
        self.remove(self.world["dir"])
        os.makedirs(self.world["dir"])

    @staticmethod
    def remove(top):
        """A snapshot's tree is read-only."""
        for at, dirs, _ in os.walk(top):
            os.chmod(at, 0o700)
        shutil.rmtree(top)

    def complaint(self, args, want, names):
        """Why this run is not as it should be, or None."""
        try:
            r = subprocess.run([CODELIMA, "--json"] + args, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return "does not end"
        noise = r.stderr.decode("utf-8", "replace")
        if any(w in noise for w in ("AddressSanitizer", "runtime error:", "LeakSanitizer")):
            return noise[-2000:]
        try:
            doc = json.loads(r.stdout)
        except ValueError:
            return f"exits {r.returncode}, stdout is no document: {r.stdout[:200]!r} {noise[-200:]}"
        said = json.dumps(doc)[:400]
        if doc["ok"] != (r.returncode == 0):
            return f"exits {r.returncode} with {said}"
        if not doc["ok"] and EXITS[doc["error"]["category"]] != r.returncode:
            return f"exits {r.returncode} with {said}"
        if doc["ok"] or r.returncode in (3, 6):
            self.restore()
        elif contents(HOME) != self.before:
            self.restore()
            return f"refused, but the home changed: {said}"
        if want and r.returncode not in want:
            return f"exits {r.returncode}, not {want}: {said}"
        if not doc["ok"] and len(doc["error"]["message"].encode()) > 6000:
            return f"a message of {len(doc['error']['message'])} characters"
        if not doc["ok"] and names and not any(n in doc["error"]["message"] for n in names):
            return f"the message lacks {names}: {said}"
        return None

    def case(self, what, args, want=None, names=()):
        why = self.complaint(args, want, names)
        print(f"not ok {what}: {why}" if why else f"ok {what}".replace("\n", " "))
        sys.stdout.flush()

    # ---- lines that are right

    def good(self, kind, value=None):
        w = self.world
        if kind in w["live"]:
            return w["live"][kind]
        return {"dir": w["dir"], "file": w["file"], "words": (value or "").split("|")[0]}.get(kind) or \
            {"SLUG": "fresh", "NAME": "fresh", "N": "2", "SIZE": "4", "DURATION": "1m", "NAME=VALUE": "A=1"}.get(value, "x")

    def args_of(self, c):
        words = []
        for i, kind in zip(range(c["min_args"]), (c["first"], c["second"])):
            words.append(self.good(kind, c["args"]))
        return words

    def flags_of(self, c, without=None):
        words = []
        for f in c["flags"]:
            if f["required"] and f is not without:
                words.append(f"--{f['name']}={self.good(f['names'], f['value'])}")
        return words

    # ---- lines that are wrong

    def flag(self, c, f):
        words = c["group"].split() + [c["name"]]
        name, what = "--" + f["name"], " ".join(words) + " --" + f["name"]
        base = words + self.flags_of(c, f)
        args = self.args_of(c)
        if f["type"] == "switch":
            self.case(what + "=value", base + [name + "=yes"] + args, {2}, [name])
            self.case(what + "=", base + [name + "="] + args, {2}, [name])
            self.case(what + " doubled", base + [name, name, "--no-such-flag"] + args, {2}, ["--no-such-flag"])
            return
        good = self.good(f["names"], f["value"])
        self.case(what + " at the end", base + args + [name], {2}, [name])
        self.case(what + " before a flag", base + args + [name, "--json"], {2}, [name])
        self.case(what + " not UTF-8", base + [name, b"a\xff\xfe"] + args, {2}, [name])
        if f["may_be_empty"]:
            self.case(what + " empty", base + [name, ""] + args)
        else:
            self.case(what + " empty", base + [name, ""] + args, {2}, [name])
            self.case(what + "= empty", base + [name + "="] + args, {2}, [name])
        if f["type"] == "value":
            self.case(what + " doubled", base + [f"{name}={good}", f"{name}={good}"] + args, {2}, [name])
            for a in f["alias"]:
                self.case(what + " and its alias", base + [f"{name}={good}", f"--{a}={good}"] + args, {2}, [name])
        long = base + [name, "x" * (LONGEST - 1)] + args
        self.case(what + " very long", long)
        for dash in ("-x", "--", "-", "--=", "---"):
            self.case(f"{what} {dash}", base + [f"{name}={dash}"] + args)
        if f["names"] in self.world["deleted"]:
            self.refs(what, lambda ref: base + [f"{name}={ref}"] + args, f["names"], {0, 2, 4, 5},
                      # A clone has its source's profile: any other word is as wrong.
                      {5} if (c["name"], f["names"]) == ("clone", "profile") else {4})
        if f["names"] == "words":
            self.case(what + " another word", base + [name, "sideways"] + args, {2, 5}, ["sideways"])

    def refs(self, what, line, kind, deleted, unknown=frozenset({4})):
        w = self.world
        for ref in ("no-such-thing", "zzzzzzzz", "x" * (LONGEST - 100), "a/../b", "*", "\x1b[31m", "é", "019b76da-a800-7000-8000-00000000ffff"):
            self.case(f"{what}: nothing is named {ref[:40]!r}", line(ref), unknown, [ref] if ref.isprintable() and len(ref) < 99 else [])
        for other, ident in w["ids"].items():
            if other != kind:
                self.case(f"{what}: the id of a {other}", line(ident), unknown, [ident])
        if kind in w["shared"]:
            self.case(what + ": two have that", line(w["shared"][kind]), {2}, [w["shared"][kind]])
        if w["deleted"].get(kind):
            self.case(what + ": a deleted one", line(w["deleted"][kind]), deleted,
                      [] if deleted == {4} else ["deleted"])

    def command(self, c):
        words = c["group"].split() + [c["name"]]
        what = " ".join(words)
        flags = self.flags_of(c)
        args = self.args_of(c)
        # What an update needs beside its REF, and a shell that is to answer with a document.
        some = [f for f in c["flags"] if f["type"] != "switch"][:1] if c["name"] == "update" else []
        more = [f"--{f['name']}={self.good(f['names'], f['value'])}" for f in some]
        rest = ["true"] if c["rest"] else []
        for f in c["flags"]:
            self.flag(c, f)
            if f["required"]:
                self.case(f"{what} without --{f['name']}", words + self.flags_of(c, f) + args, {2}, ["--" + f["name"]])
        self.case(what + " --no-such-flag", words + flags + args + ["--no-such-flag"], {2}, ["--no-such-flag"])
        self.case(what + " -Z", words + flags + ["-Z"] + args, {2}, ["-Z"])
        if not c["rest"]:
            full = args + ["x"] * (c["max_args"] - len(args))
            self.case(what + " surplus", words + flags + full + ["surplus-word"], {2}, ["surplus-word"])
        for i in range(len(args)):
            self.case(f"{what} with {i} words", words + flags + args[:i], {2})
        for i, kind in zip(range(c["max_args"]), (c["first"], c["second"])):
            def line(ref, i=i):
                return words + flags + more + ["--"] + (args + [""])[:i] + [ref] + args[i + 1:] + rest
            self.case(f"{what} word {i + 1} not UTF-8", line(b"\xff"), {2})
            if kind in self.world["live"]:
                self.case(f"{what} word {i + 1} empty", line(""), {4})
                reads = c["name"] in ("show", "status", "logs", "tree", "list")
                # A deleted project's snapshots are its own: it has none of that id.
                none = {4} if c["second"] == "snapshot" and i == 0 else set()
                self.refs(f"{what} word {i + 1}", line, kind, none or ({0} if reads else {5}))
        for f in self.table["global"]:
            if f["type"] == "value":
                n = "--" + f["name"]
                self.case(f"{what} {n} empty", words + flags + args + [n + "="], {2}, [n])
                self.case(f"{what} {n} missing", words + flags + args + [n], {2}, [n])
                self.case(f"{what} {n} doubled", words + flags + [n + "=info", n + "=info"] + args, {2}, [n])
                self.case(f"{what} {n} not UTF-8", words + flags + [n, b"\xff"] + args, {2}, [n])


def main():
    walk = Walk(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))
    only = sys.argv[3:]
    for c in walk.table["commands"]:
        if not only or " ".join(c["group"].split() + [c["name"]]) in only:
            walk.command(c)


main()
