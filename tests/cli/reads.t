#!/bin/bash
# Every command of the table that only looks: no system call that changes a file, and no child process where the home
# and LIMA_HOME tell enough (contract/store.md §2). A new command has to be put on one side or the other here.
. "$(dirname "$0")/lib.sh"

looks=" doctor config help version completion __complete list show status tree logs log diff "
changes=" create update delete fork start stop restart clone shell cleanup-incomplete cancel wait __job attach open close "
runs_programs=" doctor version "

sandbox "reads"
if ! command -v strace >/dev/null; then
	if [ -n "${CI:-}" ] && [ "$(uname)" = Linux ]; then ok 1 "strace is there (make init)"; else skip "every read command" "no strace here"; fi
	finish
	exit
fi
project api; cl node create --project api --slug api-1; cl node start api-1; cl node create --project api --slug api-2
cl environment create --slug tools --bootstrap-command true
"$top/build/tools/manual" table >"$T/table"
job=$("$CODELIMA" --json job list 2>/dev/null >"$T/id" && at "$T/id" .data.0.id) || job=none
snapshot=$("$CODELIMA" --json project snapshot create api 2>/dev/null >"$T/id" && at "$T/id" .data.id) || snapshot=none

# One line a command: its words, and what each argument names.
python3 - "$T/table" "$job" "$snapshot" >"$base/lines" <<'E'
import json, sys
table, job, snapshot = json.load(open(sys.argv[1])), *sys.argv[2:]
live = {"project": "api", "node": "api-1", "environment": "tools", "profile": "codex-cli", "job": job, "snapshot": snapshot,
        "words": "bash", "none": "x", "command": "node"}
for c in table["commands"]:
    args = [live.get(kind, "x") for kind in (c["first"], c["second"])][:c["min_args"]]
    print(" ".join(filter(None, [c["group"], c["name"], *args])))
E
changing='openat?\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|^[0-9]+ +(mkdir|rename|unlink|rmdir|link|symlink|chmod|fchmod|chown|fchown|lchown|truncate|ftruncate|utimensat|mknod|setxattr|fsetxattr|fsync|fdatasync|flock|fallocate)'
quiet() { # WORDS…: traced, with and without --json
	local how
	for how in "" --json; do
		# shellcheck disable=SC2086 # no word when empty
		strace -f -o "$T/trace" "$CODELIMA" $how "$@" >"$T/out" 2>"$T/err" </dev/null
		ran="$how $*"
		grep -E "$changing" "$T/trace" | grep -vE -e '"/dev/(null|tty)"' -e "\"$FAKE_LOG\"" >"$T/bad"
		[ ! -s "$T/bad" ]
		ok $? "$how $* changes nothing" || note "$(head -n 4 "$T/bad")"
	done
}
seen=0
while IFS= read -r line; do
	# shellcheck disable=SC2086 # words
	set -- $line
	side=
	for word in "$@"; do
		case $looks in *" $word "*) side=looks && break ;; esac
		case $changes in *" $word "*) side=changes && break ;; esac
	done
	[ -n "$side" ] || ok 1 "\"$line\" is one of the commands that look or of those that change: say so in this test"
	# doctor tries whether it could write: below
	if [ "$side" != looks ] || [ "$word" = doctor ]; then continue; fi
	seen=$((seen + 1))
	quiet "$@"
	case $runs_programs in
	*" $word "*) ;;
	*) same "$(grep -c 'execve(' "$T/trace")" 1 "$line starts no program" ;;
	esac
done <"$base/lines"
ok "$([ $seen -ge 12 ]; echo $?)" "$seen commands look"
before=$(listing "$CODELIMA_HOME"); cl doctor
same "$before" "$(listing "$CODELIMA_HOME")" "doctor leaves everything as it was"
for line in "project list --include-deleted" "project tree api" "node list --project api" "node show nope" "node logs api-1 --source boot" \
	"node list --include-deleted"; do
	# shellcheck disable=SC2086 # words
	quiet $line
done

sandbox "reads of a home that is not there"
while IFS= read -r line; do
	# shellcheck disable=SC2086 # words
	set -- $line
	case ${2:-$1} in
	list | show | status | tree | help | version | completion | config) ;;
	*) continue ;;
	esac
	cl "$@"; gone "$CODELIMA_HOME" "$line makes none"
done <"$base/lines"
finish
