#!/bin/bash
# The merged configuration against what was asked for (contract/lima.md §3).
. "$(dirname "$0")/lib.sh"

# adds FILE YAML WHAT: refused at create, the VM torn down, file and line named.
adds() {
	sandbox "$1 adds $3"
	project app
	mkdir -p "$LIMA_HOME/_config" "$T/srv"
	printf '%s\n' "$2" >"$LIMA_HOME/_config/$1"
	before=$(traces "$CODELIMA_HOME")
	cl --json node create --project app --slug app
	refused 5 PreconditionFailed
	json_like .error.message "$1|$3" "says what"
	out_has "$LIMA_HOME/_config/$1" "names the file"
	gone "$LIMA_HOME/app" "the instance is torn down"
	same "$before" "$(traces "$CODELIMA_HOME")" "and no record is left"
}
adds default.yaml "mounts: [{location: $HOME}]" mount
out_has shared_dirs "and the line that would allow it"
adds default.yaml "mounts: [{location: $base, writable: true}]" mount
adds override.yaml "mounts: [{location: $base}]" mount
adds override.yaml 'ssh: {forwardAgent: true}' forwardAgent
adds override.yaml 'ssh: {forwardX11: true}' forwardX11
adds override.yaml 'ssh: {forwardX11Trusted: true}' forwardX11Trusted
adds default.yaml 'copyToHost: [{guest: /etc/passwd, host: /tmp/x}]' copyToHost
adds default.yaml 'additionalDisks: [data]' additionalDisks
adds default.yaml 'portForwards: [{guestSocket: /run/docker.sock, hostSocket: /tmp/docker.sock}]' Socket
adds default.yaml 'provision: [{mode: ansible, playbook: /tmp/site.yaml}]' 'playbook /tmp/site.yaml'
adds override.yaml 'provision: [{playbook: site.yaml, mode: ansible}]' 'playbook'

sandbox "our own forwardAgent: false beats default.yaml"
mkdir -p "$LIMA_HOME/_config"; echo 'ssh: {forwardAgent: true, forwardX11: true}' >"$LIMA_HOME/_config/default.yaml"
project app; cl node create --project app --slug app; status 0
limactl list --format '{{json .}}' app >"$T/m.json"; same "$(at "$T/m.json" .config.ssh.forwardAgent)" false; same "$(at "$T/m.json" .config.ssh.forwardX11)" false

sandbox "ports and networks are told"
mkdir -p "$LIMA_HOME/_config"; printf 'portForwards: [{guestPort: 80, hostPort: 8080}]\nnetworks: [{lima: shared}]\n' >"$LIMA_HOME/_config/override.yaml"
project app; cl node create --project app --slug app; status 0
err_has shared; err_has 8080

sandbox "shared_dirs allow a mount"
mkdir -p "$T/srv" "$LIMA_HOME/_config"; mkdir -p -m 700 "$CODELIMA_HOME/_config"
printf 'shared_dirs:\n- {host: %s, guest: /mnt/srv, writable: false}\n' "$T/srv" >"$CODELIMA_HOME/_config/config.yaml"
printf 'mounts: [{location: %s, mountPoint: /mnt/srv}]\n' "$T/srv" >"$LIMA_HOME/_config/default.yaml"
project app; cl node create --project app --slug app; status 0; err_has "$T/srv" "and are shown"
cl doctor; out_has '[OK] lima_defaults' "doctor finds nothing amiss with it"
printf 'mounts: [{location: %s, mountPoint: /mnt/srv, writable: true}]\n' "$T/srv" >"$LIMA_HOME/_config/default.yaml"
cl --json node create --project app --slug rw; refused 5 PreconditionFailed
cl doctor; out_has "[WARN] lima_defaults: Lima merges these into every VM: $LIMA_HOME/_config/default.yaml:1 mounts"
printf 'mounts: [{location: %s, mountPoint: /mnt/other}]\n' "$T/srv" >"$LIMA_HOME/_config/default.yaml"
cl --json node create --project app --slug other; refused 5 PreconditionFailed

sandbox "a mounted node asks for its own mount only"
mkdir -p "$LIMA_HOME/_config"; printf 'mounts: [{location: %s}]\n' "$T/srv" >"$LIMA_HOME/_config/default.yaml"; mkdir "$T/srv"
project app; cl --json node create --project app --slug app --workspace-mode mounted; refused 5 PreconditionFailed
rm "$LIMA_HOME/_config/default.yaml"
cl node create --project app --slug app --workspace-mode mounted; status 0

sandbox "the same check before every start"
node app
mkdir -p "$LIMA_HOME/_config"; printf 'mounts: [{location: %s}]\n' "$base" >"$LIMA_HOME/_config/override.yaml"
forget
cl --json node start app; refused 5 PreconditionFailed; not_called '"start","-y"'
there "$LIMA_HOME/app" "a VM that was there is not torn down"
rm "$LIMA_HOME/_config/override.yaml"
cl node start app; status 0
cl node stop app
printf 'mounts: [{location: %s}]\n' "$base" >>"$LIMA_HOME/app/lima.yaml.new"; sed '/^mounts:/d' "$LIMA_HOME/app/lima.yaml" >>"$LIMA_HOME/app/lima.yaml.new"
mv "$LIMA_HOME/app/lima.yaml.new" "$LIMA_HOME/app/lima.yaml"
cl --json node start app; refused 5 PreconditionFailed "someone edited lima.yaml"

sandbox "a base template that opens the host"
cat >"$T/base.yaml" <<E
images: [{location: /x}]
mounts: [{location: "~", writable: true}]
ssh: {forwardAgent: true}
copyToHost: [{guest: /a, host: /b}]
additionalDisks: [data]
provision:
- mode: user
  script: echo kept
- mode: ansible
  playbook: site.yaml
E
project app --template "$T/base.yaml"
cl node create --project app --slug app; status 0
err_like 'mount' "the person is told"
err_like 'ansible.*site.yaml' "of the playbook too, which would run on the host"
t=$(node_dir app)/instance.lima.yaml
file_lacks "$t" copyToHost; file_lacks "$t" additionalDisks; file_lacks "$t" ansible; file_lacks "$t" 'forwardAgent: true'; file_has "$t" 'echo kept' "the rest stays"
limactl list --format '{{json .}}' app >"$T/m.json"; same "$(at "$T/m.json" .config.mounts)" "" "no mount"
finish
