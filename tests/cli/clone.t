#!/bin/bash
# node clone: what is copied, the source stopped and started again, failures, signals, kills
# (contract/lima.md §4, contract/store.md §3, contract/threats.md T11).
. "$(dirname "$0")/lib.sh"

steps() { calls | cut -f 2 | grep -oE '"(--version|list|template|create|start|stop|clone|delete)"' | uniq | tr -d '\n'; }
vms() { ls "$LIMA_HOME" | grep -v _config | tr '\n' ' '; }
records() { ls "$CODELIMA_HOME/nodes" | wc -l | tr -d ' '; }
stopped() { # a node that ran once and is stopped
	running "$@"
	cl node stop "$1"
	[ "$status" = 0 ] || ok 1 "set-up: node $1 is stopped"
}

sandbox "of a stopped node"
project app --bootstrap-command 'echo ran >>$HOME/ran'
cl node create --project app --slug app --cpus 3; cl node start app; cl node stop app; status 0
echo guest >"$(guest app)/w/app/made-in-guest"
src=$(node_dir app); id=$(node_id app); before=$(listing "$src"/[a-d]* "$src"/[f-z]*); forget
cl --json node clone app; status 0
json .data.slug app-clone; json .data.parent_node_id "$id"; json .data.lima_instance_name app-clone
json .data.workspace_mode copy; json .data.guest_workspace_path "$FAKE_WORK/app"
json .data.workspace_seeded true; json .data.bootstrap_completed true; json .data.status stopped
json .data.resources.cpus 3 "the source's sizes"
err_has logins "told that logins are copied"
same "$(steps)" '"--version""list""clone""list"' "version, list, clone, merged check: no stop, no start"
called '"clone","-y","app","app-clone"'
same "$(vm_status app) $(vm_status app-clone)" "Stopped Stopped"
d=$(node_dir app-clone)
ok "$(cmp -s "$src/bootstrap.json" "$d/bootstrap.json"; echo $?)" "the same bootstrap state"
ok "$(cmp -s "$src/seed-manifest.json" "$d/seed-manifest.json"; echo $?)" "the base of later diffs"
ok "$(cmp -s "$src/instance.lima.yaml" "$d/instance.lima.yaml"; echo $?)" "the same template"
field app-clone .data.generated_template_path >"$T/s"; file_has "$T/s" "$d/instance.lima.yaml" "in a file of its own"
file_has "$d/lima-instance.ref" app-clone
there "$CODELIMA_HOME/_index/nodes/by-instance/app-clone"
file_has "$d/events.jsonl" node.cloned; file_has "$d/events.jsonl" "$id" "with its source"
gone "$d/claim.json"; gone "$src/claim.json"
same "$(listing "$src"/[a-d]* "$src"/[f-z]*)" "$before" "the source's record is as it was"
forget; cl node start app-clone; status 0 "the clone starts"
file_has "$(guest app-clone)/w/app/made-in-guest" guest "with what the guest made"
same "$(cat "$(guest app-clone)/home/ran")" ran "not bootstrapped again"
not_called 'rm -rf' "not seeded again"
cl shell app-clone -- cat made-in-guest; out_is guest
same "$(vm_status app)" Stopped "the source stays stopped"
cl project tree; out_has "node: app"; out_has "node: app-clone"
cl --json node clone app; status 0; json .data.slug app-clone-2 "a taken default slug gets -2"
cl node stop app-clone; cl --json node clone app-clone --node-slug third; status 0 "a clone of a clone"
json .data.parent_node_id "$(node_id app-clone)"
cl node delete third --yes; status 0; cl node delete app --yes; status 0 "the source can go"
cl node start app-clone; status 0 "and the clone stays"

sandbox "of a running node"
running app; id=$(node_id app); forget
cl --json node clone app --node-slug twin; status 0
json .data.slug twin; json .data.status stopped
same "$(steps)" '"--version""list""stop""clone""list""start"' "stop, clone, check, start" || note "$(calls)"
called '"clone","-y","app","twin"'
same "$(vm_status app) $(vm_status twin)" "Running Stopped"
gone "$LIMA_HOME/twin/ha.pid"; gone "$LIMA_HOME/twin/ssh.sock"
tail -n 2 "$(node_dir app)/events.jsonl" >"$T/ev"; file_has "$T/ev" node.stopped; file_has "$T/ev" node.started
cl shell app -- cat README; out_is "hello app" "the source works as before"
cl node start twin; status 0; cl shell twin -- cat README; out_is "hello app" "and so does the clone"
cl node clone app --node-slug ev --events; status 0
tail -n 1 "$T/out" >"$T/last"; same "$(at "$T/last" .data.slug)" ev "the last event is the document"
out_has '"step":"clone"'

