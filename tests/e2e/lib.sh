# shellcheck shell=bash
# Sourced by tests/e2e/*.t: the words of tests/cli/lib.sh on a machine with the real limactl and ssh.
#
#	machine TITLE      a fresh home and LIMA_HOME; VMs of the one before are ended
#
# $template is the guest: E2E_TEMPLATE, else the image of images/debian where there is one, else Lima's default.

LIMIT=${LIMIT:-1500} # a boot under emulation takes minutes
# shellcheck source=../cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"

tooling=$top/.tooling/$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
real_path=$clean_path
[ ! -x "$tooling/lima/bin/limactl" ] || real_path=$tooling/lima/bin:$real_path
PATH=$real_path command -v limactl >/dev/null || { echo "Bail out! no limactl: make init"; exit 1; }
template=template:default
[ ! -f "$tooling/image/recipe" ] || template=$tooling/image/debian.yaml
template=${E2E_TEMPLATE:-$template}

# A guest may empty /tmp when it boots.
work=$(mktemp -d /var/tmp/cle.XXXXXX) && work=$(cd "$work" && pwd -P) || exit 1
trap 'leave_machine; chmod -R u+rwX "$base" "$work" 2>/dev/null; rm -rf "$base" "$work"' EXIT

machine() {
	leave_machine
	sandbox "$1"
	unset FAKE_LOG FAKE_PLAY FAKE_BIN CODELIMA_ACCEL
	export PATH=$real_path FAKE_WORK=$work/$stage FAKE_LOG=/dev/null
	mkdir -p "$FAKE_WORK"
}
leave_machine() {
	[ -n "$T" ] || return 0
	local vm
	for vm in "$LIMA_HOME"/*/lima.yaml; do
		[ ! -e "$vm" ] || limactl stop -f "$(basename "$(dirname "$vm")")" 2>/dev/null
	done
	leave_sandbox
}
done_testing() {
	leave_machine
	finish
}
vm_status() { limactl list --format '{{.Status}}' "$1" 2>/dev/null || echo missing; }
