# shellcheck shell=bash
# Sourced by tests/cli/*.t: a private machine for each test, and TAP assertions.
#
#	sandbox TITLE      a fresh home, LIMA_HOME, workspaces and a limactl that is a fake; ends the
#	                   one before and looks that nothing it started is left
#	cl ARG…            runs codelima; then status N, out_has S, json PATH VALUE … look at the last run
#	finish             at the end of the file
#
# In a sandbox: $T (all of it), $CODELIMA_HOME, $LIMA_HOME, $FAKE_WORK (workspaces), $FAKE_PLAY (rules
# that make limactl fail, tests/fake/fake_play.c), $FAKE_LOG (what limactl and ssh were called with).

set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CODELIMA=${CODELIMA:-$top/bin/codelima}
LIMIT=${LIMIT:-60} # seconds any one command may take

if [ "$(id -u)" = 0 ]; then
	echo "Bail out! these tests run as an ordinary user: root passes every permission test for the wrong reason"
	exit 1
fi
[ -x "$CODELIMA" ] || { echo "Bail out! no $CODELIMA: make build"; exit 1; }

tap_n=0 tap_failed=0 title='' status=0 T='' stage=''
base=$(mktemp -d /tmp/clt.XXXXXX) && base=$(cd "$base" && pwd -P) || exit 1
trap 'chmod -R u+rwX "$base" 2>/dev/null; rm -rf "$base"' EXIT
mkdir "$base/bin" "$base/fake"
cp "$top/build/tools/fake-limactl" "$base/bin/limactl" || { echo "Bail out! no fake: make tools"; exit 1; }
ln "$base/bin/limactl" "$base/bin/ssh"
ln "$base/bin/limactl" "$base/bin/qemu-system-x86_64"
clean_path=$PATH
unset NO_COLOR CODELIMA_HOME LIMA_HOME CODELIMA_LIMACTL CODELIMA_ACCEL CODELIMA_LOG_LEVEL
export LC_ALL=C.UTF-8 TZ=UTC USER="${USER:-$(id -un)}" FAKE_BIN="$base/bin"

# ---- TAP

# blame WHAT LINE: what the last run was and said; where prove shows it.
blame() {
	echo "# $title: $1"
	echo "# line $2, ran: ${ran-}" | cat -v
	[ -n "$T" ] || return 0
	echo "# status $status"
	head -c 3000 "$T/out" 2>/dev/null | head -n 25 | sed 's/^/# out: /' | cat -v
	head -c 3000 "$T/err" 2>/dev/null | head -n 25 | sed 's/^/# err: /' | cat -v
	[ ! -s "$FAKE_LOG" ] || calls | tail -n 12 | cut -c 1-300 | sed 's/^/# call: /' | cat -v
}
# ok VERDICT(0 is good) WHAT
ok() {
	local what=${2//$'\n'/ }
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $title: $what"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $title: $what"
	local i=1
	while [ "${BASH_SOURCE[i]-}" != "${BASH_SOURCE[i]#*lib.sh}" ]; do i=$((i + 1)); done
	blame "$what" "${BASH_LINENO[i - 1]}" >&2
	return 1
}
note() { printf '%s\n' "$@" | sed 's/^/# /'; }
skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $title: $1 # SKIP $2"
}
finish() {
	leave_sandbox
	echo "1..$tap_n"
	[ "$tap_failed" = 0 ]
}

# ---- sandboxes

sandbox() {
	leave_sandbox
	title=$1 ran='' status=0
	stage=$((${stage:-0} + 1))
	T=$base/$stage
	mkdir -p "$T/home" "$T/w" "$T/tmp"
	mkdir -m 700 "$T/run"
	export HOME=$T/home CODELIMA_HOME=$T/c LIMA_HOME=$T/l XDG_RUNTIME_DIR=$T/run TMPDIR=$T/tmp
	export FAKE_WORK=$T/w FAKE_LOG=$T/log FAKE_PLAY=$T/play CL_TEST=$T SSH_AUTH_SOCK=$T/agent
	export PATH=$base/bin:$clean_path CODELIMA_ACCEL=tcg
	touch "$T/out" "$T/err" "$T/log"
	cd "$T" || exit 1
}