sandbox "of a node that never ran"
node app --no-bootstrap
cl --json node clone app; status 0; json .data.workspace_seeded false; json .data.bootstrap_completed false
cl node start app-clone; status 0; there "$(guest app-clone)/w/app/README" "the clone is seeded at its own first start"

sandbox "of a mounted node"
project app; cl node create --project app --slug app --workspace-mode mounted; status 0
cl --json node clone app; status 0; json .data.workspace_mode mounted; json .data.workspace_mount_path "$FAKE_WORK/app"
json_lacks .data.guest_workspace_path
mv "$FAKE_WORK/app" "$FAKE_WORK/away"; before=$(traces "$CODELIMA_HOME")
cl --json node clone app; refused 2 InvalidArgument; json_like .error.message "$FAKE_WORK/app" "a workspace that went away"
same "$before" "$(traces "$CODELIMA_HOME")"; mv "$FAKE_WORK/away" "$FAKE_WORK/app"

sandbox "refusals leave nothing behind"
stopped app; cl node create --project app --slug other; cl node create --project app --slug old; cl node delete old --yes
cl node create --project app --slug lost; FAKE_PLAY='' FAKE_LOG='' limactl delete -f lost 2>/dev/null
before=$(traces "$CODELIMA_HOME"); had=$(vms); forget
cl --json node clone nope; refused 4 NotFound
cl --json node clone old; refused 5 PreconditionFailed "a deleted source"
cl --json node clone lost; refused 5 PreconditionFailed; json_like .error.message 'gone' "a source whose VM is gone"
cl --json node clone app --node-slug other; refused 5 PreconditionFailed
cl --json node clone app --node-slug app; refused 5 PreconditionFailed
cl --json node clone app --node-slug Bad; refused 2 InvalidArgument
cl --json node clone app --node-slug "$(printf 'a%.0s' $(seq 63))"; refused 2 InvalidArgument
json_like .error.message '[0-9]' "a slug too long for its socket names what fits"
cl --json node clone app --agent-profile claude-code; refused 5 PreconditionFailed; json_like .error.message 'codex-cli'
cl --json node clone app --lima-commands-file "$T/none"; refused 2 InvalidArgument
cl --json node clone; refused 2 InvalidArgument
cl --json node clone app --surplus; refused 2 InvalidArgument
play '* version 2.0.3'; cl --json node clone app; refused 3 DependencyUnavailable; play
not_called '"(clone|stop|start|delete)"' "no VM is touched"
same "$before" "$(traces "$CODELIMA_HOME")" "no record"; same "$had" "$(vms)" "no VM"
mkdir "$LIMA_HOME/theirs"; cl --json node clone app --node-slug theirs; refused 5 PreconditionFailed; there "$LIMA_HOME/theirs"
cl --json node clone app --agent-profile codex-cli; status 0 "the source's own profile is accepted"
printf 'lima_commands:\n    stop: "echo {{nope}}"\n' >"$T/bad.yaml"
cl --json node clone app --lima-commands-file "$T/bad.yaml"; refused 2 InvalidArgument
cl node create --project app --slug m --workspace-mode mounted; cp "$T/bad.yaml" "$FAKE_WORK/app/own.yaml"
cl --json node clone app --lima-commands-file "$FAKE_WORK/app/own.yaml"; refused 5 PreconditionFailed; json_like .error.message 'node m'

sandbox "overrides"
printf 'lima_commands:\n    clone: "echo node-clone {{source_instance}} {{target_instance}} >>$T/marks; {{binary}} clone -y {{source_instance}} {{target_instance}}"\n    template_copy: "echo copied >>$T/marks; {{binary}} template copy --fill {{locator}} -"\n' >"$T/f.yaml"
export T
stopped app; cl node clone app --node-slug own --lima-commands-file "$T/f.yaml"; status 0
same "$(cat "$T/marks")" "copied
node-clone app own" "the clone's own commands, template_copy again for the record"
file_has "$(node_dir own)/instance.lima.yaml" 'codelima-home: '
cl node clone own --node-slug heir; status 0; same "$(tail -n 1 "$T/marks")" "node-clone own heir" "which its clones inherit"
printf 'lima_commands:\n    clone: "exit 4"\n' >"$T/f.yaml"; before=$(traces "$CODELIMA_HOME")
cl --json node clone app --node-slug bad --lima-commands-file "$T/f.yaml"; refused 6 ExternalCommandFailed
same "$before" "$(traces "$CODELIMA_HOME")"

