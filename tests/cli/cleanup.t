#!/bin/bash
# node cleanup-incomplete: what operations that died left of nodes (contract/cli.md §3).
. "$(dirname "$0")/lib.sh"

vms() { ls "$LIMA_HOME" | grep -v _config | tr '\n' ' '; }
records() { ls "$CODELIMA_HOME/nodes" 2>/dev/null | wc -l | tr -d ' '; }
# killed RULE… -- ARG…: the command is killed when it has reached `touch $T/here`; limactl goes on.
killed() {
	local rules=()
	while [ "$1" != -- ]; do rules+=("$1"); shift; done
	shift
	rm -f "$T/here" "$T/go"
	play "${rules[@]}"
	bg "$@"
	await "$T/here"
	kill -9 "$bg"; end_bg
	touch "$T/go"; await_limactl; play
}
half() { killed "$1 touch $T/here once" "$1 wait $T/go" -- "${@:2}"; }
nothing_left() { # twice in a row finds nothing
	cl --json node cleanup-incomplete; status 0; json '.data.items.#' 0 "a second look finds nothing"
	cl --json node cleanup-incomplete --apply; status 0; json '.data.items.#' 0; json .data.dry_run false
}

sandbox "nothing to do"
cl node cleanup-incomplete; status 0; out_is "node_dir  instance_name  action"; gone "$CODELIMA_HOME" "a look makes no home"
cl --json node cleanup-incomplete; json .data.dry_run true; json .data.items '[]'
running app; cl node create --project app --slug other; cl node create --project app --slug old; cl node delete old --yes
before=$(listing "$CODELIMA_HOME"); forget
cl --json node cleanup-incomplete; json .data.items '[]'; same "$before" "$(listing "$CODELIMA_HOME")"; no_calls
cl --json node cleanup-incomplete --apply; json .data.items '[]'; json .data.dry_run false; no_calls "sound nodes are left alone, deleted ones too"
same "$(records)" 3
cl --json node cleanup-incomplete x; refused 2 InvalidArgument

sandbox "a create that was killed"
project app; half "create @late" node create --project app --slug app
d=$(node_dir app); id=$(node_id app); before=$(listing "$CODELIMA_HOME"); forget
cl --json node cleanup-incomplete; status 0; json .data.dry_run true; json '.data.items.#' 1
json .data.items.0.node_id "$id"; json .data.items.0.directory_path "$d"; json .data.items.0.instance_name app
json .data.items.0.template_path "$d/instance.lima.yaml"; json .data.items.0.instance_ref_path "$d/lima-instance.ref"
json_lacks .data.items.0.action
cl node cleanup-incomplete; out_like "^node_dir +instance_name +action$"; out_like "^$d +app +remove the VM and the record$"; err_has '--apply'
no_calls "a dry run runs nothing"; same "$before" "$(listing "$CODELIMA_HOME")" "and writes nothing"; same "$(vms)" "app "
cl --json node cleanup-incomplete --apply; status 0; json .data.dry_run false; json .data.items.0.instance_name app
called '"delete","-f","app"'; gone "$LIMA_HOME/app"; gone "$d"; gone "$CODELIMA_HOME/_index/nodes/by-instance/app"
nothing_left; cl node create --project app --slug app; status 0 "the name is free again"

sandbox "a clone that was killed"
node app; cl node start app; cl node stop app
half "clone @mid" node clone app
cl node cleanup-incomplete --apply; status 0; out_has app-clone; same "$(vms)" "app "; same "$(records)" 1
nothing_left; cl --json node show app; json .data.status stopped "its source is left alone"

sandbox "a delete that was killed"
running app; half "delete @mid" node delete app --yes; d=$(node_dir app)
cl --json node cleanup-incomplete --apply; status 0; json '.data.items.#' 1
gone "$LIMA_HOME/app"; cl node list; out_lacks app; cl node list --include-deleted; out_has app "the delete is brought to its end"
file_has "$d/events.jsonl" node.deleted; nothing_left

sandbox "the VM before the record"
project app; half "create @late" node create --project app --slug app
play 'delete exit 1 "no permission"'
cl --json node cleanup-incomplete --apply; refused 6 ExternalCommandFailed; json_like .error.cause 'no permission'
there "$(node_dir app)/node.yaml" "a VM that stays keeps its record"; play
cl node cleanup-incomplete --apply; status 0; nothing_left

