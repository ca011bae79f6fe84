#!/bin/bash
# environment create, list, show, update, delete; the built-in ones (contract/store.md §1).
. "$(dirname "$0")/lib.sh"

sandbox "built-in environments"
cl --json environment list; status 0
json .data.0.slug codex; json .data.1.slug claude-code
id=$(get .data.0.id)
gone "$CODELIMA_HOME" "listing them writes nothing"
cl --json environment show codex; json .data.id "$id" "its id is constant"
out_has @openai/codex
cl --json environment show claude-code; status 0
cl environment create --slug mine --bootstrap-command 'true'; status 0
there "$CODELIMA_HOME/environment-configs/$id/environment-config.yaml" "the first writing command stores them"
cl --json environment list; json '.data.#' 3
cl --json environment show codex; json .data.id "$id"

sandbox "create and show"
cl --json environment create --slug dev --bootstrap-command './script/setup' --setup-command 'echo "a: b" # c' \
	--env-command $'two\nlines'; status 0
json .data.slug dev
json .data.bootstrap_commands '["./script/setup","echo \"a: b\" # c","two\nlines"]' "in order, byte for byte"
id=$(get .data.id)
json_like .data.id '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-' "UUIDv7"
json_like .data.created_at '^20[0-9-]+T[0-9:]+\.[0-9]+Z$'
cl --json environment show dev; json .data.bootstrap_commands '["./script/setup","echo \"a: b\" # c","two\nlines"]'
cl --json environment show "$id"; json .data.slug dev "by id"
cl --json environment show "${id:0:13}"; json .data.slug dev "by the beginning of the id"
cl --json environment show "${id: -12}"; json .data.slug dev "by the end of the id"
cl environment show "${id:0:7}"; status 4 "7 characters are too few"
cl environment show dev; status 0; out_like '^slug: dev$'
cl environment list; out_like "^dev +$id"
cl environment create --slug none; status 0 "no command is allowed"
cl --json environment show none; json .data.bootstrap_commands '[]'
cl --json environment create --slug dev; refused 5 PreconditionFailed; json .error.fields.slug dev
for bad in Dev a_b -a '' a..b "$(printf 'a%.0s' $(seq 64))" 'a b' 'ä'; do
	cl environment create "--slug=$bad"; status 2 "slug refused: $bad"
done
cl environment create --slug "$(printf 'a%.0s' $(seq 63))"; status 0 "63 characters are fine"
cl environment create; status 2 "--slug is required"
cl environment show nope; status 4
cl --json environment show nope; refused 4 NotFound
no_calls
there "$CODELIMA_HOME/_index/environment-configs/by-slug/dev"
same "$(stat -c %a "$CODELIMA_HOME" 2>/dev/null || stat -f %Lp "$CODELIMA_HOME")" 700 "home is 0700"
same "$(find "$CODELIMA_HOME" -type d ! -perm 700; find "$CODELIMA_HOME" -type f ! -perm 600)" "" "directories 0700, files 0600"

sandbox "update"
cl environment create --slug dev --bootstrap-command one --bootstrap-command two
cl --json environment show dev; f=$CODELIMA_HOME/environment-configs/$(get .data.id)/environment-config.yaml
sed -i.bak -e '1i # mine' -e 's/^    - two/    - two # why/' "$f"; rm "$f.bak"; cp "$f" "$T/f"
cl --json environment update dev --bootstrap-command one --setup-command 'and two' --env-command two; status 0
json .data.bootstrap_commands '["one","and two","two"]' "the list is replaced"
same "$(diff "$T/f" "$f" | grep '^[<>]' | grep -v updated_at)" '>     - and two' "what stays keeps its line"
file_has "$f" "# mine"; file_has "$f" "    - two # why"
cl --json environment update dev --clear-bootstrap-commands; status 0; json .data.bootstrap_commands '[]'
for flag in --clear-setup-commands --clear-env-commands; do
	cl environment update dev --bootstrap-command x; cl --json environment update dev $flag; json .data.bootstrap_commands '[]' "$flag"
