#!/bin/sh
# shellcheck disable=SC2154,SC2034 # set in common.sh; set for those who source this
# Sourced after common.sh (and user.sh when root): finding or getting limactl 2.1 or newer.

lima_version=2.2.0 # of the archive and of tools/lima/go.mod

# Lima's release archives, with the hashes that several packages of Lima 2.2.0 agree on; not yet compared
# with the release's own SHA256SUMS (BUILD.md, unverified). A wrong one only means that the next source is used.
lima_archive() {
	case $os-$arch in
	darwin-arm64) echo "Darwin-arm64 bbdef91774885a0d05f7b048c4eb89ae2bcf3a0c252ae7ca7934e63df76d93c3" ;;
	darwin-x86_64) echo "Darwin-x86_64 0d6f99c19f6e4bc3c92730c4c29d929e6927f0cb0a0ba1a84383367135a8ff31" ;;
	linux-aarch64) echo "Linux-aarch64 7c6a09c6844f55f811e9b7b2b60a6070a512c696c8ec752dfdb3c8ed50ed0364" ;;
	linux-x86_64) echo "Linux-x86_64 a0ea1ccf6b7335a900adb5f8d2b8384457965fecb1ba72f09b4e3e46d12f424a" ;;
	*) return 1 ;;
	esac
}

# version_at_least HAVE WANT: compares dotted numbers.
version_at_least() {
	awk -v h="$1" -v w="$2" 'BEGIN {
		n = split(w, b, "."); split(h, a, ".")
		for (i = 1; i <= n; i++) if (a[i] + 0 != b[i] + 0) exit a[i] + 0 < b[i] + 0
	}'
}

# limactl_version BIN: prints its version; limactl does not even tell that to root.
limactl_version() {
	if [ "$(id -u)" = 0 ]; then
		as_user timeout 30 "$1" --version 2>/dev/null
	else
		within 30 "$1" --version 2>/dev/null
	fi | sed -n 's/.*version v\{0,1\}\([0-9][0-9.]*\).*/\1/p'
}

# limactl_find: sets limactl to a usable one (the PATH's, else the private one), or fails.
limactl_find() {
	for limactl in "${CODELIMA_LIMACTL:-$(command -v limactl || :)}" "$tooling/lima/bin/limactl"; do
		[ -x "$limactl" ] || continue
		# The private one is what its stamp says; root may be the only one who can reach it.
		if [ "$limactl" = "$tooling/lima/bin/limactl" ]; then
			limactl_is=$(cat "$tooling/lima/version" 2>/dev/null) || continue
		else
			limactl_is=$(limactl_version "$limactl")
		fi
		[ -n "$limactl_is" ] && version_at_least "$limactl_is" 2.1 && return 0
	done
	limactl='' limactl_is=''
	return 1
}

# limactl_get: get one into $tooling/lima; sets limactl_from.
limactl_get() {
	rm -rf "$tooling"/lima.?????? # what an interrupted run left
	for source in brew archive module; do
		if "limactl_from_$source"; then
			limactl_find && return 0
		fi
	done
	return 1
}

limactl_from_brew() {
	have brew && [ "$(id -u)" != 0 ] || return 1
	say "limactl: brew install lima"
	within 1800 brew install lima </dev/null >>"$log" 2>&1 || return 1
	limactl_from='installed by brew'
}

limactl_from_archive() {
	archive=$(lima_archive) && have curl || return 1
	name=lima-$lima_version-${archive% *}.tar.gz
	say "limactl: trying Lima's release archive $name"
	mkdir -p "$tooling"
	new=$(mktemp -d "$tooling/lima.XXXXXX")
	if curl -fsSL --connect-timeout 10 --max-time 900 -o "$new/$name" \
		"https://github.com/lima-vm/lima/releases/download/v$lima_version/$name" 2>>"$log"; then
		if [ "$(sha256 "$new/$name")" = "${archive#* }" ] && tar -xzf "$new/$name" -C "$new"; then
			rm "$new/$name"
			limactl_place "$new"
			limactl_from="from Lima's release archive"
			return 0
		fi
		say "limactl: $name is not what was pinned: not used"
	else
		say "limactl: the archive cannot be fetched from here"
	fi
	rm -rf "$new"
	return 1
}

