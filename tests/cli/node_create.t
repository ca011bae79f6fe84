#!/bin/bash
# node create: the record, the template, what limactl is asked; refusals (contract/lima.md §3, §4).
. "$(dirname "$0")/lib.sh"

sandbox "a default slug fits, whatever the project is called"
long=$(printf 'p%.0s' $(seq 63)); project "$long"
cl --json node create --project "$long"; status 0; json_like .data.slug '^p+-node$'; n=$(get .data.slug)
cl --json node create --project "$long"; status 0; json_like .data.slug '^p+-node-2$'
cl --json node clone "$n"; status 0; json_like .data.slug '^p+-nod?-clone$|^p+-clone$|^p+.*-clone$'
project odd; sed -i.bak 's/^slug: odd/slug: Odd_One/' "$CODELIMA_HOME/projects/$("$CODELIMA" --json project show odd >"$T/id"; at "$T/id" .data.id)/project.yaml"
cl --json node create --project Odd_One; status 0; json .data.slug odd-one-node "an odd slug of an old home is not handed on"

sandbox "a copy node"
project app; forget
cl --json node create --project app; status 0
json .data.slug app-node; json .data.lima_instance_name app-node; json .data.workspace_mode copy
json .data.runtime vm; json .data.provider lima; json .data.agent_profile_name codex-cli
json .data.guest_workspace_path "$FAKE_WORK/app"; json_lacks .data.workspace_mount_path
json .data.workspace_seeded false; json .data.bootstrap_completed false
json .data.status stopped "created yields to the VM's own state"
json .data.last_runtime_observation.exists true; json .data.last_runtime_observation.status stopped
id=$(get .data.id); d=$CODELIMA_HOME/nodes/$id
same "$(calls | cut -f 2 | grep -oE '"(--version|list|template|create|start|delete)"' | uniq | tr -d '\n')" \
	'"--version""list""template""create""list"' "version, list, template copy, create, merged check, in this order"
called '"template","copy","--fill","template:default","-"'
called '"template","copy","template:default","-"' "the unfilled one tells what the base wants"
called "\"create\",\"-y\",\"--name\",\"app-node\",\"--cpus=2\",\"--memory=4\",\"--disk=20\",\"$d/instance.lima.yaml\""
called '"list","--format","\{\{json \.\}\}","app-node"'
same "$(at -l "$FAKE_LOG" .env.LIMA_HOME | sort -u)" "$LIMA_HOME	" "LIMA_HOME is exported"
same "$(at -l "$FAKE_LOG" .env.SSH_AUTH_SOCK | tr -d '\n\t')" "" "the ssh agent is not"
same "$(at -l "$FAKE_LOG" .stdin | sort -u)" "null	" "stdin is closed"
same "$(at -l "$FAKE_LOG" .leads_group | sort -u)" "true	" "each call leads a process group"
file_has "$d/lima-instance.ref" app-node
t=$d/instance.lima.yaml
file_has "$t" 'mounts: []' "no mount"; file_lacks "$t" "$HOME" "not even the home that Lima's default mounts"
file_has "$t" LIMA_CIDATA_NAME "the hostname is the instance's own"
file_has "$t" 'codelima-home: ' "and whose VM it is"
file_has "$t" 'forwardAgent: false'; file_has "$t" 'loadDotSSHPubKeys: false'; file_has "$t" 'upgradePackages: false'
for k in cpus memory disk; do ok "$(! grep -q "^$k:" "$t"; echo $?)" "no $k in the template"; done
file_has "$t" 'ignore: true' "other ports are not forwarded"
file_has "$LIMA_HOME/app-node/lima.yaml" 'cpus: 2'
file_has "$d/events.jsonl" node.created
file_has "$d/node.yaml" 'lifecycle_state: created'
file_lacks "$d/node.yaml" last_runtime "observations are not stored"
file_lacks "$d/node.yaml" 'status:' "nor is a status"
there "$d/bootstrap.json"
there "$CODELIMA_HOME/_index/nodes/by-instance/app-node"
gone "$d/claim.json" "the claim is over"
j=$(ls "$CODELIMA_HOME/_jobs"); same "$(at "$CODELIMA_HOME/_jobs/$j/job.json" .state)" 'done' "there is a job record"
cl --json node create --project app; status 0; json .data.slug app-node-2 "a taken default slug gets -2"
cl --json node create --project app --slug app-node; refused 5 PreconditionFailed

sandbox "a mounted node"
project app
cl --json node create --project app --slug m --workspace-mode mounted; status 0
json .data.workspace_mode mounted; json .data.workspace_mount_path "$FAKE_WORK/app"; json_lacks .data.guest_workspace_path
limactl list --format '{{json .}}' m >"$T/m.json"
same "$(at "$T/m.json" '.config.mounts.#')" 1 "exactly one mount"
same "$(at "$T/m.json" .config.mounts.0.location)" "$FAKE_WORK/app" "the workspace"
same "$(at "$T/m.json" .config.mounts.0.mountPoint)" "$FAKE_WORK/app" "at the same path"
same "$(at "$T/m.json" .config.mounts.0.writable)" true "writable"

