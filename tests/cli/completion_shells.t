#!/bin/bash
# Completion in bash, zsh and fish as a person sees it: a shell on a terminal, words and TABs typed (tests/cli/tab).
. "$(dirname "$0")/lib.sh"
tab=$top/tests/cli/tab
export TERM=dumb

# start_files SHELL LOAD…: what the shell reads first; LOAD makes it know the completions.
start_files() {
	mkdir -p "$T/rc"
	case $1 in
	bash) printf '%s\n' "PS1='READY> '" "${@:2}" >"$T/rc/bashrc" ;;
	zsh) printf '%s\n' "PS1='READY> '" "${@:2}" >"$T/rc/.zshrc" ;;
	fish) printf '%s\n' "function fish_prompt; printf 'READY> '; end" "${@:2}" >"$T/rc/config.fish" ;;
	esac
}
in_shell() {
	case $1 in
	bash) run "$tab" "$2" "$3" bash --noprofile --rcfile "$T/rc/bashrc" -i ;;
	zsh) run "$tab" "$2" "$3" env ZDOTDIR="$T/rc" zsh -d -i ;;
	fish) run "$tab" "$2" "$3" fish --no-config -C "source $T/rc/config.fish" -i ;;
	esac
}
# becomes SHELL KEYS WORDS: the line, once KEYS are typed, holds the words <a><b>.
becomes() {
	in_shell "$1" "$2"'\x01printf "<%s>" \r' "$3"
	status 0 "$2 becomes $3"
}
# shows SHELL KEYS REGEX: on the terminal.
shows() { in_shell "$1" "$2" "$3"; status 0 "$2 shows /$3/"; }

load_of() {
	case $1 in
	bash) echo 'source <(codelima completion bash)' ;;
	zsh) printf '%s\n' 'autoload -U compinit; compinit -u -D' 'source <(codelima completion zsh)' ;;
	fish) echo 'codelima completion fish | source' ;;
	esac
}
have() {
	command -v "$1" >/dev/null && return
	title=$1
	if [ -n "${CI:-}" ]; then ok 1 "$1 is there (make init)"; else skip "completion in $1" "no $1 here"; fi
	return 1
}

for shell in bash zsh fish; do
	have $shell || continue
	sandbox "$shell"
	export PATH=$top/bin:$PATH
	project app; cl node create --project app --slug app-1; cl node create --project app --slug app-2; project other
	cl node create --project other --slug zeta
	mkdir -p "$T/my dir/below" "$T/plain"; echo x >"$T/my dir/file.yaml"
	start_files $shell "$(load_of $shell)"
	becomes $shell 'codelima node start z\t' '<codelima><node><start><zeta>'
	becomes $shell 'codelima nod\tstar\tz\t' '<node><start><zeta>'
	becomes $shell 'codelima node start a\t1' '<node><start><app-1>'
	becomes $shell 'codelima node logs zeta --sou\tboots\t' '<zeta><--source><bootstrap>'
	becomes $shell 'codelima node logs zeta --source=hos\t' '<zeta><--source=hostagent>'
	becomes $shell 'codelima --log-level=de\tnode show z\t' '<--log-level=debug><node><show><zeta>'
	becomes $shell 'codelima shell z\t' '<shell><zeta>'
	becomes $shell 'codelima shell zeta z\t' '<shell><zeta><z>'
	becomes $shell 'codelima shell -- z\t' '<shell><--><zeta>'
	becomes $shell "codelima project create --workspace $T/pla"'\t' "<--workspace><$T/plain/?>"
	becomes $shell "codelima project create --workspace=$T/pla"'\t' "<--workspace=$T/plain/?>"
	becomes $shell "codelima node create --lima-commands-file $T/my"'\tfil\t' "<$T/my dir/file.yaml>"
	becomes $shell "codelima node create --lima-commands-file=$T/my"'\tfil\t' "<--lima-commands-file=$T/my dir/file.yaml>"
	becomes $shell "codelima --home $T/nowhere node start z"'\t' '<node><start><z>'
	becomes $shell "codelima --home \"$CODELIMA_HOME\" node start z"'\t' '<node><start><zeta>'
	becomes $shell 'cd /; codelima project show oth\t' '<cd></>|<project><show><other>'
	# A terminal as dumb as this one shows no list of fish's.
	case $shell in
	bash) shows bash 'codelima node start a\t\t\t' 'app-1 +app-2' ;;
	zsh) shows zsh 'codelima node st\t\t' 'status +-- show one node as it is now' ;;
	fish) shows fish 'complete -C "codelima node st"\r' 'status\s+show one node as it is now' ;;
	esac

	# What an old home may hold.
	odd="it's a \$HOME:x\"y"
	sed -i "s/^slug: zeta\$/slug: $odd/" "$(node_dir zeta)/node.yaml"
	becomes $shell 'codelima node start i\t' "<start><it's a \\\$HOME:x\"y>"

	# Damage is silent: what is typed stays, and nothing is said.
	echo 99 >"$CODELIMA_HOME/_config/schema"
	becomes $shell 'codelima node start a\t' '<node><start><a>'
	# The path of the script's program is gone.
	start_files $shell "$(load_of $shell)" "export PATH=/bin"
	becomes $shell 'codelima node start a\t' '<node><start><a>'
done

have bash && if [ -r /usr/share/bash-completion/bash_completion ]; then
	sandbox "bash with bash-completion, installed"
	cl completion bash
	mkdir -p "$T/share/bash-completion/completions"; cp "$T/out" "$T/share/bash-completion/completions/codelima"
	export PATH=$top/bin:$PATH XDG_DATA_DIRS=$T/share:/usr/share
	project app; cl node create --project app --slug zeta
	start_files bash 'source /usr/share/bash-completion/bash_completion'
	becomes bash 'codelima node start z\t' '<codelima><node><start><zeta>'
	becomes bash 'codelima --home=/et\t' '<--home=/etc/>'
	unset XDG_DATA_DIRS
elif [ -n "${CI:-}" ] && [ "$(uname)" = Linux ]; then
	title=bash-completion; ok 1 "it is there (make init)"
else
	title=bash-completion; skip "with bash-completion" "it is not there"
fi

have zsh && {
	sandbox "zsh, installed in fpath"
	cl completion zsh
	mkdir "$T/functions"; cp "$T/out" "$T/functions/_codelima"
	export PATH=$top/bin:$PATH
	project app; cl node create --project app --slug zeta
	start_files zsh "fpath=($T/functions \$fpath)" 'autoload -U compinit; compinit -u -D'
	becomes zsh 'codelima node start z\t' '<codelima><node><start><zeta>'
	becomes zsh 'codelima node stop z\t' '<codelima><node><stop><zeta>'
}
finish
