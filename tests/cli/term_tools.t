#!/bin/bash
# What term-replay, term-host and term-bench say to a command line that they cannot take: one line, status 2.
cd "$(dirname "$0")/../.." || exit
tools=build/tools n=0
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT

ok() { # ok STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$T/err"
	fi
}

# refuses LINE TOOL ARG…: nothing on stdout, exactly LINE on stderr, status 2.
refuses() {
	local line=$1
	shift
	"$tools/$1" "${@:2}" >"$T/out" 2>"$T/err" </dev/null
	[ $? = 2 ] && [ ! -s "$T/out" ] && [ "$(cat "$T/err")" = "$1: $line" ]
	ok $? "$*"
}

for tool in term-replay term-host term-bench; do
	for option in --cols --rows; do
		for value in 0 -1 ten 4097 99999999999999999999 8x '' ' 8' +8; do
			refuses "$option $value: not a number from 1 to 4096" $tool $option "$value" "$T/none"
		done
		refuses "$option: nothing follows it, where a number from 1 to 4096 should" $tool $option
	done
	refuses "--cols 4096 --rows 4096: together more than 1048576 cells" $tool --cols 4096 --rows 4096 -- "$T/none"
done

refuses "--colz: no such option; there are --cols, --rows, --scrollback, --chunk, --resize" term-replay --colz 1
refuses "--scrollback -1: not a number from 0 to 4294967295" term-replay --scrollback -1
refuses "--chunk many: not a number from 0 to 4294967295" term-replay --chunk many
for value in 0,5@1 5,0@1 5@1 5,5 5,-5@1 5,5@x 4097,1@0 4096,4096@0; do
	refuses "--resize $value: not COLS,ROWS@BYTE, the first two from 1 to 4096, at most 64 times" \
		term-replay --resize $value
done
refuses "$T/none: No such file or directory" term-replay "$T/none"
refuses "$T: Is a directory" term-replay "$T"
refuses "b: a second file, behind a" term-replay a b

for value in 0x10 1e3 inf nan -1 1.2.3 86401; do
	refuses "--timeout $value: not a number of seconds from 0 to 86400" term-host --timeout $value -- true
done
refuses "--input $T/none: No such file or directory" term-host --input "$T/none" -- true
refuses "--script $T/none: No such file or directory" term-host --script "$T/none" -- true
refuses "--record $T/none/r: No such file or directory" term-host --record "$T/none/r" -- true
refuses "--moments $T/none/m: No such file or directory" term-host --moments "$T/none/m" -- true
refuses "true: no option; the command goes behind --" term-host true

refuses "--mb 0: not a number from 1 to 1048576" term-bench --mb 0 "$T/none"
refuses "--mem -5: not a number from 0 to 10000000" term-bench --mem -5
refuses "--fresh 0: not a number from 1 to 10000000" term-bench --fresh 0
refuses "$T/none: No such file or directory" term-bench "$T/none"
: >"$T/empty"
refuses "$T/empty: is empty" term-bench "$T/empty"
"$tools/term-bench" --peer "$T/none.so" "$T/empty" 2>"$T/err"
[ $? = 2 ] && grep -q "^term-bench: --peer $T/none.so: " "$T/err" && [ "$(wc -l <"$T/err")" = 1 ]
ok $? "a peer that is not there"

# What is left out has its default, options may stand behind the file, and 0 means none or one piece.
printf 'a\r\nb' >"$T/in"
for args in "$T/in" "--chunk 1 $T/in --rows 24" "--scrollback 0 --chunk 0 -- $T/in" "--cols 80 -"; do
	# shellcheck disable=SC2086 # words
	"$tools/term-replay" $args <"$T/in" >"$T/out" 2>"$T/err" && grep -q '"cols":80,"rows":24,' "$T/out"
	ok $? "term-replay ${args//$T/DIR}"
done
"$tools/term-host" --timeout 9.5 -- sh -c 'exit 3' >"$T/out" 2>"$T/err"
[ $? = 3 ] && grep -q '"cols":80,"rows":24,' "$T/out"
ok $? "term-host ends as its command does"
# It is CMD's end that counts: not that of what CMD leaves on the terminal, and not that of its output.
start=$SECONDS
"$tools/term-host" -- "$T/none" >"$T/out" 2>"$T/err"
[ $? = 127 ] && [ "$(cat "$T/err")" = "term-host: cannot run $T/none: No such file or directory" ]
ok $? "term-host says that a command cannot be run"
"$tools/term-host" --timeout 20 -- sh -c 'setsid sleep 20 & printf left; exit 4' >"$T/out" 2>"$T/err"
[ $? = 4 ] && grep -q '"text":"left"' "$T/out" && [ $((SECONDS - start)) -lt 10 ]
ok $? "term-host ends although somebody keeps the terminal"
start=$SECONDS
"$tools/term-host" --timeout 0.5 -- sh -c 'printf said; exec </dev/null >/dev/null 2>&1; sleep 20' >"$T/out" 2>"$T/err"
[ $? = 137 ] && grep -q '"text":"said"' "$T/out" && [ $((SECONDS - start)) -lt 10 ]
ok $? "term-host's time is up although the command closed the terminal"
"$tools/term-host" -- sh -c 'exec 3>&1 </dev/null >/dev/null 2>&1 3>&-; sleep 0.2; echo again >/dev/tty; exit 5' >"$T/out" 2>"$T/err"
[ $? = 5 ] && grep -q '"text":"again"' "$T/out"
ok $? "term-host shows what comes behind a silence"
echo "1..$n"
