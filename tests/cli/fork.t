#!/bin/bash
# project fork (contract/store.md §4, contract/cli.md §3, §5; contract/threats.md T5, T16).
. "$(dirname "$0")/lib.sh"

pid_of() { "$CODELIMA" --json project show "$1" 2>/dev/null >"$T/id" && at "$T/id" .data.id; }
# Everything below a directory, with content, modes and mtimes.
tree_of() { (cd "$1" && find . -mindepth 1 -name .git -prune -o -mindepth 1 -printf '%p %y %m %T@ %l\n' | grep -av '^\./\.git' | sort; find . -type f -not -path './.git/*' -exec sha256sum {} + | sort -k 2); }

sandbox "a fork"
project app --env-config codex --agent-profile claude-code --cpus 3 --memory 5 --bootstrap-command 'make deps' --template template:debian
w=$FAKE_WORK/app; c=$FAKE_WORK/child
chmod 750 "$w"; chmod 700 "$w/src/tool"; ln -s /etc/passwd "$w/out"; printf x >"$w/"$'bad\xff'; truncate -s 8M "$w/sparse"
mkdir -m 555 "$w/shut"; find "$w" -not -type l -exec touch -d '2022-02-02 02:02:02.25' {} +
cl --json project fork app --workspace "$c"; status 0
json .data.slug child; json .data.workspace_path "$c"; json .data.parent_project_id "$(pid_of app)"
cl --json project show child
json .data.agent_profile_name claude-code; json .data.environment_configs '["codex"]'; json .data.resources.cpus 3
json .data.resources.memory 5GiB; json .data.lima_commands.bootstrap '["make deps"]'; json .data.default_lima_template template:debian
snap=$(get .data.fork_base_snapshot_id)
same "$(tree_of "$c")" "$(tree_of "$w")" "the same content, modes, times and links"
gone "$c/.git" "without what is excluded"; same "$(stat -c %a "$c")" 750 "and the directory's own mode"
ok "$([ "$(stat -c %b "$c/sparse")" -lt 100 ]; echo $?)" "holes stay holes"
ok "$([ "$(stat -c %h "$c/README")" = 1 ]; echo $?)" "its files are its own"
cl --json project snapshot list app; json .data.0.id "$snap"; json .data.0.kind fork_base
p=$CODELIMA_HOME/projects/$(pid_of app)/events.jsonl; file_has "$p" project.forked; file_has "$p" "\"child_project_id\":\"$(pid_of child)\""
file_has "$CODELIMA_HOME/projects/$(pid_of child)/events.jsonl" "\"fork_base_snapshot_id\":\"$snap\""
same "$(ls -A "$FAKE_WORK" | tr '\n' ' ')" "app child " "nothing else lies beside it"
no_calls
echo changed >"$c/README"; same "$(cat "$w/README")" "hello app" "what is written there stays there"
cl project fork child --workspace "$FAKE_WORK/grand" --slug enkel; status 0; out_has enkel
same "$(cat "$FAKE_WORK/grand/README")" changed
cl project tree; status 0; out_like '^└── app'; out_like '^ +└── child'; out_like '^ +└── enkel'
cl --json project delete app; refused 5 PreconditionFailed
mkdir -m 711 "$FAKE_WORK/empty"
cl project fork app --workspace "$FAKE_WORK/empty" --snapshot "$snap"; status 0 "an empty directory, and an earlier snapshot"
same "$(stat -c %a "$FAKE_WORK/empty")" 711 "keeps its mode"; same "$(cat "$FAKE_WORK/empty/README")" "hello app"

sandbox "a node of a fork is like any other"
project app --bootstrap-command 'echo ran >$HOME/ran'; echo more >"$FAKE_WORK/app/more"
cl project fork app --workspace "$FAKE_WORK/child"; status 0
cl node create --project child --slug n; status 0; cl node start n; status 0
there "$(guest n)/w/child/more"; there "$(guest n)/home/ran" "with its parent's bootstrap commands"

