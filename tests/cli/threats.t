#!/bin/bash
# What a hostile guest, or a hostile repository, tries (contract/threats.md): each plants a canary, runs
# every command that touches it, and looks that the canary did not move. $CANARY is a file that nobody
# may make; what a plant runs is `touch $CANARY`.
. "$(dirname "$0")/lib.sh"

plants() { CANARY=$T/CANARY; export CANARY; }
unmoved() { gone "$CANARY" "$1"; }
# Control characters but newline and tab, of 7 and of 8 bits (as UTF-8), in the last run's streams.
plain_text() {
	! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$T/out" "$T/err"
	ok $? "$1"
}
# every_command NODE PROJECT: what can be run without ending their lives.
every_command() {
	local c
	for c in "doctor" "config show" "environment list" "profile list" "project list" "project show $2" "project tree" \
		"node list" "node show $1" "node status $1" "node logs $1" "node logs $1 --source bootstrap" \
		"node logs $1 --source boot" "node logs $1 --source hostagent" "job list" "shell $1 -- true" \
		"node stop $1" "node start $1" "node restart $1"; do
		# shellcheck disable=SC2086 # words are what is wanted
		cl $c
		plain_text "$c prints plain text"
		# shellcheck disable=SC2086
		cl --json $c
		plain_text "$c --json too"
	done
}

# ---- T1, T2, T3: files in the repository

sandbox "T1 git metadata"
plants
w=$(workspace app)
printf '#!/bin/sh\ntouch %s\n' "$base/bin/../$stage/CANARY" >"$base/evil"; chmod 755 "$base/evil"
printf '#!/bin/sh\ntouch "$CANARY"\n' >"$base/bin/git"; chmod 755 "$base/bin/git"
for hook in pre-commit post-checkout post-merge fsmonitor-watchman; do cp "$base/evil" "$w/.git/hooks/$hook"; done
cat >"$w/.git/config" <<X
[core]
	fsmonitor = $base/evil
	sshCommand = $base/evil
	pager = $base/evil
	hooksPath = $w/.git/hooks
[diff]
	external = $base/evil
[include]
	path = $base/evil
X
mkdir -p "$w/sub"; echo "gitdir: $w/.git" >"$w/sub/.git"; echo "* filter=x diff=x" >"$w/.gitattributes"
running app
every_command app app
cl project snapshot create app; status 0; cl project fork app --workspace "$FAKE_WORK/fork"; status 0
cl node delete app --yes; status 0
unmoved "no git was started: nothing of .git is obeyed"
rm "$base/bin/git"
! grep -rnE '"git"|"git ' "$top"/src --include=*.c --include=*.h; ok $? "no place in the code names git as a program"

sandbox "T2 files that programs obey"
plants
w=$(workspace app); mkdir -p "$w/.vscode" "$w/.claude"
echo 'touch "$CANARY"' | tee "$w/.envrc" "$w/.bashrc" "$w/.profile" "$w/Makefile" >"$w/.bash_profile"
echo '{"version":"2.0.0","tasks":[{"label":"x","command":"touch $CANARY","runOptions":{"runOn":"folderOpen"}}]}' >"$w/.vscode/tasks.json"
running app; cd "$w" || exit
every_command app app; cl project show .; status 0
unmoved "nothing of the workspace runs on the host, from inside it either"

sandbox "T3 configuration in the repository"
plants
w=$(workspace app); mkdir -p "$w/_config" "$w/.codelima"
for f in config.yaml _config/config.yaml codelima.yaml .codelima.yaml .codelima/config.yaml lima.yaml project.yaml; do
	printf 'lima_commands:\n  start: ["touch %s"]\n  shell: ["touch %s"]\n  bootstrap: ["touch %s"]\n' "$CANARY" "$CANARY" "$CANARY" >"$w/$f"
done
cd "$w" || exit
running app; every_command app app
unmoved "no file in a workspace is our configuration"
cl --json config show; out_lacks CANARY "nor is it shown"
cd "$T" || exit
cl node create --project app --slug own --lima-commands-file "$w/codelima.yaml"; status 0 "one that is named is taken"; err_has "$w" "with a notice that it lies in a workspace"
project m; cl node create --project m --slug m --workspace-mode mounted; status 0
cp "$w/codelima.yaml" "$FAKE_WORK/m/c.yaml"; ln -s "$FAKE_WORK/m" "$T/way"
for f in "$FAKE_WORK/m/c.yaml" "$T/way/c.yaml"; do
	cl --json node create --project app --slug x --lima-commands-file "$f"; refused 5 PreconditionFailed
	json_like .error.message "can write" "but not where a guest can write it"
done
ln -s "$FAKE_WORK/m/c.yaml" "$T/link.yaml"
cl node create --project app --slug x --lima-commands-file "$T/link.yaml"; status 5 "nor by a link to it"
cl node clone app --node-slug y --lima-commands-file "$FAKE_WORK/m/c.yaml"; status 5 "nor for a clone"
cl node create --project app --slug x --lima-commands-file "$FAKE_WORK/m/c.yaml" --trust-file; status 0 "unless it is trusted"

