#!/bin/bash
# Each lima_commands action at each level in each form: ten actions x config.yaml, project.yaml, the
# file given with --lima-commands-file, node.yaml x list, scalar, empty list, null, false
# (contract/lima.md §2, contract/store.md §1). Which level a command came from is seen in what
# limactl was called with (--mark=LEVEL) and in what the guest did.
. "$(dirname "$0")/lib.sh"
actions='template_copy create start stop delete clone bootstrap workspace_seed_prepare copy shell'

# command ACTION MARK: the default with a mark.
command() {
	case $1 in
	template_copy) echo "{{binary}} template copy --mark=$2 --fill {{locator}} -" ;;
	create) echo "{{binary}} create -y --mark=$2 --name {{instance_name}} --cpus=1 --memory=1 --disk=5 {{template_path}}" ;;
	start | stop) echo "{{binary}} $1 -y --mark=$2 {{instance_name}}" ;;
	delete) echo "{{binary}} delete -f --mark=$2 {{instance_name}}" ;;
	clone) echo "{{binary}} clone -y --mark=$2 {{source_instance}} {{target_instance}}" ;;
	bootstrap) echo "touch \$HOME/bootstrap-$2" ;;
	workspace_seed_prepare) echo "rm -rf {{target_path}} && mkdir -p {{target_parent}} && touch \$HOME/prepare-$2" ;;
	copy) echo "{{binary}} copy --mark=$2{{recursive_flag}} {{source_path}} {{copy_target}}" ;;
	shell) echo "{{binary}} shell --mark=$2{{workdir_flag}} {{instance_name}}{{command_args}}" ;;
	esac
}
# written FORM MARK ACTION…: as YAML, four spaces in.
written() {
	local form=$1 mark=$2 a
	shift 2
	for a in "$@"; do
		case $form in
		list) printf "    %s:\n        - 'true'\n        - '%s'\n" "$a" "$(command "$a" "$mark")" ;;
		flow) printf "    %s: ['%s']\n" "$a" "$(command "$a" "$mark")" ;;
		scalar) printf "    %s: '%s'\n" "$a" "$(command "$a" "$mark")" ;;
		empty) printf '    %s: []\n' "$a" ;;
		null) printf '    %s: null\n' "$a" ;;
		tilde) printf '    %s: ~\n' "$a" ;;
		blank) printf '    %s:\n' "$a" ;;
		esac
	done
}
under() { echo 'lima_commands:'; cat; }
bare() { sed 's/^    //'; }
at_config() { mkdir -p -m 700 "$CODELIMA_HOME/_config"; under >"$CODELIMA_HOME/_config/config.yaml"; }
at_project() {
	project app
	local y
	y=$CODELIMA_HOME/projects/$("$CODELIMA" --json project show app >"$T/id"; at "$T/id" .data.id)/project.yaml
	under >>"$y"
}
# life [FLAG…]: everything that runs an action, once.
life() {
	cl project show app; [ "$status" = 0 ] || project app
	cl node create --project app --slug app "$@"; status 0
	[ ! -s "$T/node" ] || cat "$T/node" >>"$(node_dir app)/node.yaml"
	cl node start app; status 0
	cl shell app -- cat README; status 0; out_is "hello app" "the shell does its work"
	ls "$(guest app)/home" >"$T/did"
	cl node stop app; status 0
	cl node clone app --node-slug two; status 0
	cl node delete app --yes; status 0
}
# marks ACTION: the levels that its commands came from.
marks() {
	case $1 in
	bootstrap | workspace_seed_prepare) sed -n "s/^${1##*_}-//p" "$T/did" ;;
	template_copy) calls | grep '\["template","copy"' ;;
	*) calls | grep "\\[\"$1\"" ;;
	esac | grep -oE '(--mark=)?[a-z]+"?$|--mark=[a-z]+' | sed 's/--mark=//; s/"//' | grep -xE 'config|project|node' | sort -u | tr '\n' ' '
}
# from LEVEL ACTION…: "" is built in.
from() {
	local level=$1 a
	shift
	for a in "$@"; do same "$(marks "$a" | sed 's/ $//')" "$level" "$a comes from ${level:-the built-in ones}"; done
}

sandbox "nothing anywhere"
life
# shellcheck disable=SC2086 # words
from '' $actions
not_called 'limactl.*\["(copy|shell)"' "the fast ways are taken"
called '"--cpus=2","--memory=4","--disk=20"' "the default sizes"

for form in list flow scalar; do
	sandbox "config.yaml, $form"
	# shellcheck disable=SC2086 # words
	{ written $form config $actions | at_config; life; from config $actions; }
	sandbox "project.yaml, $form, over config.yaml"
	# shellcheck disable=SC2086 # words
	{ written list config $actions | at_config; written $form project $actions | at_project; life; from project $actions; }
done
for way in under bare; do
	for form in list scalar; do
		sandbox "--lima-commands-file, $way, $form, over the others"
		# shellcheck disable=SC2086 # words
		{
			written list config $actions | at_config; written scalar project $actions | at_project
			written $form node $actions | $way >"$T/file.yaml"
			life --lima-commands-file "$T/file.yaml"; from node $actions
		}
	done
done
sandbox "node.yaml changed by hand"
later='start stop delete clone bootstrap workspace_seed_prepare copy shell'
# shellcheck disable=SC2086 # words
{ written list config $actions | at_config; written scalar node $later | under >"$T/node"; life; from node $later; from config template_copy create; }

