#!/bin/bash
# config show, and doctor on healthy and on sick machines (contract/cli.md §3, contract/store.md §1).
. "$(dirname "$0")/lib.sh"

sandbox "config show of a fresh machine"
cl config show; status 0; err_empty
for k in agent_profiles_dir default_agent_profile default_template lima_commands lima_home metadata_root \
	snapshot_excludes; do out_like "^$k:"; done
cl --json config show; status 0
json .data.default_agent_profile codex-cli
json .data.default_template template:default
json .data.lima_home "$LIMA_HOME"
json .data.agent_profiles_dir "$CODELIMA_HOME/_config/agent-profiles"
json .data.snapshot_excludes '[".codelima",".git"]'
json '.data.lima_commands.#' 10
# shellcheck disable=SC2016
for pair in 'template_copy={{binary}} template copy --fill {{locator}} -' \
	'create={{binary}} create -y --name {{instance_name}} --cpus=2 --memory=4 --disk=20 {{template_path}}' \
	'start={{binary}} start -y {{instance_name}}' 'stop={{binary}} stop -y {{instance_name}}' \
	'delete={{binary}} delete -f {{instance_name}}' \
	'clone={{binary}} clone -y {{source_instance}} {{target_instance}}' \
	'workspace_seed_prepare=sudo rm -rf {{target_path}} && sudo mkdir -p {{target_parent}} && sudo chown "$(id -un)":"$(id -gn)" {{target_parent}}' \
	'copy={{binary}} copy{{recursive_flag}} {{source_path}} {{copy_target}}' \
	'shell={{binary}} shell{{workdir_flag}} {{instance_name}}{{command_args}}'; do
	json ".data.lima_commands.${pair%%=*}.0" "${pair#*=}"
done
json .data.lima_commands.bootstrap '[]'
gone "$CODELIMA_HOME" "nothing is written"
no_calls

sandbox "config.yaml"
mkdir -p -m 700 "$CODELIMA_HOME/_config"
cat >"$CODELIMA_HOME/_config/config.yaml" <<E
# mine
metadata_root: /somewhere/else
lima_home: $T/other
default_template: template:debian
lima_commands:
    start: '{{binary}} start -y --timeout 20m {{instance_name}}'
unknown_key: {kept: true}
E
LIMA_HOME='' cl --json config show; status 0
json .data.lima_home "$T/other"
json .data.metadata_root "$CODELIMA_HOME" "metadata_root is ignored when read"
json .data.default_template template:debian
json .data.lima_commands.start '["{{binary}} start -y --timeout 20m {{instance_name}}"]' "a scalar where a list is meant"
json .data.lima_commands.stop '["{{binary}} stop -y {{instance_name}}"]'
cl --json config show; json .data.lima_home "$LIMA_HOME" "LIMA_HOME in the environment wins"
for bad in 'a: [' 'lima_commands: {strat: x}' 'lima_commands: {start: "{{bnary}} start"}' 'deadlines: {list: soon}'; do
	printf '%s\n' "$bad" >"$CODELIMA_HOME/_config/config.yaml"
	cl environment create --slug x
	ok "$([ "$status" = 2 ] || [ "$status" = 7 ]; echo $?)" "a change is refused with: $bad"
	err_has config.yaml "names the file"
	err_like 'config.yaml:[12]|deadlines.list' "names the line, or the key"
done

sandbox "a newer home"
mkdir -p -m 700 "$CODELIMA_HOME/_config"
echo 999 >"$CODELIMA_HOME/_config/schema"
before=$(listing)
for c in "project list" "config show" "project create --workspace $(workspace x)"; do
	# shellcheck disable=SC2086 # words
	cl $c
	ok "$([ "$status" != 0 ]; echo $?)" "$c is refused"
	err_has 999
done
same "$before" "$(listing)" "nothing is touched"

