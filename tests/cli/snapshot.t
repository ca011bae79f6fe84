#!/bin/bash
# project snapshot create, list, show, delete (contract/store.md §4, contract/cli.md §3).
. "$(dirname "$0")/lib.sh"

snaps() { echo "$CODELIMA_HOME/projects/$(basename "$(dirname "$(ls "$CODELIMA_HOME"/projects/*/project.yaml)")")/snapshots"; }
snap_id() { "$CODELIMA" --json project snapshot create "$@" 2>"$T/err" >"$T/id" && at "$T/id" .data.id; }
# entry ID PATH KEY: of the manifest.
entry() { python3 - "$(snaps)/$1/manifest.json" "$2" "$3" <<-'P'
	import json, sys
	for e in json.load(open(sys.argv[1]))["entries"]:
	    if e.get("path") == sys.argv[2]: print(e.get(sys.argv[3], ""))
	P
}
paths() { python3 -c 'import json, sys; print(*[e.get("path", "b64:" + e.get("path_b64", "")) for e in json.load(open(sys.argv[1]))["entries"]])' "$(snaps)/$1/manifest.json"; }
ino() { stat -c %i "$1"; }

sandbox "create, list, show, delete"
project app; w=$FAKE_WORK/app
mkdir "$w/.codelima"; echo x >"$w/.codelima/y"; chmod 640 "$w/README"
cl --json project snapshot create app --label 'before the change'; status 0
json .data.kind manual; json .data.label 'before the change'; json .data.workspace_path "$w"
json .data.entry_count 5; json_like .data.created_at '^20.*Z$'; json_lacks .data.entries
id=$(get .data.id); json .data.tree_root "$(snaps)/$id/tree"
same "$(python3 -c 'import json,sys; print(*json.load(open(sys.argv[1]))["data"])' "$T/out")" \
	"id project_id kind created_at workspace_path entry_count total_bytes label tree_root" "members in their order"
s=$(snaps)/$id
same "$(paths "$id")" "README link src src/empty src/tool" "what is in it: not .git, not .codelima"
same "$(entry "$id" README sha256)" "$(sha256sum <"$w/README" | cut -d ' ' -f 1)" "the hash"
same "$(entry "$id" README mode)" 416 "the mode"; same "$(entry "$id" link link_target)" README "a link is a link"
same "$(cat "$s/tree/README")" "hello app"; same "$(readlink "$s/tree/link")" README
same "$(stat -c %a "$s/tree/README") $(stat -c %a "$s/tree/src") $(stat -c %a "$s")" "400 500 700" "read-only, and nobody else's"
file_has "$(snaps)/../events.jsonl" project.snapshot.created; file_has "$(snaps)/../events.jsonl" "\"snapshot_id\":\"$id\""
cl project snapshot list app; status 0; out_like '^id +kind +created_at +entries +bytes +label$'; out_like "^$id  manual .*before the change"
cl --json project snapshot list app; json .data.0.id "$id"
cl project snapshot show app "$id"; status 0; out_like '^kind: manual'; out_like '^entry_count: 5'
cl --json project snapshot show app "${id: -12}"; status 0; json .data.id "$id" "by the end of its id"
cl --json project snapshot show app nonsense; refused 4 NotFound; json .error.fields.project_slug app; json .error.fields.query nonsense
cl --json project snapshot show nobody "$id"; refused 4 NotFound
no_calls "neither limactl nor git is needed"
cl project snapshot create app; status 0; out_like 'Kept .*5 entries'
cl project snapshot delete app "$id"; status 0; out_has "$id"; gone "$s" "read-only trees can be deleted"
file_has "$(snaps)/../events.jsonl" project.snapshot.deleted
cl --json project snapshot show app "$id"; refused 4 NotFound
same "$(ls -A "$(snaps)" | wc -l)" 1 "nothing else lies there"
cl --json job list; json '.data.#' 2 "each was a job"; json .data.0.operation snapshot; json .data.0.state 'done'
cl project snapshot create app --events; status 0
out_like '^\{"time":.*"step":"snapshot","state":"done"'; ok "$(tail -n 1 "$T/out" | grep -q '"ok":true'; echo $?)" "the document comes last"

cl --json project snapshot create app --detach --label later; status 0; job=$(get .data.id)
cl --json job wait "$job"; status 0; cl project snapshot list app; out_has later "--detach"