# What is empty inherits from the next level that is not.
for form in empty null tilde blank; do
	sandbox "$form in config.yaml"
	# shellcheck disable=SC2086 # words
	{ written $form config $actions | at_config; life; from '' $actions; }
	sandbox "$form in project.yaml and in the file"
	# shellcheck disable=SC2086 # words
	{
		written list config $actions | at_config; written $form project $actions | at_project
		written $form node $actions | bare >"$T/file.yaml"
		life --lima-commands-file "$T/file.yaml"; from config $actions
	}
done

sandbox "each action has a level of its own"
one='create stop bootstrap shell' two='template_copy delete copy'
# shellcheck disable=SC2086 # words
{
	written list config $actions | at_config; written list project $one | at_project; written list node $two | under >"$T/file.yaml"
	life --lima-commands-file "$T/file.yaml"; from project $one; from node $two; from config start clone workspace_seed_prepare
}

# false: bootstrap alone.
off() { printf '    bootstrap: false\n'; }
sandbox "bootstrap: false in config.yaml"
off | at_config; life; from '' bootstrap
sandbox "bootstrap: false in project.yaml"
written list config bootstrap | at_config; off | at_project; life; from '' bootstrap
sandbox "bootstrap: false in the file"
written list config bootstrap | at_config; written list project bootstrap | at_project; off | bare >"$T/file.yaml"; life --lima-commands-file "$T/file.yaml"; from '' bootstrap
sandbox "bootstrap: false below, a list above"
off | at_config; written list project bootstrap | at_project; life; from project bootstrap
sandbox "false for anything else, unknown actions and placeholders"
project app; before=$(traces "$CODELIMA_HOME")
y=$(ls "$CODELIMA_HOME"/projects/*/project.yaml); cp "$y" "$T/y"
for a in ${actions/bootstrap/}; do
	printf 'lima_commands:\n\n    %s: false\n' "$a" >"$T/false"
	printf 'lima_commands:\n\n    %s: "x {{nonsense}}"\n' "$a" >"$T/unknown"
	printf 'lima_commands:\n\n    %ss: x\n' "$a" >"$T/misspelt"
	for f in false unknown misspelt; do
		cl --json node create --project app --slug app --lima-commands-file "$T/$f"
		refused 2 InvalidArgument; json .error.fields.line 3 "$a, $f: the line"; json .error.fields.path "$T/$f"; json_like .error.message "$a|nonsense"
		{ cat "$T/y"; cat "$T/$f"; } >"$y"
		cl --json node create --project app --slug app
		refused 2 InvalidArgument; json .error.fields.path "$y"; json .error.fields.line "$(($(wc -l <"$T/y") + 3))" "$a, $f: the line in project.yaml"
	done
done
cp "$T/y" "$y"
same "$before" "$(traces "$CODELIMA_HOME")" "nothing is left"
# A person's bootstrap may hold braces of its own.
# shellcheck disable=SC2016 # for the guest
printf '    bootstrap: "echo {{mine}} >$HOME/braces"\n' | bare >"$T/file.yaml"
cl node create --project app --slug app --lima-commands-file "$T/file.yaml"; status 0; cl node start app; status 0
same "$(cat "$(guest app)/home/braces")" "{{mine}}" "braces in bootstrap are left alone"; cl node stop app

sandbox "the example in new records"
written list config start stop | at_config; project app; node app; cl environment create --slug e
example() { sed -n '/^# lima_commands:/,$p' "$1" | sed 's/^# //'; }
y=$(ls "$CODELIMA_HOME"/projects/*/project.yaml) n=$(node_dir app)/node.yaml
for f in "$y" "$n"; do
	for a in $actions; do ok "$(example "$f" | grep -q "^    $a:"; echo $?)" "$(basename "$f") shows $a"; done
	file_has "$f" "--mark=config" "with what is in force"
	# Taking the marks away changes nothing.
	cl --json node show app; cp "$T/out" "$T/shown"
	cp "$f" "$T/f"; { grep -v '^#' "$T/f"; example "$T/f"; } >"$f"
	cl node start app; status 0; cl node stop app; status 0
	same "$(marks start) $(marks stop)" "config  config " "uncommented it changes nothing"; not_called 'limactl.*\["copy"'
	cp "$T/f" "$f"
done
written list project start | under >"$T/file.yaml"; cl node create --project app --slug own --lima-commands-file "$T/file.yaml"; status 0
file_lacks "$(node_dir own)/node.yaml" "# lima_commands" "none where there are overrides"
cl project update app --bootstrap-command mine; file_has "$y" '# lima_commands:' "a change leaves the example alone"
ok "$(grep -q '^lima_commands:' "$y"; echo $?)" "and sets the key beside it"

for key in environment_commands setup_commands; do
	sandbox "the old key $key"
	mkdir -p -m 700 "$CODELIMA_HOME/_config"; printf '%s:\n- touch $HOME/bootstrap-config\n' $key >"$CODELIMA_HOME/_config/config.yaml"
	life; from config bootstrap
	sandbox "the old key $key in project.yaml, a scalar"
	mkdir -p -m 700 "$CODELIMA_HOME/_config"; printf '%s: touch $HOME/bootstrap-config\n' $key >"$CODELIMA_HOME/_config/config.yaml"
	project app; printf '%s: touch $HOME/bootstrap-project\n' $key >>"$(ls "$CODELIMA_HOME"/projects/*/project.yaml)"
	life; from project bootstrap
done
finish
