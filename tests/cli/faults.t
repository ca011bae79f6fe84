#!/bin/bash
# A limactl that fails in every way; places that cannot be written (issue: bad input, faults).
. "$(dirname "$0")/lib.sh"

deadlines() { mkdir -p -m 700 "$CODELIMA_HOME/_config"; echo "deadlines: {$1}" >>"$CODELIMA_HOME/_config/config.yaml"; }

sandbox "limactl is missing"
project app; before=$(traces "$CODELIMA_HOME")
PATH=$(bare_path) cl --json node create --project app
refused 3 DependencyUnavailable; json_like .error.message limactl
PATH=$(bare_path) cl node create --project app; err_like 'setup|install|init|brew' "and the way out"
same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left"
CODELIMA_LIMACTL=$T/nowhere cl --json node create --project app; refused 3 DependencyUnavailable; json_like .error.message nowhere
CODELIMA_LIMACTL=$base/bin/limactl PATH=$(bare_path) cl node create --project app; status 0 "CODELIMA_LIMACTL names one"

for cmd in create start stop delete; do
	sandbox "$cmd hangs"
	deadlines "list: 2s, template: 2s, create: 2s, start: 2s, stop: 2s, delete: 2s"
	project app
	if [ $cmd != create ]; then cl node create --project app --slug app; status 0; fi
	case $cmd in stop | delete) cl node start app; status 0 ;; esac
	play "$cmd hang"
	before=$(date +%s)
	case $cmd in
	create) cl --json node create --project app --slug app ;;
	delete) cl --json node delete app --yes ;;
	*) cl --json node $cmd app ;;
	esac
	refused 6 ExternalCommandFailed
	json_like .error.message 'within 2\.0 s' "the deadline is named"
	ok "$([ $(($(date +%s) - before)) -lt 20 ]; echo $?)" "in time"
	same "$(ours_like "limactl.*$cmd" | wc -l | tr -d ' ')" 0 "limactl is ended"
	play
	case $cmd in
	create) gone "$LIMA_HOME/app"; cl node create --project app --slug app; status 0 "afterwards it works" ;;
	delete) cl node delete app --yes; status 0 "afterwards it works" ;;
	*) cl node $cmd app; status 0 "afterwards it works" ;;
	esac
done

sandbox "a limactl that ignores TERM"
deadlines "create: 1s"; project app
play 'create ignore-term' 'create hang'
cl --json node create --project app --slug app; refused 6 ExternalCommandFailed
same "$(ours_like 'limactl.*create' | wc -l | tr -d ' ')" 0 "is killed"

sandbox "list hangs"
deadlines "list: 1s"; project app
play 'list hang'
cl --json node create --project app --slug app; ok "$([ "$status" = 3 ]; echo $?)" "DependencyUnavailable"
cl node list; status 0 "lists do not need it"

sandbox "floods"
project app
play 'list flood 100M'
cl --json node create --project app --slug app; ok "$([ "$status" != 0 ]; echo $?)" "100 MB from list"
ok "$(at "$T/out" .error.category >/dev/null; echo $?)" "one document"; ok "$([ "$(wc -c <"$T/out")" -lt 100000 ]; echo $?)" "a short one"
play 'template flood 100M'
cl --json node create --project app --slug app; ok "$([ "$status" != 0 ]; echo $?)" "100 MB from template copy"
gone "$LIMA_HOME/app"
play 'start flood-err 100M'
cl node create --project app --slug app; status 0
cl --json node start app; status 0 "100 MB on stderr and then it works"
cl node stop app; play 'start flood-err 100M' 'start exit 1 "after the flood"'
cl --json node start app; refused 6 ExternalCommandFailed; json_like .error.cause 'after the flood' "the last lines are the cause"
ok "$([ "$(wc -c <"$T/out")" -lt 100000 ]; echo $?)" "and no more of them"
ok "$([ "$(du -sk "$CODELIMA_HOME" | cut -f 1)" -lt 140000 ]; echo $?)" "the logs do not grow without end (64 MiB each)"

sandbox "garbage"
project app
for c in list template; do
	play "$c garbage"
	cl --json node create --project app --slug app; ok "$([ "$status" != 0 ]; echo $?)" "from $c"
	ok "$(at "$T/out" .error.message >/dev/null; echo $?)" "one document"
	gone "$LIMA_HOME/app"
done
play; cl node create --project app --slug app; status 0
play 'list garbage'
cl --json node start app; ok "$([ "$status" != 0 ]; echo $?)" "from list before a start"
play; cl node start app; status 0; play 'list garbage'; cl node list; status 0; cl node status app; status 0

sandbox "limactl dies of a signal"
project app; play 'create crash'
cl --json node create --project app --slug app; refused 6 ExternalCommandFailed; json_like .error.message 'signal|KILL|137'
play; cl node create --project app --slug app; status 0; play 'start @mid crash'
cl --json node start app; refused 6 ExternalCommandFailed
play; cl node start app; status 0 "the hostagent that was left is dealt with"
same "$(vm_status app)" Running

sandbox "exit 0 doing nothing"
project app
play 'create lie'; cl node create --project app --slug a; ok "$([ "$status" != 0 ]; echo $?)" "create"
play; cl node create --project app --slug a; status 0
play 'start lie'; cl node start a; ok "$([ "$status" != 0 ]; echo $?)" "start"
play; cl node start a; status 0
play 'stop lie'; cl node stop a; ok "$([ "$status" != 0 ]; echo $?)" "stop"
play 'delete lie' 'stop lie'; cl node delete a --yes; ok "$([ "$status" != 0 ]; echo $?)" "delete"
cl node show a; status 0 "the record of a VM that lives is there"
play; cl node delete a --yes; status 0