sandbox "words"
project app
cl project snapshot; status 2; err_has "project snapshot needs a command"
cl project snapshot list; status 2; err_has "needs PROJECT"
cl project snapshot show app; status 2; err_has "PROJECT ID"
cl project snapshot list app more; status 2; err_has "too much"
cl project snapshot lst app; status 2; err_has "did you mean list"
cl project snapshots list; status 2; err_has "did you mean snapshot"
cl project snapshot create app --lable x; status 2; err_has "did you mean --label"
cl project snapshot create app --label ''; status 2
for h in "help project snapshot" "project snapshot --help"; do
	# shellcheck disable=SC2086
	cl $h; status 0 "$h"; out_like '^  create PROJECT'; out_like '^  delete PROJECT ID'
done
for h in "help project snapshot create" "project snapshot create --help" "project --help snapshot create"; do
	# shellcheck disable=SC2086
	cl $h; status 0 "$h"; out_has "--label TEXT"
done
cl help project; out_like '^  snapshot COMMAND'
cl help project snapshot creat; status 2; err_has "did you mean project snapshot create"

sandbox "odd trees"
project app; w=$FAKE_WORK/app
printf 'x' >"$w/"$'bad\xff'; : >"$w/zero"; ln -s /etc/passwd "$w/out"; ln -s nowhere "$w/dangling"
ln "$w/README" "$w/twin"; mkfifo "$w/pipe"; truncate -s 64M "$w/sparse"; printf end >>"$w/sparse"
mkdir -p "$w/a" "$w/a-b"; echo 1 >"$w/a/x"; echo 2 >"$w/a-b/x"; printf 'n' >"$w/new"$'\n'"line"
cl project snapshot create app; status 0
err_like 'warning.*1 .*sockets, fifos or devices: pipe' "what is left out is counted and named"
err_like 'hard links.*README' "hard links are told"
cl --json project snapshot list app; id=$(get .data.0.id); t=$(snaps)/$id/tree
same "$(cat "$t/"$'bad\xff')" x "a name that is not UTF-8"; ok "$(paths "$id" | grep -aq 'b64:YmFk/w=='; echo $?)" "is path_b64"
same "$(readlink "$t/out")" /etc/passwd "a link is never followed"
same "$(entry "$id" sparse sha256)" "$(sha256sum <"$w/sparse" | cut -d ' ' -f 1)" "a file with holes"
ok "$([ "$(stat -c %b "$t/sparse")" -lt 1000 ]; echo $?)" "keeps its holes"
gone "$t/pipe"; same "$(stat -c %s "$t/zero")" 0; same "$(cat "$t/twin")" "hello app"
ok "$([ "$(ino "$t/README")" != "$(ino "$w/README")" ]; echo $?)" "the live workspace is never linked"
chmod 000 "$w/a/x"; mkdir -m 000 "$w/shut"
before=$(traces "$CODELIMA_HOME")
cl --json project snapshot create app; refused 5 PreconditionFailed "unreadable files"
json_like .error.cause 'a/x.*shut|shut.*a/x' "are named"; json_like .error.cause snapshot.excludes
same "$(traces "$CODELIMA_HOME")" "$before" "and nothing is left"
sed -i 's/^\( *\)- \.git$/&\n\1- shut\/\n\1- \/a\/x/' "$CODELIMA_HOME/_config/config.yaml"
cl project snapshot create app; status 0 "excluded ones are no obstacle"

sandbox "what did not change is not stored again"
project app; w=$FAKE_WORK/app
echo same >"$w/old"; echo same >"$w/touched"; echo same >"$w/edited"; echo same >"$w/moved"
find "$w" -type f -exec touch -d '2020-01-02 03:04:05.123' {} +
sleep 2.3 # within 2 s of a change nothing is trusted, and ctimes cannot be set
one=$(snap_id app)
echo "late" >"$w/fresh"
touch -d '2021-01-01' "$w/touched"
echo "diff" >"$w/edited"; touch -d '2020-01-02 03:04:05.123' "$w/edited" # size and mtime as before
cp -p "$w/moved" "$w/m2"; mv "$w/m2" "$w/moved"
two=$(snap_id app); s=$(snaps)
same "$(ino "$s/$one/tree/old")" "$(ino "$s/$two/tree/old")" "unchanged: one more name for the same file"
ok "$([ "$(ino "$s/$one/tree/touched")" != "$(ino "$s/$two/tree/touched")" ]; echo $?)" "another mtime: read again"
same "$(cat "$s/$two/tree/edited")" diff "same size and mtime, other ctime: read again"
same "$(cat "$s/$one/tree/edited")" same "the older snapshot keeps its content"
ok "$([ "$(ino "$s/$one/tree/moved")" != "$(ino "$s/$two/tree/moved")" ]; echo $?)" "another inode: read again"
same "$(entry "$two" old sha256)" "$(sha256sum <"$w/old" | cut -d ' ' -f 1)" "the hash comes along"
three=$(snap_id app)
ok "$([ "$(ino "$s/$two/tree/fresh")" != "$(ino "$s/$three/tree/fresh")" ]; echo $?)" "touched just before the last capture: read again"
same "$(ino "$s/$one/tree/old")" "$(ino "$s/$three/tree/old")" "and so on"
cl project snapshot delete app "$one"; status 0; same "$(cat "$s/$three/tree/old")" same "deleting one leaves the others whole"
chmod u+w "$s/$three/tree" "$s/$three/tree/old"; rm "$s/$three/tree/old"; echo meddled >"$s/$three/tree/old"
four=$(snap_id app); same "$(cat "$s/$four/tree/old")" same "what was meddled with is not passed on"

