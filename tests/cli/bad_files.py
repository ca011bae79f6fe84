"""Walks the files of a home with contents that are wrong, or right but odd: bad_files.py WORLD

Prints "ok WHAT" or "not ok WHAT: WHY" for each case; bad_files.t makes them tests. A file that is
wrong is named by who meets it, hides nobody else, and no byte of the home changes; one that is odd
works, and a change of it touches only its own lines.
"""
import difflib, json, os, subprocess, sys

HOME, CODELIMA = os.environ["CODELIMA_HOME"], os.environ["CODELIMA"]
NAMES = {2: {"InvalidArgument"}, 3: {"DependencyUnavailable"}, 4: {"NotFound"},
         5: {"PreconditionFailed", "Busy", "UnsupportedFeature"}, 6: {"ExternalCommandFailed"}, 7: {"MetadataCorruption", "Internal"}}


def bomb(width, levels):
    lines = ["a0: &a0 [x]"]
    for i in range(1, levels):
        lines.append(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * width) + "]")
    return ("\n".join(lines) + "\n").encode()


def broken_yaml(good):
    """Texts that cannot be read, by what is wrong with them; good is the file as it should be."""
    first = good.split(b"\n")[0]
    key = first.split(b":")[0]
    return {
        "an alias bomb": good + bomb(9, 9),
        "an alias bomb, wide": good + bomb(2000, 4),
        "a bomb as the value of a key": b"x: &x {y: z}\nl: &l [" + b"*x," * 9999 + b"]\nm: [" + b"*l," * 9999 + b"]\n" + good,
        "an alias in itself": good + b"loop: &loop [*loop]\n",
        "an alias to nothing": good + b"x: *nothing\n",
        "a duplicate key": good + first + b"\n",
        "a duplicate key, quoted": good + b'"' + key + b'": other\n',
        "a duplicate key deep down": good + b"extra: {a: {b: 1, b: 2}}\n",
        "10,000 levels of [": good + b"deep: " + b"[" * 10000 + b"]" * 10000 + b"\n",
        "10,000 levels of {": good + b"deep: " + b"{a: " * 10000 + b"x" + b"}" * 10000 + b"\n",
        "10,000 levels of blocks": good + b"deep:\n" + b"".join(b" " * i + b"a:\n" for i in range(1, 1500)) + b"\n",
        "10,000 dashes": good + b"deep:\n  " + b"- " * 10000 + b"x\n",
        "10,000 levels never closed": good + b"deep: " + b"[" * 10000,
        "not closed": good + b"x: [1, 2\n",
        "a quote not closed": good + b'x: "abc\n',
        "a NUL": good + b"x: a\0b\n",
        "a NUL in front": b"\0" + good,
        "not UTF-8": good + b"x: \xff\xfe\n",
        "a surrogate": good + b"x: \xed\xa0\x80\n",
        "UTF-16": good.decode().encode("utf-16"),
        "a tab that indents": good + b"x:\n\ty: 1\n",
        "two documents": good + b"---\n" + good,
        "a list": b"- a\n- b\n",
        "a scalar": b"just text\n",
        "over the limit": good + b"x: " + b"y" * 5000000 + b"\n",
        "300,000 values": good + b"x: [" + b"1," * 300000 + b"]\n",
        "a list as a key": good + b"[a, b]: c\n",
        "a control character": good + b"x: a\x01b\n",
    }


def odd_yaml(good):
    return {
        "a BOM": b"\xef\xbb\xbf" + good,
        "CR LF": good.replace(b"\n", b"\r\n"),
        "a BOM and CR LF": b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n"),
        "no newline at the end": good.rstrip(b"\n"),
        "many newlines at the end": good + b"\n\n\n",
        "--- in front": b"---\n" + good,
        "... behind": good + b"...\n",
        "a directive": b"%YAML 1.1\n---\n" + good,
        "tabs behind values": good.replace(b"\n", b" \t\n"),
        "comments everywhere": b"# a\n" + good.replace(b"\n", b" # why\n# mine\n") if b"|" not in good and b">" not in good else good,
        "an anchor and its alias": b"mine: &mine [a, b]\nyours: *mine\n" + good,
        "an unknown key of 1 MB": good + b"mine: '" + b"z" * 1000000 + b"'\n",
        "an unknown huge integer": good + b"mine: 99999999999999999999999999999999\n",
        "50 levels": good + b"mine: " + b"[" * 50 + b"]" * 50 + b"\n",
        "trailing spaces": good.replace(b"\n", b"   \n"),
    }


