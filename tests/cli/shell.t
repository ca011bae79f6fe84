#!/bin/bash
# shell (contract/lima.md §5).
. "$(dirname "$0")/lib.sh"

sandbox "commands"
running app
forget
cl shell app -- pwd; status 0; out_is "$(guest app)/w/app" "in the workspace"
not_called 'limactl' "the fast path: ssh over our own master"
called 'ssh	.*ssh.config'
same "$(at -l "$FAKE_LOG" .as .over_master | grep '^ssh	' | sort -u)" "ssh	true	" "over the master"
ok "$(! calls | grep '^ssh' | grep -q "$LIMA_HOME/app/ssh.sock"; echo $?)" "not over Lima's own socket"
ok "$(calls | grep '^ssh' | grep -qi 'forwardagent=no\|"-a"'; echo $?)" "agent forwarding is off"
same "$(at -l "$FAKE_LOG" .env.SSH_AUTH_SOCK | tr -d '\n\t')" "" "and no agent in its environment"
for s in 0 1 2 42 126 127 254 255; do cl shell app -- sh -c "exit $s"; status "$s" "exit status $s"; done
cl shell app exit-is-a-word; status 127
cl shell app -- sh -c 'echo out; echo err >&2; exit 3'; status 3; out_is out; err_is_err=$(cat "$T/err"); same "$err_is_err" err "stderr apart"
cl shell app echo --version -x --json; out_is '--version -x --json' "after the first word nothing is ours"
cl shell --nope app true; status 2 "an unknown flag before it is"
cl shell app --nope true; status 2
cl node shell app -- echo same; out_is same "node shell is the same"
cl shell --workdir / app -- pwd; out_is / "--workdir"
cl shell app --workdir / pwd; out_is / "--workdir after the name"
cl shell nope -- true; status 4

