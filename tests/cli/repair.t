#!/bin/bash
# doctor --repair: what is mended, that nothing is lost, and that a second run finds nothing (contract/store.md §1-§3).
. "$(dirname "$0")/lib.sh"

check() { at -l "$T/out" .data >/dev/null; at "$T/out" ".data.$(at "$T/out" '.data.#' | { read -r n; for i in $(seq 0 $((n - 1))); do [ "$(at "$T/out" ".data.$i.name")" != "$1" ] || echo "$i"; done; }).$2"; }
# checked NAME STATUS; repaired NAME WORDS; the last run was --json doctor …
checked() { same "$(check "$1" status)" "$2" "$1 is $2" || note "$(check "$1" message)"; }
repaired() { case $(check "$1" repaired) in *"$2"*) ok 0 "$1: repaired $2" ;; *) ok 1 "$1: repaired $2" || note "$(check "$1" repaired)" ;; esac; }
repair() { cl --json doctor --repair; }
# A second run: nothing is written, nothing is said to be repaired.
settled() {
	local before
	before=$(listing "$CODELIMA_HOME" | grep -v "/_locks/" | awk '{ $3 = ""; print }')
	repair; out_lacks '"repaired"' "a second run finds nothing"
	same "$before" "$(listing "$CODELIMA_HOME" | grep -v "/_locks/" | awk '{ $3 = ""; print }')" "and writes nothing"
	for k in permissions temp_files corrupt incomplete index jobs; do checked $k ok; done
}
tree() { (cd "$CODELIMA_HOME" && find . -type f -not -path './_locks/*' -exec md5sum {} + | sort -k 2); }

sandbox "a sound home"
running app; before=$(tree)
repair; status 0; out_lacks '"repaired"'; same "$before" "$(tree)" "nothing changes"; settled
sandbox "no home"
repair; gone "$CODELIMA_HOME" "none is made"

sandbox "permissions"
node app; d=$(node_dir app); before=$(tree)
chmod 755 "$CODELIMA_HOME" "$CODELIMA_HOME/nodes"; chmod 644 "$d/node.yaml"; chmod 4711 "$d/lima-instance.ref"
chmod 0 "$CODELIMA_HOME/projects"/*/project.yaml; chmod 500 "$CODELIMA_HOME/_index/nodes"
ln -s /etc "$CODELIMA_HOME/link"; echo theirs >"$T/theirs"; chmod 644 "$T/theirs"; ln -s "$T/theirs" "$CODELIMA_HOME/link2"
cl --json doctor; checked permissions warn; checked corrupt warn; out_has 'doctor --repair'
repair; status 0; checked permissions ok; checked corrupt ok; repaired permissions 'from 0755 to 0700'; repaired permissions 'and 1 more'
same "$(stat -c %a "$CODELIMA_HOME" "$CODELIMA_HOME/nodes" "$d/node.yaml" "$d/lima-instance.ref" "$CODELIMA_HOME/projects"/*/project.yaml "$CODELIMA_HOME/_index/nodes" | tr '\n' ' ')" "700 700 600 700 600 700 "
same "$(stat -c %a "$T/theirs")" 644 "links are not followed"; same "$before" "$(tree)" "contents are as they were"
settled; cl node show app; status 0
chmod 0 "$CODELIMA_HOME"; cl --json doctor; checked home fail
repair; checked home ok; settled