sandbox "of a VM from before there were marks"
stopped app
grep -v codelima-home "$LIMA_HOME/app/lima.yaml" >"$T/y"; cp "$T/y" "$LIMA_HOME/app/lima.yaml"
cl node clone app; status 0; file_has "$LIMA_HOME/app-clone/lima.yaml" "codelima-home: $(cat "$CODELIMA_HOME/_config/home-id")" "the clone says whose it is"
file_lacks "$LIMA_HOME/app/lima.yaml" codelima-home "the source is left alone"
limactl list --format '{{json .}}' app-clone >"$T/j"; ok "$(at "$T/j" .config.images.0.location >/dev/null; echo $?)" "and its lima.yaml is sound"

sandbox "limactl fails"
running app; before=$(traces "$CODELIMA_HOME")
fails() { # RULE STATUS: nothing is left, the source runs
	play "$1"
	cl --json node clone app
	status "$2" "($1)"
	play
	same "$before" "$(traces "$CODELIMA_HOME")" "no record is left ($1)"
	same "$(vms)" "app " "no VM is left ($1)"
	same "$(vm_status app)" Running "the source runs ($1)"
	gone "$(node_dir app)/claim.json"
}
fails 'list exit 1 "cannot list"' 3
fails 'clone exit 1 "no space left"' 6; json_like .error.cause 'no space left' "limactl's own words"; json .error.fields.source_instance app; json .error.fields.target_instance app-clone
fails 'clone @mid exit 1 "half way"' 6
fails 'clone @late exit 1 "at the end"' 6
fails 'clone lie' 6; json_like .error.message 'reported success'
fails 'list~app-clone exit 1 "no answer"' 3
fails 'clone @mid crash' 6
printf 'deadlines: {clone: 1s}\n' >>"$CODELIMA_HOME/_config/config.yaml"
fails 'clone @mid hang' 6; json_like .error.message 'did not end within'
play 'stop~app exit 1 "will not" once'; cl --json node clone app; status 0 "a stop that fails is forced"; play
same "$(vm_status app)" Running

sandbox "both go wrong"
running app
play 'clone @mid exit 1 "no space left"' 'start exit 1 "no kvm today"'
cl --json node clone app; status 6; json_like .error.message 'clone'; json_like .error.cause 'no space left'
json_like .error.cause 'no kvm today' "both errors are told"; json_like .error.cause 'could not be started again'
play; gone "$LIMA_HOME/app-clone"; cl --json node show app; json .data.status stopped
cl node start app; status 0

sandbox "the source does not start again"
running app; play 'start exit 1 "no kvm today"'
cl --json node clone app; status 6; json_like .error.message 'could not be started again'; json_like .error.cause 'app-clone is made'
play; cl --json node show app-clone; json .data.status stopped "the clone is there"; cl node start app; status 0

sandbox "half a clone cannot be removed"
stopped app; play 'clone @late exit 1 "first"' 'delete exit 1 "second"'
cl --json node clone app; status 6; json_like .error.cause first; json_like .error.cause second "both errors are told"
play; cl --json node show app-clone; json .data.status failed "its record names the VM"
cl node delete app-clone --yes; status 0; same "$(vms)" "app "

# at_point RULE… -- ARG…: in the background until the rule's `touch $T/here`.
at_point() {
	local rules=()
	while [ "$1" != -- ]; do rules+=("$1"); shift; done
	shift
	play "${rules[@]}"
	bg "$@"
	await "$T/here"
}
for state in stopped running; do
	for phase in "version" "list" "stop" "stop @late" "clone" "clone @mid" "clone @late" "list~app-clone" "start"; do
		case $state$phase in stoppedstop* | stoppedstart) continue ;; esac
		for sig in INT TERM; do
			sandbox "$sig at $phase of a $state node"
			$state app; before=$(traces "$CODELIMA_HOME"); was=$(vm_status app)
			cmd=${phase%% *}; at=${phase#"$cmd"}
			at_point "$cmd$at touch $T/here once" "$cmd$at wait $T/go" -- node clone app
			kill "-$sig" "$bg"
			# What limactl does in the source's favour goes on: only our wait for it ended.
			case $cmd in start | stop) touch "$T/go" ;; esac
			end_bg
			if [ "$cmd" = start ]; then
				status 0 "the clone was made: the source is started all the same"
				there "$LIMA_HOME/app-clone"
			else
				status "$([ $sig = INT ] && echo 130 || echo 143)"
				same "$before" "$(traces "$CODELIMA_HOME")" "no record is left"
				same "$(vms)" "app " "no VM is left"
			fi
			same "$(vm_status app)" "$was" "the source is as it was"
			same "$(ours_like 'limactl (clone|stop|start|list)' | wc -l | tr -d ' ')" 0 "limactl is ended"
			play
			cl node clone app --node-slug next; status 0 "the next one works"
		done
	done
