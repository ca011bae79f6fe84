#!/bin/bash
# start, seed, stop, restart, delete, status, logs of nodes (contract/lima.md §4, §6).
. "$(dirname "$0")/lib.sh"

sandbox "the first start of a copy"
project app --bootstrap-command 'echo step-one; pwd' --bootstrap-command 'touch "$HOME/did-it"; cat README'
w=$FAKE_WORK/app
printf 'secret*\n' >"$w/.codelimaignore"; echo s >"$w/secret.txt"
printf 'x' >"$w/"$'name with \xff and\nnewline'; : >"$w/zero"; chmod 640 "$w/zero"; touch -d '2020-02-02 02:02:02' "$w/zero" 2>/dev/null || touch -t 202002020202.02 "$w/zero"
ln -s /etc/passwd "$w/outside"; ln -s nowhere "$w/dangling"
before=$(listing "$w")
cl node create --project app --slug app; status 0
forget
cl node start app; status 0
out_like 'app'; err_like '.' "progress on stderr"
called 'limactl.*"start","-y","app"'
same "$(calls | grep -c '"start"')" 1 "one start"
not_called '"copy"' "seeding goes by one stream"
g=$(guest app)/w/app
same "$(cat "$g/README")" "hello app" "the copy is in the guest"
same "$(readlink "$g/link")" README "links as links"; same "$(readlink "$g/outside")" /etc/passwd "even those that leave"
same "$(readlink "$g/dangling")" nowhere
ok "$([ -x "$g/src/tool" ]; echo $?)" "modes survive"
ok "$([ -d "$g/src/empty" ] && [ -z "$(ls -A "$g/src/empty")" ]; echo $?)" "empty directories too"
there "$g/.git/HEAD" ".git goes along"
there "$g/"$'name with \xff and\nnewline' "a name that is no UTF-8"
same "$(ls -l --time-style=+%s "$g/zero" 2>/dev/null | awk '{ print $1, $6 }')" "$(ls -l --time-style=+%s "$w/zero" 2>/dev/null | awk '{ print $1, $6 }')" "mode and mtime"
gone "$g/secret.txt" "what .codelimaignore lists stays here"
same "$before" "$(listing "$w")" "the host's workspace is untouched"
same "$(ls "$(guest app)/w" | tr '\n' ' ')" "app " "no temporary sibling is left"
there "$(guest app)/home/did-it" "bootstrap steps ran in the guest"
cl --json node show app
json .data.status running; json .data.workspace_seeded true; json .data.bootstrap_completed true
json_like .data.bootstrap_completed_at ^20
d=$(node_dir app)
file_lacks "$d/node.yaml" lifecycle_state "a running node has no lifecycle"
for e in node.start.started node.bootstrap.step node.started; do file_has "$d/events.jsonl" "$e"; done
cl node logs app --source bootstrap; status 0; out_has step-one; out_has "hello app" "steps run in the workspace"
ok "$(calls | grep -q 'ssh-control.*exit'; echo $?)" "our ssh master is closed after bootstrap"
forget
cl node start app; status 0 "starting a running node is fine"
not_called '"start","-y"'; ok "$(! calls | grep -q tar; echo $?)" "no second seed"

sandbox "stop and start again"
running app --workspace-mode copy
echo work >"$(guest app)/w/app/guest-work"; echo new >"$FAKE_WORK/app/host-new"
cl --json node stop app; status 0
same "$(vm_status app)" Stopped
field app .data.status >"$T/s"; same "$(cat "$T/s")" stopped "status is stopped"
forget; cl node stop app; status 0 "stopping a stopped node is fine"
not_called '"stop"'
cl node start app; status 0
there "$(guest app)/w/app/guest-work" "the guest's work is there"
gone "$(guest app)/w/app/host-new" "no second seed"
forget; cl node restart app; status 0; called '"stop","-y","app"'; called '"start","-y","app"'
cl node stop app; forget; cl node restart app; status 0 "restart of a stopped node starts it"; not_called '"stop"'
cl node stop nope; status 4

sandbox "a mounted node"
running app --workspace-mode mounted
there "$(guest app)/w/app/README" "the workspace is there"
cl shell app -- sh -c 'echo from-guest >new'; status 0
same "$(cat "$FAKE_WORK/app/new")" from-guest "the host sees what the guest writes"
field app .data.workspace_seeded >"$T/s"; same "$(cat "$T/s")" false "nothing is seeded"
not_called 'rm -rf' "and nothing removed"