sandbox "sizes"
project app --cpus 3 --memory 6
cl node create --project app --slug a; status 0; called '"--cpus=3","--memory=6","--disk=20"' "the project's"
cl node create --project app --slug b --cpus 1 --memory 512M --disk 30GiB; status 0
called '"--cpus=1","--memory=0\.5","--disk=30"' "the node's win"
for bad in '--cpus x' '--cpus 0' '--cpus -1' '--memory 0' '--memory 4XB' '--disk abc' '--memory 99999999999999999999'; do
	# shellcheck disable=SC2086 # words
	cl node create --project app --slug bad $bad; status 2 "refused: $bad"
done
cl node create --project app --slug c --containerd; status 0
ok "$(grep -A2 '^containerd:' "$LIMA_HOME/c/lima.yaml" | grep -q true; echo $?)" "--containerd asks for it"
ok "$(! grep -A2 '^containerd:' "$LIMA_HOME/a/lima.yaml" | grep -q true; echo $?)" "else it is off"

sandbox "refusals leave nothing behind"
project app
cl node create --project app --slug taken; status 0
before=$(traces "$CODELIMA_HOME"); vms=$(ls "$LIMA_HOME")
cl --json node create --project app --slug r --runtime container; refused 5 UnsupportedFeature
cl --json node create --project app --slug r --provider aws; refused 5 UnsupportedFeature
cl --json node create --project app --slug r --workspace-mode both; refused 2 InvalidArgument
cl --json node create --project nope; refused 4 NotFound
cl --json node create --project app --slug Bad; refused 2 InvalidArgument
cl --json node create --project app --slug taken; refused 5 PreconditionFailed
cl --json node create --project app --slug r --agent-profile nope; refused 4 NotFound
cl --json node create --project app --slug r --lima-commands-file "$T/none"; refused 2 InvalidArgument
cl --json node create --slug r; refused 2 InvalidArgument
cl --json node create --project app --slug "$(printf 'a%.0s' $(seq 63))"; refused 2 InvalidArgument
json_like .error.message '[0-9]' "a slug too long for its socket names what fits"
FAKE_PLAY='' FAKE_LOG='' limactl create --name theirs "$(printf 'images: [{location: /x}]\n' >"$T/t.yaml"; echo "$T/t.yaml")" 2>/dev/null
cl --json node create --project app --slug theirs; refused 5 PreconditionFailed; json_like .error.message theirs "a name that Lima knows already"
there "$LIMA_HOME/theirs" "and theirs is left alone"
rm -r "$FAKE_WORK/app"
cl --json node create --project app --slug r; refused 2 InvalidArgument; json_like .error.message "$FAKE_WORK/app" "a workspace that went away"
same "$before" "$(traces "$CODELIMA_HOME")" "no record"
same "$vms
theirs" "$(ls "$LIMA_HOME")" "no VM"

sandbox "limactl fails"
project app
before=$(traces "$CODELIMA_HOME")
fails() { # RULE CATEGORY STATUS
	play "$1"
	cl --json node create --project app --slug f
	refused "$3" "$2"
	same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left ($1)"
	gone "$LIMA_HOME/f" "no VM is left ($1)"
	play
}
fails 'template exit 1 "no such template"' ExternalCommandFailed 6; json_like .error.cause 'no such template' "limactl's own words are the cause"
fails 'create exit 1 "disk quota exceeded"' ExternalCommandFailed 6; json_like .error.cause 'disk quota'
fails 'create @mid exit 1 "half way"' ExternalCommandFailed 6
fails 'create @late exit 1 "at the end"' ExternalCommandFailed 6
fails 'create lie' ExternalCommandFailed 6
fails 'template garbage' InvalidArgument 2; json .error.fields.locator template:default "names the template"
fails 'template lie' InvalidArgument 2
fails 'list exit 1 "cannot list"' DependencyUnavailable 3
fails '* version 2.0.3' DependencyUnavailable 3; json_like .error.message '2\.0\.3'; json_like .error.message '2\.1'
fails '* root' DependencyUnavailable 3
cl node create --project app --slug f; status 0 "and afterwards it works"

sandbox "environments and profile freeze at create"
cl environment create --slug dev --bootstrap-command 'echo one'
project app --env-config dev --bootstrap-command 'echo late'
node app
cl --json node show app; json_like .data.bootstrap_commands 'echo one'
d=$(node_dir app); file_has "$d/bootstrap.json" 'echo one'
finish
