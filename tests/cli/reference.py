"""Compares what codelima prints with expect.json of a reference home.

reference.py make EXPECT               makes the workspaces and VMs it lists (limactl on PATH)
reference.py KIND EXPECT OUT           KIND: projects, nodes, environments, tree

null, an empty list or object, and an absent key are the same. Of a node, the times of
looking at it are not compared: updated_at is one, since the reference writes when it reads.
"""
import json, os, subprocess, sys


def plain(v):
    if isinstance(v, dict):
        looked = ("last_reconciled_at", "updated_at") if "lima_instance_name" in v else ()
        v = {k: plain(w) for k, w in v.items() if k not in looked}
        return {k: w for k, w in v.items() if w not in (None, [], {})}
    if isinstance(v, list):
        return [plain(w) for w in v]
    return v


def setup(workspace):
    os.makedirs(os.path.join(workspace, "script"), exist_ok=True)
    with open(os.path.join(workspace, "script", "setup"), "w") as f:
        f.write("#!/bin/sh\n")
    os.chmod(f.name, 0o755)


def make(expect):
    lima = os.environ["LIMA_HOME"]
    for w in expect["workspaces"]:
        setup(w)
    for vm in expect["vms"]:
        os.makedirs(lima, exist_ok=True)
        name = vm["name"]
        node = next(n for n in expect["nodes"] if n["lima_instance_name"] == name)
        mount = node.get("workspace_mount_path")
        mounts = [{"location": mount, "writable": True}] if mount else []
        with open(os.path.join(os.path.dirname(lima), name + ".yaml"), "w") as f:
            json.dump({"images": [{"location": "/x"}], "mounts": mounts}, f)
            f.write("\n")
        subprocess.run(["limactl", "create", "-y", "--name", name, f.name], check=True, stderr=subprocess.DEVNULL)
        if vm["running"]:
            subprocess.run(["limactl", "start", "-y", name], check=True, stderr=subprocess.DEVNULL)
        if vm["seeded"]:
            inside = vm["workspace"].replace(os.environ["FAKE_WORK"], os.path.join(lima, name, "guest", "w"))
            setup(inside)
    if os.path.exists(os.environ["FAKE_LOG"]):
        open(os.environ["FAKE_LOG"], "w").close()


def main():
    kind, expect = sys.argv[1], json.load(open(sys.argv[2]))
    if kind == "make":
        return make(expect)
    if kind == "tree":
        want, got = expect["tree"].strip("\n"), open(sys.argv[3]).read().strip("\n")
        if want != got:
            sys.exit(f"want:\n{want}\ngot:\n{got}")
        return
    want = {r["id"]: plain(r) for r in expect[kind]}
    got = {r["id"]: plain(r) for r in json.load(open(sys.argv[3]))["data"]}
    bad = []
    for i in want.keys() | got.keys():
        a, b = want.get(i, {}), got.get(i, {})
        for k in sorted(a.keys() | b.keys()):
            if a.get(k) != b.get(k):
                bad.append(f"{a.get('slug') or b.get('slug')}.{k}: want {a.get(k)!r}, got {b.get(k)!r}")
    if bad:
        sys.exit("\n".join(bad))


main()