sandbox "a step that fails, and its resume"
project app --bootstrap-command 'echo a >>$HOME/ran' --bootstrap-command 'test -e $HOME/fixed || { echo the reason; exit 9; }' \
	--bootstrap-command 'echo c >>$HOME/ran'
cl node create --project app --slug app; status 0
cl --json node start app; refused 6 ExternalCommandFailed
json_like .error.cause 'the reason' "the step's last lines are the cause"
json_like .error.message '2' "which step"
cl --json node show app; json .data.status failed "status is the lifecycle"; json .data.bootstrap_completed false
json .data.last_runtime_observation.status running
cl node list; out_has 'running (failed: bootstrap step 2)' "a person sees both"
cl --json node show app
json .data.workspace_seeded true
same "$(vm_status app)" Running "the VM runs on, to look into"
file_has "$(node_dir app)/events.jsonl" node.start.failed
cl node stop app; status 0; out_has ': stopped.' "stopping it went well"
cl --json node start app; refused 6 ExternalCommandFailed
same "$(cat "$(guest app)/home/ran")" a "the first step did not run again"
touch "$(guest app)/home/fixed"
cl node start app; status 0
same "$(tr -d '\n' <"$(guest app)/home/ran")" ac "resumed at the failed one"
field app .data.status >"$T/s"; same "$(cat "$T/s")" running
cl node stop app; cl node start app; status 0
same "$(tr -d '\n' <"$(guest app)/home/ran")" ac "done is done"
cl node start app --rebootstrap; status 0
same "$(tr -d '\n' <"$(guest app)/home/ran")" acac "--rebootstrap runs all"

sandbox "order of steps, and --no-bootstrap"
cl environment create --slug e1 --bootstrap-command 'echo e1 >>$HOME/ran'
cl environment create --slug e2 --bootstrap-command 'echo e2 >>$HOME/ran'
project app --env-config e2 --env-config e1 --bootstrap-command 'echo p >>$HOME/ran'
cl node create --project app --slug app --no-bootstrap; status 0
cl node start app; status 0
gone "$(guest app)/home/ran" "--no-bootstrap skips them"
field app .data.bootstrap_completed >"$T/s"; same "$(cat "$T/s")" false
cl node stop app; cl node start app; status 0; gone "$(guest app)/home/ran" "later too"
cl node start app --rebootstrap; status 0
same "$(tr '\n' ' ' <"$(guest app)/home/ran")" "e2 e1 p " "environments in project order, then the project's"
field app .data.bootstrap_completed >"$T/s"; same "$(cat "$T/s")" true

sandbox "steps are shell scripts of their own"
project app --bootstrap-command 'X=1; cd /; export Y=2' --bootstrap-command $'if [ -z "$X$Y" ]; then\n  pwd >"$HOME/where"\nfi' \
	--bootstrap-command "echo 'quo\"tes' \$((1+1)) {{binary}} >\"\$HOME/text\""
node app; cl node start app; status 0
same "$(cat "$(guest app)/home/where")" "$(guest app)/w/app" "each begins in the workspace with nothing of the last"
same "$(cat "$(guest app)/home/text")" 'quo"tes 2 {{binary}}' "braces are left alone"

sandbox "a missing agent is a warning"
running app
file_lacks "$(node_dir app)/node.yaml" failed

sandbox "a VM that does not come up"
node app
play 'hostagent qemu-fail "Could not access KVM kernel module: Permission denied"'
cl --json node start app; refused 6 ExternalCommandFailed
json_like .error.cause 'Could not access KVM' "the true cause, from the hostagent's log"
field app .data.status >"$T/s"; ok "$(grep -q failed "$T/s"; echo $?)" "the node is failed" || note "$(cat "$T/s")"
play
cl node start app; status 0 "and can be started again"
field app .data.workspace_seeded >"$T/s"; same "$(cat "$T/s")" true

sandbox "a guest agent that is slow"
node app
play 'hostagent degrade "guest agent does not seem to be running; port forwards will not work"'
cl node start app; status 0 "is no failure"; err_like 'warning: .*guest agent' "but told"
there "$(guest app)/w/app/README" "and the start goes on"
cl node stop app
play 'hostagent degrade "guest agent does not seem to be running\ncould not mount /w"'
cl --json node start app; refused 6 ExternalCommandFailed
same "$(vm_status app)" Stopped "what else is amiss stays a failure"
play; cl node start app; status 0

