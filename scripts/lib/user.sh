#!/bin/sh
# shellcheck disable=SC2154 # set in common.sh
# Sourced after common.sh: the ordinary user that stands in for root.
#
# limactl refuses root, and root passes every test of a permission for the wrong reason. So where a script
# runs as root (a container, CI), it makes `codelima-test`, gives it a copy of the tree that it owns, and
# does the rest as that user, with an environment of its own.

test_user=codelima-test
test_home=/home/clt # short: a path to a VM's socket must stay below 108 bytes
# shellcheck disable=SC2034 # for those who source this
test_tree=$test_home/codelima

user_make() {
	id "$test_user" >/dev/null 2>&1 || {
		have useradd || die "running as root needs an ordinary user, and there is no useradd to make one"
		say "running as root: making the ordinary user $test_user ($test_home)"
		mkdir -p "$(dirname "$test_home")"
		useradd --create-home --home-dir "$test_home" --shell /bin/bash --user-group "$test_user"
	}
}

# as_user CMD…: run CMD as that user in its home, with nothing of root's environment but what a test may read.
as_user() (
	cd "$test_home" || exit
	exec runuser -u "$test_user" -- env -i \
		HOME="$test_home" USER="$test_user" LOGNAME="$test_user" SHELL=/bin/bash \
		PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \
		LANG=C.UTF-8 TERM="${TERM:-dumb}" ${CI:+CI="$CI"} ${NO_COLOR:+NO_COLOR="$NO_COLOR"} \
		${FUZZ_SECONDS:+FUZZ_SECONDS="$FUZZ_SECONDS"} "$@"
)

# user_tree: bring the user's copy up to date with this tree: files as they stand here (committed or not),
# the history as a clone, and the private parts. What the user built there stays.
user_tree() {
	say "running as root: the rest is done by $test_user in $test_tree"
	mkdir -p "$test_tree"
	rsync -a --delete --exclude=/.git --exclude=/bin --exclude=/build --exclude=/tmp --exclude=/.tooling \
		--exclude=/compile_commands.json "$top/" "$test_tree/"
	if git -C "$top" rev-parse -q --verify HEAD >/dev/null 2>&1; then
		clone=$(mktemp -d)
		git clone -q --no-checkout --no-hardlinks "$top" "$clone/tree"
		git -C "$clone/tree" reset -q
		rsync -a --delete "$clone/tree/.git/" "$test_tree/.git/"
		rm -rf "$clone"
	fi
	if [ -d "$tooling" ]; then
		mkdir -p "$test_tree/.tooling"
		rsync -a --delete --sparse "$tooling" "$test_tree/.tooling/"
	fi
	chown -R "$test_user:" "$test_tree"
}
