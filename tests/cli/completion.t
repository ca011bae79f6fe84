#!/bin/bash
# What the last word of a line may become: codelima __complete, which the shells' scripts run.
. "$(dirname "$0")/lib.sh"

# words LINE…: the candidates, one a line, without their notes; the first line says of what kind they are.
words() { cl __complete -- "$@"; cut -f 1 "$T/out" >"$T/words"; }
# offers WANTED LINE…: just these words, divided by blanks (no word of ours holds one).
offers() {
	local wanted=$1
	shift
	words "$@"
	same "$(sed 1d "$T/words" | tr '\n' ' ' | sed 's/ $//')" "$wanted" "$* [tab]"
}
has() { grep -qxF -e "$1" "$T/words"; ok $? "$ran offers $1"; }
lacks() { ! grep -qxF -e "$1" "$T/words"; ok $? "$ran does not offer $1"; }

sandbox "words of the table"
offers "node" no
words ""; has project; has shell; has completion; lacks __complete; status 0; err_empty
words --; has --home; has --json; lacks --yes
words node ""; has create; has logs; lacks doctor
offers "start status" node sta
offers "show" config ""
offers "" nonsense ""
offers "" node nonsense ""
offers "--yes" node delete n --y
offers "" node delete n --yes --y
words node create --project p --; lacks --project "a flag that is given"; has --slug; has --json; has --events
words environment create --bootstrap-command x --; has --bootstrap-command "a flag that may come again"
offers "copy" node create --workspace-mode c
offers "--workspace-mode=copy --workspace-mode=mounted" node create --workspace-mode=
offers "debug" --log-level d
offers "" node create --slug ""
offers "bash" completion b
offers "shell show start status stop" help node s
words help ""; has node; has version
words --json node ""; has list "behind a global flag"
words node list ""; has --project "flags where no word can follow"
words --home x doctor ""; has --strict
for line in "--home" "project create --workspace" "node create --lima-commands-file"; do
	# shellcheck disable=SC2086 # words
	cl __complete -- $line ""
	out_like '^(dirs|files)	$' "$line is a path, which the shell knows best"
done
cl __complete -- --home=/t; out_is "dirs	--home="
words; has node "no word at all"
gone "$CODELIMA_HOME" "no home is made"

sandbox "every command of the table is reached, and each of its flags"
"$top/build/tools/manual" table | python3 -c '
import json, sys
for c in json.load(sys.stdin)["commands"]:
    if not c["hidden"]:
        path = " ".join(filter(None, (c["group"], c["name"])))
        print("\n".join([path, *(path + " --" + f["name"] for f in c["flags"])]))' >"$T/table"
while IFS= read -r line; do
	# shellcheck disable=SC2086 # words
	set -- $line
	last=${*: -1} typed=''
	[ "$last" = "${last#--}" ] || typed=--
	words "${@:1:$#-1}" "$typed"; grep -qxF -e "$last" "$T/words" || ok 1 "$last is offered behind \"${*:1:$#-1}\""
done <"$T/table"
ok "$([ "$(wc -l <"$T/table")" -gt 60 ]; echo $?)" "the table has $(wc -l <"$T/table") lines"

sandbox "what the home holds"
project api; project web; cl node create --project api --slug api-1; cl node create --project web --slug web-1
cl environment create --slug tools; cl node create --project api --slug dead; cl node delete dead --yes
offers "api-1 web-1" node start ""
offers "web-1" shell w
offers "api web" project show ""
offers "claude-code codex tools" environment show ""
offers "claude-code codex-cli" project create --agent-profile ""
offers "tools" project create --env-config t
offers "--project=api --project=web" node create --project=
offers "" node start dead
id=$(node_id api-1)
offers "$id" node start "${id:0:30}"
web=$(node_id web-1)
dead=$("$CODELIMA" --json node list --include-deleted >"$T/all"; at "$T/all" '.data.*.id' | grep -v -e "$id" -e "$web")
offers "" node start "$dead"
offers "" shell api-1 a
offers "" shell api-1 -- a
offers "" shell api-1 make --st
offers "--start" shell api-1 --st
offers "--start" shell --st
offers "api-1" shell -- a
offers "api-1" node start -- a
cl __complete -- node start api; out_has "api-1	$FAKE_WORK/api" "with the workspace as a note"
cl __complete -- job show ""; status 0; err_empty
before=$(listing "$CODELIMA_HOME")
for line in "node start" "project show" "environment show" "project create --agent-profile" "shell" "node create --project" "help" ""; do
	# shellcheck disable=SC2086 # words
	words $line ""
	same "$before" "$(listing "$CODELIMA_HOME")" "$line [tab] writes nothing"
