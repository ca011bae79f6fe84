#!/usr/bin/env python3
"""concurrency.py CODELIMA OPERATIONS [WRITERS [READERS [SEED]]] - many commands over one home at once

Writers create, update and delete environments, profiles, projects and nodes: records of
their own, records that several of them write (each one member of it), and slugs that all of
them want. Readers list and show meanwhile. Looked for, while it runs and at the end:

  lost updates     what a command acknowledged is not there
  resurrections    what was acknowledged as deleted is live
  torn reads       an answer that is no JSON, or that contradicts itself, or that is older than
                   what was acknowledged before the question was asked
  double slugs     two live records of a type with one slug
  indexes          entries that name another record, or none

CODELIMA_HOME, FAKE_WORK and a fake limactl on PATH are given by tests/cli/lib.sh. The last
lines are the counts; the status is 1 when anything was found."""
import collections, itertools, json, os, random, re, subprocess, sys, threading, time

CODELIMA, OPERATIONS = sys.argv[1], int(sys.argv[2])
WRITERS, READERS, SEED = ([int(a) for a in sys.argv[3:6]] + [16, 8, 1][len(sys.argv) - 3 :])[:3]
HOME, WORK = os.environ["CODELIMA_HOME"], os.environ["FAKE_WORK"]
BUSY = re.compile(r"\(job [0-9a-f-]{36}, pid [0-9]+\)")

ran = itertools.count(1)
done = 0
counts, faults = collections.Counter(), collections.Counter()
lock = threading.Lock()
known = {}  # (type, id) -> {member: acknowledged number}
dead = set()  # ids acknowledged as deleted


def fault(kind, text):
    with lock:
        faults[kind] += 1
        if faults[kind] <= 5:
            print(f"{kind}: {text}", flush=True)


def codelima(*words):
    """One command; its document, or None when it was no document."""
    global done
    p = subprocess.run([CODELIMA, "--json", *words], stdin=subprocess.DEVNULL, capture_output=True)
    with lock:
        done = next(ran)
        counts[" ".join(words[:2])] += 1
    try:
        doc = json.loads(p.stdout)
        assert doc["ok"] is (p.returncode == 0)
        return doc
    except (ValueError, AssertionError, KeyError):
        fault("torn answers", f"{words}: status {p.returncode}: {p.stdout[-300:]} {p.stderr[-300:]}")
        return None


def change(*words, may_fail=()):
    """A command that changes something; its record, or None when it failed as it may."""
    doc = codelima(*words)
    if doc is None or doc["ok"]:
        return doc and doc["data"]
    error = doc["error"]
    with lock:
        counts["refused: " + error["category"]] += 1
    if error["category"] not in may_fail:
        fault("failures", f"{words}: {error}")
    if error["category"] == "Busy" and not BUSY.search(error["message"]):
        fault("Busy without a job", error["message"])
    return None


def acknowledge(kind, ident, member, number):
    with lock:
        known.setdefault((kind, ident), {})[member] = number


def bury(kind, ident):
    with lock:
        known.pop((kind, ident), None)
        dead.add(ident)


def workspace(name):
    path = os.path.join(WORK, name)
    os.makedirs(path, exist_ok=True)
    return path


def pair(number):
    return [f"echo {number}", f"echo {number} again"]


def as_flags(flag, values):
    return [word for value in values for word in (flag, value)]


def pair_number(values):
    """The number of a pair, or None and a fault when its halves differ."""
    if not values:
        return 0
    number = values[0].split()[1]
    if values != pair(number):
        fault("torn reads", str(values))
    return int(number)


MEMBERS = {
    "commands": (lambda n: as_flags("--bootstrap-command", pair(n)), lambda p: pair_number((p.get("lima_commands") or {}).get("bootstrap"))),
    "cpus": (lambda n: ["--cpus", str(n)], lambda p: int(p["resources"]["cpus"])),
    "memory": (lambda n: ["--memory", f"{n}GiB"], lambda p: int(p["resources"]["memory"][:-3])),
    "disk": (lambda n: ["--disk", f"{n}GiB"], lambda p: int(p["resources"]["disk"][:-3])),
}


def seen(kind, record, member):
    if kind == "environment":
        return pair_number(record["bootstrap_commands"])
    if kind == "profile":
        return pair_number(record["install_commands"])
    return MEMBERS[member][1](record)


