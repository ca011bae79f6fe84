#!/bin/bash
# Ctrl-C, TERM and kill -9 in each phase of create and start; limactl that outlives us (contract/store.md §3).
. "$(dirname "$0")/lib.sh"

# at_point RULE… -- codelima ARG…: runs until the rule's `touch $T/here`, in the background.
at_point() {
	local rules=()
	while [ "$1" != -- ]; do rules+=("$1"); shift; done
	shift
	play "${rules[@]}"
	bg "$@"
	await "$T/here"
}

# In each phase of create: the signal, and what must hold afterwards.
for phase in "version" "list" "template~--fill" "create" "create @mid" "create @late" "list~app"; do
	for sig in INT TERM KILL; do
		sandbox "create: $sig at $phase"
		project app; before=$(traces "$CODELIMA_HOME")
		cmd=${phase%% *}; at=${phase#"$cmd"}
		at_point "$cmd$at touch $T/here" "$cmd$at wait $T/go" -- node create --project app --slug app
		kill "-$sig" "$bg"
		if [ $sig = KILL ]; then
			end_bg
			touch "$T/go" # limactl outlives us and does its work
			await_limactl
			cl --json node create --project app --slug app
			if [ "$status" = 0 ]; then
				ok 0 "the next command goes through"
			else
				ok "$(grep -q app "$T/out"; echo $?)" "or names what is in the way"
				cl node show app
				if [ "$status" = 0 ]; then cl node delete app --yes; status 0 "which can be deleted"; fi
				cl node create --project app --slug app; status 0 "and then it goes through"
			fi
			same "$(ls "$LIMA_HOME" | grep -v _config | tr '\n' ' ')" "app " "no VM without a record"
			cl node start app; status 0 "it starts"
		else
			end_bg
			status "$([ $sig = INT ] && echo 130 || echo 143)"
			same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left"
			gone "$LIMA_HOME/app" "no VM is left"
			same "$(ours_like 'limactl' | wc -l | tr -d ' ')" 0 "limactl is ended"
			play
			cl node create --project app --slug app; status 0 "the next command works"
		fi
	done
done

for phase in "start" "start @mid" "hostagent @mid" "hostagent @late" "start @late" "ssh-master" "ssh~tar" "ssh~step-one" "ssh~step-two"; do
	for sig in INT KILL; do
		sandbox "start: $sig at $phase"
		project app --bootstrap-command 'echo step-one >>$HOME/ran' --bootstrap-command 'echo step-two >>$HOME/ran'
		cl node create --project app --slug app; status 0
		cmd=${phase%% *}; at=${phase#"$cmd"}
		at_point "$cmd$at touch $T/here once" "$cmd$at wait $T/go" -- node start app
		kill "-$sig" "$bg"
		if [ $sig = INT ]; then end_bg; status 130; else end_bg; fi
		touch "$T/go"
		cl --json node show app; status 0 "the node is there"
		json_like .data.status 'running|stopped|failed|created|provisioning|broken' "and says what it is"
		cl node start app; status 0 "the next start goes on"
		same "$(vm_status app)" Running
		there "$(guest app)/w/app/README" "seeded"
		same "$(sort -u "$(guest app)/home/ran" | tr '\n' ' ')" "step-one step-two " "bootstrapped"
		same "$(ls "$(guest app)/w" | tr '\n' ' ')" "app " "no remains in the guest"
		cl --json node show app; json .data.status running; json .data.bootstrap_completed true
		gone "$(node_dir app)/claim.json"
		[ $sig = INT ] || file_has "$(node_dir app)/events.jsonl" recovered "the recovery is an event"
		same "$(ls "$LIMA_HOME" | grep -v _config | tr '\n' ' ')" "app " "one VM"
	done
done

sandbox "limactl outlives us and is in the way"
node app
at_point "start touch $T/here" "start wait $T/go" -- node start app
kill -9 "$bg"; end_bg
ok "$(ours_like 'limactl.*start' | grep -q .; echo $?)" "limactl start goes on alone"
cl node list; status 0; cl --json node show app; status 0
cl node stop app; status 0 "the next operation deals with it"
same "$(ours_like 'limactl.*start' | wc -l | tr -d ' ')" 0 "it is gone"
same "$(vm_status app)" Stopped
for j in "$CODELIMA_HOME"/_jobs/*/job.json; do at "$j" .operation; at "$j" .state; done | paste - - >"$T/s"
ok "$(! grep -qE 'start	(done|cancelled)' "$T/s"; echo $?)" "its job is not told to be done" || note "$(cat "$T/s")"

sandbox "delete: KILL in the middle"
running app
at_point "delete @mid touch $T/here" "delete @mid wait $T/go" -- node delete app --yes
kill -9 "$bg"; end_bg; touch "$T/go"; await_limactl
cl node show app; status 0 "the record is there"
cl node delete app --yes; status 0 "and the next delete ends it"
gone "$LIMA_HOME/app"; cl node list; out_lacks app

sandbox "stop: INT"
running app
at_point "stop touch $T/here" "stop wait $T/go" -- node stop app
kill -INT "$bg"; end_bg; status 130; touch "$T/go"
play; cl --json node show app; json .data.status running; cl node stop app; status 0

sandbox "limactl kills us"
project app
play 'create @late kill-parent'
bg node create --project app --slug app; end_bg
await_limactl; play
cl --json node list; status 0
ok "$(grep -q '"app"' "$T/out" || [ ! -d "$LIMA_HOME/app" ]; echo $?)" "the VM is named"

sandbox "Ctrl-C on a terminal"
node app
play "start touch $T/here" "start wait $T/go"
run env COLS=40 "$top/tests/cli/on-tty" "$CODELIMA" node start app < <(await "$T/here"; printf '\003'; sleep 3)
status 130
"$top/build/tools/term-replay" --cols 40 "$T/out" >"$T/screen"
ok "$(! grep -q 'boot  ' "$T/screen"; echo $?)" "the bar is gone, although the terminal wrote ^C behind it"
out_has 'codelima node start app' "and what goes on from here is named"
same "$(ours_like 'limactl.*start' | wc -l | tr -d ' ')" 0 "limactl is ended"
play; cl node start app; status 0
finish
