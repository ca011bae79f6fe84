#!/bin/sh
# shellcheck disable=SC2154 # set in common.sh
# Sourced after common.sh: which guest image fits this machine.

# accelerated: VMs run at the machine's own speed here.
accelerated() {
	case $os in
	darwin) return 0 ;;
	*) [ "$(id -u)" != 0 ] && [ -r /dev/kvm ] && [ -w /dev/kvm ] ;;
	esac
}

# guest_wants_image: our own image is needed, since Lima's are slow to boot without an accelerator, or
# cannot be fetched. CODELIMA_GUEST=image|lima decides instead; an image already built is used.
guest_wants_image() {
	case ${CODELIMA_GUEST:-} in
	image) return 0 ;;
	lima) return 1 ;;
	esac
	case $os in
	darwin) return 1 ;;
	esac
	[ ! -f "$tooling/image/recipe" ] || return 0
	accelerated || return 0
	url=$(sed -n 's/^ *- *location: *"\{0,1\}\(https:[^"]*\).*/\1/p' \
		"$(dirname "$(dirname "$limactl")")/share/lima/templates/_images/ubuntu-lts.yaml" 2>/dev/null | head -n 1)
	[ -n "$url" ] && have curl && curl -fsIL --max-time 20 -o /dev/null "$url" 2>/dev/null && return 1
	return 0
}

# guest_template: prints the locator of the template to use.
guest_template() {
	if [ "${CODELIMA_GUEST:-}" != lima ] && [ -f "$tooling/image/recipe" ]; then
		echo "$tooling/image/debian.yaml"
	else
		echo template:default
	fi
}
