#!/bin/bash
# profile create, list, show, update, delete (contract/cli.md §3).
. "$(dirname "$0")/lib.sh"
dir() { echo "$CODELIMA_HOME/_config/agent-profiles"; }

sandbox "a fresh home"
cl --json profile list; status 0; json '.data.*.name' "claude-code
codex-cli"
cl profile list; out_like '^name +launch$'; out_like '^codex-cli +codex$'
cl --json profile show codex-cli; status 0; json .data.launch_command codex
gone "$CODELIMA_HOME" "reading makes no home"
cl --json profile show nope; refused 4 NotFound; json .error.fields.query nope; json_like .error.cause codex-cli
cl --json profile update nope --launch-command x; refused 4 NotFound
cl --json profile delete nope; refused 4 NotFound
for odd in . .. ../codex-cli a/b ''; do cl --json profile show -- "$odd"; refused 4 NotFound; done
gone "$CODELIMA_HOME" "and no refusal does"

sandbox "create"
cl --json profile create --name mine --install-command 'apt-get install -y x' --install-command $'two\nlines' \
	--validation-command 'x --version' --launch-command 'x "$HOME"' --env A=1 --env 'B_2=a=b c' --env EMPTY=; status 0
json .data.name mine
json .data.install_commands '["apt-get install -y x","two\nlines"]'
json .data.validation_command 'x --version'; json .data.launch_command 'x "$HOME"'
json .data.environment '{"A":"1","B_2":"a=b c","EMPTY":""}'
cp "$T/out" "$T/made"
cl --json profile show mine; ok "$(cmp -s "$T/out" "$T/made"; echo $?)" "show gives the same"
cl profile list; out_like '^mine +x "\$HOME"$'
cl --json profile create --name mine; refused 5 PreconditionFailed; json .error.fields.slug mine
cl --json profile create --name bare; status 0; json .data.install_commands '[]'; json .data.launch_command ''
before=$(unlocked)
for bad in Upper a_b -a .x ../x 'a b'; do cl --json profile create "--name=$bad"; refused 2 InvalidArgument; done
for bad in A =x 1A=x 'A B=x' A-B=x; do
	cl --json profile create --name n "--env=$bad"; refused 2 InvalidArgument; json_like .error.message -- --env
done
cl --json profile create --name n --env A=1 --env A=2; refused 2 InvalidArgument; json_like .error.message 'A.*twice'
cl --json profile create; refused 2 InvalidArgument; json_like .error.message -- --name
cl --json profile create --name codex-cli; refused 5 PreconditionFailed
same "$before" "$(unlocked)" "what is refused leaves nothing"
no_calls

sandbox "update"
cl profile create --name p --install-command one --launch-command go --env A=1 --env B=2 --env C=3
f=$(dir)/p.yaml
cat >"$f" <<'E2'
# my profile
launch_command: go     # how
name: p
term_program: xterm    # for the UI
keep_history: false    # none
environment:
    A: "1"   # first
    B: two

    C: "3"
