#!/bin/bash
# Homes of the reference: every command works on them, a look writes nothing, a change touches only
# its own lines (contract/store.md §1; tests/data/reference-homes).
. "$(dirname "$0")/lib.sh"
src=$top/tests/data/reference-homes/small
# theirs TITLE: the reference's small home with its workspaces and VMs.
theirs() {
	sandbox "$1"
	cp -R "$src/home" "$CODELIMA_HOME"; chmod -R u+rwX "$CODELIMA_HOME"
	find "$CODELIMA_HOME" -type f -exec sed -i.bak -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" -e "s|@WORK@|$FAKE_WORK|g" {} +
	find "$CODELIMA_HOME" -name '*.bak' -exec rm -f {} +
	sed -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" -e "s|@WORK@|$FAKE_WORK|g" "$src/expect.json" >"$T/expect.json"
	python3 "$top/tests/cli/reference.py" make "$T/expect.json"
}
whole() { listing; (cd "$CODELIMA_HOME" && find . -type f -exec cksum {} + | sort -k 3); }

# Every command of the table that only looks, by its name: none is forgotten.
theirs "every look"
"$top/build/tools/manual" table >"$T/table"
looks=$(python3 - "$T/table" <<'P'
import json, sys
of = {"project": "api", "node": "api-copy", "environment": "codex", "profile": "codex-cli", "job": "none", "none": "", "words": "bash", "command": ""}
for c in json.load(open(sys.argv[1]))["commands"]:
    if c["name"] in ("list", "show", "status", "logs", "tree", "doctor", "config", "version", "help", "completion"):
        words = [of.get(k, "x") for k in (c["first"], c["second"])[:c["min_args"]]]
        print(" ".join((c["group"].split() + [c["name"]] + words)))
        if any(f["name"] == "include-deleted" for f in c["flags"]):
            print(" ".join((c["group"].split() + [c["name"]] + words + ["--include-deleted"])))
P
)
ok "$([ "$(wc -l <<<"$looks")" -gt 12 ]; echo $?)" "$(wc -l <<<"$looks") commands look"
before=$(whole)
while read -r line; do
	for json in '' --json; do
		# shellcheck disable=SC2086 # words
		cl $json $line
		case $line in *none* | *" x"*) ;; *) status 0 "$json $line works" ;; esac
		same "$before" "$(whole)" "$json $line writes nothing"
	done
done <<<"$looks"
same "$before" "$(whole)" "not a byte, not a time, not an inode after all of them"

# changed FILE KEYS…: the file differs from its copy in $T/kept in lines of these keys alone.
keep() { rm -rf "$T/kept"; cp -R "$CODELIMA_HOME" "$T/kept"; }
changed() {
	local f=$1 bad
	shift
	bad=$(diff "$T/kept/${f#"$CODELIMA_HOME"/}" "$f" | sed -n 's/^[<>] //p' | grep -vE "^ *-? *($(tr ' ' '|' <<<"$*"))")
	ok "$([ -z "$bad" ]; echo $?)" "only $* differ in $(basename "$f")" || note "$bad"
	cmp -s "$T/kept/${f#"$CODELIMA_HOME"/}" "$f"
	ok "$([ $? = 1 ]; echo $?)" "and they do"
}
# untouched [FILE]: all of the reference's files but FILE are as they were.
untouched() {
	local bad
	bad=$(diff -rq "$T/kept" "$CODELIMA_HOME" | grep -vE "^Only in $CODELIMA_HOME|/(events.jsonl|_index/)" | grep -vF "$1")
	same "$bad" "" "all other files are as they were"
}
of() { echo "$CODELIMA_HOME/$1/$("$CODELIMA" --json "$2" show "$3" >"$T/id"; at "$T/id" .data.id)/$4"; }

