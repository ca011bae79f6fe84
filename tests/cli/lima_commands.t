#!/bin/bash
# The ten lima_commands actions at each level, as limactl and the guest see them (contract/lima.md §2).
. "$(dirname "$0")/lib.sh"

# Each action's override leaves a mark in $T/marks; %L is the level.
override() {
	cat <<E
lima_commands:
    template_copy: 'echo template_copy-$1 >>$T/marks; {{binary}} template copy --fill {{locator}} -'
    create: 'echo create-$1 >>$T/marks; {{binary}} create -y --name {{instance_name}} --cpus=1 {{template_path}}'
    start:
        - 'echo start-$1 >>$T/marks'
        - '{{binary}} start -y {{instance_name}}'
    stop: 'echo stop-$1 >>$T/marks; {{binary}} stop -y {{instance_name}}'
    delete: 'echo delete-$1 >>$T/marks; {{binary}} delete -f {{instance_name}}'
    bootstrap: ['echo bootstrap-$1 >>$T/marks']
    workspace_seed_prepare:
        - 'echo seed_prepare-$1 >>$T/marks'
        - 'rm -rf {{target_path}} && mkdir -p {{target_parent}}'
    copy: 'echo copy-$1 >>$T/marks; {{binary}} copy{{recursive_flag}} {{source_path}} {{copy_target}}'
    shell: 'echo shell-$1 >>$T/marks; {{binary}} shell{{workdir_flag}} {{instance_name}}{{command_args}}'
E
}
# Runs everything and compares the marks.
whole_life() {
	cl node start app; status 0
	cl shell app -- cat README; status 0; out_is "hello app" "shell does its work"
	cl node stop app; status 0
	cl node delete app --yes; status 0
	for a in $2; do
		ok "$(grep -qx "$a-$1" "$T/marks"; echo $?)" "$a comes from $1" || note "$(cat "$T/marks")"
	done
	same "$(grep -v -- "-$1\$" "$T/marks")" "" "and nothing from elsewhere"
}
all="template_copy create start stop delete bootstrap seed_prepare copy shell"

sandbox "config.yaml"
mkdir -p -m 700 "$CODELIMA_HOME/_config"; override config >"$CODELIMA_HOME/_config/config.yaml"
node app; whole_life config "$all"

sandbox "project.yaml beats config.yaml"
mkdir -p -m 700 "$CODELIMA_HOME/_config"; override config >"$CODELIMA_HOME/_config/config.yaml"
project app
y=$CODELIMA_HOME/projects/$("$CODELIMA" --json project show app >"$T/id"; at "$T/id" .data.id)/project.yaml
override project >>"$y"
cl node create --project app --slug app; status 0
whole_life project "$all"

sandbox "--lima-commands-file beats both"
mkdir -p -m 700 "$CODELIMA_HOME/_config"; override config >"$CODELIMA_HOME/_config/config.yaml"
project app
override node >"$T/file.yaml"
cl node create --project app --slug app --lima-commands-file "$T/file.yaml"; status 0
file_has "$(node_dir app)/node.yaml" start-node "it is stored with the node"
whole_life node "$all"

sandbox "a bare file, one action of many"
override node | sed 1d | sed 's/^    //' | grep '^stop' >"$T/file.yaml"
project app; cl node create --project app --slug app --lima-commands-file "$T/file.yaml"; status 0
cl node start app; cl node stop app; status 0
same "$(cat "$T/marks")" stop-node "the others are the defaults"

sandbox "files with mistakes"
project app; before=$(traces "$CODELIMA_HOME")
# shellcheck disable=SC2016
for bad in 'strat: x' 'start: "{{nonsense}}"' 'start: [1, {a: b}]' 'x: [' \
	'start: "echo `{{instance_name}}`"' 'start: "echo $({{instance_name}})"' 'bootstrap: {a: b}'; do
	printf 'lima_commands:\n  %s\n' "$bad" >"$T/file.yaml"
	cl --json node create --project app --slug app --lima-commands-file "$T/file.yaml"
	refused 2 InvalidArgument; json_like .error.message 'file.yaml' "names the file: $bad"
	json_like .error.fields.line '^[23]$' "and the line"
done
same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left"
no_calls_create() { not_called '"create"'; }
no_calls_create

