#!/bin/bash
# What a VM is doing, read from LIMA_HOME without a limactl (contract/lima.md §7): through start, stop, crash,
# limactl used by hand, a wedged hostagent, and files that lie.
. "$(dirname "$0")/lib.sh"

# shown NODE STATUS WHAT: list, show, status and tree agree, limactl says the same and is not asked by us.
shown() {
	local before
	before=$(wc -c <"$FAKE_LOG")
	cl --json node list; json ".data.$(index_of "$1").status" "$2" "$3: list"
	cl --json node show "$1"; json .data.status "$2" "$3: show"
	cl --json node status "$1"; json .data.status "$2" "$3: status"
	cl --json project tree; json_like '.data.0.nodes.*.status' "$2" "$3: tree"
	same "$(wc -c <"$FAKE_LOG")" "$before" "$3: no process is run"
}
index_of() { "$CODELIMA" --json node list 2>/dev/null >"$T/l.json"; at "$T/l.json" '.data.*.slug' | grep -nx "$1" | cut -d : -f 1 | awk '{print $1 - 1}'; }
# by_hand ARG…: limactl as a person runs it; unlogged.
by_hand() { FAKE_LOG='' FAKE_PLAY='' limactl "$@" >"$T/hand" 2>&1 </dev/null || ok 1 "limactl $* by hand"; }
pid_of() { cat "$LIMA_HOME/$1/$2"; }

sandbox "one life"
node app
shown app stopped "made"
play "start @mid touch $T/mid" "start @mid wait $T/go"
bg node start app; await "$T/mid"
cl --json node show app; json_like .data.status '^(stopped|broken|running)$' "what its processes say while it starts"
: >"$T/go"; end_bg; status 0; play
shown app running "started"
cl node stop app; shown app stopped "stopped"
by_hand start -y app; shown app running "started by hand"
by_hand stop -y app; shown app stopped "stopped by hand"
by_hand start -y app
qemu=$(pid_of app qemu.pid) ha=$(pid_of app ha.pid)
kill -STOP "$ha"; shown app running "its hostagent hangs"; kill -CONT "$ha"
kill -STOP "$qemu"; shown app running "its QEMU is paused"; kill -CONT "$qemu"
kill -9 "$ha"; until_that ended "$ha"; shown app broken "its hostagent died"
cl --json shell app -- true; json .ok false "no shell in a broken one"
cl doctor; out_has 'codelima node stop' "doctor says what mends it"
kill -9 "$qemu"; until_that ended "$qemu"; shown app stopped "and its QEMU"
cl node start app; status 0 "it starts again"; shown app running "after a crash"
qemu=$(pid_of app qemu.pid); kill -9 "$qemu"; until_that ended "$qemu"
cl --json node show app; json_like .data.status '^(broken|stopped)$' "QEMU died: not running"
by_hand stop -f app
by_hand delete -f app; shown app missing "deleted by hand"
before=$(wc -c <"$FAKE_LOG")
cl --json node start app; refused 5 PreconditionFailed; json_like .error.cause 'recreate|delete' "the fix is named"
! tail -c +"$((before + 1))" "$FAKE_LOG" | grep -q '"start"'; ok $? "limactl start is never run on an unknown name"
cl node start app --recreate --yes; status 0 "recreated"; shown app running "recreated"

sandbox "files that lie"
node app; cl node start app; cl node stop app
d=$LIMA_HOME/app
echo $$ >"$d/ha.pid"; echo $$ >"$d/qemu.pid"; shown app stopped "pids of other processes"
echo 999999999999 >"$d/ha.pid"; echo -1 >"$d/qemu.pid"; shown app stopped "no pids"
head -c 100000 /dev/zero >"$d/ha.pid"; rm "$d/qemu.pid"; mkdir "$d/qemu.pid"; shown app unknown "pid files that cannot be read"
rm -rf "$d/ha.pid" "$d/qemu.pid"; mkfifo "$d/ha.pid"; shown app stopped "a pipe that nobody writes"
rm "$d/ha.pid"; mv "$d/lima.yaml" "$T/lima.yaml"; shown app broken "without lima.yaml"; mv "$T/lima.yaml" "$d/"
mv "$d" "$T/app"; : >"$d"; shown app missing "a file in its place"; rm "$d"
ln -s "$T/app" "$d"; shown app stopped "a link, as people move VMs"; rm "$d"; mv "$T/app" "$d"
chmod 0 "$d"; cl --json node show app; status 0; json_like .data.status '^(unknown|missing)$' "a directory that cannot be read"; chmod 700 "$d"
shown app stopped "none of it was harmed"

sandbox "a decision asks anew"
running app; cl --json node list >/dev/null
by_hand stop -y app
cl --json shell app -- true; refused 5 PreconditionFailed; json_like .error.message stopped "shell sees that it was stopped by hand"
cl node start app; status 0; by_hand stop -y app; cl node stop app; status 0 "stopping a stopped one is fine"
by_hand delete -f app; cl node delete app --yes; status 0 "deleting one that is gone is fine"
cl --json node list; json '.data.#' 0
finish