done
offers "api-1 web-1" --home "$CODELIMA_HOME" node start ""
other=$T/other; mkdir "$other"; offers "" --home "$other" node start ""
offers "" --home="$other" node start a
offers "" node start --home "$other" a
same "$(CODELIMA_HOME=$other "$CODELIMA" __complete -- node start a)" "words	" "CODELIMA_HOME counts"
offers "api-1" node start --timeout 5m a
offers "api-1" node start --timeout=5m a

sandbox "records in all shapes"
project p; cl node create --project p --slug n1; cl node create --project p --slug n2; cl node create --project p --slug n3
f=$(node_dir n1)/node.yaml
for change in 's/^slug: n1/slug: "n1"/' "s/^slug: n1/slug: 'n1' # mine/" 's/^slug: n1/"slug": n1/' 's/$/\r/' '1s/^/# first\n/' '1s/^/---\n/' \
	'$s/$/\ndeleted_at: ""/' '$s/$/\n# deleted_at: 2020-01-01T00:00:00Z/' '$s/$/\ndeleted_at:/' 's/^id: /id:   /'; do
	cp "$f" "$T/f"; sed -i "$change" "$f"
	cl node list; alive=$(grep -o '^n1 ' "$T/out")
	offers "${alive% }" node start n1
	cp "$T/f" "$f"
done
for change in '$s/$/\ndeleted_at: 2020-01-01T00:00:00Z/' '1s/^/deleted_at: 2020-01-01T00:00:00Z\n/' '1s/^/"deleted_at": 2020-01-01T00:00:00Z\n/' 's/^id: .*/id: [/' \
	's/^id: .*/id: 01a2034d-54e6-7e48-9974-791475dd7cde/' 's/^slug: .*//' 's/^slug: .*/slug: "\\e[31m"/' 's/^slug: .*/slug: "a\\tb"/'; do
	cp "$f" "$T/f"; sed -i "$change" "$f"
	offers "n2 n3" node start ""
	cp "$T/f" "$f"
done
sed -i 's/^slug: n1/slug: it'"''"'s $HOME/' "$f"; words node start ""; has "it''s \$HOME" "an odd slug of an old home"; cp "$T/f" "$f"
rm "$f"; mkdir "$f"; offers "n2 n3" node start ""; err_empty; rmdir "$f"
mkfifo "$f"; offers "n2 n3" node start ""; rm "$f"; cp "$T/f" "$f"; chmod 0 "$f"; offers "n2 n3" node start ""; chmod 600 "$f"
rm -r "$CODELIMA_HOME/_index"; offers "n1 n2 n3" node start ""
gone "$CODELIMA_HOME/_index" "the index is not made anew"

sandbox "homes that are missing, damaged, new or not ours"
offers "claude-code codex" environment show ""
offers "claude-code codex-cli" node create --agent-profile ""
offers "" node start ""; err_empty; gone "$CODELIMA_HOME"
project p; cl node create --project p --slug n1
echo '{[' >"$CODELIMA_HOME/_config/config.yaml"; offers "n1" node start ""; err_empty
echo 99 >"$CODELIMA_HOME/_config/schema"; offers "" node start ""; status 0; err_empty
chmod 0 "$CODELIMA_HOME"; offers "" node start ""; status 0; err_empty; chmod 700 "$CODELIMA_HOME"
offers "" --home "$T/out" node start ""; status 0; err_empty
offers "" --home "" node start ""; status 0; err_empty
HOME='' CODELIMA_HOME='' offers "" node start ""; status 0; err_empty
cl __complete -- $'node\xff' "" $'\x01'; status 0; err_empty
cl __complete -- node start $'\xff'; status 0; err_empty

sandbox "the scripts"
for shell in bash zsh fish; do
	cl completion $shell; status 0; err_empty; out_has "$(printf '%s completion for codelima' $shell)"
	cl --json completion $shell; json .data.shell $shell
done
cl --json completion ksh; refused 2 InvalidArgument
cl completion; status 2
cl --json completion; refused 2 InvalidArgument
cl help; out_has completion; out_lacks __complete
finish