sandbox "one failure does not keep the others"
project app
for n in aaa qqq ccc; do half "create @late" node create --project app --slug $n; done
play 'delete~qqq exit 1 "this stays"'
cl --json node cleanup-incomplete --apply; status 6; json_like .error.cause 'this stays'; same "$(vms)" "qqq " "the others are gone"; same "$(records)" 1
play 'delete exit 1 "they stay"'; half "create @late" node create --project app --slug d; play 'delete exit 1 "they stay"'
cl --json node cleanup-incomplete --apply; status 6; json_like .error.message '2 leftovers'; json_like .error.cause 'they stay'
play; cl node cleanup-incomplete --apply; status 0; nothing_left

sandbox "failed nodes"
project app; play 'create @late exit 1 "first"' 'delete exit 1 "second"'
cl node create --project app --slug app; status 6; play; cl --json node show app; json .data.status failed
cl node cleanup-incomplete --apply; status 0; out_has app; same "$(records)" 0; same "$(vms)" ""
project two --bootstrap-command 'exit 3'; cl node create --project two --slug two; cl node start two; status 6
cl --json node cleanup-incomplete --apply; status 0; json .data.items '[]' "one whose VM runs may hold work"; err_has 'node two is failed'; err_has 'codelima node delete two'
cl node stop two; cl --json node cleanup-incomplete --apply; json .data.items '[]' "and one with a copy"; same "$(vms)" "two "

sandbox "VMs without our mark"
project app; half "create @late" node create --project app --slug app
grep -v codelima-home "$LIMA_HOME/app/lima.yaml" >"$T/y"; cp "$T/y" "$LIMA_HOME/app/lima.yaml"
cl node cleanup-incomplete; out_has 'not ours'; err_has 'instance app does not carry'
forget; cl node cleanup-incomplete --apply; status 0; err_has 'limactl delete app'; not_called delete; there "$LIMA_HOME/app" "is named and stays"; same "$(records)" 0
half "create @late" node create --project app --slug b
sed -i.bak 's/codelima-home: .*/codelima-home: 01900000-0000-7000-8000-000000000000/' "$LIMA_HOME/b/lima.yaml"
cl node cleanup-incomplete --apply; status 0; there "$LIMA_HOME/b" "another home's stays"; nothing_left

sandbox "directories without a record"
running app; cl node create --project app --slug lost
d=$(node_dir lost); rm "$d/node.yaml"
e=$CODELIMA_HOME/nodes/01900000-0000-7000-8000-000000000001; mkdir -p "$e"; echo app >"$e/lima-instance.ref"
f=$CODELIMA_HOME/nodes/01900000-0000-7000-8000-000000000002; mkdir -p "$f"
mkdir -p "$CODELIMA_HOME/nodes/not-an-id"; echo ../_config >"$f/lima-instance.ref"
cl --json node cleanup-incomplete; json '.data.items.#' 3
cl node cleanup-incomplete --apply; status 0; out_has "another node's"
gone "$d"; gone "$e"; gone "$f"; there "$CODELIMA_HOME/nodes/not-an-id"; there "$LIMA_HOME/_config"
same "$(vms)" "app " "the lost node's VM is gone, a live node's is not"; same "$(vm_status app)" Running; nothing_left

sandbox "records that cannot be read"
node app; d=$(node_dir app); cp "$d/node.yaml" "$T/y"; echo 'id: [' >"$d/node.yaml"; forget
cl --json node cleanup-incomplete --apply; status 0; json .data.items '[]' "a typo does not cost the VM"; err_has 'doctor --repair'; no_calls
FAKE_PLAY='' FAKE_LOG='' limactl delete -f app 2>/dev/null
cl node cleanup-incomplete --apply; status 0; out_has '_quarantine'; gone "$d"
same "$(cat "$CODELIMA_HOME"/_quarantine/*/"$(basename "$d")"/node.yaml)" 'id: [' "without a VM it is moved aside, not deleted"
file_has "$(echo "$CODELIMA_HOME"/_quarantine/*/manifest.json)" "nodes/$(basename "$d")"; nothing_left

sandbox "a node that somebody works on"
project app; play "create touch $T/here" "create wait $T/go"
bg node create --project app --slug app; await "$T/here"
cl --json node cleanup-incomplete --apply; status 0; json .data.items '[]' "is left out"
touch "$T/go"; end_bg; status 0; play; cl node start app; status 0

sandbox "limactl goes on alone"
project app; rm -f "$T/go"
play "create @mid touch $T/here once" "create @mid wait $T/go"
bg node create --project app --slug app; await "$T/here"; kill -9 "$bg"; end_bg
ok "$(ours_like 'limactl.*create' | grep -q .; echo $?)" "limactl create outlives us"
cl node cleanup-incomplete --apply; status 0; same "$(ours_like 'limactl' | wc -l | tr -d ' ')" 0 "it is ended first"
same "$(vms)" ""; same "$(records)" 0; nothing_left
finish