def broken_json(good):
    return {
        "empty": b"", "not closed": good.rstrip()[:-1], "a NUL": b"{\"a\": \"\0\"}", "text behind": good + b"x", "not UTF-8": b"{\"a\": \"\xff\"}",
        "a list": b"[]", "null": b"null", "a string": b'"x"', "10,000 levels": b"[" * 10000 + b"]" * 10000,
        "10,000 levels of {": b'{"a":' * 10000 + b"1" + b"}" * 10000, "a duplicate key": b'{"a": 1, "a": 2}',
        "a huge integer": b'{"pid": 99999999999999999999999999, "completed": 1e999}', "a BOM": b"\xef\xbb\xbf" + good,
        "every member of another type": json.dumps({k: ([1] if not isinstance(v, list) else 7) for k, v in json.loads(good.split(b"\n")[0] if b"\n{" in good else good).items()}).encode(),
        "a surrogate alone": b'{"job_id": "\\ud800", "operation": "\\udfff"}', "1 MB": b'{"job_id": "' + b"x" * 1000000 + b'"}',
        "negative and far": b'{"pid": -1, "child_pgid": -1, "start_time": "x", "child_start_time": "y", "job_id": "../../..", "operation": "../x"}',
        "CR LF": good.replace(b"\n", b"\r\n"), "steps of another type": b'{"steps": [1, null, "x", {"command": null}]}',
    }


