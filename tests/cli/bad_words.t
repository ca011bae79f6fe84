#!/bin/bash
# Every command, flag and reference of the command table with words that are wrong (bad_words.py).
# ONLY="project update" walks one command.
. "$(dirname "$0")/lib.sh"
idof() { "$CODELIMA" --json "$1" show "$2" >"$T/id"; at "$T/id" .data.id; }
# twin TYPE FOLDER FILE SLUG: another record whose id differs in its last digit only.
twin() {
	local id other
	id=$(idof "$1" "$4")
	other=${id%?}$(tr 0-9a-f 1-9a-f0 <<<"${id: -1}")
	mkdir -m 700 "$CODELIMA_HOME/$2/$other"
	sed -e "s/$id/$other/" -e "s/^slug: $4\$/slug: $4-twin/" -e "s/^lima_instance_name: $4\$/lima_instance_name: $4-twin/" \
		"$CODELIMA_HOME/$2/$id/$3" >"$CODELIMA_HOME/$2/$other/$3"
	chmod 600 "$CODELIMA_HOME/$2/$other/$3"
	printf '%s' "${id:0:30}"
}

sandbox "bad words"
project p; cl environment create --slug e; cl profile create --name x
node n; cl project create --workspace "$(workspace g)" --slug gone; cl node create --project gone --slug gone; cl node delete gone --yes; cl project delete gone
cl environment create --slug gone; cl environment delete gone
node two; cl environment create --slug two
sp=$(twin project projects project.yaml two); se=$(twin environment environment-configs environment-config.yaml two)
sn=$(twin node nodes node.yaml two)
cl --json project snapshot create p; snapshot=$(get .data.id)
mkdir "$FAKE_WORK/fresh"; echo 'stop: "{{binary}} stop {{instance_name}}"' >"$T/commands.yaml"
cl --json job list; job=$(get .data.0.id)
cat >"$T/world" <<J
{"live": {"project": "p", "node": "n", "environment": "e", "profile": "x", "snapshot": "$snapshot", "job": "$job"},
 "ids": {"project": "$(idof project p)", "node": "$(idof node n)", "environment": "$(idof environment e)"},
 "deleted": {"project": "gone", "node": "gone", "environment": "gone", "profile": null},
 "shared": {"project": "$sp", "environment": "$se", "node": "$sn"},
 "dir": "$FAKE_WORK/fresh", "file": "$T/commands.yaml"}
J
"$top/build/tools/manual" table >"$T/table"
# What limactl would change fails, so that no VM comes to run.
play 'create exit 1' 'start exit 1' 'stop exit 1' 'delete exit 1' 'clone exit 1'
export CODELIMA
ran="bad_words.py"
# shellcheck disable=SC2086 # words
python3 "$top/tests/cli/bad_words.py" "$T/table" "$T/world" ${ONLY:+"$ONLY"} >"$T/walk" 2>"$T/err"; status=$?
: >"$T/out"
while IFS= read -r line; do
	case $line in
	"ok "*) ok 0 "${line#ok }" ;;
	*) ok 1 "${line#not ok }" >"$T/one"; head -n 2 "$T/one" | cut -c 1-1500 ;;
	esac
done <"$T/walk"
status 0 "the walk comes to its end"
ok "$([ "$(wc -l <"$T/walk")" -gt 20 ]; echo $?)" "and is a long one: $(wc -l <"$T/walk") cases"
finish