sandbox "limactl start fails"
node app
play 'start exit 1 "no space left on device"'
cl --json node start app; refused 6 ExternalCommandFailed; json_like .error.cause 'no space left'
play 'start lie'
cl node start app; ok "$([ "$status" != 0 ]; echo $?)" "a start that says it did and did not is no start"
play; cl node start app; status 0

sandbox "a missing VM is never started"
node app; FAKE_PLAY='' FAKE_LOG='' limactl delete -f app 2>/dev/null; forget
cl --json node start app; refused 5 PreconditionFailed
json_like .error.cause 'recreate.*delete' "the repair is named"
not_called '"start"'
gone "$LIMA_HOME/app" "no default VM with the whole home"
cl --json node show app; json .data.last_runtime_observation.exists false
cl node list; out_like '^app .* missing '
cl shell app -- true; status 5; err_has 'node start app --recreate' "a shell names the same way out"
cl node start app --recreate; status 0 "--recreate builds it anew"
there "$(guest app)/w/app/README" "and seeds again"
file_has "$LIMA_HOME/app/lima.yaml" '1024, 65535'
echo 'ports: "off"' >>"$(node_dir app)/node.yaml"; cl node start app --recreate --yes; status 0
file_lacks "$LIMA_HOME/app/lima.yaml" '1024, 65535' "with the ports that the settings name by now"
file_has "$LIMA_HOME/app/lima.yaml" 'ignore: true'
FAKE_PLAY='' FAKE_LOG='' limactl delete -f app 2>/dev/null
cl node delete app --yes; status 0 "node delete is the other repair"

sandbox "delete"
running app; d=$(node_dir app)
cl --json node delete app; refused 5 PreconditionFailed "a running node without --yes and a terminal"
cl node delete app --yes; status 0
gone "$LIMA_HOME/app" "the VM is gone"
there "$FAKE_WORK/app/README" "the workspace is not"
file_has "$d/node.yaml" 'lifecycle_state: terminated'; file_has "$d/events.jsonl" node.deleted
gone "$CODELIMA_HOME/_index/nodes/by-instance/app"
cl node list; out_lacks "app "; cl node list --include-deleted; out_like '^app .* 20[0-9T:-]+Z$'
for c in "start app" "stop app" "delete app --yes" "restart app"; do
	# shellcheck disable=SC2086 # words
	cl node $c; ok "$([ "$status" = 5 ] || [ "$status" = 4 ]; echo $?)" "node $c of a deleted one is refused"
done
same "$(ls "$LIMA_HOME" | grep -v _config)" "" "and makes no VM"
cl node create --project app --slug app; status 0 "the slug is free"
cl node delete app; status 0 "a node that never ran needs no --yes"

sandbox "a VM that cannot be removed"
running app
play 'delete exit 1 "device busy"'
cl --json node delete app --yes; refused 6 ExternalCommandFailed; json_like .error.cause 'device busy'
cl node show app; status 0 "the record stays"; field app .data.lifecycle_state >/dev/null
play 'delete lie'
cl node delete app --yes; ok "$([ "$status" != 0 ]; echo $?)" "a delete that lies is no delete"
cl node show app; status 0 "the record stays"
play; cl node delete app --yes; status 0 "and it can be deleted then"
sandbox "a delete that cannot begin"
running app; y=$(cat "$(node_dir app)/node.yaml")
PATH=$(bare_path) cl --json node delete app --yes; refused 3 DependencyUnavailable; json_like .error.cause 'stays'
same "$(cat "$(node_dir app)/node.yaml")" "$y" "leaves the record as it was"
cl node restart app; status 0 "and the node can go on"

