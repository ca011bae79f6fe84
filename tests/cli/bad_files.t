#!/bin/bash
# Every file of a home with contents that are wrong, or right but odd (bad_files.py).
# ONLY="project node" walks some kinds.
. "$(dirname "$0")/lib.sh"
idof() { "$CODELIMA" --json "$1" show "$2" >"$T/id"; at "$T/id" .data.id; }

sandbox "bad files"
cl environment create --slug e --bootstrap-command one; cl profile create --name x --launch-command go --install-command true --env A=1
project p --env-config codex --bootstrap-command 'echo done'; node n; cl node start n; status 0; cl node stop n; status 0
cl node show n; node_id=$(idof node n); d=$CODELIMA_HOME/nodes/$node_id
job=$(ls -d "$CODELIMA_HOME"/_jobs/*/ | head -n 1)
echo 'stop: "{{binary}} stop {{instance_name}}"' >"$T/commands.yaml"
jobs='[]'; ! grep -q '"group":"job"' <("$top/build/tools/manual" table) || jobs="[[\"job\", \"list\"], [\"job\", \"show\", \"$(basename "$job")\"]]"
cat >"$T/world" <<J
{"config": "$CODELIMA_HOME/_config/config.yaml", "project": "$CODELIMA_HOME/projects/$(idof project p)/project.yaml", "project_id": "$(idof project p)",
 "node": "$d/node.yaml", "node_id": "$node_id", "environment": "$CODELIMA_HOME/environment-configs/$(idof environment e)/environment-config.yaml",
 "profile": "$CODELIMA_HOME/_config/agent-profiles/x.yaml", "commands": "$T/commands.yaml", "bootstrap": "$d/bootstrap.json",
 "claim": "$d/claim.json", "claim_text": {"job_id": "$(basename "$job")", "pid": 1, "start_time": "1", "operation": "start"}, "job": "${job}job.json", "job_commands": $jobs, "events": "$d/events.jsonl"}
J
play 'create exit 1' 'delete exit 1' 'clone exit 1'
export CODELIMA
ran="bad_files.py"
# shellcheck disable=SC2086 # words
python3 "$top/tests/cli/bad_files.py" "$T/world" ${ONLY:-} >"$T/walk" 2>"$T/err"; status=$?
: >"$T/out"
while IFS= read -r line; do
	case $line in
	"ok "*) ok 0 "${line#ok }" ;;
	*) ok 1 "${line#not ok }" >"$T/one"; head -n 2 "$T/one" | cut -c 1-1500 ;;
	esac
done <"$T/walk"
status 0 "the walk comes to its end"
ok "$([ "$(wc -l <"$T/walk")" -gt 10 ]; echo $?)" "and is a long one: $(wc -l <"$T/walk") cases"
finish