theirs "every change"
p=$(of projects project api project.yaml) e=$(of environment-configs environment shared-dev environment-config.yaml)
f=$CODELIMA_HOME/_config/agent-profiles/codex-cli.yaml
keep; cl project update api --template template:debian --cpus 3; status 0; changed "$p" default_lima_template resources cpus updated_at; untouched "$p"
keep; cl project update api --slug api2; status 0; changed "$p" slug updated_at; untouched "$p"
gone "$CODELIMA_HOME/_index/projects/by-slug/api"; there "$CODELIMA_HOME/_index/projects/by-slug/api2"
keep; cl project update api2 --slug api --env-config shared-dev; status 0; changed "$p" slug environment_configs shared-dev codex claude-code updated_at; untouched "$p"
keep; cl environment update shared-dev --bootstrap-command new; status 0; changed "$e" bootstrap_commands new './' updated_at '.*' ; untouched "$e"
keep; cl --json environment delete shared-dev; refused 5 PreconditionFailed; cmp -s "$T/kept/${e#"$CODELIMA_HOME"/}" "$e"; ok $? "a refused change leaves it"
keep; cl profile update codex-cli --launch-command 'codex --x'; status 0; changed "$f" launch_command; untouched "$f"
keep; cl --json profile delete codex-cli; refused 5 PreconditionFailed; untouched none
keep; cl project update billing --bootstrap-command 'echo ours'; status 0; changed "$(of projects project billing project.yaml)" lima_commands bootstrap 'echo ours' exit updated_at
keep; cl --json project update api --workspace "$FAKE_WORK"; ok "$([ "$status" != 0 ]; echo $?)" "a workspace with live nodes stays"; untouched none
n=$(of nodes node api-copy node.yaml)
keep; cl node start api-copy; status 0; untouched none
keep; cl node stop api-copy; status 0; untouched none
cl node clone api-copy --node-slug third; status 0; cl node delete third --yes; status 0
keep; cl node delete api-copy-2 --yes; status 0; changed "$(dirname "$n")/../$(basename "$(dirname "$(grep -l 'slug: api-copy-2' "$CODELIMA_HOME"/nodes/*/node.yaml)")")/node.yaml" lifecycle_state deleted_at updated_at
cl environment create --slug ours; status 0; cl profile create --name ours; status 0; cl node create --project billing --slug ours; status 0
cl node delete ours --yes; cl environment delete ours; cl profile delete ours; status 0
ok "$(at "$T/expect.json" '.environments.*.slug' | while read -r s; do "$CODELIMA" environment show "$s" >/dev/null || echo no; done | wc -l)" "its environments are all there"
file_has "$CODELIMA_HOME/_config/config.yaml" "lima_commands" "config.yaml is theirs"; cmp -s <(sed -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" "$src/home/_config/config.yaml") "$CODELIMA_HOME/_config/config.yaml"
ok $? "byte for byte"

theirs "legacy shapes"
n=$(of nodes node api-copy node.yaml) e=$(of environment-configs environment shared-dev environment-config.yaml) p=$(of projects project billing project.yaml)
sed -i.bak -e '/^lifecycle_state:/d' "$n"; echo 'status: failed   # old' >>"$n"; rm -f "$n.bak"
printf '%s\nsetup_commands: echo scalar # old\n' "$(grep -v -e '^bootstrap_commands' -e '^ *- ' "$e")" >"$e"
printf '%s\nenvironment_commands:\n- echo old # mine\n' "$(sed '/^lima_commands:/,/^[a-z]/{/^lima_commands:/d;/^ /d}' "$p")" >"$p"
echo 01a20256-0000-7000-8000-000000000000 >"$CODELIMA_HOME/_index/projects/by-slug/nowhere"
chmod 755 "$CODELIMA_HOME" "$CODELIMA_HOME/projects"; chmod 644 "$p" "$e"
before=$(whole)
cl --json node show api-copy; status 0; json_like .data.status failed
cl --json environment show shared-dev; json .data.bootstrap_commands '["echo scalar"]'
cl --json project show billing; json .data.lima_commands.bootstrap '["echo old"]'
cl project show nowhere; status 4
cl doctor; status 0; out_has "$CODELIMA_HOME" "doctor tells the wide modes"
same "$before" "$(whole)" "looking changes none of it"
keep; cl project update billing --template template:x; status 0; changed "$p" default_lima_template updated_at; file_has "$p" '- echo old # mine' "an old key stays where nothing of it changes"
cl --json project show billing; json .data.lima_commands.bootstrap '["echo old"]' "the old commands still count"
keep; cl project update billing --bootstrap-command 'echo new'; status 0; changed "$p" updated_at lima_commands bootstrap environment_commands 'echo old' 'echo new'
keep; cl node start api-copy; status 0; file_lacks "$n" 'status: failed' "a state that is over is gone"
keep; cl environment update shared-dev --bootstrap-command two; changed "$e" setup_commands bootstrap_commands two updated_at

theirs "a home that was moved"
mv "$CODELIMA_HOME" "$T/moved"; export CODELIMA_HOME=$T/moved
before=$(whole)
cl --json config show; status 0; json .data.metadata_root "$T/moved"; json .data.agent_profiles_dir "$T/moved/_config/agent-profiles"
json '.data.lima_commands.#' 10
cl --json profile list; json '.data.*.name' "claude-code
codex-cli"
same "$before" "$(whole)" "looking changes nothing"
cl profile create --name here; status 0; there "$T/moved/_config/agent-profiles/here.yaml"
gone "$T/c" "nothing is made at the old place"
finish