sandbox "list, show, status"
project app
cl node create --project app --slug one; cl node create --project app --slug two --workspace-mode mounted; cl node start two
cl node list; status 0
out_like "^one +[0-9a-f-]{36} +copy +$FAKE_WORK/app +vm +stopped +codex-cli *$"; out_like "^two +[0-9a-f-]{36} +mounted +$FAKE_WORK/app +vm +running"
cl --json node list; json '.data.*.slug' $'one\ntwo'
project other; cl node create --project other --slug three
cl --json node list --project other; json '.data.*.slug' three
cl node list --project nope; status 4
cl node show one; status 0; out_like '^slug: one$'; out_like '^status: stopped$'
cl --json node status two; json .data.status running; json .data.last_runtime_observation.name two
json .data.last_runtime_observation.dir "$LIMA_HOME/two"; json_like .data.last_runtime_observation.hostname two
json_like .data.last_reconciled_at ^20
cd "$FAKE_WORK/other" || exit; cl --json node show .; json .data.slug three ". is the only live node of the project here"
cd "$FAKE_WORK/app" || exit; cl node show .; status 2 "two nodes: which?"; cd "$T" || exit
kill -9 "$(cat "$LIMA_HOME/two/qemu.pid")"; until_that none_like "/qemu-system-.*two"
cl --json node show two; json_like .data.status 'stopped|broken' "seen at once, without limactl"
mv "$LIMA_HOME/one/lima.yaml" "$T/lima.yaml"; cl --json node show one; json .data.status broken
mv "$LIMA_HOME/one" "$LIMA_HOME/gone"; cl --json node show one; json .data.last_runtime_observation.exists false
cl node status nope; status 4
mkdir "$LIMA_HOME/one"; mv "$T/lima.yaml" "$LIMA_HOME/one"; echo $$ >"$LIMA_HOME/one/ha.pid"; echo $$ >"$LIMA_HOME/one/qemu.pid"
cl --json node show one; json .data.status stopped "pid files of other programs do not make it run"

sandbox "reading without limactl"
running app
rm -f "$T/log"; PATH=$(bare_path) cl --json node list; status 0; json .data.0.status running "state comes from LIMA_HOME"
PATH=$(bare_path) cl node show app; status 0; PATH=$(bare_path) cl node status app; status 0; PATH=$(bare_path) cl project tree; status 0
PATH=$(bare_path) cl --json node stop app; refused 3 DependencyUnavailable

sandbox "logs"
project app --bootstrap-command 'echo boot-step-says; echo and-errors >&2'
node app; cl node start app
cl node logs app; status 0; out_has node.created; out_has node.started; out_like '^time +type +message'
cl --json node logs app; json_like '.data.0.type' node.created
cl node logs app --source bootstrap; status 0; out_has boot-step-says; out_has and-errors
cl node logs app --source boot; status 0; out_has 'Linux version fake'
same "$(tail -c 1 "$T/out" | od -An -c | tr -d ' ')" '\n' "a console that ends in a prompt leaves ours alone"
cl node logs app --source hostagent; status 0; out_has 'essential requirement'
cl --json node logs app --source boot; json .data.source boot; json_like .data.path serial.log; json_like '.data.lines.#' '[1-9]'
cl node logs app --source nothing; status 2
printf '\033]0;evil\007\n' >>"$LIMA_HOME/app/serial.log"
cl node logs app --source boot; ok "$(! grep -q $'\033' "$T/out"; echo $?)" "the guest's bytes are escaped"
printf '{"torn": ' >>"$(node_dir app)/events.jsonl"
cl node logs app; status 0 "a torn line is skipped"
bg node logs app --source boot --follow; await_text "$T/bg.out" fake; echo appended >>"$LIMA_HOME/app/serial.log"; await_text "$T/bg.out" appended; kill -INT "$bg"; end_bg
out_has appended "--follow follows"; status 130
{ head -c 70000000 /dev/zero | tr '\0' x | fold -w 999; printf '\nthe-end\n'; } >"$LIMA_HOME/app/serial.log"
cl node logs app --source boot; status 0; err_has "only the last 64 MiB are shown of $LIMA_HOME/app/serial.log"
same "$(head -n 1 "$T/out" | wc -c) $(tail -n 1 "$T/out")" "1000 the-end" "from the first whole line"
bg node logs app --source boot --follow; await_text "$T/bg.out" the-end; echo appended >>"$LIMA_HOME/app/serial.log"; await_text "$T/bg.out" appended; kill -INT "$bg"; end_bg
same "$(tail -n 2 "$T/out" | tr '\n' ' ')" "the-end appended " "following goes on behind it"
sandbox "a start that takes long"
node app; play 'start @mid sleep 60'
cl --json node start app --timeout 1s; refused 6 ExternalCommandFailed; json_like .error.message 'start' "--timeout ends it"
same "$(vm_status app)" Stopped "and what it left running is stopped"
play 'start @late exit 1 "did not receive an event"'
cl node start app; status 6 "limactl gives up"; err_has "did not receive"
same "$(vm_status app)" Stopped
mkdir -p "$CODELIMA_HOME/_config"; printf 'deadlines: {start_watch: 1ms}\n' >>"$CODELIMA_HOME/_config/config.yaml"
cl node start app; status 0 "one that only stopped watching is waited for"; err_has "waiting on"
cl --json node show app; json .data.status running; json .data.workspace_seeded true
finish