sandbox "snapshots are sealed"
project app; s=$(echo "$CODELIMA_HOME"/projects/*)/snapshots/x; mkdir -p -m 700 "$s/tree/sub"; echo x >"$s/tree/sub/f"; chmod 755 "$s/tree/sub/f"; chmod 500 "$s/tree/sub" "$s/tree"; chmod 700 "$s/.."
repair; same "$(stat -c %a "$s/tree" "$s/tree/sub/f" | tr '\n' ' ')" "500 755 "; chmod -R u+w "$s"

sandbox "temporary files"
node app; d=$(node_dir app)
touch -d '2 minutes ago' "$d/.node.yaml.0123456789abcdef.tmp" "$CODELIMA_HOME/_config/.config.yaml.fedcba9876543210.tmp"; chmod 600 "$d"/.*.tmp "$CODELIMA_HOME"/_config/.*.tmp
echo now >"$d/.events.jsonl.0123456789abcdef.tmp"; chmod 600 "$d"/.*.tmp
repair; status 0; repaired temp_files '.node.yaml'; gone "$d/.node.yaml.0123456789abcdef.tmp"; gone "$CODELIMA_HOME/_config/.config.yaml.fedcba9876543210.tmp"
there "$d/.events.jsonl.0123456789abcdef.tmp" "one that may be being written stays"; settled

sandbox "records that cannot be read"
project p1; project p2; cl node create --project p1 --slug n1; cl node create --project p2 --slug n2; cl environment create --slug e1
for r in "node n1" "project p2" "environment e1"; do
	# shellcheck disable=SC2086 # words
	id=$("$CODELIMA" --json ${r% *} show ${r#* } >"$T/id"; at "$T/id" .data.id)
	f=$(find "$CODELIMA_HOME" -path "*/$id/*.yaml" ! -name '*.lima.yaml'); dir=$(dirname "$f"); rel=${dir#"$CODELIMA_HOME"/}
	printf 'id: [ %s' "$r" >"$f"; others=$(cd "$dir" && find . -type f | sort | grep -v claim)
	repair; status 0; checked corrupt ok; repaired corrupt "$rel was moved to _quarantine/"
	q=$(echo "$CODELIMA_HOME"/_quarantine/*-"$id"); gone "$dir"
	same "$(cat "$q/$id/$(basename "$f")")" "id: [ $r" "what could not be read is kept"
	same "$(cd "$q/$id" && find . -type f | sort)" "$others" "with all that lay beside it"
	same "$(at "$q/manifest.json" .from)" "$rel"; at "$q/manifest.json" .reason >"$T/s"; file_has "$T/s" "$(basename "$f")"
	same "$(stat -c %a "$q" "$q/manifest.json" | tr '\n' ' ')" "700 600 "
done
checked vms warn; check vms message >"$T/s"; file_has "$T/s" "the node of VM n1 lies in _quarantine/" "its VM is named, and where its record is"
there "$LIMA_HOME/n1" "and not touched"; cl node list; err_empty "nothing is in the way any more"
settled
q=$(echo "$CODELIMA_HOME"/_quarantine/*-*/manifest.json | tr ' ' '\n' | xargs grep -l '"nodes/' | xargs dirname); id=$(at "$q/manifest.json" .from); same "$(at "$q/manifest.json" .instance_name)" n1
mv "$q/${id#nodes/}" "$CODELIMA_HOME/nodes/"; there "$CODELIMA_HOME/$id" "it can be moved back"

sandbox "a record in a directory whose name is no id"
node app; d=$(node_dir app); cp -R "$d" "$CODELIMA_HOME/nodes/saved"; mkdir -m 700 "$CODELIMA_HOME/projects/notes" "$CODELIMA_HOME/projects/.git"; touch "$CODELIMA_HOME/projects/.git/project.yaml"; chmod 600 "$CODELIMA_HOME/projects/.git/project.yaml"
cl --json node list; status 0; json '.data.#' 1; err_has "$CODELIMA_HOME/nodes/saved/node.yaml: its directory's name is no id" "is told by lists"
same "$(grep -c warning "$T/err")" 1 "in one line"; cl project list; err_empty "what holds no record is nobody's"
sed -i "s/^id:.*/id: saved/; s/^slug:.*/slug: mine/" "$CODELIMA_HOME/nodes/saved/node.yaml"; cl --json node show saved; refused 7 MetadataCorruption
cl --json node show mine; refused 4 NotFound; cl --json doctor; checked corrupt warn
repair; repaired corrupt 'nodes/saved was moved to _quarantine/'; gone "$CODELIMA_HOME/nodes/saved"; there "$d/node.yaml"; settled; cl node start app; status 0

sandbox "a broken profile"
cl profile create --name mine; printf '}{' >"$CODELIMA_HOME/_config/agent-profiles/mine.yaml"
repair; repaired corrupt 'mine.yaml'; gone "$CODELIMA_HOME/_config/agent-profiles/mine.yaml"; same "$(cat "$CODELIMA_HOME"/_quarantine/*/mine.yaml)" '}{'; settled

sandbox "a broken bootstrap.json"
project app --bootstrap-command 'echo ran >>$HOME/ran'; cl node create --project app --slug app; cl node start app; cl node create --project app --slug fresh
for n in app fresh; do echo '{"steps": [' >"$(node_dir $n)/bootstrap.json"; done
cl --json doctor; checked corrupt warn
repair; checked corrupt ok; repaired corrupt 'bootstrap.json of node app was made anew'; same "$(cat "$CODELIMA_HOME"/_quarantine/*/bootstrap.json | sort -u)" '{"steps": ['
settled; cl node restart app; status 0; same "$(cat "$(guest app)/home/ran")" ran "what had run does not run again"
cl node start fresh; status 0; same "$(cat "$(guest fresh)/home/ran")" ran "what had not run runs"

