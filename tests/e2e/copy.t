#!/bin/bash
# A copy node's whole life on one VM: create, start, seed, bootstrap with a failing step, shell, stop, start
# again, limactl killed in the middle, a clone, delete.
. "$(dirname "$0")/lib.sh"

machine "copy mode"
w=$(workspace app)
printf '#include <stdio.h>\nint main(void) { puts("compiled in the guest"); return 0; }\n' >"$w/hello.c"
printf 'x' >"$w/"$'name with \xff and\nnewline'
ln -s /etc/hostname "$w/outside"
touch -t 202002020202.02 "$w/README"
cl doctor; status 0
cl environment create --slug env --bootstrap-command 'echo first >>$HOME/ran'; status 0
cl project create --workspace "$w" --slug app --template "$template" --env-config env \
	--bootstrap-command 'test -e $HOME/fixed || { echo the reason; exit 9; }' --bootstrap-command 'echo last >>$HOME/ran'; status 0
cl --json node create --project app --slug app --cpus 2 --memory 2 --disk 20; status 0
json .data.status stopped
same "$(vm_status app)" Stopped
same "$(limactl list --format '{{.Config.Mounts}}' app)" '[]' "no mount"
cl --json node start app; refused 6 ExternalCommandFailed; json_like .error.cause 'the reason' "the failing step's words"
err_like 'requirement' "Lima's requirements were told"
json_like .error.message 2 "and which step"
cl --json node show app; json .data.workspace_seeded true; json .data.bootstrap_completed false
same "$(vm_status app)" Running
cl shell app -- touch fixed-by-hand; status 0
cl shell app -- sh -c 'touch $HOME/fixed'; status 0
cl node start app; status 0 "the next start resumes"
cl shell app -- sh -c 'cat $HOME/ran'; out_is 'first
last' "at the failed step"
cl --json node show app; json .data.status running; json .data.bootstrap_completed true

cl shell app -- pwd; out_is "$w" "the same absolute path"
cl shell app -- sh -c 'cat README; readlink link outside; ls -A src/empty; stat -c "%a %Y %U" README src/tool; test -x src/tool && test -d .git && echo all'; status 0
out_has "hello app"; out_has README; out_has /etc/hostname "links stay links"; out_has all; out_has "$(stat -c %Y "$w/README")" "the time survives"
cl shell app -- sh -c 'ls | tr "\n\0" "?" | od -An -c | tr -d " \n"'; out_has 'namewith377and' "a name that is no UTF-8" || true
cl shell app -- sh -c 'cc -o hello hello.c && ./hello'; status 0; out_is "compiled in the guest"
cl shell app -- sh -c 'mount | grep -cE "fuse.sshfs|9p|virtiofs"'; out_is 0 "the guest sees nothing of the host"
cl shell app -- hostname; out_has app "the hostname is the node's"
for s in 0 1 255; do cl shell app -- sh -c "exit $s"; status "$s" "exit status $s"; done
cl shell app -- sh -c 'echo out; echo err >&2; exit 3'; status 3; out_is out; same "$(cat "$T/err")" err "stderr apart"
args=(a 'b c' '' "'" '"' '$HOME' '`id`' $'new\nline' -n -- '*' ' lead' $'\xff' '' '')
cl shell app -- printf '<%s>\0' "${args[@]}"; printf '<%s>\0' "${args[@]}" >"$T/want"
ok "$(cmp -s "$T/want" "$T/out"; echo $?)" "arguments byte for byte"
head -c 10485760 /dev/urandom >"$T/big"
cl_in shell app -- cat <"$T/big"; status 0; ok "$(cmp -s "$T/big" "$T/out"; echo $?)" "10 MB through, unchanged"
run "$top/tests/cli/on-tty" "$CODELIMA" shell app -- sh -c 'tty; stty size' </dev/null; out_has /dev/pts "a terminal"; out_has '24 80' "of our size"
cl shell app -- env; out_lacks SSH_AUTH_SOCK "no agent"
bg shell app -- sh -c 'trap "exit 9" TERM; touch /tmp/ready; while :; do sleep 0.1; done'
for _ in $(seq 100); do "$CODELIMA" shell app -- test -e /tmp/ready </dev/null 2>/dev/null && break; sleep 0.2; done
kill -TERM "$bg"; end_bg; status 9 "a signal reaches the command"

cl shell app -- sh -c 'echo guest >guest-work'; echo host >"$w/host-new"
cl node stop app; status 0; same "$(vm_status app)" Stopped
cl --json node show app; json .data.status stopped
cl shell app -- true; ok "$([ "$status" != 0 ]; echo $?)" "no shell in a stopped node"

# limactl killed in the middle of a start; then codelima itself.
bg node start app
for _ in $(seq 600); do pid=$(pgrep -u "$(id -u)" -f "limactl start .*-y app" | head -n 1); [ -n "$pid" ] && [ -e "$LIMA_HOME/app/qemu.pid" ] && break; sleep 0.2; done
kill -9 "$pid"; end_bg; ok "$([ "$status" != 0 ]; echo $?)" "a start whose limactl is killed is told"
cl node show app; status 0
bg node start app
for _ in $(seq 600); do [ -e "$LIMA_HOME/app/qemu.pid" ] && [ -e "$(node_dir app)/claim.json" ] && break; sleep 0.2; done
sleep 3; kill -9 "$bg"; end_bg
cl node start app; status 0 "the next start goes on"
same "$(vm_status app)" Running
cl shell app -- sh -c 'cat guest-work; test ! -e host-new && cat $HOME/ran'; out_is 'guest
first
last' "no second seed, no second bootstrap"
cl node logs app --source boot; status 0; cl node logs app --source hostagent; status 0; out_has requirement; cl node logs app; out_has node.started
cl node stop app; status 0
# limactl deletes no directory without lima.yaml, and the disk is copied first.
bg node clone app --node-slug cut
for _ in $(seq 600); do [ -d "$LIMA_HOME/cut" ] && break; sleep 0.05; done
kill -TERM "$bg"; end_bg; status 143 "a clone that is cut short"
gone "$LIMA_HOME/cut" "leaves nothing in Lima"; cl node show cut; status 4 "and no record"
cl --json node clone app; status 0; json .data.slug app-clone; json .data.status stopped
json .data.workspace_seeded true; json .data.bootstrap_completed true
same "$(vm_status app)" Stopped "a source that was stopped stays so"
cl node start app-clone; status 0 "the clone boots"
cl shell app-clone -- hostname; out_is app-clone "with a name of its own"
cl shell app-clone -- sh -c 'cat guest-work; test ! -e host-new && cat $HOME/ran'; out_is 'guest
first
last' "and what its source had: no second seed, no second bootstrap"
cl node delete app-clone --yes; status 0; gone "$LIMA_HOME/app-clone"

cl --json node delete app; refused 5 PreconditionFailed
cl node delete app --yes; status 0
same "$(vm_status app)" missing; gone "$LIMA_HOME/app"; there "$w/README" "the workspace is untouched"
cl project delete app; status 0
done_testing