# ---- T5, T16: what the workspace reaches

sandbox "T5 links to secrets"
secret=$T/secret; echo SECRET-CANARY >"$secret"; mkdir "$T/keys"; echo SECRET-CANARY >"$T/keys/id"
w=$(workspace app)
ln -s "$secret" "$w/abs"; ln -s ../../secret "$w/rel"; ln -s "$T/keys" "$w/dir"; ln -s /proc/self/environ "$w/env"; ln -s "$w" "$w/loop"
ln -s "$secret" "$w/.codelimaignore"
node app
cl node start app; status 5 "a .codelimaignore that is a link is not read"; err_has .codelimaignore; rm "$w/.codelimaignore"
cl node start app; status 0
[ -L "$(guest app)/w/app/abs" ] && [ -L "$(guest app)/w/app/dir" ]; ok $? "links are links in the guest"
cl project snapshot create app; status 0; cl project fork app --workspace "$FAKE_WORK/fork"; status 0
[ -L "$FAKE_WORK/fork/abs" ] && [ -L "$FAKE_WORK/fork/dir" ]; ok $? "and in a fork"
! grep -rIlsa SECRET-CANARY "$CODELIMA_HOME" "$T/out" "$T/err"; ok $? "the secret is in no record, snapshot, log or output"
! find "$(guest app)" -type f -exec grep -lsa SECRET-CANARY {} +; ok $? "nor in the guest, as a file"
mkdir "$FAKE_WORK/real"; ln -s "$FAKE_WORK/real" "$FAKE_WORK/alias"
cl --json project create --workspace "$FAKE_WORK/alias" --slug alias; json .data.workspace_path "$FAKE_WORK/real" "a root that is a link is resolved once"
cl node create --project alias --slug alias; rm "$FAKE_WORK/real/x" 2>/dev/null; rmdir "$FAKE_WORK/real"; ln -s "$T/keys" "$FAKE_WORK/real"
cl --json node start alias; json .ok false "one that became a link is refused"
! find "$(guest alias)" -type f -exec grep -lsa SECRET-CANARY {} +; ok $? "and nothing of it was read"

sandbox "T16 mounts of what matters"
mkdir -p "$T/data/keys" "$T/data/sub"; ln -s "$T/data/keys" "$HOME/.ssh"; mkdir -p "$CODELIMA_HOME" "$LIMA_HOME"
for d in "$T/data" "$T/data/keys" "$HOME" "$T" "$CODELIMA_HOME" "$LIMA_HOME"; do
	cl --json project create --workspace "$d" --slug x; refused 2 InvalidArgument
done
cl project create --workspace "$T/data/sub" --slug sub; status 0 "a neighbour of ~/.ssh is fine"
rm "$HOME/.ssh"; mkdir "$T/data/sub/ssh"; ln -s "$T/data/sub/ssh" "$HOME/.ssh"
cl --json node create --project sub --slug s --workspace-mode mounted; json .ok false "a workspace that has come to hold ~/.ssh is not mounted"
gone "$LIMA_HOME/s"

# ---- T7: text that a guest, a file or a tool chose

esc=$'\e]0;owned\a\e[31m\e]52;c;Y2FuYXJ5\a\xc2\x9b31m\r'
sandbox "T7 escape sequences"
w=$(workspace app); mkdir -p "$w/d"; touch "$w/d/$esc"; mkfifo "$w/pipe$esc"
running app
cl shell app -- sh -c "true"
play "stop exit 1 \"$esc\""
cl node stop app; plain_text "the tool's last words are escaped"
play; cl node start app
play "hostagent qemu-fail \"$esc\""; cl node restart app; plain_text "and those of a start"; play
printf '%s\n' "{\"level\":\"info\",\"msg\":\"$esc\"}" >>"$LIMA_HOME/app/ha.stderr.log"; printf '%s\n' "$esc" >>"$LIMA_HOME/app/serial.log"
printf '%s\n' "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"\\u001b[31mtype\",\"message\":\"\\u001b]0;x\\u0007\"}" >>"$(node_dir app)/events.jsonl"
every_command app app
cl project snapshot create app; plain_text "names in a snapshot's notices"; status 0
cl environment create --slug e --bootstrap-command "echo '$esc'; exit 3"; status 0; plain_text "environment create"
cl environment show e; plain_text "environment show"
cl project update app --env-config e; status 0
cl node create --project app --slug two; cl node start two; status 6; plain_text "a bootstrap step's output, and the step itself"
cl node logs two --source bootstrap; plain_text "and its log"
for c in "project show $esc" "node show $esc" "node start $esc" "$esc" "project $esc" "node list --$esc" "job show $esc" \
	"project create --workspace $esc" "environment create --slug $esc" "--home $esc/x project list" "completion $esc"; do
	IFS=' ' read -ra words <<<"$c"
	cl "${words[@]}"; second=${words[1]-}
	plain_text "an argument is escaped: ${words[0]//[^a-z]/} ${second//[^a-z]/}"
done
mkdir "$FAKE_WORK/bad$esc"; cl project create --workspace "$FAKE_WORK/bad$esc" --slug bad; plain_text "a workspace's name"
cl project list; plain_text "in the list"; cl project tree; plain_text "in the tree"; cl project show bad; plain_text "in the record"

# ---- T10, T11: what children and records hold

sandbox "T10 agent, X11, the person's ssh configuration"
mkdir -p "$HOME/.ssh"; printf 'Host *\n  ForwardAgent yes\n  ProxyCommand touch %s\n' "$T/CANARY" >"$HOME/.ssh/config"
CANARY=$T/CANARY DISPLAY=:99; export DISPLAY
running app; cl shell app -- true; cl node stop app; cl node start app; cl node clone app; cl node delete app --yes
same "$(at -l "$FAKE_LOG" .env.SSH_AUTH_SOCK | tr -d '\n\t')" "" "no child has SSH_AUTH_SOCK"
calls | grep '^ssh' >"$T/ssh"
same "$(grep -vc '"-F","'"$LIMA_HOME"'/[a-z-]*/ssh.config"' "$T/ssh")" 0 "each ssh has the instance's own -F file"
for o in ForwardAgent=no ForwardX11=no ForwardX11Trusted=no IdentitiesOnly=yes IdentityAgent=none; do
	same "$(grep -vc "\"$o\"" "$T/ssh")" 0 "each has $o"