sandbox "ssh fails"
node app
play 'ssh-master exit 255'
cl --json node start app; ok "$([ "$status" != 0 ]; echo $?)" "no connection"; json_like .error.message 'ssh|connect'
field app .data.workspace_seeded >"$T/s"; same "$(cat "$T/s")" false
play; cl node start app; status 0; field app .data.workspace_seeded >"$T/s"; same "$(cat "$T/s")" true

sandbox "seeding breaks off"
project app; head -c 3000000 /dev/urandom >"$FAKE_WORK/app/big"; cl node create --project app --slug app; status 0
play 'ssh~tar crash once' 'ssh~tar exit 255 once'
cl --json node start app; ok "$([ "$status" != 0 ]; echo $?)" "a dead connection is told"
field app .data.workspace_seeded >"$T/s"; same "$(cat "$T/s")" false
gone "$(guest app)/w/app/README" "nothing half-made at the target"
play; cl node start app; status 0; ok "$(cmp -s "$FAKE_WORK/app/big" "$(guest app)/w/app/big"; echo $?)" "the next start begins anew"
same "$(ls "$(guest app)/w" | tr '\n' ' ')" "app " "and leaves no remains"
sandbox "a file that cannot be read"
project app; echo x >"$FAKE_WORK/app/locked"; chmod 0 "$FAKE_WORK/app/locked"
cl node create --project app --slug app; cl --json node start app
ok "$([ "$status" != 0 ]; echo $?)" "fails"; out_has locked "and is named"
chmod 600 "$FAKE_WORK/app/locked"; cl node start app; status 0

sandbox "LIMA_HOME cannot be written"
mkdir -m 500 "$LIMA_HOME"; project app; before=$(traces "$CODELIMA_HOME")
cl --json node create --project app; ok "$([ "$status" != 0 ]; echo $?)" "refused"; out_has "$LIMA_HOME" "and named"
same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left"
chmod 700 "$LIMA_HOME"; cl node create --project app; status 0
sandbox "LIMA_HOME is a file"
project app; echo >"$LIMA_HOME"; cl --json node create --project app; ok "$([ "$status" != 0 ]; echo $?)" "refused"; out_has "$LIMA_HOME"
sandbox "LIMA_HOME is too long"
project app; LIMA_HOME=$T/$(printf 'l%.0s' $(seq 90)) cl --json node create --project app; refused 2 InvalidArgument; not_called '"create"'

sandbox "a home that cannot be written"
project app; chmod -R a-w "$CODELIMA_HOME"
for c in "project list" "project show app" "node list" "project tree" "config show" "environment list"; do
	# shellcheck disable=SC2086 # words
	cl $c; status 0 "$c works"
done
for c in "node create --project app" "environment create --slug x" "project delete app"; do
	# shellcheck disable=SC2086 # words
	cl --json $c; ok "$([ "$status" != 0 ]; echo $?)" "$c is refused"; json_like .error.message "$CODELIMA_HOME|ermission|denied"
done
same "$(ls "$LIMA_HOME" 2>/dev/null | grep -v _config)" "" "no VM"
sandbox "a home that is a file"
echo >"$CODELIMA_HOME"; cl project list; ok "$([ "$status" != 0 ]; echo $?)" "is an error"; err_has "$CODELIMA_HOME"

sandbox "a full disk"
mkdir "$T/small"
small='mount -t tmpfs -o size=400k,mode=700 tmpfs "$1" && shift && exec "$@"'
if unshare -rm true 2>/dev/null; then
	cat >"$T/inside" <<'E'
set -u
export CODELIMA_HOME=$1/c
"$CODELIMA" environment create --slug one >/dev/null 2>&1 || exit 3
listing() { (cd "$CODELIMA_HOME" && find . -type f -name '*.yaml' -exec cksum {} + | sort); }
head -c 10M /dev/zero >"$1/fill" 2>/dev/null
i=0
while [ $i -lt 40 ]; do "$CODELIMA" environment create --slug "e$i" >"$2/o" 2>"$2/e" || break; i=$((i + 1)); done
before=$(listing)
"$CODELIMA" environment create --slug full >"$2/o" 2>"$2/e"; echo $? >"$2/status"
[ "$before" = "$(listing)" ] && echo same >"$2/same"
"$CODELIMA" environment show one >/dev/null 2>&1 && echo reads >"$2/reads"
rm "$1/fill"
"$CODELIMA" environment create --slug later >/dev/null 2>&1 && echo later >"$2/later"
E
	export CODELIMA
	unshare -rm sh -c "$small" sh "$T/small" sh "$T/inside" "$T/small" "$T" >"$T/log2" 2>&1
	status=$(cat "$T/status" 2>/dev/null || echo none); cp "$T/e" "$T/err" 2>/dev/null
	ok "$([ "$status" != 0 ] && [ "$status" != none ]; echo $?)" "is an error" || note "$(cat "$T/log2")"
	err_like 'space|full' "that says so"
	there "$T/same" "no record is harmed"; there "$T/reads" "reading goes on"; there "$T/later" "and writing, when there is room"
else
	skip "a full disk" "no user namespaces here"
fi
finish