# Processes of this sandbox: pid, then the command line.
ours() {
	local p line
	if [ -d /proc/self ]; then
		# shellcheck disable=SC2013 # words are what is wanted
		for p in $(grep -lsaF "CL_TEST=$T" /proc/[0-9]*/environ | cut -d / -f 3); do
			line=$({ tr '\0' ' ' <"/proc/$p/cmdline"; } 2>/dev/null)
			[ -z "$line" ] || echo "$p $line" # a zombie has none
		done
	else
		ps -axEww -o pid=,command= | grep -F "CL_TEST=$T" | grep -v 'grep -F'
	fi
}
# Those whose line matches; looked at before grep itself is one of them.
ours_like() {
	local all
	all=$(ours)
	grep -E -e "$1" <<<"$all"
}
# What stands in for VMs and ssh masters lives on by right; the rest has to be gone.
leave_sandbox() {
	[ -n "$T" ] || return 0
	cd "$base" || exit 1
	local tries=0 left pid
	ours_like ' hostagent |/qemu-system-|ssh .* -M' | while read -r pid _; do kill -9 "$pid"; done 2>/dev/null
	while left=$(ours) && [ -n "$left" ] && [ $tries -lt 80 ]; do
		tries=$((tries + 1))
		sleep 0.0$((tries + 9))
	done
	if [ -n "$left" ]; then
		ok 1 "no process is left behind"
		note "$left"
		echo "$left" | while read -r pid _; do kill -9 "$pid" 2>/dev/null; done
	fi
	chmod -R u+rwX "$T" 2>/dev/null
	[ -n "${KEEP:-}" ] || rm -rf "$T"
	T=''
}

# ---- running

within() {
	if command -v timeout >/dev/null; then
		timeout -k 5 "$LIMIT" "$@"
	else
		perl -e 'alarm shift; exec @ARGV or die "$ARGV[0]: $!\n"' "$LIMIT" "$@"
	fi
}
# run CMD…: its status in $status, its streams in $T/out and $T/err; stdin as the caller's.
run() {
	ran="$*"
	within "$@" >"$T/out" 2>"$T/err"
	status=$?
	[ "$status" != 124 ] || ok 1 "ends within $LIMIT s"
	[ "$status" != 137 ] || ok 1 "is not killed"
	check_sanitizer
}
check_sanitizer() {
	! grep -qE 'AddressSanitizer|runtime error:|LeakSanitizer' "$T/err" || ok 1 "clean under the sanitizers"
}
# A PATH with what lib.sh needs and without limactl.
bare_path() {
	local tool
	mkdir -p "$T/bare"
	ln -sf "$base/bin/ssh" "$T/bare/ssh"
	for tool in timeout perl env grep awk sed head cat rm cut; do
		tool=$(PATH=$clean_path type -P "$tool") && ln -sf "$tool" "$T/bare/"
	done
	echo "$T/bare"
}
cl() { run "$CODELIMA" "$@" </dev/null; }
cl_in() { run "$CODELIMA" "$@"; } # with the caller's stdin