sandbox "the index"
project a; project b; node c; cl environment create --slug e
i=$CODELIMA_HOME/_index; rm "$i/projects/by-slug/a" "$i/environment-configs/by-slug/e"; cp "$i/projects/by-slug/c" "$i/projects/by-slug/b"
echo garbage >"$i/nodes/by-slug/c"; echo 01900000-0000-7000-8000-000000000000 >"$i/projects/by-slug/nowhere"; cp "$i/nodes/by-instance/c" "$i/nodes/by-instance/old"; chmod -R go-rwx "$i"
cl --json doctor; checked index warn
repair; checked index ok; repaired index 'project a has no entry'; there "$i/projects/by-slug/a"; gone "$i/projects/by-slug/nowhere"; gone "$i/nodes/by-instance/old"
same "$(cat "$i/nodes/by-slug/c")" "$(node_id c)"; settled

sandbox "operations that died"
running app; project two; d=$(node_dir app)
play "stop touch $T/here" "stop wait $T/go"; bg node stop app; await "$T/here"; kill -9 "$bg"; end_bg
there "$d/claim.json"; job=$(at "$d/claim.json" .job_id); same "$(at "$CODELIMA_HOME/_jobs/$job/job.json" .state)" running "its job knows nothing of it"
cl --json doctor; checked incomplete warn; checked jobs warn
repair; status 0; checked incomplete ok; checked jobs ok; repaired incomplete 'the stop of node app that died is ended'; repaired jobs "$job"
gone "$d/claim.json"; file_has "$d/events.jsonl" node.lifecycle.recovered
same "$(ours_like 'limactl.*stop' | wc -l | tr -d ' ')" 0 "limactl is ended"; same "$(at "$CODELIMA_HOME/_jobs/$job/job.json" .state)" lost; there "$CODELIMA_HOME/_jobs/$job/log" "its log is kept"
play; settled; same "$(vm_status app)" Running; cl node stop app; status 0

sandbox "an operation that goes on is left alone"
node app; play "start touch $T/here" "start wait $T/go"; bg node start app; await "$T/here"; d=$(node_dir app)
cp "$d/node.yaml" "$T/y"; echo '}{' >"$d/node.yaml"
repair; err_has 'not repaired'; there "$d/node.yaml" "its broken record too"; cp "$T/y" "$d/node.yaml"
touch "$T/go"; end_bg; status 0

sandbox "a newer home is not touched"
node app; echo 99 >"$CODELIMA_HOME/_config/schema"; chmod 755 "$CODELIMA_HOME/nodes"; echo '}{' >"$(echo "$CODELIMA_HOME"/nodes/*/node.yaml)"; touch -d '1 hour ago' "$CODELIMA_HOME/.x.0123456789abcdef.tmp"
before=$(listing "$CODELIMA_HOME")
repair; status 3; checked home fail; err_has 'not repaired'; err_has 'version 99'; out_lacks '"repaired"'
same "$before" "$(listing "$CODELIMA_HOME")"
echo what >"$CODELIMA_HOME/_config/schema"; before=$(listing "$CODELIMA_HOME"); repair; status 3; same "$before" "$(listing "$CODELIMA_HOME")" "nor one whose version cannot be read"

sandbox "settings that cannot be read"
node app; chmod 755 "$CODELIMA_HOME/nodes"; printf 'lima_home: [' >"$CODELIMA_HOME/_config/config.yaml"
repair; status 3; checked config fail; checked permissions ok; repaired permissions 'nodes from 0755'; file_has "$CODELIMA_HOME/_config/config.yaml" 'lima_home: [' "the person's file stays"
cl doctor --repair; out_lacks 'repaired:'; chmod 755 "$CODELIMA_HOME/nodes"; cl doctor --repair; out_has '       repaired: nodes from 0755 to 0700' "told in text too"

sandbox "a node without its VM"
node app; FAKE_PLAY='' FAKE_LOG='' limactl delete -f app 2>/dev/null
repair; status 0; checked vms warn; check vms fix >"$T/s"; file_has "$T/s" 'node start NODE --recreate' "is named with the fix"; cl node show app; status 0

sandbox "a home of the reference"
cp -R "$top/tests/data/reference-homes/small/home" "$CODELIMA_HOME"; chmod -R u=rwX,go=rX "$CODELIMA_HOME"; before=$(tree)
find "$CODELIMA_HOME" -type f -exec sed -i -e "s|@HOME@|$CODELIMA_HOME|g" -e "s|@LIMA@|$LIMA_HOME|g" -e "s|@WORK@|$FAKE_WORK|g" {} +; before=$(tree)
repair; repaired permissions 'to 0700'; same "$before" "$(tree)" "only modes change"; repair; out_lacks '"repaired"'
sandbox "built-in records that no command has stored yet"
mkdir -m 700 -p "$CODELIMA_HOME/projects"
cl doctor; status 0; out_like '^\[OK\] index' "are missing from no index"
cl doctor --repair; status 0; gone "$CODELIMA_HOME/_index" "and are not put into one"
finish
