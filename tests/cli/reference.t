#!/bin/bash
# Homes of the reference open unchanged (contract/store.md §1; tests/data/reference-homes).
. "$(dirname "$0")/lib.sh"

sandbox "the reference's small home"
src=$top/tests/data/reference-homes/small
cp -R "$src/home" "$CODELIMA_HOME"; chmod -R u+rwX "$CODELIMA_HOME"
find "$CODELIMA_HOME" -type f -exec sed -i.bak -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" -e "s|@WORK@|$FAKE_WORK|g" {} +
find "$CODELIMA_HOME" -name '*.bak' -exec rm -f {} +
sed -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" -e "s|@WORK@|$FAKE_WORK|g" "$src/expect.json" >"$T/expect.json"
python3 "$top/tests/cli/reference.py" make "$T/expect.json"
before=$(listing)
for what in project environment node; do
	cl --json $what list --include-deleted; status 0; err_empty
	python3 "$top/tests/cli/reference.py" "${what}s" "$T/expect.json" "$T/out" >"$T/diff"; ok $? "the ${what}s" || note "$(cat "$T/diff")"
	for slug in $(at "$T/expect.json" ".${what}s.*.slug"); do cl --json $what show "$slug"; status 0; json .data.slug "$slug"; done
done
cl project tree; status 0
python3 "$top/tests/cli/reference.py" tree "$T/expect.json" "$T/out" >"$T/diff"; ok $? "the tree" || note "$(cat "$T/diff")"
cl --json config show; json .data.metadata_root "$CODELIMA_HOME"; json .data.lima_home "$LIMA_HOME"
cl doctor; status 0
same "$before" "$(listing)" "nothing is written by looking"
cl shell billing-node -- pwd; status 0 "the running one has a shell"
cl node start api-copy; status 0 "the stopped one starts"
same "$(at -l "$FAKE_LOG" .script | grep -c 'tar ')" 0 "and is not seeded again"
cl node start api-mounted; status 0
cl node stop api-copy; status 0
cl node delete api-copy-2 --yes; status 0
finish
