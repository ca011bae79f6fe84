#!/bin/bash
# project update (contract/cli.md §3).
. "$(dirname "$0")/lib.sh"
file_of() { echo "$CODELIMA_HOME/projects/$("$CODELIMA" --json project show "$1" >"$T/id"; at "$T/id" .data.id)/project.yaml"; }
# changed LINES WHAT: what differs between $T/f and the file, without updated_at.
changed() {
	same "$(diff "$T/f" "$f" | grep '^[<>]' | grep -v '^. updated_at:')" "$1" "$2"
	cp "$f" "$T/f"
}

sandbox "each flag"
project p --bootstrap-command one --cpus 2 --memory 4; cl environment create --slug e1; cl environment create --slug e2
cl profile create --name mine; w2=$(workspace w2)
f=$(file_of p); id=$(basename "$(dirname "$f")")
cat >>"$f" <<'E2'
# a last word
extra: {mine: [1, 2]}   # kept
E2
cp "$f" "$T/f"
cl --json project update p --agent-profile mine; status 0; json .data.agent_profile_name mine
changed "< agent_profile_name: codex-cli
> agent_profile_name: mine" "only the profile's line"
cl --json project show p; json_like .data.updated_at "^20"; file_lacks "$f" "$(grep created_at "$f" | sed s/created/updated/)" "updated_at is new"
cl --json project update p --template template:debian; json .data.default_lima_template template:debian
changed "< default_lima_template: template:default
> default_lima_template: template:debian" "only the template's line"
cl --json project update p --env-config e2 --env-config e1 --env-config e2; status 0; json .data.environment_configs '["e2","e1"]' "in order, each once"
cl --json project update p --env-config e1; json .data.environment_configs '["e1"]' "a list replaces the list"
cl --json project update p --clear-env-configs; status 0; json .data.environment_configs '[]'
changed "" "and all is as before"
cl --json project update p --setup-command two --env-command three; json .data.lima_commands.bootstrap '["two","three"]'
cl --json project update p --clear-env-commands; status 0; json_lacks .data.lima_commands.bootstrap "no bootstrap of its own"
cl --json project update p --bootstrap-command four; json .data.lima_commands.bootstrap '["four"]'
cl --json project update p --cpus 8; status 0; json .data.resources.cpus 8; json .data.resources.memory 4GiB "the others stay"
cl --json project update p --clear-resources --disk 30; json .data.resources '{"disk":"30GiB"}'
cl --json project update p --clear-resources; json_lacks .data.resources
cl --json project update p --workspace "$w2"; status 0; json .data.workspace_path "$w2"
cl --json project update p --slug q --workspace "$FAKE_WORK/p" --agent-profile codex-cli; status 0; json .data.slug q; json .data.id "$id"
file_has "$f" "# a last word"; file_has "$f" "extra: {mine: [1, 2]}   # kept"
cl project show p; status 4; cl project show q; status 0
gone "$CODELIMA_HOME/_index/projects/by-slug/p"; there "$CODELIMA_HOME/_index/projects/by-slug/q"
cl project create --workspace "$w2" --slug p; status 0 "the old slug and workspace are free"
cl project update q --slug q; status 0 "its own slug is not taken"
cl project update q --workspace "$FAKE_WORK/p/../p"; status 0 "nor is its own workspace"
same "$(at -l "$(dirname "$f")/events.jsonl" .type | tr -d '\t' | sort | uniq -c | sed 's/^ *//')" "1 project.created
15 project.updated" "an event each" || note "$(cat "$(dirname "$f")/events.jsonl")"
no_calls

sandbox "refused, and nothing changes"
project p; project q; cl environment create --slug e1; cl environment create --slug gone; cl environment delete gone
before=$(unlocked)
no() { cl --json project update "${@:3}"; refused "$1" "$2"; }
no 2 InvalidArgument p
no 4 NotFound nope --slug x
no 2 InvalidArgument p --template t --slug Bad
no 5 PreconditionFailed p --template t --slug q; json .error.fields.slug q
no 4 NotFound p --template t --agent-profile nope; json_like .error.cause codex-cli
no 4 NotFound p --template t --env-config e1 --env-config nope; json .error.fields.environment_config nope
no 5 PreconditionFailed p --template t --env-config gone
no 2 InvalidArgument p --template t --workspace "$T/missing"; json_like .error.fields.workspace_path missing
no 5 PreconditionFailed p --template t --workspace "$FAKE_WORK/q"; json .error.fields.project_slug q
no 2 InvalidArgument p --template t --workspace "$HOME"
no 2 InvalidArgument p --template t --cpus 0
no 2 InvalidArgument p --template t --memory much
no 2 InvalidArgument p --template t --env-config e1 --clear-env-configs
no 2 InvalidArgument p --template t --bootstrap-command x --clear-setup-commands
no 2 InvalidArgument p --template ''
same "$before" "$(unlocked)" "not a byte"
cl project delete q
before=$(unlocked)
no 5 PreconditionFailed q --slug r; json .error.fields.slug q
no 2 InvalidArgument q
same "$before" "$(unlocked)" "a deleted one neither"

sandbox "a live node"
node p; w2=$(workspace w2); f=$(file_of p)
cp "$f" "$T/f"
cl --json project update p --workspace "$w2" --slug other; refused 5 PreconditionFailed
json_like .error.message 'live nodes: p'; json .error.fields.node_count 1; json .error.fields.project_slug p
changed "" "nothing is half done"
cl project update p --workspace "$FAKE_WORK/p" --slug other; status 0 "the same workspace is no change"
cl node start p; status 0 "its node goes on"
cl node delete p --yes; cl project update other --workspace "$w2"; status 0 "free without nodes"
cl node create --project other --slug n2; cl node start n2; status 0; there "$(guest n2)/w/w2/README" "new nodes get the new one"
sandbox "nested in one that is mounted"
w=$(workspace out); mkdir "$w/in"; project p
cl project create --workspace "$w" --slug out; cl node create --project out --slug m --workspace-mode mounted
cl --json project update p --workspace "$w/in"; refused 5 PreconditionFailed; json .error.fields.project_slug out

sandbox "bootstrap: false is replaced"
project p; f=$(file_of p); printf 'lima_commands:\n    bootstrap: false   # off\n    stop: "{{binary}} stop {{instance_name}}"\n' >>"$f"
cl --json project update p --bootstrap-command 'true'; status 0; json .data.lima_commands.bootstrap '["true"]'
cl --json project update p --clear-bootstrap-commands; status 0; json_lacks .data.lima_commands.bootstrap; json_like .data.lima_commands.stop.0 stop
sandbox "."
project p; cd "$FAKE_WORK/p/src" || exit; cl project update . --slug here; status 0; cd "$T" || exit
cl project show here; status 0

sandbox "two at once"
project p
for i in 1 2 3 4 5 6 7 8; do "$CODELIMA" project update p --slug "s$i" --cpus "$i" >/dev/null 2>&1 & done; wait
cl --json project list; json '.data.#' 1; slug=$(get .data.0.slug); json .data.0.resources.cpus "${slug#s}" "whole changes"
same "$(ls "$CODELIMA_HOME/_index/projects/by-slug")" "$slug" "the index has the last slug alone"
for i in 1 2 3 4; do project "t$i"; done
for i in 1 2 3 4; do "$CODELIMA" project update "t$i" --slug same >/dev/null 2>&1 & done; wait
cl --json project list; same "$(at "$T/out" '.data.*.slug' | grep -c '^same$')" 1 "one slug, one record"
finish
