#!/bin/bash
# Reads write nothing; broken records hide nobody; the person's file stays the person's (contract/store.md §2).
. "$(dirname "$0")/lib.sh"

sandbox "reads never write"
project a; cl environment create --slug e; cl node create --project a --slug n; cl node start n; cl node create --project a --slug s
sleep 0.1
before=$(listing "$CODELIMA_HOME" "$HOME"; find "$LIMA_HOME" -printf '%p %m %s\n' 2>/dev/null | grep -v 'ha.stdout\|ha.stderr' | sort)
for c in "project list" "project show a" "project tree" "node list" "node list --include-deleted" "node show n" "node status n" \
	"node status s" "node logs n" "node logs n --source boot" "environment list" "environment show e" "config show" "config" \
	"doctor" "doctor --strict" "help" "version" "--version" "node show nope" "project list --json" "node list --json" "--json node show n"; do
	# shellcheck disable=SC2086 # words
	cl $c
	same "$before" "$(listing "$CODELIMA_HOME" "$HOME"; find "$LIMA_HOME" -printf '%p %m %s\n' 2>/dev/null | grep -v 'ha.stdout\|ha.stderr' | sort)" "$c"
done

sandbox "reads on a missing home"
for c in "project list" "node list" "project tree" "environment list" "config show" "doctor" "project show x" "node show x"; do
	# shellcheck disable=SC2086 # words
	cl $c; gone "$CODELIMA_HOME" "$c makes none"
done

sandbox "the members of each record, in the order of contract/cli.md §4"
# members OBJECT KEY…
members() {
	local got
	got=$(python3 -c 'import json, sys; d = json.load(open(sys.argv[1]))["data"]; print(*(d[0] if isinstance(d, list) else d))' "$T/out")
	same "$got" "${*:2}" "$1"
}
of_project=(agent_profile_name environment_configs default_runtime default_provider default_lima_template lima_commands)
of_node=(agent_profile_name lima_commands bootstrap_commands generated_template_path workspace_mode)
project p; cl --json project show p; members project id slug workspace_path "${of_project[@]}" created_at updated_at; json .data.lima_commands '{}'
cl project show p; out_has 'lima_commands: {}'; file_lacks "$(echo "$CODELIMA_HOME"/projects/*/project.yaml)" 'lima_commands: {}'
cl --json project list; members "projects" id slug workspace_path "${of_project[@]}" created_at updated_at
cl --json node create --project p --slug n; members node id slug project_id runtime provider lima_instance_name status "${of_node[@]}" guest_workspace_path workspace_seeded bootstrap_completed created_at updated_at last_reconciled_at last_runtime_observation
cl --json node create --project p --slug m --workspace-mode mounted; members "a mounted one" id slug project_id runtime provider lima_instance_name status "${of_node[@]}" workspace_mount_path workspace_seeded bootstrap_completed created_at updated_at last_reconciled_at last_runtime_observation
cl --json environment show codex; members environment id slug bootstrap_commands created_at updated_at
cl --json profile show codex-cli; members profile name install_commands validation_command launch_command environment; json .data.environment '{}'
cl --json project snapshot create p; members snapshot id project_id kind created_at workspace_path entry_count total_bytes tree_root
cl --json project fork p --workspace "$FAKE_WORK/f"; members "a fork" id slug workspace_path parent_project_id fork_base_snapshot_id "${of_project[@]}" created_at updated_at
cl --json project tree p; members "the tree" project nodes children
cl --json node logs n; members event timestamp type
cl --json doctor; members check name status message fix

record() { # TYPE SLUG: its file
	local id
	id=$("$CODELIMA" --json "$1" show "$2" >"$T/id"; at "$T/id" .data.id)
	case $1 in
	environment) echo "$CODELIMA_HOME/environment-configs/$id/environment-config.yaml" ;;
	*) echo "$CODELIMA_HOME/$1s/$id/$1.yaml" ;;
	esac
}
for type in project node environment; do
	sandbox "a broken $type record"
	project p1; project p2; cl node create --project p1 --slug n1; cl node create --project p2 --slug n2
	cl environment create --slug e1; cl environment create --slug e2
	s=${type:0:1}; bad=$(record $type "${s}1"); good=$(cat "$bad"); id=$(basename "$(dirname "$bad")")
	n=0
	while IFS= read -r -d '' text; do
		n=$((n + 1)); printf '%s' "$text" >"$bad"
		cl $type list; status 0 "list goes on (kind $n)"; out_has "${s}2" "the other is there"
		err_has "$(basename "$bad")" "the file is named"; err_has "$id"
		cl --json $type list; status 0; ok "$(at "$T/out" .ok >/dev/null; echo $?)" "one document"
		cl --json $type show "${s}1"; ok "$([ "$status" = 7 ] || [ "$status" = 4 ]; echo $?)" "the broken one: $status"
		cl --json $type show "$id"; refused 7 MetadataCorruption
		json_like .error.message "$(basename "$bad")"
		cl --json $type show "${s}2"; status 0
	done < <(printf '%s\0' 'id: [' "id: $id"$'\n\tslug: x\n' "slug: ${s}1"$'\n' $'\xff\xfe\x00bad' '' 'just text' '[1,2]' "id: $id"$'\nslug: a\nslug: b\n' "id: 'other'"$'\nslug: x\n' \
		$'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n')
	cl doctor; out_has "$id" "doctor lists it"
	rm "$bad"; cl $type list; status 0 "a missing file"
	mkdir "$bad"; cl $type list; status 0 "a directory"; rmdir "$bad"
	mkfifo "$bad"; cl $type list; status 0 "a fifo"; rm "$bad"
	printf '%s\n' "$good" >"$bad"; chmod 0 "$bad"; cl $type list; status 0 "an unreadable file"; err_has "$id"; chmod 600 "$bad"
	cl --json $type show "${s}1"; status 0 "whole again"
	mkdir -p "$CODELIMA_HOME/${type}s/not-an-id" "$CODELIMA_HOME/projects/.tmp"; echo x >"$CODELIMA_HOME/projects/stray"
	cl $type list; status 0 "stray entries"
