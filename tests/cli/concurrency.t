#!/bin/bash
# Many commands over one home at once (contract/store.md §3). OPERATIONS=10000 is the whole of it:
# make test-concurrency.
. "$(dirname "$0")/lib.sh"

sandbox "writers and readers"
LIMIT=${CONCURRENCY_LIMIT:-300} run "$top/tests/cli/concurrency.py" "$CODELIMA" "${OPERATIONS:-400}" "${WRITERS:-16}" "${READERS:-8}"
status 0 "nothing is lost, torn or risen from the dead"
note "$(cat "$T/out")"

# Each start waits in limactl until the next node's start is there too: none can end unless all
# of them are in it at once.
sandbox "operations on different nodes do not wait for each other"
project app
rules=(); n=6 # names that no path holds: rules look at the program's too
for i in $(seq 0 $((n - 1))); do
	cl node create --project app --slug "ring-$i"
	rules+=("start~ring-$i touch $T/in$i" "start~ring-$i wait $T/in$(((i + 1) % n))")
done
play "${rules[@]}"
for i in $(seq 0 $((n - 1))); do "$CODELIMA" --json node start "ring-$i" >"$T/o$i" 2>&1 </dev/null & done
wait
for i in $(seq 0 $((n - 1))); do same "$(tail -n 1 "$T/o$i" | at /dev/stdin .ok)" true "ring-$i started"; done
play
finish
