#!/bin/bash
# Jobs: --detach, job list, show, log, cancel, wait (contract/cli.md §3, contract/store.md §3).
. "$(dirname "$0")/lib.sh"

# held NODE: its start waits in limactl until $T/go is there.
held() { play "start touch $T/here" "start wait $T/go"; }
let_go() { touch "$T/go"; }
# typed TEXT KEYS ARG…: codelima on a terminal; KEYS (as printf has them) once it shows TEXT.
typed() {
	: >"$T/out"
	run "$top/tests/cli/on-tty" "$CODELIMA" "${@:3}" < <(await_text "$T/out" "$1"; printf '%b' "$2")
}
jobs_now() { ls "$CODELIMA_HOME/_jobs" 2>/dev/null; }
job_is() { at "$CODELIMA_HOME/_jobs/$1/job.json" .state; }

sandbox "detach"
node app; held; forget
cl --json node start app --detach; status 0 "exits at once"; json .ok true
job=$(get .data.id); pid=$(get .data.pid); n=$(jobs_now | wc -l)
json .data.state running; json .data.operation start; json .data.target "$(node_id app)"
same "$(job_is "$job")" running
await "$T/here"
ok "$(kill -0 "$pid"; echo $?)" "its process lives"
same "$(ps -o sid= -p "$pid" | tr -d ' ')" "$pid" "in a session of its own"
same "$(readlink "/proc/$pid/fd/0" 2>/dev/null || echo /dev/null)" /dev/null "stdin is /dev/null"
ok "$(! tr '\0' '\n' <"/proc/$(at "$(node_dir app)/claim.json" .child_pgid)/environ" 2>/dev/null | grep -q CODELIMA_JOB; echo $?)" "limactl does not know of the job"
cl node start app; status 5 "the node is busy"; err_has "$job" "names the job"; err_has "$pid" "and its pid"
cl --json node stop app --detach; refused 5 Busy; json_like .error.message "$job"
same "$(jobs_now | wc -l)" "$n" "a refused job leaves nothing"
cl job list; status 0; out_like "^id +operation +target +state +step +progress +started\$"
out_like "^$job  start +app +running +boot"
cl job show "${job:0:12}"; status 0; out_has "state: running"
cl --json job show "${job: -10}"; json .data.id "$job"
cl job log "$job"; status 0
before=$(listing); cl job list; cl job show "$job"; cl job log "$job"
same "$(listing | grep -v "_jobs/$job")" "$(grep -v "_jobs/$job" <<<"$before")" "reads do not write"
bg job wait "$job"; listens_to_int "$bg"; let_go; end_bg; status 0 "wait exits as the job did"; out_like "Done: job $job: start of app"
same "$(job_is "$job")" 'done'
cl --json node show app; json .data.status running
cl job log "$job"; out_has READY "limactl's words"
cl --json job log "$job"; json .data.source job; json_like .data.path "_jobs/$job/log"
cl job cancel "$job"; status 5 "what has ended is not cancelled"; err_has "has ended already: done"
cl --json job cancel "$job"; refused 5 PreconditionFailed
cl job wait "$job"; status 0 "waiting for it again is no different"

sandbox "what a job cannot ask is asked before it starts"
running app
cl --json node delete app --detach; refused 5 PreconditionFailed; there "$(node_dir app)/node.yaml"
typed 'Type its name' 'no\n' node delete --detach app; status 5; out_has 'Type its name (app)'; out_has 'left as it is'
typed 'Type its name' '\003' node delete app; status 130 "Ctrl-C is an answer too"
typed 'Type its name' 'app\n' node delete --detach -- app; status 0; out_has 'Started job'
cl --json job list; job=$(at "$T/out" '.data.2.id'); cl job wait "${job:-none}"
cl --json job show "$job"; json .data.operation delete; json .data.state 'done'; json .data.argv.4 --yes; json .data.argv.5 -- "no word of it becomes a name"
cl --json node show app; json .data.status terminated; gone "$LIMA_HOME/app"

sandbox "every long command"
project app
cl --json node create --project app --slug app --detach; status 0; job=$(get .data.id); json .data.operation create
cl job wait "$job"; status 0; cl node show app; status 0
for c in "start app" "restart app" "stop app" "delete app --yes"; do
	# shellcheck disable=SC2086 # words
	cl --json node $c --detach; status 0 "node $c"; job=$(get .data.id)
	cl job wait "$job"; status 0 "and it ends well"
done
cl node show app; out_has "deleted_at"
cl --json job list; json '.data.#' 5
cl node start app --detach; status 5 "a deleted node"; err_has "is deleted"
cl --json job list; json '.data.#' 5 "refused: no job"