install_commands:
- one   # the only one
mine: {kept: [1, 2]}
validation_command: 'true'
E2
cp "$f" "$T/f"
cl --json profile update p --launch-command 'go --now'; status 0; json .data.launch_command 'go --now'
same "$(diff "$T/f" "$f" | grep '^[<>]')" "< launch_command: go     # how
> launch_command: go --now     # how" "one line differs"
cp "$f" "$T/f"
cl --json profile update p --env C=3 --env D=4 --env A=1; status 0; json .data.environment '{"A":"1","C":"3","D":"4"}' "the given set replaces the old one"
same "$(diff "$T/f" "$f" | grep '^[<>]')" '<     B: two
>     D: "4"' "the lines of the others are untouched"
cl --json profile show p; json .data.environment '{"A":"1","C":"3","D":"4"}'
cl --json profile update p --install-command two --install-command three; json .data.install_commands '["two","three"]' "a list replaces the list"
file_has "$f" "term_program: xterm    # for the UI"; file_has "$f" "keep_history: false    # none"; file_has "$f" "mine: {kept: [1, 2]}"
cl --json profile update p --clear-install-commands --clear-env --validation-command '' --launch-command=; status 0
json .data.install_commands '[]'; json .data.environment '{}'; json .data.validation_command ''; json .data.launch_command ''
file_has "$f" "term_program: xterm    # for the UI"; file_has "$f" "keep_history: false    # none"
before=$(unlocked)
cl --json profile update p; refused 2 InvalidArgument
cl --json profile update p --env A=1 --clear-env; refused 2 InvalidArgument; json_like .error.message clear-env
cl --json profile update p --install-command a --clear-install-commands; refused 2 InvalidArgument
cl --json profile update p --launch-command a --env nonsense; refused 2 InvalidArgument
cl --json profile update p --launch-command a --name codex-cli; refused 5 PreconditionFailed
cl --json profile update p --name Bad; refused 2 InvalidArgument
same "$before" "$(unlocked)" "what is refused changes nothing"
cl --json profile update p --name q --launch-command new; status 0; json .data.name q
gone "$f"; file_has "$(dir)/q.yaml" "term_program: xterm    # for the UI"; file_has "$(dir)/q.yaml" "launch_command: new"
cl --json profile show p; refused 4 NotFound
printf 'name: [\n' >"$f"; cl --json profile update p --launch-command x; refused 7 MetadataCorruption; json_like .error.message p.yaml
same "$(cat "$f")" "name: [" "a broken file is left alone"
cl profile list; status 0; out_has codex-cli; err_has p.yaml

sandbox "what is in use stays"
cl profile create --name a --install-command true; cl profile create --name b --env GREETING=hello
project w --agent-profile a
before=$(listing "$(dir)")
cl --json profile delete codex-cli; refused 5 PreconditionFailed; json_like .error.message default
cl --json profile delete a; refused 5 PreconditionFailed; json_like .error.message 'live projects: w'; json .error.fields.project_count 1
cl --json profile update a --name c; refused 5 PreconditionFailed
cl --json profile update codex-cli --name c; refused 5 PreconditionFailed
cl node create --project w --slug n --agent-profile b; status 0
cl --json profile delete b; refused 5 PreconditionFailed; json_like .error.message 'live nodes: n'; json .error.fields.node_count 1
same "$before" "$(listing "$(dir)")" "the files are untouched"
cl profile update b --env GREETING=changed; status 0 "its contents may change"
cl node start n; cl shell n -- sh -c 'echo $GREETING'; out_is changed "shells see it"
cl node delete n --yes; cl profile delete b; status 0 "free with its last node"; gone "$(dir)/b.yaml"
cl profile delete b; status 4
cl project update w --agent-profile codex-cli; status 0
cl --json profile delete a; status 0; json .data.name a "the result is what it was"
cl project delete w; cl profile delete claude-code; status 0 "a built-in one goes too"
cl environment create --slug later; cl profile list; out_lacks claude-code "and stays deleted"
cl --json project create --workspace "$FAKE_WORK/w" --agent-profile claude-code; refused 4 NotFound

sandbox "two at once"
for i in 1 2 3 4 5 6 7 8; do "$CODELIMA" profile create --name "p$i" >/dev/null 2>&1 & done
for i in 1 2 3 4; do "$CODELIMA" profile create --name same >"$T/o$i" 2>&1 & done
wait
cl --json profile list; json '.data.#' 11 "none is lost"; same "$(cat "$T"/o? | grep -c Created)" 1 "one makes it"
for i in 1 2 3 4; do "$CODELIMA" profile update same --env "V$i=x" --launch-command "l$i" >/dev/null 2>&1 & done
wait
cl --json profile show same; json '.data.environment.#' 1 "whole changes, one after the other"
same "$(find "$(dir)" -name '.*' -type f)" "" "no stray file"
finish
