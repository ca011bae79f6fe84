#!/bin/bash
# environment create, list, show; the built-in ones (contract/store.md §1).
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