done

sandbox "a deep record, a huge record"
project p1; f=$(record project p1); cp "$f" "$T/f"
{ cat "$T/f"; printf 'deep: '; printf '[%.0s' $(seq 20000); } >"$f"
cl project list; status 0; err_has project.yaml
{ cat "$T/f"; head -c 50000000 /dev/zero | tr '\0' 'x'; } >"$f"; cl project list; status 0; err_has project.yaml

sandbox "comments, order and unknown keys survive"
project p; f=$(record project p)
cat >"$f" <<E
# the first line is mine

slug:    p            # my slug
unknown: {a: [1, 2], b: "c"}   # kept
id: $(basename "$(dirname "$f")")
workspace_path: '$FAKE_WORK/p'

# about the agent
agent_profile_name: codex-cli
created_at: 2026-01-01T00:00:00.5Z
updated_at: 2026-01-01T00:00:00.5Z
environment_configs:
- codex   # mine too
E
cp "$f" "$T/before"
cl --json project show p; status 0; json .data.environment_configs '["codex"]'
cl project delete p; status 0
diff "$T/before" "$f" >"$T/diff"
same "$(grep -c '^<' "$T/diff")" 1 "only the line of a changed key differs" || note "$(cat "$T/diff")"
ok "$(grep '^<' "$T/diff" | grep -q updated_at; echo $?)" "updated_at"
ok "$(grep '^>' "$T/diff" | grep -q deleted_at; echo $?)" "and deleted_at is added"
file_has "$f" '# my slug'; file_has "$f" 'unknown: {a: [1, 2], b: "c"}   # kept'; file_has "$f" '- codex   # mine too'

sandbox "old shapes"
project p; node p; f=$(record environment codex 2>/dev/null); cl environment create --slug old
f=$(record environment old); sed -i.bak 's/^bootstrap_commands:.*/setup_commands: echo scalar/' "$f"; rm "$f.bak"
cl --json environment show old; status 0; json .data.bootstrap_commands '["echo scalar"]' "setup_commands, a scalar"
sed -i.bak 's/^setup_commands:/environment_commands:/' "$f"; rm "$f.bak"
cl --json environment show old; json .data.bootstrap_commands '["echo scalar"]' "environment_commands"
f=$(record node p); sed -i.bak 's/^lifecycle_state: created/status: failed/' "$f"; rm "$f.bak"
cl --json node show p; status 0; json_like .data.status failed "an old status is read as lifecycle_state"
f=$(record project p); grep -v -e '^environment_configs' -e '^lima_commands' "$f" >"$T/f"; cp "$T/f" "$f"
cl --json project show p; status 0; json .data.environment_configs '[]'
echo 01a20256-0000-7000-8000-000000000000 >"$CODELIMA_HOME/_index/projects/by-slug/nowhere"
cl project show nowhere; status 4 "an index entry that points nowhere"
cl project create --workspace "$(workspace nw)" --slug nowhere; status 0 "does not take the slug"

sandbox "writers at once lose nothing"
for i in $(seq 12); do workspace "w$i" >/dev/null; done
for i in $(seq 12); do "$CODELIMA" project create --workspace "$FAKE_WORK/w$i" >/dev/null 2>"$T/e$i" & done; wait
cl --json project list; json '.data.#' 12 || note "$(cat "$T"/e*)"
same "$(find "$CODELIMA_HOME/projects" -type f | grep -cv -e project.yaml -e events.jsonl)" 0 "no stray temporary file"
(
	for i in $(seq 30); do "$CODELIMA" environment create --slug "k$i" >/dev/null & p=$!; sleep "0.00$((i % 10))"; kill -9 $p; done
	wait
) 2>/dev/null
cl --json environment list; status 0; err_empty "killed writers leave nothing broken"
cl environment create --slug after; status 0 "and hold no lock"
finish