done

for state in stopped running; do
	for phase in "list" "stop" "clone" "clone @mid" "clone @late" "list~app-clone" "start"; do
		case $state$phase in stoppedstop* | stoppedstart) continue ;; esac
		sandbox "KILL at $phase of a $state node"
		$state app
		cmd=${phase%% *}; at=${phase#"$cmd"}
		at_point "$cmd$at touch $T/here once" "$cmd$at wait $T/go" -- node clone app
		kill -9 "$bg"; end_bg
		case $phase in "clone @mid" | clone) ;; *) touch "$T/go"; await_limactl ;; esac
		cl --json node list; status 0
		ok "$([ ! -d "$LIMA_HOME/app-clone" ] || grep -q app-clone "$T/out"; echo $?)" "a VM is named by a record"
		if [ "$(records)" = 2 ]; then
			state_now=$(sed -n 's/^lifecycle_state: //p' "$(node_dir app-clone)/node.yaml")
			if [ "$state_now" = provisioning ]; then
				cl --json node start app-clone; refused 5 PreconditionFailed
				json_like .error.message 'cut short' "a clone that may not be whole is not started"
				cl --json node clone app-clone; refused 5 PreconditionFailed
				cl node delete app-clone --yes; status 0 "it can be deleted"
				same "$(vms)" "app "
			else
				cl node start app-clone; status 0 "a whole clone starts ($state_now)"
				cl node delete app-clone --yes; status 0
			fi
		fi
		play
		cl node start app; status 0 "the source starts"
		[ "$state" = stopped ] || [ "$cmd" = list ] || err_has 'earlier clone' "and what happened is told"
		same "$(vm_status app)" Running
		same "$(ours_like 'limactl (clone|stop)' | wc -l | tr -d ' ')" 0 "no limactl goes on alone"
		cl node clone app; status 0 "and can be cloned"
	done
done

sandbox "a source left stopped says so"
running app
at_point "clone touch $T/here once" "clone wait $T/go" -- node clone app
kill -9 "$bg"; end_bg
cl node stop app; status 0; err_has 'node app is stopped'; err_has 'codelima node start app'
file_has "$(node_dir app)/events.jsonl" node.lifecycle.recovered

sandbox "limactl clone outlives us"
stopped app
at_point "clone @mid touch $T/here once" "clone @mid wait $T/go" -- node clone app
kill -9 "$bg"; end_bg
ok "$(ours_like 'limactl.*clone' | grep -q .; echo $?)" "it goes on alone"
cl node start app; status 0 "an operation on the source deals with it"
same "$(ours_like 'limactl.*clone' | wc -l | tr -d ' ')" 0 "it is gone"
cl node delete app-clone --yes; status 0; same "$(vms)" "app "

sandbox "two clones at once"
stopped app
at_point "clone touch $T/here once" "clone wait $T/go" -- node clone app
there "$(node_dir app)/claim.json" "the source is claimed"; there "$(node_dir app-clone)/claim.json" "and the clone"
same "$(at "$(node_dir app-clone)/claim.json" .pid)" "$bg"
same "$(at "$(node_dir app)/claim.json" .child_pgid)" "$(at "$(node_dir app-clone)/claim.json" .child_pgid)" "both name limactl"
cl --json node clone app --node-slug b; refused 5 Busy; json_like .error.message "$bg"
cl --json node start app-clone; refused 5 Busy; cl --json node delete app-clone --yes; refused 5 Busy
cl --json node start app; refused 5 Busy
touch "$T/go"; end_bg; status 0; play
same "$(records)" 2
for i in 1 2 3 4; do "$CODELIMA" --json node clone app >"$T/o$i" 2>"$T/e$i" </dev/null & done
wait
good=0; for i in 1 2 3 4; do [ "$(at "$T/o$i" .ok)" != true ] || good=$((good + 1)); done
same "$(records)" $((2 + good)) "as many records as clones"
ok "$(for i in 1 2 3 4; do at "$T/o$i" .error.category; done | grep -vqx Busy; [ $? = 1 ]; echo $?)" "the rest were Busy"
finish