# bg ARG…: codelima in the background, as a leader of its own group; $bg is its pid.
bg() {
	ran="$* &"
	set -m
	"$CODELIMA" "$@" </dev/null >"$T/bg.out" 2>"$T/bg.err" &
	bg=$!
	set +m
}
# end_bg: waits for it (at most LIMIT), then as after run.
end_bg() {
	local left=$((LIMIT * 20))
	while kill -0 "$bg" && [ "$left" -gt 0 ]; do
		left=$((left - 1))
		sleep 0.05
	done 2>/dev/null
	[ "$left" -gt 0 ] || { ok 1 "the command in the background ends"; kill -9 "$bg"; }
	{ wait "$bg"; } 2>/dev/null
	status=$?
	cp "$T/bg.out" "$T/out"
	cp "$T/bg.err" "$T/err"
	check_sanitizer
}
# listens_to_int PID: until it catches SIGINT (bit 1 of SigCgt), and so has come up (20 s). Before it is
# codelima it is this shell, which catches it too, and takes $base away with its last breath.
listens_to_int() {
	local left=400 caught=0
	[ -d /proc/self ] || sleep 2 # macOS does not tell
	while [ -d /proc/self ] && [ "$left" -gt 0 ]; do
		caught=$(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$1/status" 2>/dev/null)
		case $caught in [2367abef]) [ "/proc/$1/exe" -ef "$CODELIMA" ] && return ;; esac
		left=$((left - 1))
		sleep 0.05
	done
	[ "$left" -gt 0 ] || ok 1 "process $1 catches SIGINT"
}
# until_that CMD…: until it succeeds (20 s).
until_that() {
	local left=400
	until "$@" >/dev/null 2>&1 || [ "$left" = 0 ]; do
		left=$((left - 1))
		sleep 0.05
	done
	[ "$left" -gt 0 ] || ok 1 "comes to be: $*"
}
half_made() { ls -d "$CODELIMA_HOME"/projects/*/snapshots/.0*/tree; } # a snapshot
none_like() { ! ours_like "$1"; }
ended() { ! kill -0 "$1"; }
# Until FILE is there; until it holds TEXT; until no limactl works any more, be it an orphan.
await() { until_that test -e "$1"; }
await_text() { until_that grep -qF -e "$2" "$1"; }
await_limactl() { until_that none_like '[ /]limactl ([^h]|h[^o])'; }

# ---- assertions on the last run

status() { [ "$status" = "$1" ]; ok $? "${2:-exits $1}"; }
out_has() { grep -qF -e "$1" "$T/out"; ok $? "${2:-says: $1}"; }
out_lacks() { ! grep -qF -e "$1" "$T/out"; ok $? "${2:-does not say: $1}"; }
out_like() { grep -qE -e "$1" "$T/out"; ok $? "${2:-prints /$1/}"; }
out_is() { printf '%s\n' "$1" | cmp -s - "$T/out"; ok $? "${2:-prints just: $1}"; }
out_empty() { [ ! -s "$T/out" ]; ok $? "${1:-nothing on stdout}"; }
err_has() { grep -qF -e "$1" "$T/err"; ok $? "${2:-stderr says: $1}"; }
err_lacks() { ! grep -qF -e "$1" "$T/err"; ok $? "${2:-stderr does not say: $1}"; }
err_like() { grep -qE -e "$1" "$T/err"; ok $? "${2:-stderr has /$1/}"; }
err_empty() { [ ! -s "$T/err" ]; ok $? "${1:-nothing on stderr}"; }

at() { "$top/build/tools/json-at" "$@" 2>/dev/null; }
# json PATH VALUE, json_like PATH REGEX: stdout is one document and holds it.
json() {
	local got
	got=$(at "$T/out" "$1") && [ "$got" = "$2" ]
	ok $? "${3:-$1 is $2}" || note "got: $got"
}
json_like() {
	local got
	got=$(at "$T/out" "$1") && [[ $got =~ $2 ]]
	ok $? "${3:-$1 is like $2}" || note "got: $got"
}
json_lacks() { ! at "$T/out" "$1" >/dev/null; ok $? "${2:-no $1}"; }
get() { at "$T/out" "$1"; }
# refused STATUS CATEGORY [FIELD WORDS…]: the last run, with --json, failed so.
refused() {
	status "$1" "refused with $1"
	json .ok false
	json .error.category "$2"
}
# same A B WHAT
same() { [ "$1" = "$2" ]; ok $? "${3:-it is $2}" || note "one: $1" "two: $2"; }

# ---- what limactl and ssh were called with