class Walk:
    def __init__(self, world):
        self.w = world

    def say(self, what, why):
        print((f"not ok {what}: {why}" if why else f"ok {what}").replace("\n", " "))
        sys.stdout.flush()

    def contents(self):
        held = {}
        for at, dirs, files in os.walk(HOME):
            if os.path.relpath(at, HOME) in ("_locks", "_jobs"):
                dirs[:] = []
                continue
            for f in files:
                held[os.path.join(at, f)] = open(os.path.join(at, f), "rb").read()
        return held

    def run(self, args):
        """status, document, stderr; or a string that says what is wrong with the run."""
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
        if not doc["ok"] and doc["error"]["category"] not in NAMES.get(r.returncode, ()):
            return f"exits {r.returncode} with {doc['error']}"
        if doc["ok"] and r.returncode not in (0, 3) or len(json.dumps(doc.get("error"))) > 20000:
            return f"exits {r.returncode} with {json.dumps(doc)[:300]}"
        return r.returncode, doc, noise

    def broken(self, what, path, text, commands):
        """commands: words, the statuses they may have, and whether the file must be named."""
        kept = open(path, "rb").read()
        open(path, "wb").write(text)
        before = self.contents()
        for words, statuses, named in commands:
            got = self.run(words)
            why = got if isinstance(got, str) else None
            if not why:
                told = got[2] + json.dumps(got[1])
                if got[0] not in statuses:
                    why = f"exits {got[0]}, not {statuses}: {json.dumps(got[1])[:300]}"
                elif named and os.path.basename(path) not in told:
                    why = f"{os.path.basename(path)} is not named: {told[:300]}"
                elif self.contents() != before:
                    why = "the home changed"
            self.say(f"{what}: {' '.join(words)}", why)
        self.put_back(path, kept, before)

    def put_back(self, path, kept, before):
        for p in self.contents():
            if p not in before:
                os.remove(p)
        for p, text in before.items():
            if not os.path.exists(p) or open(p, "rb").read() != text:
                os.makedirs(os.path.dirname(p), exist_ok=True)
                open(p, "wb").write(text)
        open(path, "wb").write(kept)

    def odd(self, what, path, text, show, update, keys):
        """show gives what it gave; update changes the lines of keys alone."""
        kept = open(path, "rb").read()
        want = self.run(show)[1]["data"]
        before = self.contents()
        open(path, "wb").write(text)
        got = self.run(show)
        why = got if isinstance(got, str) else None if got[0] == 0 and got[1]["data"] == want else f"shown as {json.dumps(got[1])[:400]}"
        self.say(f"{what}: {' '.join(show)}", why)
        if update:
            got = self.run(update)
            why = got if isinstance(got, str) else None if got[0] == 0 else json.dumps(got[1])[:300]
            now = open(path, "rb").read()
            for line in difflib.ndiff(text.split(b"\n") and [l.hex() for l in text.split(b"\n")], [l.hex() for l in now.split(b"\n")]) if not why and len(text) < 100000 else []:
                l = bytes.fromhex(line[2:]) if line[0] in "+-" else b""
                l = l.removeprefix(b"\xef\xbb\xbf").strip()
                if l and l.split(b":")[0].decode() not in keys:
                    why = f"another line changed: {line[0]} {l!r}"
            if not why and b"\r\n" in text and now.count(b"\n") != now.count(b"\r\n"):
                why = f"some lines lost their CR: {now!r}"[:400]
            if not why and text.startswith(b"\xef\xbb\xbf") != now.startswith(b"\xef\xbb\xbf"):
                why = "the BOM is gone"
            if not why:
                again = self.run(show)
                why = again if isinstance(again, str) else None if again[0] == 0 else json.dumps(again[1])[:300]
            self.say(f"{what}: {' '.join(update)}", why)
        self.put_back(path, kept, before)

    # ---- each kind of file

    def yaml(self, kind, path, reads, shows, writes, odd_show, odd_update, keys):
        good = open(path, "rb").read()
        cases = [(r, {0}, True) for r in reads] + [(s, {7}, True) for s in shows] + [(u, {7, 2}, True) for u in writes]
        cases.append((["doctor"], {0, 3}, True))
        for why, text in broken_yaml(good).items():
            self.broken(f"{kind}, {why}", path, text, cases)
        for why, text in odd_yaml(good).items():
            self.odd(f"{kind}, {why}", path, text, odd_show, odd_update, keys)

    def config(self, path):
        good = open(path, "rb").read()
        anything = [(c, {2, 7}, True) for c in (["config", "show"], ["project", "list"], ["node", "show", "n"], ["project", "update", "p", "--slug", "q"],
                                                ["environment", "create", "--slug", "q"], ["profile", "delete", "x"], ["node", "start", "n"])]
        for why, text in broken_yaml(good).items():
            self.broken(f"config.yaml, {why}", path, text, anything + [(["doctor"], {3}, True), (["help"], {0}, False), (["version"], {0}, False)])
        for line in ("resources: {cpus: 99999999999999999999999}", "resources: {cpus: -1}", "resources: {cpus: 1e3}", "resources: {cpus: yes}", "resources: {memory: lots}", "resources: [1]",
                     "deadlines: {list: soon}", "deadlines: [a]", "ports: 99999", "ports: [a-b]", "ports: {a: b}", "accelerator: fast", "shared_dirs: x",
                     "shared_dirs: [{guest: /x}]", "containerd: maybe", "snapshot: x", "snapshot: {excludes: {a: b}}"):
            text = b"\n".join(l for l in good.split(b"\n") if not l.startswith(line.split(":")[0].encode() + b":")) + line.encode() + b"\n"
            if line.startswith("snapshot"):
                text = b"lima_home: x\n" + line.encode() + b"\n"
            self.broken(f"config.yaml, {line}", path, text, [(["environment", "create", "--slug", "q"], {2, 7}, True), (["project", "update", "p", "--slug", "q"], {2, 7}, True)])
        for why, text in odd_yaml(good).items():
            self.odd(f"config.yaml, {why}", path, text, ["config", "show"], None, ())

    def commands_file(self, path):
        good = open(path, "rb").read()
        create = ["node", "create", "--project", "p", "--slug", "fresh", "--lima-commands-file", path]
        texts = broken_yaml(good)
        texts.update({"a list for an action's map": b"stop: {a: b}\n", "lima_commands: text": b"lima_commands: text\n", "lima_commands: a list": b"lima_commands: [stop]\n",
                      "a number": b"lima_commands: 7\n", "an action twice": b"stop: a\nstop: b\n"})
        for why, text in texts.items():
            self.broken(f"--lima-commands-file, {why}", path, text, [(create, {2}, True)])

    def claim(self, path, text):
        """What an operation leaves that was killed."""
        json.dump(text, open(path, "w"))
        self.json("claim.json", path, [["node", "show", "n"], ["node", "stop", "n"], ["doctor"]])
        os.remove(path)

    def json(self, kind, path, commands):
        good = open(path, "rb").read()
        name = os.path.basename(path)
        for why, text in broken_json(good).items():
            for words in commands:
                before = self.contents()
                open(path, "wb").write(text)
                bad = self.contents()
                got = self.run(words)
                wrong = got if isinstance(got, str) else None
                if not wrong and got[0] not in (0, 7):
                    wrong = f"exits {got[0]}: {json.dumps(got[1])[:300]}"
                if not wrong and got[0] == 7 and name not in got[1]["error"]["message"]:
                    wrong = f"{name} is not named: {json.dumps(got[1])[:300]}"
                if not wrong and got[0] == 7 and self.contents() != bad:
                    wrong = "refused, but the home changed"
                self.say(f"{kind}, {why}: {' '.join(words)}", wrong)
                self.put_back(path, good, before)
                if words[:2] == ["node", "start"]:
                    self.run(["node", "stop", "n"])
                    self.put_back(path, good, before)


