#!/bin/bash
# node list with 1,000 nodes: no child process, no write, and every one of them (issue: speed).
. "$(dirname "$0")/lib.sh"

sandbox "1,000 nodes"
project app
cl node create --project app --slug seed; status 0
id=$(node_id seed); d=$CODELIMA_HOME/nodes/$id
mkdir "$T/x"
for i in $(seq 999); do
	new=${id:0:24}$(printf '%012x' "$i")
	mkdir "$CODELIMA_HOME/nodes/$new" "$LIMA_HOME/n$i"
	printf '%s\n' "$new" >"$CODELIMA_HOME/_index/nodes/by-instance/n$i"
	sed -e "s/$id/$new/g" -e "s/^slug: seed/slug: n$i/" -e "s/^lima_instance_name: seed/lima_instance_name: n$i/" "$d/node.yaml" >"$CODELIMA_HOME/nodes/$new/node.yaml"
	cp "$LIMA_HOME/seed/lima.yaml" "$LIMA_HOME/n$i/"
done
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