# One call a line: program, arguments as JSON; without the log format, which any call may ask for.
calls() { at -l "$FAKE_LOG" .as .argv | sed -e 's/"--log-format","json",//' -e 's/,"--log-format","json"//'; }
called() { calls | grep -qE -e "$1"; ok $? "${2:-called: $1}"; }
not_called() { ! calls | grep -qE -e "$1"; ok $? "${2:-not called: $1}"; }
no_calls() { [ ! -s "$FAKE_LOG" ]; ok $? "${1:-neither limactl nor ssh is run}"; }
forget() { : >"$FAKE_LOG"; }
# play RULE…: how limactl and ssh fail from now on; none: not at all.
play() {
	rm -f "$FAKE_PLAY" "$FAKE_PLAY".used.*
	[ $# = 0 ] || printf '%s\n' "$@" >"$FAKE_PLAY"
}
vm_status() { FAKE_PLAY='' FAKE_LOG='' limactl list --format '{{.Status}}' "$1" 2>/dev/null || echo missing; }

# ---- what lies on the disk

# Every file with its times, size and mode.
listing() {
	local d
	for d in "${@:-$CODELIMA_HOME}"; do
		if [ "$(uname)" = Linux ]; then
			find "$d" -printf '%p %T@ %C@ %s %m %i %l\n' 2>/dev/null
		else
			find "$d" -exec stat -f '%N %Fm %Fc %z %p %i %Y' {} +
		fi
	done | sort
}
# The same without the lock files, which who may write makes before it can refuse.
unlocked() { listing "$@" | grep -v '/_locks[/ ]'; }
# The same without what a command that writes may do to be able to refuse: make the home,
# its built-in records, locks and its job's record.
traces() {
	(cd "$1" 2>/dev/null && find . -type f -o -type l -o -type s) 2>/dev/null |
		grep -avE '^\./(_config/|_locks/|_jobs/|_index/environment-configs/|environment-configs/)' | sort
}
gone() { [ ! -e "$1" ] && [ ! -L "$1" ]; ok $? "${2:-no $(basename "$1")}"; }
there() { [ -e "$1" ]; ok $? "${2:-$(basename "$1") is there}"; }
file_has() { grep -qF -e "$2" "$1" 2>/dev/null; ok $? "${3:-$(basename "$1") has: $2}"; }
file_lacks() { ! grep -qF -e "$2" "$1" 2>/dev/null; ok $? "${3:-$(basename "$1") lacks: $2}"; }

# ---- the usual beginning

# workspace NAME: a small one with what workspaces hold; prints its path.
workspace() {
	local w=$FAKE_WORK/$1
	mkdir -p "$w/src/empty" "$w/.git/hooks"
	echo "hello $1" >"$w/README"
	printf '#!/bin/sh\necho ran\n' >"$w/src/tool"
	chmod 755 "$w/src/tool"
	[ -L "$w/link" ] || ln -s README "$w/link"
	echo 'ref: refs/heads/main' >"$w/.git/HEAD"
	echo "$w"
}
# project NAME [FLAG…], node NAME [FLAG…]: made, with the workspace; the node is of project NAME too.
project() {
	local w name=$1
	shift
	w=$(workspace "$name")
	cl project create --workspace "$w" --slug "$name" "$@"
	[ "$status" = 0 ] || ok 1 "set-up: project $name"
}
node() {
	local name=$1
	shift
	cl project show "$name"
	[ "$status" = 0 ] || project "$name"
	cl node create --project "$name" --slug "$name" "$@"
	[ "$status" = 0 ] || ok 1 "set-up: node $name"
}
running() {
	node "$@"
	cl node start "$1"
	[ "$status" = 0 ] || ok 1 "set-up: node $1 runs"
}
node_id() { "$CODELIMA" --json node show "$1" 2>/dev/null >"$T/id" && at "$T/id" .data.id; }
node_dir() { echo "$CODELIMA_HOME/nodes/$(node_id "$1")"; }
# field NODE PATH: of its record now.
field() { "$CODELIMA" --json node show "$1" 2>/dev/null >"$T/id" && at "$T/id" "$2"; }
guest() { echo "$LIMA_HOME/$1/guest"; }