def identity(kind, record):
    return record["name"] if kind == "profile" else record["id"]


class Writer(threading.Thread):
    def __init__(self, number, shared):
        super().__init__(daemon=True)
        self.w, self.rng, self.n = number, random.Random(SEED * 1000 + number), 0
        self.shared, self.member = shared[number // 4 % len(shared)], list(MEMBERS)[number % 4]
        self.environment = self.profile = self.project = self.node = None
        self.state = "created"

    def run(self):
        turns = [self.turn_environment] * 5 + [self.turn_profile] * 4 + [self.turn_project] * 4 + [self.turn_shared] * 5
        turns += [self.turn_contested] * 2 + [self.turn_node, self.turn_shared_node]
        while done < OPERATIONS:
            self.n += 1
            self.rng.choice(turns)()

    def turn_environment(self):
        flags = as_flags("--bootstrap-command", pair(self.n))
        if not self.environment:
            r = change("environment", "create", "--slug", f"e{self.w}", *flags)
            self.environment = r and r["id"]
        elif self.rng.random() < 0.2:
            if change("environment", "delete", self.environment):
                bury("environment", self.environment)
                self.environment = None
            return
        else:
            change("environment", "update", self.environment, *flags)
        acknowledge("environment", self.environment, "", self.n)

    def turn_profile(self):
        name, flags = f"p{self.w}", as_flags("--install-command", pair(self.n))
        if not self.profile:
            self.profile = change("profile", "create", "--name", name, "--launch-command", "true", *flags) and name
        elif self.rng.random() < 0.2:
            known.pop(("profile", name), None)  # its name comes again: nobody expects it meanwhile
            if change("profile", "delete", name):
                self.profile = None
            return
        else:
            change("profile", "update", name, *flags)
        acknowledge("profile", name, "", self.n)

    def turn_project(self):
        flags = as_flags("--bootstrap-command", pair(self.n))
        if not self.project:
            r = change("project", "create", "--workspace", workspace(f"w{self.w}"), "--slug", f"w{self.w}", *flags)
            self.project = r and r["id"]
        elif self.rng.random() < 0.2:
            if change("project", "delete", self.project):
                bury("project", self.project)
                self.project = None
            return
        elif self.rng.random() < 0.3:
            change("project", "update", self.project, "--slug", f"w{self.w}-{self.n}")
            return
        else:
            change("project", "update", self.project, *flags)
        acknowledge("project", self.project, "commands", self.n)

    def turn_shared(self):
        """One member of a record of which others write the others."""
        extra = ["--slug", f"shared-{self.w}-{self.n}"] if self.member == "cpus" else []
        change("project", "update", self.shared, *MEMBERS[self.member][0](self.n), *extra)
        acknowledge("project", self.shared, self.member, self.n)

    def turn_contested(self):
        """A slug that everybody wants: one at a time may have it."""
        slug = f"wanted-{self.rng.randrange(2)}"
        r = change("environment", "create", "--slug", slug, may_fail=["PreconditionFailed"])
        if r and change("environment", "delete", r["id"]):
            bury("environment", r["id"])

    def turn_node(self):
        if not self.node:
            r = change("node", "create", "--project", "nodes", "--slug", f"n{self.w}")
            self.node, self.state = r and r["id"], "created"
        elif self.state == "stopped":
            if change("node", "delete", self.node, "--yes"):
                bury("node", self.node)
                self.node = None
        else:
            verb, state = {"created": ("start", "running"), "running": ("stop", "stopped")}[self.state]
            r = change("node", verb, self.node)
            if r and r["status"] != state:
                fault("lost updates", f"node {verb}: {r['status']}")
            self.state = state

    def turn_shared_node(self):
        change("node", self.rng.choice(["start", "stop"]), "everybodys", may_fail=["Busy"])


class Reader(threading.Thread):
    def __init__(self, number):
        super().__init__(daemon=True)
        self.rng = random.Random(SEED * 1000 + 500 + number)

    def run(self):
        while done < OPERATIONS:
            self.rng.choice([self.look_list, self.look_list, self.look_tree, self.look_one, self.look_jobs])()

    def before(self):
        with lock:
            return {k: dict(v) for k, v in known.items()}, set(dead)

    def look_list(self):
        kind = self.rng.choice(["environment", "profile", "project", "node"])
        expected, gone = self.before()
        doc = codelima(kind, "list")
        if doc and doc["ok"]:
            check_list(kind, doc["data"], expected, gone, False)
        elif doc:
            fault("failures", f"{kind} list: {doc['error']}")

    def look_tree(self):
        gone = self.before()[1]
        doc = codelima("project", "tree")
        for item in doc["data"] if doc and doc["ok"] else []:
            if item["project"]["id"] in gone:
                fault("resurrections", f"project {item['project']['id']} in the tree")
            for node in item["nodes"]:
                if node["project_id"] != item["project"]["id"]:
                    fault("torn reads", "a node under another project")
                if node["id"] in gone:
                    fault("resurrections", f"node {node['id']} in the tree")

    def look_one(self):
        expected, _ = self.before()
        if not expected:
            return
        kind, ident = self.rng.choice(list(expected))
        doc = codelima(kind, "show", ident)
        if doc and doc["ok"]:
            check_record(kind, doc["data"], expected[kind, ident])
        elif doc and kind != "profile" and ident not in dead:
            fault("lost updates", f"{kind} {ident}: {doc['error']}")

    def look_jobs(self):
        doc = codelima("job", "list")
        for job in doc["data"] if doc and doc["ok"] else []:
            if job["state"] not in ("queued", "running", "done", "failed", "cancelled"):
                fault("torn reads", f"job {job['id']} is {job['state']}")


def check_record(kind, record, expected):
    for member, number in expected.items():
        now = seen(kind, record, member)
        if now < number:
            fault("lost updates", f"{kind} {record.get('slug')} {member}: {now}, acknowledged was {number}")


def check_list(kind, records, expected, gone, whole):
    slugs = collections.Counter(r["name" if kind == "profile" else "slug"] for r in records)
    ids = {identity(kind, r) for r in records}
    for slug, times in slugs.items():
        if times > 1:
            fault("double slugs", f"{kind} {slug}: {times}")
    for ident in ids & gone:
        fault("resurrections", f"{kind} {ident}")
    for record in records:
        check_record(kind, record, expected.get((kind, identity(kind, record)), {}))
    if whole:
        for k, ident in expected:
            if k == kind and ident not in ids:
                fault("lost updates", f"{kind} {ident} is not there")


def check_indexes():
    for folder, kind in (("projects", "project"), ("environment-configs", "environment"), ("nodes", "node")):
        directory = os.path.join(HOME, "_index", folder, "by-slug")
        entries = {n: open(os.path.join(directory, n)).read().strip() for n in os.listdir(directory)}
        live = {r["slug"]: r["id"] for r in codelima(kind, "list")["data"]}
        if entries != live:
            fault("indexes", f"{folder}: {set(entries.items()) ^ set(live.items())}")


def check_end():
    for kind in ("environment", "profile", "project", "node"):
        check_list(kind, codelima(kind, "list")["data"], known, dead, True)
        if kind != "profile":
            for record in codelima(kind, "list", "--include-deleted")["data"]:
                if (record["id"] in dead) != ("deleted_at" in record) and not record["slug"].startswith("wanted"):
                    fault("resurrections", f"{kind} {record['id']}: deleted_at does not fit")
    check_indexes()
    for folder, _, names in os.walk(HOME):
        for name in names:
            if name.endswith(".tmp") or name == "claim.json":
                fault("left behind", os.path.join(folder, name))
    for job in codelima("job", "list")["data"]:
        if job["state"] in ("queued", "running", "lost"):
            fault("left behind", f"job {job['id']} is {job['state']}")


def main():
    shared = []
    for i in range(max(1, WRITERS // 4)):
        r = change("project", "create", "--workspace", workspace(f"shared{i}"), "--cpus", "1", "--memory", "1", "--disk", "1")
        shared.append(r["id"])
    change("project", "create", "--workspace", workspace("nodes"))
    change("node", "create", "--project", "nodes", "--slug", "everybodys")
    threads = [Writer(w, shared) for w in range(WRITERS)] + [Reader(r) for r in range(READERS)]
    began = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    took = time.monotonic() - began
    check_end()
    for what, n in sorted(counts.items()):
        print(f"{n:7} {what}")
    print(f"{done} operations by {WRITERS} writers and {READERS} readers in {took:.0f} s; found: {dict(faults) or 'nothing'}")
    sys.exit(1 if faults else 0)


main()
