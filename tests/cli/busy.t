#!/bin/bash
# Claims, Busy, jobs, --events (contract/store.md §3, contract/cli.md §2).
. "$(dirname "$0")/lib.sh"

sandbox "two starts at once"
node app; d=$(node_dir app)
play "start touch $T/begun" "start wait $T/go"
forget
bg node start app; await "$T/begun"
there "$d/claim.json" "the node is claimed"
at "$d/claim.json" .operation >"$T/s"; same "$(cat "$T/s")" start
same "$(at "$d/claim.json" .pid)" "$bg" "with the pid"
child=$(at "$d/claim.json" .child_pgid); ok "$(kill -0 "-$child" 2>/dev/null; echo $?)" "and the child's process group, which lives"
job=$(at "$d/claim.json" .job_id)
same "$(at "$CODELIMA_HOME/_jobs/$job/job.json" .state)" running
cl --json node start app; refused 5 Busy
json_like .error.message "$bg" "names the pid"; json_like .error.message "${job:0:8}" "and the job"
json_like .error.message '^node app: start is going on' "what holds what"; json .error.fields.node_slug app
for c in "stop app" "restart app" "delete app --yes"; do
	# shellcheck disable=SC2086 # words
	cl --json node $c; refused 5 Busy
done
cl node show app; status 0 "looking is free"; cl --json node list; status 0
cl node create --project app --slug other; status 0 "another node does not wait"
cl environment create --slug e; status 0 "nor does metadata"
cl node logs app; status 0
touch "$T/go"; end_bg; status 0
same "$(calls | grep -c '"start","-y","app"')" 1 "limactl start ran once"
gone "$d/claim.json" "the claim is given back"
same "$(at "$CODELIMA_HOME/_jobs/$job/job.json" .state)" 'done'
there "$CODELIMA_HOME/_jobs/$job/log"; there "$CODELIMA_HOME/_jobs/$job/events.jsonl"
file_has "$CODELIMA_HOME/_jobs/$job/log" READY "limactl's words are in the log"
play; cl node stop app; status 0

sandbox "ten starts at once"
node app; forget
for i in 0 1 2 3 4 5 6 7 8 9; do "$CODELIMA" --json node start app >"$T/o$i" 2>"$T/e$i" </dev/null & done
wait
same "$(calls | grep -c '"start","-y","app"')" 1 "limactl start ran once"
for i in 0 1 2 3 4 5 6 7 8 9; do at "$T/o$i" .ok; done | sort -u >"$T/s"
ok "$(grep -q true "$T/s"; echo $?)" "one did it"
ok "$(for i in 0 1 2 3 4 5 6 7 8 9; do at "$T/o$i" .error.category; done | grep -vqx Busy; [ $? = 1 ]; echo $?)" "the rest were Busy, or found it running"

sandbox "ten creates of one slug"
project app
for i in 0 1 2 3 4 5 6 7 8 9; do "$CODELIMA" --json node create --project app --slug same >"$T/o$i" 2>"$T/e$i" </dev/null & done
wait
good=0; for i in 0 1 2 3 4 5 6 7 8 9; do [ "$(at "$T/o$i" .ok)" != true ] || good=$((good + 1)); done
same $good 1 "one is made"
same "$(ls -d "$CODELIMA_HOME"/nodes/*/ | wc -l | tr -d ' ')" 1 "one record"
same "$(ls "$LIMA_HOME" | grep -c same)" 1 "one VM"
cl --json node list; json '.data.#' 1

sandbox "events"
project app --bootstrap-command 'echo one' --bootstrap-command 'echo two'
cl node create --project app --slug app --events; status 0
ok "$(at -l "$T/out" . >/dev/null; echo $?)" "each line is JSON"
tail -n 1 "$T/out" >"$T/last"; same "$(at "$T/last" .ok)" true "the last line is the document"; same "$(at "$T/last" .data.slug)" app
cl node start app --events; status 0
sed '$d' "$T/out" >"$T/ev"; tail -n 1 "$T/out" >"$T/last"
same "$(at "$T/last" .data.status)" running
for k in time step state; do at -l "$T/ev" ".$k" | grep -q '^	*$'; ok "$([ $? = 1 ]; echo $?)" "every event has a $k"; done
ok "$(at -l "$T/ev" .message .step | grep -qi 'requirement\|essential\|boot'; echo $?)" "Lima's requirements show" || note "$(cat "$T/ev")"
ok "$(at -l "$T/ev" .step .done .total | grep -qi 'bootstrap.*2	2'; echo $?)" "bootstrap step 2 of 2" || note "$(cat "$T/ev")"
ok "$(at -l "$T/ev" .step | grep -qi seed; echo $?)" "seeding shows"
cl node stop app --events; status 0; tail -n 1 "$T/out" >"$T/last"; same "$(at "$T/last" .ok)" true
play 'start exit 1 "cannot"'
cl node start app --events; status 6; tail -n 1 "$T/out" >"$T/last"; same "$(at "$T/last" .ok)" false; same "$(at "$T/last" .error.category)" ExternalCommandFailed
play 'start noise' 'list noise once'
cl node start app --events; ok "$(at -l "$T/out" . >/dev/null; echo $?)" "whatever limactl prints"

sandbox "progress"
project app --bootstrap-command 'echo hello-step'; cl node create --project app --slug app
FAKE_BOOT_MS=1500 cl node start app; status 0
ok "$(! grep -q $'\033\|\r' "$T/err"; echo $?)" "plain lines off a terminal"
ok "$([ "$(wc -l <"$T/err")" -ge 3 ]; echo $?)" "a line for each step"
err_like 'requirement' "Lima's requirements among them"
cl node stop app
# Long enough for several looks at the logs, on a busy machine too.
run env FAKE_BOOT_MS=1500 "$top/tests/cli/on-tty" "$CODELIMA" node start app </dev/null; status 0
out_like '[0-9]+ */ *[0-9]+|[0-9]+ of [0-9]+|[0-9]+%' "a bar that counts on a terminal"
ok "$(grep -q $'\r\|\033' "$T/out"; echo $?)" "drawn in place"
cat "$CODELIMA_HOME"/_jobs/*/events.jsonl >"$T/ev"
file_has "$T/ev" 'user session is ready for ssh' "the job's events have all that is waited for"
out_like 'waiting for "ssh"' "what is waited for fits beside the bar"
cl node stop app
run env COLS=40 FAKE_BOOT_MS=1500 "$top/tests/cli/on-tty" "$CODELIMA" node start app </dev/null; status 0
out_like '0/3  [0-9]+\.[0-9] s  waiting' "forty columns have room for the time and the message"

sandbox "jobs: the last 200 are kept"
cl project list; node app
for i in $(seq 205); do d=$CODELIMA_HOME/_jobs/0190$(printf '%04x' "$i")-0000-7000-8000-000000000000; mkdir "$d"
	printf '{"id":"%s","operation":"start","target":"x","argv":[],"pid":1,"state":"done","started_at":"2020-01-01T00:00:00Z","ended_at":"2020-01-01T00:00:01Z"}\n' "$(basename "$d")" >"$d/job.json"; done
cl node start app; status 0
same "$(ls "$CODELIMA_HOME/_jobs" | wc -l | tr -d ' ')" 200
finish