sandbox "arguments byte for byte"
running app
args=(a 'b c' '' "'" '"' '\' '$HOME' '`id`' '$(id)' $'new\nline' $'tab\t' -n -- --json '*' '~' '!x' '&' ';' '|' '>' '#c' 'ä€' $'\xff\xfe' '{{binary}}' ' lead' 'trail ' '-' '%s' $'\r' '' '')
cl shell app -- printf '<%s>\0' "${args[@]}"; status 0
printf '<%s>\0' "${args[@]}" >"$T/want"; ok "$(cmp -s "$T/want" "$T/out"; echo $?)" "all of them" || note "$(tr '\0' '\n' <"$T/out" | cat -v)"
cl shell app -- sh -c 'echo $#' sh '' '' ''; out_is 3 "three empty words"
long=$(printf 'x%.0s' $(seq 20000)); cl shell app -- sh -c 'echo ${#1}' sh "$long"; out_is 20000
cl shell app -- $'odd\ncommand'; status 127

sandbox "stdin and stdout"
running app
head -c 10485760 /dev/urandom >"$T/big"
cl_in shell app -- cat <"$T/big"; status 0; ok "$(cmp -s "$T/big" "$T/out"; echo $?)" "10 MB through, unchanged"
cl_in shell app -- wc -c <"$T/big"; out_has 10485760
printf 'no newline' >"$T/in"; cl_in shell app -- cat <"$T/in"; same "$(cat "$T/out")" "no newline"
cl shell app -- cat; status 0; out_empty "an empty stdin ends"
cl_in shell app -- head -c 5 <"$T/big"; status 0 "a command that does not read it all"
cl shell app -- sh -c 'head -c 20000000 /dev/zero; exit 4'; status 4; same "$(wc -c <"$T/out" | tr -d ' ')" 20000000
"$CODELIMA" shell app -- yes 2>"$T/err" </dev/null | head -n 1 >"$T/out"; out_is y "a reader that leaves ends it"
{ printf 'a\n'; sleep 1; printf 'b\n'; } | cl_in shell app -- cat; out_has b "a slow writer"

sandbox "JSON"
running app
cl --json shell app -- sh -c 'echo out; echo err >&2; exit 7'; status 7
json .ok true; json .data.status 7; json .data.stdout out; json .data.stderr err; json .data.stdout_encoding utf-8
out_has '"stdout":"out\n"' "with its newline"
cl --json shell app -- printf '\377\376'; status 0; json .data.stdout_encoding base64; json .data.stdout '//4='
cl --json shell app; refused 2 InvalidArgument
cl --json shell nope -- true; refused 4 NotFound

sandbox "a terminal"
running app
run "$top/tests/cli/on-tty" "$CODELIMA" shell app -- tty </dev/null; out_like '/dev/(pts/|tty)' "stdin and stdout are terminals: so in the guest"
cl shell app -- tty; out_has 'not a tty' "else not"
cl shell -t app -- tty; out_like '/dev/(pts/|tty)' "-t forces one"
run "$top/tests/cli/on-tty" "$CODELIMA" shell -T app -- tty </dev/null; out_has 'not a tty' "-T forces none"
run env ROWS=33 COLS=101 "$top/tests/cli/on-tty" "$CODELIMA" shell app -- stty size </dev/null; out_has '33 101' "the window's size"
printf 'echo in-$((20+3)); pwd\nexit 5\n' >"$T/in"
run "$top/tests/cli/on-tty" "$CODELIMA" shell app <"$T/in"; status 5; out_has in-23 "the login shell"; out_has "/w/app" "in the workspace"
printf 'exit 0\n' >"$T/in"; rm -rf "$(guest app)/w/app"
run "$top/tests/cli/on-tty" "$CODELIMA" shell app <"$T/in"; status 0; out_like '/w/app is not' "a missing workspace is said"

sandbox "environment"
running app
export SECRET_TOKEN=hunter2 GITHUB_TOKEN=abc FOO_LANG=x
cl shell app -- env; status 0
out_lacks hunter2; out_lacks GITHUB_TOKEN "nothing of the host's"
ok "$(! calls | grep -q hunter2; echo $?)" "nor on a command line"
unset SECRET_TOKEN GITHUB_TOKEN FOO_LANG
mkdir -p "$CODELIMA_HOME/_config/agent-profiles"
sed '/^environment:/d' "$CODELIMA_HOME/_config/agent-profiles/codex-cli.yaml" 2>/dev/null >"$T/p"
printf 'environment:\n  API_KEY: "s3cret value \x27q"\n  B: two\n' >>"$T/p"; cp "$T/p" "$CODELIMA_HOME/_config/agent-profiles/codex-cli.yaml"
cl shell app -- sh -c 'printf "%s|%s" "$API_KEY" "$B"'; status 0; same "$(cat "$T/out")" "s3cret value 'q|two" "the profile's environment"
ok "$(! calls | grep -q s3cret; echo $?)" "not on a command line"
ok "$(! at -l "$FAKE_LOG" .script | grep -q s3cret; echo $?)" "nor in a script"
same "$(find "$(guest app)/home" "$(guest app)/run" -type f -exec grep -l s3cret {} + | while read -r f; do stat -c %a "$f" 2>/dev/null || stat -f %Lp "$f"; done | sort -u)" 600 "its file in the guest is 0600"

sandbox "stopped nodes"
node app; forget
cl shell app -- true; ok "$([ "$status" != 0 ]; echo $?)" "never started silently"; err_has "start"; err_has app
not_called '"start"'
cl --json shell app -- true; refused 5 PreconditionFailed
cl shell --start app -- echo up; status 0; out_has up "--start starts it"
same "$(vm_status app)" Running
cl node delete app --yes; cl shell app -- true; status 5 "a deleted one is not started" || status 4

sandbox "shell --start goes on with a start that was killed when its VM was up"
node app
play 'start @late kill-parent once'
"$CODELIMA" node start app </dev/null >/dev/null 2>&1
same $? 137 "the start is killed"
cl shell --start app -- cat README; status 0; out_has "hello app" "the workspace is there"
same "$(field app .data.lifecycle_state)" "" "nothing is half done"

sandbox "shell --start goes on with a start that failed before the workspace was there"
node app
play 'ssh~sudo exit 9 once'
cl node start app; status 6
cl shell --start app -- cat README; status 0; out_has "hello app" "the workspace is there"

sandbox "a dead master"
running app
cl shell app -- true; status 0
pid=$(ours_like 'ssh .* -M' | cut -d ' ' -f 1 | head -n 1)
ok "$([ -n "$pid" ]; echo $?)" "there is a master"
[ -z "$pid" ] || kill -9 "$pid"
cl shell app -- sh -c 'echo x >>$HOME/count; echo again'; status 0; out_is again "is replaced"
same "$(wc -l <"$(guest app)/home/count" | tr -d ' ')" 1 "and the command runs once"
forget; cl shell app -- sh -c 'echo y >>$HOME/count; exit 255'; status 255
same "$(wc -l <"$(guest app)/home/count" | tr -d ' ')" 2 "255 from the guest is not run again"
cl node stop app; until_that none_like 'ssh .* -M'
same "$(ours_like 'ssh .* -M')" "" "masters end with the node"

sandbox "a VM that still boots"
running app
cl node stop app; FAKE_BOOT_MS=2000 bg node start app; await "$LIMA_HOME/app/qemu.pid"
play 'ssh-master exit 255'
cl shell app -- true; status 255; err_has 'codelima node start app' "what waits for it is named"
cl --json shell app -- true; status 255; json .error.category ExternalCommandFailed
play; end_bg; status 0 "the start itself goes on"

sandbox "signals"
running app
bg shell app -- sh -c 'trap "echo got-term >&2; touch $HOME/got; exit 9" TERM; touch $HOME/ready; while :; do sleep 0.1; done'
await "$(guest app)/home/ready"; kill -TERM "$bg"; end_bg; status 9 "TERM goes to the command, its status comes back"
there "$(guest app)/home/got"
bg shell app -- sh -c 'touch $HOME/ready2; exec sleep 60'
await "$(guest app)/home/ready2"; kill -INT "$bg"; end_bg; ok "$([ "$status" != 0 ]; echo $?)" "INT ends it"
same "$(ours_like 'sleep 60')" "" "nothing goes on in the guest"

sandbox "INT while the connection is made"
running app
for pid in $(ours_like 'ssh .* -M' | cut -d ' ' -f 1); do kill "$pid"; done
play "ssh~refresh.\$\$ touch $T/preparing" 'ssh~refresh.$$ hang'
bg shell app -- sh -c 'touch $HOME/began'
await "$T/preparing"; kill -INT "$bg"; end_bg; status 130
gone "$(guest app)/home/began" "the command never begins"
play
cl shell app -- true; status 0 "the next one does"

sandbox "many at once"
running app
for i in 1 2 3 4 5 6 7 8; do "$CODELIMA" shell app -- sh -c "echo $i; exit $i" >"$T/o$i" 2>&1 </dev/null & pids[i]=$!; done
for i in 1 2 3 4 5 6 7 8; do wait "${pids[i]}"; same "$?:$(cat "$T/o$i")" "$i:$i" "number $i"; done
finish