sandbox "fork and snapshot"
project app
cl --json project snapshot create app --detach; status 0; job=$(get .data.id); json .data.target "$("$CODELIMA" --json project show app | at /dev/stdin .data.id)"
cl job wait "$job"; status 0; cl --json project snapshot list app; json '.data.#' 1
cl --json project fork app --workspace "$FAKE_WORK/child" --slug child --detach; status 0; job=$(get .data.id)
cl job wait "$job"; status 0; there "$FAKE_WORK/child/README"; cl project show child; status 0
cl job list; out_like "snapshot +app +done"; out_like "fork +app +done"
n=$(jobs_now | wc -l)
cl --json project fork app --workspace "$FAKE_WORK/child" --slug other --detach; refused 5 PreconditionFailed
cl --json project fork nothing --workspace "$FAKE_WORK/c2" --detach; refused 4 NotFound
cl --json project snapshot create nothing --detach; refused 4 NotFound
same "$(jobs_now | wc -l)" "$n" "no job is left"

sandbox "what can be refused is refused at once"
cl --json node start nothing --detach; refused 4 NotFound; gone "$CODELIMA_HOME" "no home is made for it"
node app
n=$(jobs_now | wc -l)
cl --json node start nothing --detach; refused 4 NotFound; json .error.fields.query nothing
json_like .error.cause "node list" "with the way out"
cl node start nothing --detach; status 4; err_like '^codelima: there is no node "nothing"'; out_empty
cl --json node create --project app --slug 'Bad Slug' --detach; refused 2 InvalidArgument
cl --json node create --project app --slug app --detach; refused 5 PreconditionFailed; json .error.fields.slug app
cl --json node start app --timeout soon --detach; refused 2 InvalidArgument
cl --json node start app --timeout soon; refused 2 InvalidArgument
cl --json node start app --detach --events; refused 2 InvalidArgument
cl --json node list --detach; refused 2 InvalidArgument
same "$(jobs_now | wc -l)" "$n" "no job is left"
cl node start app; status 0
cl --json node delete app --detach; refused 5 PreconditionFailed; json_like .error.cause "--yes"
cl --json node start app --recreate --detach; refused 5 PreconditionFailed
same "$(jobs_now | wc -l)" "$((n + 1))" "no job is left"
cl --json node show app; json .data.status running "the node is as it was"
run env CODELIMA_JOB=01a20256-0000-7000-8000-000000000001 "$CODELIMA" node stop app --detach; status 4 "a foreign word in the environment starts nothing"
run env CODELIMA_JOB=nonsense "$CODELIMA" node stop app; status 0 "and is passed over without --detach"

sandbox "a job that fails"
node app; play 'start exit 1 "no luck today"'
cl --json node start app --detach; job=$(get .data.id); status 0
cl --json job wait "$job"; refused 6 ExternalCommandFailed; json_like .error.cause "no luck today"
cl job wait "$job"; status 6 "exits with the job's own code"; err_has "no luck today"
cl job log "$job"; out_has "failed: " "the log tells it"; out_has "no luck today"
cl job show "$job"; out_has "state: failed"; out_has "error_category: ExternalCommandFailed"
play

sandbox "events"
node app; held
cl --json node start app --detach; job=$(get .data.id); await "$T/here"
bg job wait "$job" --events; let_go; end_bg; status 0
ok "$(head -n 1 "$T/out" | at /dev/stdin .step | grep -qx boot; echo $?)" "the steps, the earlier ones too"
same "$(tail -n 1 "$T/out" | at /dev/stdin .data.state)" 'done' "the record at the end"

sandbox "cancel"
node app; held
cl --json node start app --detach; job=$(get .data.id); pid=$(get .data.pid); await "$T/here"
cl job cancel "$job"; status 0; out_like "^Cancelled job $job: start of app"
same "$(job_is "$job")" cancelled
same "$(ps -o stat= -p "$pid" | grep -v Z)" "" "the process is gone"
same "$(ours_like 'limactl.*start' | wc -l | tr -d ' ')" 0 "and what it ran"
gone "$(node_dir app)/claim.json"
same "$(vm_status app)" Stopped "cleaned up"
cl job wait "$job"; status 143 "waiting tells it"
cl job cancel "$job"; status 5
play; cl node start app; status 0 "the next start goes on"

sandbox "cancel reaches a command in another terminal"
node app; held
bg node start app; await "$T/here"
cl --json job list; job=$(get .data.1.id)
cl --json job cancel "$job"; status 0; json .data.state cancelled
end_bg; status 143 "it ends as by TERM"
same "$(vm_status app)" Stopped
rm -f "$T/here"; project other; play "create @mid touch $T/here" "create @mid wait $T/go"
bg node create --project other --slug other; await "$T/here"
cl --json job list; job=$(get .data.2.id); json .data.2.state running
cl job cancel "$job"; status 0; end_bg; status 143
gone "$LIMA_HOME/other" "no VM is left"; cl node show other; status 4 "and no record"

sandbox "a job that is stopped can be cancelled"
node app; held
cl --json node start app --detach; job=$(get .data.id); pid=$(get .data.pid); await "$T/here"
kill -STOP "$pid"
cl job cancel "$job"; status 0; same "$(job_is "$job")" cancelled