def main():
    world = json.load(open(sys.argv[1]))
    w, only = Walk(world), sys.argv[2:]
    kinds = {
        "config": lambda: w.config(world["config"]),
        "project": lambda: w.yaml("project.yaml", world["project"], [["project", "list"], ["project", "tree"]], [["project", "show", world["project_id"]], ["project", "show", "p"]],
                                  [["project", "update", "p", "--slug", "q"], ["node", "create", "--project", "p"], ["project", "delete", "p"]],
                                  ["project", "show", world["project_id"]], ["project", "update", "p", "--slug", "q"], ("slug", "updated_at")),
        "node": lambda: w.yaml("node.yaml", world["node"], [["node", "list"], ["project", "tree"]], [["node", "show", world["node_id"]], ["node", "status", "n"]],
                               [["node", "stop", "n"], ["node", "start", "n"], ["node", "delete", "n", "--yes"], ["shell", "n", "--", "true"]],
                               ["node", "logs", "n"], None, ()),
        "environment": lambda: w.yaml("environment-config.yaml", world["environment"], [["environment", "list"]], [["environment", "show", "e"]],
                                      [["environment", "update", "e", "--bootstrap-command", "x"], ["environment", "delete", "e"]],
                                      ["environment", "show", "e"], ["environment", "update", "e", "--bootstrap-command", "two"], ("bootstrap_commands", "- one", "- one # why", "- two", "updated_at")),
        "profile": lambda: w.yaml("x.yaml", world["profile"], [["profile", "list"]], [["profile", "show", "x"]],
                                  [["profile", "update", "x", "--launch-command", "x"], ["project", "update", "p", "--agent-profile", "x"]],
                                  ["profile", "show", "x"], ["profile", "update", "x", "--launch-command", "other"], ("launch_command",)),
        "commands": lambda: w.commands_file(world["commands"]),
        "bootstrap": lambda: w.json("bootstrap.json", world["bootstrap"], [["node", "show", "n"], ["node", "start", "n"], ["node", "logs", "n"], ["doctor"]]),
        "claim": lambda: w.claim(world["claim"], world["claim_text"]),
        "job": lambda: w.json("job.json", world["job"], [["node", "list"], ["doctor"]] + world["job_commands"]),
        "events": lambda: w.json("events.jsonl", world["events"], [["node", "logs", "n"]]),
    }
    for kind, walk in kinds.items():
        if not only or kind in only:
            walk()


main()