sandbox "refusals leave nothing"
project app; project other; w=$FAKE_WORK/app
cl project create --workspace "$(workspace gone)" --slug gone; cl project delete gone
mkdir -p "$FAKE_WORK/full" "$FAKE_WORK/other-home/_index/projects" "$LIMA_HOME/x"; echo x >"$FAKE_WORK/full/y"; echo x >"$FAKE_WORK/file"; ln -s nowhere "$FAKE_WORK/dangling"; ln -s app "$FAKE_WORK/alias"
before=$(traces "$CODELIMA_HOME"; ls -AR "$FAKE_WORK" "$LIMA_HOME" "$HOME")
no() { # STATUS CATEGORY WHAT ARG…
	local s=$1 cat=$2 what=$3
	shift 3
	cl --json project fork "$@"
	status "$s" "$what"; json .error.category "$cat"
	same "$(traces "$CODELIMA_HOME"; ls -AR "$FAKE_WORK" "$LIMA_HOME" "$HOME")" "$before" "$what: nothing is left"
}
no 4 NotFound "unknown source" nobody --workspace "$FAKE_WORK/c"
no 5 PreconditionFailed "a deleted source" gone --workspace "$FAKE_WORK/c"
cl --json project fork app; refused 2 InvalidArgument; json_like .error.message workspace
no 2 InvalidArgument "an empty destination" app --workspace ''
no 5 PreconditionFailed "a full directory" app --workspace "$FAKE_WORK/full"; json .error.fields.workspace_path "$FAKE_WORK/full"
no 5 PreconditionFailed "a file" app --workspace "$FAKE_WORK/file"
no 5 PreconditionFailed "a dangling link" app --workspace "$FAKE_WORK/dangling"
no 2 InvalidArgument "nothing above it" app --workspace "$FAKE_WORK/no/where"; json_like .error.cause 'mkdir -p'
no 2 InvalidArgument "inside the source" app --workspace "$w/src/c"
no 2 InvalidArgument "inside the source, through a link" app --workspace "$FAKE_WORK/alias/c"
no 2 InvalidArgument "inside CODELIMA_HOME" app --workspace "$CODELIMA_HOME/projects/c"
no 2 InvalidArgument "inside LIMA_HOME" app --workspace "$LIMA_HOME/x/c"
no 2 InvalidArgument "inside another home" app --workspace "$FAKE_WORK/other-home/c"
no 2 InvalidArgument "a system directory" app --workspace /usr/c
no 2 InvalidArgument "a bad slug" app --workspace "$FAKE_WORK/c" --slug 'Not Good'
no 5 PreconditionFailed "a taken slug" app --workspace "$FAKE_WORK/c" --slug other
no 4 NotFound "an unknown snapshot" app --workspace "$FAKE_WORK/c" --snapshot 01a20256-2694
chmod 000 "$w/README"
no 5 PreconditionFailed "an unreadable file" app --workspace "$FAKE_WORK/c"
chmod 644 "$w/README"
mkdir -m 555 "$FAKE_WORK/ro"; before=$(traces "$CODELIMA_HOME"; ls -AR "$FAKE_WORK" "$LIMA_HOME" "$HOME")
no 7 Internal "a directory that cannot be written" app --workspace "$FAKE_WORK/ro/c"
cl project fork app --workspace "$FAKE_WORK/c"; status 0 "and then it goes through"
cl --json project fork app --workspace "$FAKE_WORK/c"; refused 5 PreconditionFailed

sandbox "a fork that was killed before its record was stored"
project app; cl project fork app --workspace "$FAKE_WORK/c"; status 0
child=$(pid_of c); cl --json project show c; snap=$(get .data.fork_base_snapshot_id)
notes=$CODELIMA_HOME/_state/forks; same "$(ls -A "$notes")" "" "one that is over leaves no note"
dead_note() { # TREE: as if the process had died; its pid cannot be
	printf '{"destination":"%s","temp":"%s","snapshot_id":"%s","own_snapshot":true,"tree":"%s"}\n' \
		"$FAKE_WORK/c" "$FAKE_WORK/.c.codelima-fork.2147483646.1" "$snap" "$1" >"$notes/$(pid_of app).2147483646.1.json"
}
rm -r "$CODELIMA_HOME/projects/$child" "$CODELIMA_HOME/_index/projects/by-slug/c"
dead_note "$(stat -c %d:%i "$FAKE_WORK/c")"; echo mine >"$FAKE_WORK/c/mine"
cl project fork app --workspace "$FAKE_WORK/d"; status 0 "another fork does not touch it"; there "$FAKE_WORK/c/mine"
cl --json project fork app --workspace "$FAKE_WORK/c"; status 0 "the same one goes on with it"
json .data.fork_base_snapshot_id "$snap"; there "$FAKE_WORK/c/mine"; same "$(ls -A "$notes")" ""
cl project delete c; rm -r "$FAKE_WORK/c"; mkdir "$FAKE_WORK/.c.codelima-fork.2147483646.1"; dead_note 1:1
cl project fork app --workspace "$FAKE_WORK/e"; status 0
gone "$FAKE_WORK/.c.codelima-fork.2147483646.1" "half a tree is removed by the next fork, wherever that goes"
cl --json project snapshot show app "$snap"; status 4 "and the snapshot that was made for it"

