#!/bin/bash
# A mounted node: the host sees what the guest writes. And what default.yaml adds is refused (no boot for that).
. "$(dirname "$0")/lib.sh"

machine "the merged-config check"
w=$(workspace app)
cl project create --workspace "$w" --slug app --template "$template"; status 0
mkdir -p "$LIMA_HOME/_config" "$FAKE_WORK/extra"
printf 'mounts:\n- location: %s\n  writable: true\n' "$FAKE_WORK/extra" >"$LIMA_HOME/_config/default.yaml"
cl --json node create --project app --slug bad --memory 2; refused 5 PreconditionFailed
json_like .error.message "$FAKE_WORK/extra"; out_has "_config/default.yaml" "the file is named"
gone "$LIMA_HOME/bad" "the instance is torn down"; cl --json node list; json .data '[]'
printf 'ssh:\n  forwardAgent: true\n' >"$LIMA_HOME/_config/default.yaml"
mv "$LIMA_HOME/_config/default.yaml" "$LIMA_HOME/_config/override.yaml"
cl --json node create --project app --slug bad --memory 2; refused 5 PreconditionFailed; json_like .error.message forwardAgent
rm "$LIMA_HOME/_config/override.yaml"

title="mounted mode"
cl node create --project app --slug m --workspace-mode mounted --memory 2; status 0
limactl list --format '{{json .}}' m >"$T/m.json"
same "$(at "$T/m.json" .config.mounts.0.location)" "$w"; same "$(at "$T/m.json" '.config.mounts.#')" 1 "one mount"
cl node start m; status 0
cl shell m -- pwd; out_is "$w"
cl shell m -- sh -c 'cat README; echo from-guest >new; mkdir d && mv new d/new'; status 0; out_is "hello app"
same "$(cat "$w/d/new")" from-guest "the host sees what the guest writes"
echo from-host >"$w/host"; cl shell m -- cat host; out_is from-host "and the guest what the host writes"
cl node list; out_like '^m +[0-9a-f-]+ +mounted .* running'
cl node restart m; status 0
cl shell m -- cat d/new; out_is from-guest "after a restart too"
cl node stop m; status 0; cl node delete m --yes; status 0
there "$w/d/new" "the workspace is untouched"
done_testing