sandbox "an empty list inherits, false switches off"
mkdir -p -m 700 "$CODELIMA_HOME/_config"; printf 'lima_commands:\n  bootstrap: ["touch $HOME/from-config"]\n' >"$CODELIMA_HOME/_config/config.yaml"
project app
printf 'lima_commands:\n  bootstrap: []\n  stop: null\n' >"$T/file.yaml"
cl node create --project app --slug app --lima-commands-file "$T/file.yaml"; status 0
cl node start app; status 0; there "$(guest app)/home/from-config" "[] inherits"
printf 'lima_commands:\n  bootstrap: false\n' >"$T/file.yaml"
cl node create --project app --slug off --lima-commands-file "$T/file.yaml"; status 0
cl node start off; status 0; gone "$(guest off)/home/from-config" "false switches it off"
cl node stop off; status 0

sandbox "lists equal to a shipped default are no override"
mkdir -p -m 700 "$CODELIMA_HOME/_config"
sed -e 's/@HOME@/x/' -e "s|@LIMA@|$LIMA_HOME|" "$top/tests/data/reference-homes/small/home/_config/config.yaml" |
	grep -v -e agent_profiles_dir -e metadata_root >"$CODELIMA_HOME/_config/config.yaml"
running app
not_called 'limactl.*\["copy"' "seeding still takes the fast way"
cl shell app true; status 0; not_called 'limactl.*"shell"' "and shell too"

sandbox "values stay one word"
w="$FAKE_WORK/a b'c\"d\$(touch pwned)\`x\`"; mkdir -p "$w"; echo content >"$w/f"
cl project create --workspace "$w" --slug odd; status 0
# shellcheck disable=SC2016
cat >"$T/file.yaml" <<'E'
copy: 'printf "%s\n" {{source_path}} ''{{source_path}}'' "{{source_path}}" >"$MARKS"; {{binary}} copy{{recursive_flag}} {{source_path}} {{copy_target}}'
shell: 'printf "<%s>\n" x{{command_args}} >"$MARKS.shell"'
E
export MARKS=$T/marks
cl node create --project odd --slug odd --lima-commands-file "$T/file.yaml"; status 0
cl node start odd; status 0
same "$(cat "$T/marks")" "$w
$w
$w" "bare, in '…' and in \"…\""
gone "$T/pwned"; gone "$w/pwned"
there "$(guest odd)/w/$(basename "$w")/f" "an overridden copy seeds"
cl shell odd -- a 'b c' '' '$HOME' "q'q" '{{binary}}'; status 0
same "$(cat "$T/marks.shell")" "$(printf '<%s>\n' x a 'b c' '' '$HOME' "q'q" '{{binary}}')" "{{command_args}} is several words"

sandbox "a list stops at its first failure"
project app
cat >"$T/file.yaml" <<E
start:
    - 'echo one >>$T/marks'
    - 'echo why-it-failed >&2; exit 3'
    - 'echo three >>$T/marks'
E
cl node create --project app --slug app --lima-commands-file "$T/file.yaml"; status 0
cl --json node start app; refused 6 ExternalCommandFailed; json_like .error.cause why-it-failed
same "$(cat "$T/marks")" one
same "$(vm_status app)" Stopped

sandbox "a file in a workspace that a guest can write"
running app --workspace-mode mounted
echo 'stop: "touch /tmp/x; {{binary}} stop {{instance_name}}"' >"$FAKE_WORK/app/lima.yaml"
project other
cl --json node create --project other --slug o --lima-commands-file "$FAKE_WORK/app/lima.yaml"
ok "$([ "$status" != 0 ]; echo $?)" "is refused"; json_like .error.cause trust-file
cl node create --project other --slug o --lima-commands-file "$FAKE_WORK/app/lima.yaml" --trust-file; status 0 "unless it is trusted"
echo 'stop: "{{binary}} stop {{instance_name}}"' >"$FAKE_WORK/other/lima.yaml"
cl node create --project other --slug o2 --lima-commands-file "$FAKE_WORK/other/lima.yaml"; status 0; err_has lima.yaml "inside any other a notice"

sandbox "tool noise never reaches stdout"
play '* noise'
project app
cl --json node create --project app --slug app
ok "$(at "$T/out" .ok >/dev/null; echo $?)" "one document after create"
play 'start noise' 'stop noise' 'delete noise' 'create noise' 'list noise' 'hostagent noise'
cl --json node create --project app --slug app2
ok "$(at "$T/out" .ok >/dev/null; echo $?)" "one document after another create"
play 'start noise' 'stop noise' 'delete noise' 'create noise'
cl --json node create --project app --slug app3; status 0; json .ok true
cl --json node start app3; status 0; json .ok true
cl --json node stop app3; status 0; json .ok true
cl --json node delete app3 --yes; status 0; json .ok true
finish
