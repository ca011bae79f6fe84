#!/bin/bash
# The fake of the command tests answers as the real limactl does: same exit statuses, same keys, same files.
. "$(dirname "$0")/lib.sh"

machine "the fake is like Lima"
mkdir -p "$T/real/_config" "$T/fake/_config"
printf 'images: [{location: "%s"}]\ncontainerd: {system: false, user: false}\nmounts: [{location: "~"}]\nssh: {forwardAgent: false}\nportForwards: [{guestIP: 0.0.0.0, proto: any, ignore: true}]\n' "$T/disk.img" >"$T/t.yaml"
truncate -s 1M "$T/disk.img"
printf 'mounts: [{location: %s, writable: true}]\nssh: {forwardAgent: true}\nportForwards: [{guestPort: 80, hostPort: 8080}]\n' "$HOME" | tee "$T/real/_config/default.yaml" >"$T/fake/_config/default.yaml"
printf 'ssh: {forwardX11: true}\nmounts: [{location: %s, mountPoint: /mnt/w}]\n' "$work" | tee "$T/real/_config/override.yaml" >"$T/fake/_config/override.yaml"

# both ARG…: the same call of each; statuses agree, outputs in $T/real.out and $T/fake.out.
both() {
	LIMA_HOME=$T/real within limactl "$@" >"$T/real.out" 2>"$T/real.err" </dev/null
	local real=$?
	LIMA_HOME=$T/fake FAKE_LOG='' within "$base/bin/limactl" "$@" >"$T/fake.out" 2>"$T/fake.err" </dev/null
	same "$?" "$real" "limactl $* exits $real" || note "$(tail -n 3 "$T/fake.err" "$T/real.err")"
}
level() { at -l "$1" .level | sort -u; }
same_json() { same "$(at "$T/fake.json" "$1" | sed "s|$T/fake|$T/real|g")" "$(at "$T/real.json" "$1")" "$1"; }

both list; both list -q; both list --format '{{json .}}' nope; both --version
both template copy template:nope -; both template copy "$T/t.yaml" -
same "$(cat "$T/fake.out")" "$(cat "$T/real.out")" "an unfilled copy is the file"
both stop nope; both delete -f nope; both clone -y nope other; both shell nope true
both create -y --name 'a b' "$T/t.yaml"; both create -y --name n "$T/none.yaml"
both create -y --name n --cpus=2 --memory=2 --disk=3 "$T/t.yaml"
both create -y --name n "$T/t.yaml"
same "$(tail -n 3 "$T/fake/n/lima.yaml")" "$(tail -n 3 "$T/real/n/lima.yaml")" "the flags' lines"
for f in lima.yaml lima-version cloud-config.yaml; do there "$T/real/n/$f"; there "$T/fake/n/$f"; done
both list -q; same "$(cat "$T/fake.out")" "$(cat "$T/real.out")" "list -q"
both list --format '{{json .}}' n; cp "$T/real.out" "$T/real.json"; cp "$T/fake.out" "$T/fake.json"
for k in name hostname status dir vmType arch cpus memory disk sshConfigFile config.mounts config.ssh \
	config.plain config.mountType config.containerd.system protected limaVersion; do same_json ".$k"; done
for i in 0 1; do for k in guestIP guestPortRange proto ignore hostIP; do same_json ".config.portForwards.$i.$k"; done; done
both shell n true; both copy /etc/hostname n:/tmp/x; both stop n; both stop -f n
both --log-format json stop n; same "$(level "$T/fake.err")" "$(level "$T/real.err")" "levels of the JSON log"
both clone -y n m; both clone -y n m; both delete -f n m; both list -q
mkdir "$T/real/broken" "$T/fake/broken"; both list --format '{{json .}}'; cp "$T/real.out" "$T/real.json"; cp "$T/fake.out" "$T/fake.json"
for k in name status vmType; do same_json ".$k"; done
done_testing