limactl_from_module() {
	go_find || return 1
	say "limactl: building $lima_version from its Go module with $("$go" version | cut -d ' ' -f 3) (two to five minutes)"
	mkdir -p "$tooling"
	new=$(mktemp -d "$tooling/lima.XXXXXX")
	if GO=$go GOTOOLCHAIN=auto within 2400 "$top/tools/lima/build" "$new" </dev/null >>"$log" 2>&1; then
		limactl_place "$new"
		limactl_from='built from its Go module'
		go_drop
		return 0
	fi
	tail -n 20 "$log" >&2
	say "limactl: the build failed (log: $log)"
	rm -rf "$new"
	go_drop
	return 1
}

# limactl_place DIR: the finished prefix DIR becomes the private one.
limactl_place() {
	echo "$lima_version" >"$1/version"
	chmod 755 "$1"
	rm -rf "$tooling/lima"
	mv "$1" "$tooling/lima"
}

# go_find: sets go to a Go that can build limactl itself or, from 1.21 on, fetch one that can.
go_find() {
	for go in "${GO:-go}" /usr/local/go/bin/go /usr/lib/go/bin/go; do
		have "$go" || continue
		is=$(GOTOOLCHAIN=local "$go" version 2>/dev/null | sed -n 's/^go version go\([0-9.]*\).*/\1/p')
		[ -n "$is" ] && version_at_least "$is" 1.21 && return 0
	done
	go_from_apt
}

# go_from_apt: the newest Go of this release or its backports, unpacked beside the private parts. Neither
# the system's packages nor its list of sources change, and no right is needed.
go_from_apt() {
	have apt-get && have dpkg-deb || return 1
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	apt=$tooling/go/apt
	go_drop
	mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
	go_sources "$codename" >"$apt/parts/go.list"
	set -- -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/parts" \
		-o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -q
	say "limactl: no Go here: looking for one in $codename and $codename-backports"
	within 300 apt-get "$@" update >>"$log" 2>&1 || :
	version=$(apt-cache "$@" search --names-only '^golang-1\.[0-9]+-go$' |
		sed 's/^golang-1\.\([0-9]*\)-go.*/\1/' | sort -n | tail -n 1)
	if [ -z "$version" ] || [ "$version" -lt 21 ]; then
		say "limactl: no Go from 1.21 on in $codename or its backports"
		go_drop
		return 1
	fi
	(cd "$apt" && within 900 apt-get "$@" download "golang-1.$version-go" "golang-1.$version-src") >>"$log" 2>&1 || {
		go_drop
		return 1
	}
	for deb in "$apt"/*.deb; do
		dpkg-deb -x "$deb" "$tooling/go/root"
	done
	rm -rf "$apt"
	go=$tooling/go/root/usr/lib/go-1.$version/bin/go
	GOPATH=$tooling/go/path GOCACHE=$tooling/go/cache GOFLAGS="${GOFLAGS:+$GOFLAGS }-modcacherw"
	export GOPATH GOCACHE GOFLAGS
	GOTOOLCHAIN=local "$go" version >>"$log" 2>&1
}

# go_sources CODENAME: this machine's own package sources for CODENAME, and the same for its backports.
go_sources() {
	{
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			sed -n 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\)  *'"$1"'  *\(.*\)/\2/p'
		awk -v RS= -v FS='\n' -v code="$1" '
			{
				uri = ""; suites = ""
				for (i = 1; i <= NF; i++) {
					if ($i ~ /^URIs:/) { uri = $i; sub(/^URIs: */, "", uri); sub(/ .*/, "", uri) }
					if ($i ~ /^Suites:/) suites = $i " "
				}
				if (uri && index(suites, " " code " ")) print uri
			}' /dev/null /etc/apt/sources.list.d/*.sources 2>/dev/null
	} | head -n 1 | while read -r uri; do
		echo "deb $uri $1 main"
		echo "deb $uri $1-backports main"
	done
}

# go_drop: a Go of our own has done its work. A toolchain that it fetched itself is read-only, -modcacherw or not.
go_drop() {
	[ ! -d "$tooling/go" ] || chmod -R u+w "$tooling/go"
	rm -rf "$tooling/go"
}