done
unmoved "the person's own configuration is not read"
unset DISPLAY

sandbox "T11 secrets of a profile"
cl profile create --name agent --launch-command agent --env API_KEY=SECRET-CANARY-77; status 0
same "$(find "$CODELIMA_HOME" ! -type l \( -perm -g+r -o -perm -o+r -o -perm -g+w -o -perm -o+w \) | head -n 3)" "" "nobody else can read the home"
running app --agent-profile agent
cl shell app -- sh -c 'printf %s "$API_KEY" | wc -c'; out_is 16 "the guest's command has it"
! calls | grep -q SECRET-CANARY-77; ok $? "it stands on no command line"
! grep -rlsa SECRET-CANARY-77 "$CODELIMA_HOME/_jobs" "$CODELIMA_HOME"/*/*/events.jsonl "$LIMA_HOME" --include='*.log' \
	--include='*.jsonl' --include='*.yaml' --include=job.json; ok $? "nor in a job, log, event or template"
cl node clone app --node-slug copy; status 0; err_like 'logins|credentials' "a clone warns that logins are copied"
cl doctor; out_lacks SECRET-CANARY-77; cl --json doctor; out_lacks SECRET-CANARY-77

# ---- T12: options and shell words in names

sandbox "T12 injection through names and paths"
plants
i=0
for name in '-oProxyCommand=touch $CANARY' '$(touch $CANARY)' '`touch $CANARY`' '; touch $CANARY' $'new\ntouch $CANARY' "'\$(touch \$CANARY)'" '{{binary}}' '%h'; do
	i=$((i + 1)); w=$FAKE_WORK/$name; mkdir -p "$w"; echo hi >"$w/file"; touch -- "$w/$name" 2>/dev/null
	cl project create --workspace "$w" --slug "p$i"; status 0 "a directory of that name: $name"
	cl node create --project "p$i" --slug "n$i"; status 0; cl node start "n$i"; status 0
	cl shell "n$i" -- cat file; out_is hi "its copy is there"
	cl project snapshot create "p$i"; status 0; cl project fork "p$i" --workspace "$w-fork" --slug "f$i"; status 0
	cl node delete "n$i" --yes; status 0
done
for bad in -oops --help ''; do
	cl --json project create --workspace "$(workspace opt)" --slug opt "--template=$bad"; refused 2 InvalidArgument
done
cl project create --workspace "$(workspace opt)" --slug opt; cl node create --project opt --slug opt
cl --json project update opt --template=-oops; refused 2 InvalidArgument
mkdir -p "$CODELIMA_HOME/_config"; printf 'default_template: --help\n' >"$CODELIMA_HOME/_config/config.yaml"
cl project create --workspace "$(workspace cfg)" --slug cfg; cl --json node create --project cfg; refused 2 InvalidArgument "from the settings too"
rm "$CODELIMA_HOME/_config/config.yaml"
not_called '"(-oops|--help)"' "a template's name is no option of limactl"
for bad in -x --help '../x' 'a/b' 'a b' '$(x)' "a'b"; do
	cl --json node create --project opt "--slug=$bad"; refused 2 InvalidArgument
	cl --json node clone opt "--node-slug=$bad"; json .ok false
done
printf 'lima_commands:\n  start: ["%s start {{instance_name}} `echo {{instance_name}}`"]\n' limactl >"$T/c.yaml"
cl --json node create --project opt --slug q --lima-commands-file "$T/c.yaml"; refused 2 InvalidArgument
json_like .error.message 'instance_name' "a placeholder in backticks is refused when the file is loaded"
unmoved "no word of them was run"
finish