sandbox "refusals"
project app; w=$FAKE_WORK/app
cl --json project snapshot create nobody; refused 4 NotFound
mv "$w" "$w.away"
cl --json project snapshot create app; refused 2 InvalidArgument; json .error.fields.workspace_path "$w"
mv "$w.away" "$w"; id=$(snap_id app)
cl project fork app --workspace "$FAKE_WORK/child" --snapshot "$id"; status 0
cl --json project snapshot delete app "$id"; refused 5 PreconditionFailed; json .error.fields.project_slug child
there "$(ls -d "$CODELIMA_HOME"/projects/*/snapshots/"$id"/tree)"
cl project delete child; status 0
cl project snapshot delete app "$id"; status 0 "once the child is deleted, so is its base"
cl project delete app; status 0
cl --json project snapshot create app; refused 5 PreconditionFailed
cl project snapshot list app; status 0 "those of a deleted project are shown"

sandbox "cut short"
project app; w=$FAKE_WORK/app
mkdir "$w/many"; (cd "$w/many" && seq 1 3000 | split -l 1 -a 4)
for sig in INT TERM KILL; do
	truncate -s 3G "$w/large" # long to hash
	bg project snapshot create app
	until_that half_made
	cl --json project snapshot list app; json .data '[]' "$sig: one that is being made is not listed"
	kill "-$sig" "$bg"; end_bg
	if [ $sig = KILL ]; then
		cl --json project snapshot list app; json .data '[]' "nor is what a kill left"
	else
		status "$([ $sig = INT ] && echo 130 || echo 143)"
		same "$(ls -A "$CODELIMA_HOME"/projects/*/snapshots)" "" "$sig leaves nothing"
	fi
	rm "$w/large"
done
cl project snapshot create app; status 0 "the next one goes through"
same "$(ls -A "$CODELIMA_HOME"/projects/*/snapshots | wc -l)" 1 "and removes what the dead one left"

sandbox "progress has a total"
project app; head -c 70000 /dev/zero >"$(workspace app)/big"
for kind in "the first" "one behind it"; do
	cl project snapshot create app --events; status 0; head -n 1 "$T/out" >"$T/e"
	same "$(at "$T/e" .step) $(at "$T/e" .state) $(at "$T/e" .total) $(at "$T/e" .unit)" "snapshot running 70029 bytes" "$kind"
done

sandbox "a home of the reference"
cp -a "$top/tests/data/reference-homes/small/home" "$CODELIMA_HOME"; mkdir -p "$FAKE_WORK/api repo"
find "$CODELIMA_HOME" -type f -exec sed -i "s,@HOME@,$CODELIMA_HOME,g; s,@WORK@,$FAKE_WORK,g; s,@LIMA@,$LIMA_HOME,g" {} +
before=$(listing)
cl --json project snapshot list api; status 0
json .data.0.id 01a20256-2694-7325-a7ba-aa2fac2ce147; json .data.0.kind fork_base; json .data.0.entry_count 5; json .data.0.total_bytes 28
cl --json project snapshot show api 01a20256-2694; status 0; json_like .data.tree_root "^$CODELIMA_HOME/"
same "$(listing)" "$before" "reads do not write"
cl --json project snapshot delete api 01a20256-2694; refused 5 PreconditionFailed; json .error.fields.project_slug api-next
cl project fork api --workspace "$FAKE_WORK/again" --snapshot 01a20256-2694; status 0
same "$(cd "$FAKE_WORK/again" && find . -type f | sort | tr '\n' ' ')" "./a.txt ./script/setup ./src/b.txt "; same "$(stat -c %a "$FAKE_WORK/again/script/setup")" 755
finish
