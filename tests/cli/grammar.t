#!/bin/bash
# contract/cli.md §1, §2: how a command line is read, what goes where, and what is left behind.
. "$(dirname "$0")/lib.sh"

sandbox "help"
cl help
status 0
for word in doctor config environment project node shell version help; do out_like "^ *$word\b"; done
err_empty
cl --help; status 0
cl -h; status 0
cl help node; status 0; for c in create list show status start stop restart delete logs; do out_has "$c"; done
cl node --help; status 0; out_has restart
cl help node create; status 0
for f in --project --slug --no-bootstrap --workspace-mode --runtime --provider --agent-profile \
	--lima-commands-file --trust-file --cpus --memory --disk --containerd; do out_has "$f"; done
cp "$T/out" "$T/help1"
cl node create --help; status 0; ok "$(cmp -s "$T/out" "$T/help1"; echo $?)" "both ways give the same text"
cl node create --project nope -h; status 0 "--help wins over the rest"
cl --json help; status 0; json .ok true
cl --json node create --help; status 0; json_like .data '^codelima node create' "help is one document too"
cl node --help --json; status 0; json_like .data '^codelima node'
cl help nod; status 2; err_has node
cl help node creat; status 2; err_has create
gone "$CODELIMA_HOME" "help makes no home"
gone "$LIMA_HOME" "help makes no LIMA_HOME"
no_calls

sandbox "version"
cl --version; status 0; out_like '^codelima [0-9]+\.[0-9]+'; err_empty
no_calls "--version runs nothing"
cl --json --version; status 0; json .ok true; json_like .data.codelima '^[0-9]+\.[0-9]+'
cl version; status 0; out_has 2.2.0 "version names Lima's"
out_like 'terminal engine [0-9]+\.[0-9]+ \(Unicode [0-9]+' "and the terminal engine's"
cl --json version; status 0; json .ok true; json .data.lima 2.2.0; json .data.unicode 15.0
gone "$CODELIMA_HOME" "no home"
play 'version exit 1'
cl version; status 0 "version works with a broken limactl"
rm "$base/bin/limactl"
cl version; status 0 "version works without limactl"
ln "$base/bin/ssh" "$base/bin/limactl"

sandbox "global flags"
other=$T/other
cl --home "$other" --json config show; status 0; json .data.metadata_root "$other"
cl config show --json --home="$other"; status 0; json .data.metadata_root "$other" "flags after the command, --flag=v"
cl config --home "$other" show --json; status 0; json .data.metadata_root "$other" "flags between group and command"
cl config --json; status 0; json .data.metadata_root "$CODELIMA_HOME" "config alone is config show"
CODELIMA_HOME='' cl config --json; status 0; json .data.metadata_root "$HOME/.codelima" "no CODELIMA_HOME: ~/.codelima"
cl --log-level debug config show; status 0
cl --log-level loud config show; status 2; err_has loud
cl config show --home; status 2 "a flag without its value"
cl config show --json=maybe; status 2 "a switch with a strange value"
gone "$other" "config show makes no home"
gone "$CODELIMA_HOME" "nor this one"

sandbox "unknown words"
cl nod list; status 2; err_has "node"; out_empty
cl node lsit; status 2; err_has "list"
cl node list --includ-deleted; status 2; err_has "--include-deleted"
cl node list --include-deleted=; status 2 "a switch takes no value"
cl node list surplus; status 2; err_has surplus
cl project create --slug a; status 2; err_has "--workspace" "a missing flag is named"
cl node show; status 2 "a missing word"
cl project create --workspace /nonexistent --frobnicate; status 2; err_has "--frobnicate" "grammar before the world"
cl env list; status 2; err_has "did you mean environment" "the beginning of a word is near"
cl node create api; status 2; err_has "did you mean --project api" "a word that lacks its flag"
cl help node create more; status 2; err_has '"more" is too much'
cl --json node lsit; json .error.fields.group node; json .error.fields.command lsit
cl --json nod list; json .error.fields.group nod
cl node list includ-deleted; status 2; err_has "did you mean --include-deleted" "a surplus word may be a flag"
cl node start a --evens --events; status 2; err_empty "with --events the error is the last line of stdout"; json .error.category InvalidArgument
cl --json node lsit; refused 2 InvalidArgument; json_like .error.message list; err_empty "errors go to the document"
cl --jsn node list; status 2; err_has "--json"
cl -x; status 2
cl node; status 2 "a group alone says what it needs"; err_has "node --help"
cl project fork x; status 2 "a required flag that is missing"
gone "$CODELIMA_HOME" "no home after all that"
no_calls

sandbox "-- ends flags"
w=$(workspace dash)
cl project create --workspace "$w" --slug dash; status 0
cl project show --json -- dash; status 0; json .data.slug dash
cl project show -- --json; status 4 "after -- it is a name"; err_has -- --json
cl project show dash -- --json; status 2 "and a surplus word is one"

sandbox "errors in text and JSON"
cl project show nope; status 4; out_empty; err_like '^codelima: .*nope'
cl --json project show nope; refused 4 NotFound; json_like .error.message nope
ok "$(grep -qE '^\{"error":\{"category":"NotFound","message":"([^"\\]|\\.)+","fields":\{[^}]*\},"cause":"[^"]*"\},"ok":false\}$' "$T/out"; echo $?)" "just the members of the contract, in its order"
json_like .error.cause 'fix: codelima project list$' "what mends it ends the cause"
for key in message fields cause; do json_like ".error.$key.?" 'string|object|null|array' "error has $key"; done
cl --json node list; status 0; json .ok true; json .data '[]' "an empty list is []"
cl --json project list; status 0; json .data '[]'
cl --json project tree; status 0; json .data '[]'
cl node list; status 0; out_has slug "the header is there without rows"
for h in slug uuid workspace_mode workspace_path runtime vm_status agent; do out_like "\\b$h\\b"; done
cl project list; status 0; for h in slug uuid workspace_path runtime agent; do out_like "\\b$h\\b"; done
cl environment list; status 0; for h in slug uuid commands; do out_like "\\b$h\\b"; done
w=$(workspace tables); cl project create --workspace "$w"; cl project snapshot create tables; cl project snapshot list tables
ok "$(! grep -q ' $' "$T/out"; echo $?)" "no line of a table ends in spaces"

sandbox "no colour off a terminal"
cl doctor
ok "$(! grep -q $'\033' "$T/out" "$T/err"; echo $?)" "no escape sequences"
NO_COLOR=1 within "$top/tests/cli/on-tty" "$CODELIMA" project list >"$T/out" 2>&1
ok "$(! grep -qE $'\033\\[[0-9;]*m' "$T/out"; echo $?)" "NO_COLOR on a terminal: no colours"

sandbox "stdout that goes away"
cl project list
"$CODELIMA" help >/dev/full 2>"$T/err"; status=$?
if [ -e /dev/full ]; then
	ok "$([ $status != 0 ]; echo $?)" "a full stdout is an error"
	err_has "codelima:"
fi
set -o pipefail
"$CODELIMA" help node create 2>"$T/err" | true
err_lacks "Broken pipe" "a reader that leaves is no noise"
set +o pipefail

sandbox "words with every byte"
cl project show $'a\033]0;x\a'; status 4
ok "$(! grep -q $'\033' "$T/err"; echo $?)" "what a person typed is escaped too"
cl --json project show $'\xff\xfe'; refused 2 InvalidArgument
cl project show ''; status 4 "an empty reference"
finish
