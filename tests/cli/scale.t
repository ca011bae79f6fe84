#!/bin/bash
# node list with 1,000 nodes: no child process, no write, and every one of them (issue: speed).
. "$(dirname "$0")/lib.sh"

sandbox "1,000 nodes"
project app
cl node create --project app --slug seed; status 0
id=$(node_id seed); d=$CODELIMA_HOME/nodes/$id
python3 - "$id" "$d/node.yaml" <<'E'
import os, sys
old, path = sys.argv[1:]
home, lima = os.environ["CODELIMA_HOME"], os.environ["LIMA_HOME"]
text = open(path).read()
for i in range(1, 1000):
    new = old[:24] + "%012x" % i
    os.mkdir(f"{home}/nodes/{new}")
    os.mkdir(f"{lima}/n{i}")
    mine = text.replace(old, new).replace("slug: seed", f"slug: n{i}").replace("_name: seed", f"_name: n{i}")
    open(f"{home}/nodes/{new}/node.yaml", "w").write(mine)
    open(f"{home}/_index/nodes/by-instance/n{i}", "w").write(new + "\n")
    open(f"{lima}/n{i}/lima.yaml", "w").write(open(f"{lima}/seed/lima.yaml").read())
E
before=$(listing "$CODELIMA_HOME" "$LIMA_HOME"); forget
cl --json node list; status 0; json '.data.#' 1000; err_empty; no_calls
same "$(at "$T/out" '.data.*.last_runtime_observation.status' | sort | uniq -c | tr -d ' \n')" 1000stopped "each is observed"
same "$before" "$(listing "$CODELIMA_HOME" "$LIMA_HOME")" "nothing is written"
if command -v strace >/dev/null; then
	strace -f -o "$T/trace" -e trace=execve,execveat,fork,vfork,clone,clone3 "$CODELIMA" node list >/dev/null 2>&1
	same "$(grep -c 'execve' "$T/trace")" 1 "no child process"
	strace -f -o "$T/trace" -e trace=file "$CODELIMA" node list >/dev/null 2>&1
	ok "$(! grep -E 'O_(WRONLY|RDWR|CREAT)' "$T/trace" | grep -qv -e /dev/; echo $?)" "nothing opened for writing" || note "$(grep -E 'O_(WRONLY|RDWR|CREAT)' "$T/trace" | head -3)"
else
	skip "no child process" "no strace here"
fi
ms() { python3 -c 'import time; print(int(time.time() * 1000))'; }
best=99999
for _ in 1 2 3; do a=$(ms); "$CODELIMA" node list >/dev/null; b=$(ms); [ $((b - a)) -ge $best ] || best=$((b - a)); done
ok "$([ $best -lt 1000 ]; echo $?)" "in no time (the bar of 40 ms is make bench's)" || note "$best ms"
finish