sandbox "a snapshot that was meddled with"
project app; cl --json project snapshot create app; id=$(get .data.id); s=$CODELIMA_HOME/projects/$(pid_of app)/snapshots/$id
mkdir "$T/secret"; echo canary >"$T/secret/tool"
chmod -R u+w "$s/tree"; rm -rf "$s/tree/src"; ln -s "$T/secret" "$s/tree/src"
cl --json project fork app --workspace "$FAKE_WORK/c" --snapshot "$id"; refused 7 MetadataCorruption
gone "$FAKE_WORK/c" "no link is followed out of it, and nothing is left"
rm "$s/tree/src"; mkdir "$s/tree/src"; echo other >"$s/tree/src/tool"
cl --json project fork app --workspace "$FAKE_WORK/c" --snapshot "$id"; refused 7 MetadataCorruption; json_like .error.message src/tool
sed -i 's,"path":"src/tool",,; s,"src/tool","../../../tool",' "$s/manifest.json"
cl --json project fork app --workspace "$FAKE_WORK/c" --snapshot "$id"; refused 7 MetadataCorruption
gone "$FAKE_WORK/c"; same "$(ls -A "$FAKE_WORK" | tr '\n' ' ')" "app "

sandbox "two at once"
project app; (cd "$FAKE_WORK/app" && seq 1 2000 | split -l 1 -a 4)
"$CODELIMA" project fork app --workspace "$FAKE_WORK/x/../one" >"$T/o1" 2>&1 & p1=$!
"$CODELIMA" project fork app --workspace "$FAKE_WORK/two" >"$T/o2" 2>&1 & p2=$!
wait $p1; r1=$?; wait $p2; r2=$?
same "$r1 $r2" "0 0" "different destinations do not mind each other"
same "$(ls "$FAKE_WORK/one" | wc -l) $(ls "$FAKE_WORK/two" | wc -l)" "2003 2003"
"$CODELIMA" project fork app --workspace "$FAKE_WORK/same" --slug s1 >"$T/o1" 2>&1 & p1=$!
"$CODELIMA" project fork app --workspace "$FAKE_WORK/same" --slug s2 >"$T/o2" 2>&1 & p2=$!
wait $p1; r1=$?; wait $p2; r2=$?
same "$(printf '%s\n' $r1 $r2 | sort | tr '\n' ' ')" "0 5 " "of two with one destination one is refused"
same "$(ls "$FAKE_WORK/same" | wc -l)" 2003 "which leaves the other's alone"
same "$(ls -A "$FAKE_WORK" | tr '\n' ' ')" "app one same two "
cl --json project list; json '.data.#' 4 "each is there once"

sandbox "cut short"
project app; w=$FAKE_WORK/app; cl --json project snapshot create app; small=$(get .data.id)
truncate -s 3G "$w/large"
for sig in INT TERM; do
	bg project fork app --workspace "$FAKE_WORK/c"
	until_that half_made
	kill "-$sig" "$bg"; end_bg
	status "$([ $sig = INT ] && echo 130 || echo 143)"
	same "$(ls -A "$FAKE_WORK" | tr '\n' ' ')" "app " "$sig leaves no directory"
	same "$(ls -A "$CODELIMA_HOME"/projects/*/snapshots)" "$small" "and no snapshot"
	cl --json project list; json '.data.#' 1 "and no project"
done
bg project fork app --workspace "$FAKE_WORK/c"
until_that half_made
kill -9 "$bg"; end_bg; rm "$w/large"
mkdir "$FAKE_WORK/.c.codelima-fork.x"
cl project fork app --workspace "$FAKE_WORK/c"; status 0 "after a kill -9 the same fork goes through"
there "$FAKE_WORK/.c.codelima-fork.x" "what is not known to be its own is left"
same "$(ls -A "$CODELIMA_HOME"/projects/"$(pid_of app)"/snapshots | wc -l)" 2 "its half a snapshot is removed"
sandbox "long names"
project a
name=$(printf 'n%.0s' $(seq 255))
cl project fork a --workspace "$FAKE_WORK/$name" --slug b; status 0 "the longest name a file system takes"
there "$FAKE_WORK/$name/README"
cl --json project fork a --workspace "$FAKE_WORK/${name}n" --slug c; refused 2 InvalidArgument
cl --json project fork a --workspace "$FAKE_WORK/$(printf 'dir/%.0s' $(seq 300))" --slug c; refused 2 InvalidArgument
cl --json project snapshot list a; json '.data.#' 1 "no snapshot is left of what was refused"
finish
