#!/bin/bash
# project create, list, show, delete, tree; the rules for workspaces and slugs (contract/cli.md §3, §5).
. "$(dirname "$0")/lib.sh"

sandbox "create"
w=$(workspace 'My App')
cl --json project create --workspace "$w"; status 0
json .data.slug my-app "the slug comes from the directory's name"
json .data.workspace_path "$w"
json .data.agent_profile_name codex-cli
json .data.environment_configs '[]'
json .data.default_runtime vm; json .data.default_provider lima; json .data.default_lima_template template:default
json_lacks .data.deleted_at
id=$(get .data.id)
y=$CODELIMA_HOME/projects/$id/project.yaml
there "$y"; file_has "$y" "slug: my-app"; file_has "$y" "# " "a commented example of lima_commands"
file_has "$CODELIMA_HOME/projects/$id/events.jsonl" project.created
no_calls "metadata needs no limactl"
w2=$FAKE_WORK/sub/My_App!; mkdir -p "$w2"
cl --json project create --workspace "$w2"; status 0; json .data.slug my-app-2 "a taken default slug gets -2"
cl project create --workspace "$(workspace third)" --slug my-app; status 5 "a slug that was asked for is refused"
err_has my-app
cl --json project create --workspace "$w"; refused 5 PreconditionFailed; json_like .error.message my-app "an equal workspace names its project"
ln -s "$w" "$FAKE_WORK/alias"
cl project create --workspace "$FAKE_WORK/alias" --slug alias; status 5 "through a link it is the same workspace"
cl project create --workspace "$(workspace flags)" --slug flags --env-config codex --env-config claude-code \
	--agent-profile claude-code --template template:debian --cpus 4 --memory 8 --disk 512M \
	--bootstrap-command 'make deps' --setup-command 'second'; status 0
cl --json project show flags
json .data.environment_configs '["codex","claude-code"]'; json .data.agent_profile_name claude-code
json .data.default_lima_template template:debian
json .data.lima_commands.bootstrap '["make deps","second"]'
json .data.resources.cpus 4; json .data.resources.memory 8GiB; json_like .data.resources.disk '512MiB|512M|0.5GiB'
cl project show flags; status 0; out_like '^slug: flags'; out_like '^ +- make deps'
cl project create --workspace "$(workspace rel)" --slug rel-taken; status 0
mkdir "$FAKE_WORK/here" && cd "$FAKE_WORK/here" || exit
cl --json project create --workspace .; status 0; json .data.workspace_path "$FAKE_WORK/here" "a relative path is made whole"
cl --json project show .; status 0; json .data.slug here ". is the project of the current directory"
mkdir -p deep/er && cd deep/er || exit
cl --json project show .; json .data.slug here "and of those below"
cd "$T" || exit
cl project show .; status 4 "and none elsewhere"

sandbox "refusals leave nothing behind"
mkdir -p "$CODELIMA_HOME" && chmod 700 "$CODELIMA_HOME"
workspace ok >/dev/null
cl project create --workspace "$FAKE_WORK/ok" --slug ok; status 0
echo x >"$T/file"; mkdir -p "$HOME/inner" "$LIMA_HOME/inner" "$CODELIMA_HOME/inner"; ln -s nowhere "$T/dangling"
before=$(traces "$CODELIMA_HOME")
no() { # CATEGORY-STATUS WORKSPACE WHY
	cl --json project create --workspace "$2" --slug refused
	status "$1" "refused: $3"
	json_like .error.category 'InvalidArgument|PreconditionFailed'
	json_like .error.fields.workspace_path . "names the path"
}
no 2 "$T/missing" "missing"
no 2 "$T/file" "a file"
no 2 "$T/dangling" "a link to nothing"
no 2 / "the root"
no 2 "$HOME" "the home directory"
no 2 "$T" "a directory around the home"
no 2 "$CODELIMA_HOME" "CODELIMA_HOME"; no 2 "$CODELIMA_HOME/inner" "inside CODELIMA_HOME"
no 2 "$LIMA_HOME" "LIMA_HOME"; no 2 "$LIMA_HOME/inner" "inside LIMA_HOME"
ln -s "$HOME" "$T/homelink"; no 2 "$T/homelink" "the home through a link"
ln -s "$CODELIMA_HOME/inner" "$T/inlink"; no 2 "$T/inlink" "inside CODELIMA_HOME through a link"
for d in /etc /usr /usr/lib /bin /var /var/log /proc /dev /sys /run /root /sbin /lib /boot; do
	[ ! -d "$d" ] || no 2 "$d" "$d"