done
before=$(listing)
cl --json environment update dev; refused 2 InvalidArgument "nothing to change"
cl --json environment update dev --bootstrap-command x --clear-setup-commands; refused 2 InvalidArgument
cl --json environment update nope --bootstrap-command x; refused 4 NotFound
cl --json environment update dev --slug other --bootstrap-command x; refused 2 InvalidArgument
same "$before" "$(listing)" "refused: nothing changes"
same "$(at -l "$(dirname "$f")/events.jsonl" .type | tr -d '\t' | sort -u)" 'environment.created
environment.updated'

sandbox "delete"
cl environment create --slug dev; cl --json environment show dev; id=$(get .data.id)
project a --env-config dev; project b --env-config codex --env-config dev
before=$(listing "$CODELIMA_HOME/environment-configs")
cl --json environment delete dev; refused 5 PreconditionFailed; json_like .error.message 'a, b'; json .error.fields.environment_config dev
json .error.fields.project_count 2
same "$before" "$(listing "$CODELIMA_HOME/environment-configs")"
cl project delete a; cl --json environment delete dev; refused 5 PreconditionFailed; json_like .error.message ': b$'
cl project update b --env-config codex
cl --json environment delete "$id"; status 0; json_like .data.deleted_at ^20 "no live project lists it"
cl --json environment list; json '.data.*.slug' "codex
claude-code"
cl --json environment list --include-deleted; json '.data.#' 3
cl environment list --include-deleted; out_like '^dev .* 20[0-9T:-]+Z$'
cl --json environment show dev; status 0; json .data.id "$id" "still showable"
cl --json environment delete dev; refused 5 PreconditionFailed; json .error.fields.id "$id"
cl --json environment update dev --bootstrap-command x; refused 5 PreconditionFailed
cl --json project update b --env-config dev; refused 5 PreconditionFailed
gone "$CODELIMA_HOME/_index/environment-configs/by-slug/dev"
file_has "$CODELIMA_HOME/environment-configs/$id/events.jsonl" environment.deleted
cl environment create --slug dev; status 0 "the slug is free again"
cl --json environment show dev; json_lacks .data.deleted_at "a live one beats a deleted one"

sandbox "a built-in that was deleted stays deleted"
cl --json environment delete claude-code; status 0 "on a home that was not there yet"
cl environment create --slug x; project p
cl --json environment list; json '.data.*.slug' "codex
x"
cl --json environment show claude-code; status 0; json_like .data.deleted_at ^20
cl --json project update p --env-config claude-code; refused 5 PreconditionFailed
cl environment create --slug claude-code; status 0 "its name is free"
no_calls

sandbox "an index is a hint"
cl environment create --slug dev; status 0
rm -r "$CODELIMA_HOME/_index"
cl environment show dev; status 0 "found without the index"
cl environment create --slug dev; status 5 "and still taken"
mkdir -p "$CODELIMA_HOME/_index/environment-configs/by-slug"
echo nonsense >"$CODELIMA_HOME/_index/environment-configs/by-slug/dev"
cl environment show dev; status 0 "found with a wrong index"

sandbox "text from elsewhere"
cl --json environment create --slug esc --bootstrap-command $'echo \033[31mred\a'; status 0
cl environment show esc
ok "$(! grep -q $'\033' "$T/out"; echo $?)" "control characters are escaped for a person"
cl environment create --slug bad --bootstrap-command $'\xff'
ok "$([ "$status" = 2 ] || [ "$status" = 0 ]; echo $?)" "bytes that are no text: refused or kept"
cl environment list; status 0

sandbox "two at once"
for i in 1 2 3 4 5 6 7 8; do "$CODELIMA" environment create --slug same >"$T/o$i" 2>&1 & done
wait
cl --json environment list; same "$(at "$T/out" '.data.*.slug' | grep -c same)" 1 "one slug, one record"
for i in 1 2 3 4 5 6 7 8; do "$CODELIMA" environment create --slug "n$i" >/dev/null 2>&1 & done
wait
cl --json environment list; json '.data.#' 11 "and none is lost"
finish
