#!/bin/sh
# Sourced by the scripts: where things are, how they speak, how long they may wait.
#
#   top      the project's directory        os, arch   as in bin/<os>-<arch>: linux|darwin, uname -m
#   tooling  where the machine's private parts go (limactl, guest image)
#
# Set `here` to the script's own directory before sourcing.

# shellcheck disable=SC2154 # here: see above
top=$(d=$here && while [ ! -f "$d/LICENSE" ] && [ "$d" != / ]; do d=$(dirname "$d"); done && echo "$d")
os=$(uname -s | tr '[:upper:]' '[:lower:]')
arch=$(uname -m)
# shellcheck disable=SC2034 # for those who source this
tooling=$top/.tooling/$os-$arch

say() { printf '%s\n' "$*" >&2; }
die() {
	printf '%s\n' "$*" >&2
	exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# sha256 [FILE]: the hash of FILE or of standard input, alone.
sha256() {
	if have sha256sum; then
		sha256sum "$@" | cut -d ' ' -f 1
	else
		shasum -a 256 "$@" | cut -d ' ' -f 1
	fi
}

# within SECONDS CMD…: run CMD, and end it with status 124 when it takes longer. No wait is without an end.
within() {
	limit=$1
	shift
	# On a terminal it must stay in the foreground group, for Ctrl-C to reach it.
	if [ -t 2 ]; then group=--foreground; else group=; fi
	if have timeout; then
		timeout $group -k 10 "$limit" "$@"
	elif have gtimeout; then
		gtimeout $group -k 10 "$limit" "$@"
	else
		perl -e 'alarm shift; exec @ARGV or die "$ARGV[0]: $!\n"' "$limit" "$@"
	fi
}