done
cl project create --workspace "$(workspace n1)" --slug Bad_Slug; status 2
cl project create --workspace "$FAKE_WORK/n1" --env-config nope; status 4 "an unknown environment"
cl project create --workspace "$FAKE_WORK/n1" --agent-profile nope; status 4 "an unknown profile"
cl project create --workspace "$FAKE_WORK/n1" --cpus 0; status 2
cl project create --workspace "$FAKE_WORK/n1" --memory many; status 2
cl project create --workspace "$FAKE_WORK/n1" --template ''; status 2
same "$before" "$(traces "$CODELIMA_HOME")" "no record, no index entry"
cl --json project list; json '.data.#' 1

sandbox "a home directory below the workspace's name"
mkdir -p "$HOME/code/app"
cl project create --workspace "$HOME/code/app"; status 0 "inside the home directory is the usual place"

sandbox "nested workspaces"
w=$(workspace outer); mkdir -p "$w/inner"
cl project create --workspace "$w" --slug outer; status 0
cl project create --workspace "$w/inner" --slug inner; status 0; err_has outer "a warning names the other"
cl node create --project inner --slug m --workspace-mode mounted; status 5 "no mounted node in one of the two"
cl node create --project inner --slug c; status 0 "a copy is fine"
sandbox "nested after a mounted node"
w=$(workspace outer); mkdir -p "$w/inner"
cl project create --workspace "$w" --slug outer
cl node create --project outer --slug m --workspace-mode mounted; status 0
cl project create --workspace "$w/inner" --slug inner; status 5; err_has outer

sandbox "list, show, delete"
project a; project b
cl project list; status 0; out_like "^slug +uuid +workspace_path +runtime +agent$"; out_like "^a +[0-9a-f-]{36} +$FAKE_WORK/a +vm +codex-cli *$"
a=$("$CODELIMA" --json project show a >"$T/id"; at "$T/id" .data.id)
b=$("$CODELIMA" --json project show b >"$T/id"; at "$T/id" .data.id)
cl project show "${a:0:8}"
if [ "${a:0:8}" = "${b:0:8}" ]; then
	status 2 "two matches are an error" ; err_has "$a"; err_has "$b"
else
	status 0 "the first 8 characters are enough"
fi
cl --json project delete a; status 0
there "$FAKE_WORK/a/README" "the workspace is untouched"
cl --json project list; json '.data.*.slug' b
cl --json project list --include-deleted; json '.data.#' 2
cl project list --include-deleted; out_like '^slug .* agent +deleted_at$'; out_like "^a .* 20[0-9T:-]+Z$"; out_like '^b .*[a-z] *$'
cl --json project show "$a"; status 0; json_like .data.deleted_at ^20 "a deleted one can be shown"
cl project show a; status 0 "by its slug too, while no live one has it"
cl project delete a; status 5 "but not deleted again"
cl --json node create --project a; refused 5 PreconditionFailed
gone "$CODELIMA_HOME/_index/projects/by-slug/a"
cl project create --workspace "$FAKE_WORK/a" --slug a; status 0 "slug and workspace are free again"
cl --json project show a; json_lacks .data.deleted_at "a live one beats a deleted one"
node b
cl --json project delete b; refused 5 PreconditionFailed; json_like .error.message node
cl project delete nope; status 4

sandbox "tree"
project top; project other
cl project tree; status 0; out_has top; out_has other
node top; cl node create --project top --slug top-2
cl project tree; out_like 'node: top-2'; out_like '[├└]'
cl project tree top; status 0; out_lacks other
cl --json project tree top; json .data.0.project.slug top; json '.data.0.nodes.#' 2; json .data.0.children '[]'
cl project tree nope; status 4
cl project delete other
cl project tree; out_lacks other
cl node delete top-2 --yes
cl project tree --include-deleted; out_like '^[├└]── other \(deleted\)$'; out_like '^[├└]── top$'
out_like '── node: top-2 \(deleted\)$'; out_like '── node: top$'
finish