sandbox "doctor on a good machine"
mkdir -m 700 "$LIMA_HOME"
cl doctor; status 0
out_like '^\[OK\] '
ok "$(! grep -q '^\[FAIL\]' "$T/out"; echo $?)" "nothing fails"
cl --json doctor; status 0; json .ok true; json_like .data.0.status '^(ok|warn|fail)$'
for key in name status message fix; do json_like ".data.0.$key.?" 'string|null'; done
gone "$CODELIMA_HOME" "doctor makes no home"

# doctor with one thing wrong: status, the line that must be there.
sick() {
	local want=$1 line=$2
	cl doctor
	status "$want" "doctor exits $want"
	ok "$(grep -E '^\[(FAIL|WARN)\]' "$T/out" | grep -qiE -e "$line"; echo $?)" "and says: $line" || note "$(cat "$T/out")"
	cl --json doctor
	status "$want"; json .ok true "in JSON it is the success document"
}
sandbox "doctor without limactl"
no_limactl() { PATH=$(bare_path) "$@"; }
no_limactl sick 3 limactl
no_limactl cl project list; status 0 "lists work"
no_limactl cl --json node create --project x; ok "$([ "$status" != 0 ]; echo $?)" "what needs it is refused"
sandbox "doctor with an old limactl"
play '* version 2.0.3'
sick 3 '2\.0\.3'
sandbox "doctor with a limactl that refuses root"
play '* root'
sick 3 'limactl|root'
sandbox "doctor with a limactl that answers garbage"
play 'version garbage'
sick 3 limactl
sandbox "doctor with a limactl that hangs"
mkdir -p -m 700 "$CODELIMA_HOME/_config"
echo 'deadlines: {list: 1s, version: 1s}' >"$CODELIMA_HOME/_config/config.yaml"
play 'version hang'
sick 3 limactl
sandbox "doctor with a home it may not write"
cl project list
mkdir -p -m 700 "$CODELIMA_HOME" && chmod 500 "$CODELIMA_HOME"
sick 3 'home|writable'
sandbox "doctor with a broken config"
mkdir -p -m 700 "$CODELIMA_HOME/_config"
echo 'a: [' >"$CODELIMA_HOME/_config/config.yaml"
sick 3 config
sandbox "doctor with a LIMA_HOME that is too long"
LIMA_HOME=$T/$(printf 'l%.0s' $(seq 90))
cl doctor
ok "$(grep -E '^\[(FAIL|WARN)\]' "$T/out" | grep -qiE 'long|socket'; echo $?)" "is told so" || note "$(cat "$T/out")"
sandbox "doctor with an unusable LIMA_HOME"
mkdir -m 500 "$LIMA_HOME"
sick 3 'LIMA_HOME|lima home'
chmod 700 "$LIMA_HOME"

sandbox "doctor's warnings"
mkdir -m 700 "$LIMA_HOME"
cl project list
mkdir -p "$LIMA_HOME/_config"
printf 'mounts:\n- location: /srv\n' >"$LIMA_HOME/_config/default.yaml"
cl doctor; status 0
out_has default.yaml "Lima's defaults that mount are named"
cl doctor --strict; status 1 "--strict: warnings count"
w=$(workspace p)
cl project create --workspace "$w" --slug p
echo 'id: [' >"$CODELIMA_HOME/projects/$("$CODELIMA" --json project show p >"$T/id"; at "$T/id" .data.id)/project.yaml"
before=$(listing)
cl doctor; status 0; out_has project.yaml "a corrupt record is named"
chmod 755 "$CODELIMA_HOME"
cl doctor; out_like '[Pp]ermission|mode|0?700|0?755' "a wide home is named"
same "$(echo "$before" | sed 1d)" "$(listing | sed 1d)" "doctor writes nothing"
echo "no-such-id" >"$CODELIMA_HOME/_index/projects/by-slug/ghost"
cl doctor; out_has ghost "an index entry that points nowhere is named"
FAKE_PLAY='' limactl create --name other "$(printf 'images: [{location: /x}]\n' >"$T/t.yaml"; echo "$T/t.yaml")" 2>/dev/null
cl doctor; out_lacks other "other people's VMs are no orphans"
finish