sandbox "lost"
node app; held
cl --json node start app --detach; job=$(get .data.id); pid=$(get .data.pid); await "$T/here"
kill -9 "$pid"
until_that ended "$pid"
cl --json job show "$job"; json .data.state lost; same "$(job_is "$job")" running "looking does not write"
cl job list; out_like "^$job +start +app +lost"
there "$CODELIMA_HOME/_jobs/$job/log" "its log is kept"; cl job log "$job"; status 0
cl job wait "$job"; status 6; err_has "is lost"
ok "$(ours_like 'limactl.*start' | grep -q .; echo $?)" "limactl goes on alone"
cl --json job cancel "$job"; status 0 "but can be ended"; json .data.state cancelled
same "$(ours_like 'limactl.*start' | wc -l | tr -d ' ')" 0 "it is gone"
file_has "$(node_dir app)/events.jsonl" recovered "which is an event"
cl job cancel "$job"; status 5 "and that was that"
play; cl node start app; status 0

sandbox "a reboot"
node app
id=01a20256-0000-7000-8000-0000000000aa
mkdir "$CODELIMA_HOME/_jobs/$id"
echo "{\"id\":\"$id\",\"operation\":\"start\",\"target\":\"$(node_id app)\",\"argv\":[],\"pid\":$$,\"pid_start\":\"12\",\"state\":\"running\",\"step\":\"boot\",\"done\":1,\"total\":2,\"started_at\":\"2026-01-01T00:00:00Z\"}" >"$CODELIMA_HOME/_jobs/$id/job.json"
cl --json job show $id; json .data.state lost "the pid is another's now"
cl --json job cancel $id; refused 5 PreconditionFailed; ok "$(kill -0 $$; echo $?)" "which is left alone"
cl node start app; status 0; same "$(job_is $id)" lost "the next writer writes it down"

sandbox "the terminal goes away"
node app; held
"$top/tests/cli/on-tty" sh -c "'$CODELIMA' --json node start app --detach >'$T/started'; echo up; exec sleep 60" </dev/null >"$T/screen" 2>&1 &
tty=$!
await "$T/here"
until_that test -s "$T/started"
job=$(at "$T/started" .data.id)
kill -9 $tty; { wait $tty; } 2>/dev/null # the master closes: everyone on it gets SIGHUP
cl --json job show "$job"; json .data.state running "the job lives on"
let_go; cl job wait "$job"; status 0
cl --json node show app; json .data.status running

sandbox "leaving job wait"
node app; held
cl --json node start app --detach; job=$(get .data.id); await "$T/here"
bg job wait "$job"; listens_to_int "$bg"; kill -INT "$bg"; end_bg; status 130; err_has "goes on"
same "$(job_is "$job")" running
log=$CODELIMA_HOME/_jobs/$job/events.jsonl; sed 's/"time":"[^"]*"/"time":"2026-01-01T00:00:00Z"/' "$log" >"$T/old"; cat "$T/old" >"$log"
: >"$T/out"; run "$top/tests/cli/on-tty" "$CODELIMA" job wait "$job" < <(await_text "$T/out" "boot   "; let_go)
status 0; out_like "boot +[1-9][0-9]{3} h [0-9]{2} m  instance app runs" "what goes on is shown at once, since it began"

sandbox "job log --follow"
node app; held
cl --json node start app --detach; job=$(get .data.id); await "$T/here"
bg job log "$job" --follow; sleep 0.2; let_go; end_bg; status 0 "ends with the job"; out_has READY
cl job log "$job" --follow; status 0 "at once when it has ended"
cl --json job log "$job" --follow; refused 2 InvalidArgument

sandbox "ids"
node app; cl node start app; cl node stop app
cl --json job show 01; refused 4 NotFound
cl --json job show zzzzzzzz; refused 4 NotFound; json .error.fields.query zzzzzzzz; json_like .error.cause "job list"
ids=(); for i in $(jobs_now); do ids+=("$i"); done
twin=$(echo "${ids[0]}" | tr 0123456789abcdef 123456789abcdef0 | tail -c 2) twin=${ids[0]%?}$twin
cp -R "$CODELIMA_HOME/_jobs/${ids[0]}" "$CODELIMA_HOME/_jobs/$twin"
sed "s/${ids[0]}/$twin/" "$CODELIMA_HOME/_jobs/${ids[0]}/job.json" >"$CODELIMA_HOME/_jobs/$twin/job.json"
cl --json job show "${ids[0]%?}"; refused 2 InvalidArgument; json_like .error.cause "$twin"
rm -r "$CODELIMA_HOME/_jobs/$twin"
cl job show "${ids[2]: -8}"; status 0; out_has "operation: stop"
mkdir "$CODELIMA_HOME/_jobs/01a20256-0000-7000-8000-0000000000bb"
echo '{' >"$CODELIMA_HOME/_jobs/01a20256-0000-7000-8000-0000000000bb/job.json"
cl --json job list; status 0; json '.data.#' 3 "a broken record hides no other"
cl --json job show 01a20256-0000-7000-8000-0000000000bb; refused 7 MetadataCorruption
rm -rf "$CODELIMA_HOME"; cl --json job list; json '.data.#' 0; gone "$CODELIMA_HOME"
finish
