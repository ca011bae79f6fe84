# The terminal engine's tools (BUILD.md, "Developer tools") and its tests in the
# problem's own language: tests/term/*.test, run by tests/tools/term-test.
#
# The tools are optimised: their figures are read.

TERM_TOOLS := term-replay term-host term-bench term-diff term-keys term-mouse term-shots
TERM_SHARED := $(patsubst %,$(B)/tests/tools/%.o,term_json term_gen term_peer shot ghost host_script tool_options)
TERM_TOOL_BINS := $(TERM_TOOLS:%=$(B)/tools/%)
$(B)/tests/tools/%.o $(B)/tests/unit/term/%.o: FLAGS += -Itests
# Random streams for a unit test too.
$(B)/tests/unit/term/test_streams: $(B)/tests/tools/term_gen.o
$(B)/tests/unit/term/test_streams: LIBS += $(B)/tests/tools/term_gen.o

define term_tool_rule
$(B)/tools/$(1): $(B)/tests/tools/$(1).o $(TERM_SHARED) $(CLOSURE_term)
	$$(Q)mkdir -p $$(@D)
	$(if $(V),,@echo "  LD $$@")
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ -ldl -lutil
build/tools/$(1): $(B)/tools/$(1)
	$$(Q)mkdir -p $$(@D); cp -f $$< $$@.tmp && mv -f $$@.tmp $$@
endef
$(foreach t,$(TERM_TOOLS),$(eval $(call term_tool_rule,$(t))))
-include $(TERM_TOOLS:%=$(B)/tests/tools/%.d) $(TERM_SHARED:.o=.d)
tools: $(TERM_TOOLS:%=build/tools/%)
# What they say to a bad command line: tests/cli/term_tools.t.
cli-tests: build/tools/term-replay build/tools/term-host build/tools/term-bench

# Beside npm's libghostty-vt (PEER_GHOSTTY=…/libghostty-vt.so) and Debian's libvterm.
PEER_VTERM ?= $(firstword $(wildcard /usr/lib/*/libvterm.so.0))
BENCH_MB ?= 100
STREAMS := build/bench/streams
$(STREAMS)/ink: bench/term_streams.c
	$(Q)mkdir -p $(STREAMS) && $(CC) -O1 -std=c11 -o build/bench/term_streams $< && build/bench/term_streams $(STREAMS)
.PHONY: bench-term
bench-term: build/tools/term-bench build/tools/term-host $(STREAMS)/ink
	$(Q)for s in plain truecolor unicode tui ink; do for p in "" $(PEER_GHOSTTY) $(PEER_VTERM); do \
		printf '%s ' "$${p:-codelima}"; \
		build/tools/term-bench --mb $(BENCH_MB) $${p:+--peer $$p} $(STREAMS)/$$s || exit 1; done; done
	$(Q)for o in "--mem 10000" "--reflow 10000" "--fresh 1000" "--freeze 10000" "--find 10000"; do build/tools/term-bench $$o; done
	$(Q)bench/term_tmux $(STREAMS) $(BENCH_MB)
bench: bench-term

# Real programs, and their bytes again through other terminals (BUILD.md, "Tests").
# The peers come from npm, their versions pinned in tests/term/peers.
NPM_QUIET := --no-audit --no-fund --loglevel error
build/peers/.done: tests/term/peers/package.json tests/term/peers/package-lock.json
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && cp $^ $(@D)
	$(Q)cd $(@D) && npm ci --ignore-scripts $(NPM_QUIET) && touch .done
.PHONY: test-peers test-programs test-xterm
test-xterm: build/tools/term-diff ## random streams through the terminal engine and the system's xterm, under Xvfb; not in CI
	$(Q)tests/term/xterm/run $(RUNS) $(SEED)
test-peers: build/tools/term-diff build/tools/term-keys build/tools/term-mouse build/peers/.done ## random streams through the terminal engine, libghostty-vt and xterm.js
	$(Q)tests/term/peers/run $(SEED)
test-programs: build/tools/term-host build/tools/term-shots build/peers/.done ## vttest and programs of the system under the engine, beside other terminals
	$(Q)tests/term/programs/run $(or $(PROGRAMS),$(wildcard tests/term/programs/*.keys tests/term/vttest/*.keys))

# Coding agents from npm, their versions pinned in tests/term/agents: 1.1 GB, so not in scripts/check.
build/agents/.done: tests/term/agents/package.json
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && cp $< $(@D)
	$(Q)cd $(@D) && npm install --no-package-lock --ignore-scripts $(NPM_QUIET)
	$(Q)cd $(@D)/node_modules/@anthropic-ai/claude-code && node install.cjs
	$(Q)cd $(@D)/node_modules/opencode-ai && node postinstall.mjs
	$(Q)touch $@
.PHONY: test-agents
test-agents: build/tools/term-host build/tools/term-shots build/peers/.done build/agents/.done ## coding agents from npm under the engine, likewise; no account needed
	$(Q)TIMEOUT=240 tests/term/programs/run $(or $(AGENTS),$(wildcard tests/term/agents/*.keys))

# What share of the engine's lines the fuzzers' corpus alone reaches, without libFuzzer.
.PHONY: cov-corpus
ifeq ($(COV),)
cov-corpus: ## lines of the terminal engine that the fuzzers' corpus reaches
	$(Q)$(MAKE) COV=1 CC=gcc cov-corpus
else
TERM_REPLAYS := $(patsubst tests/fuzz/fuzz_%.c,$(B)/tests/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_term_*.c))
$(B)/tests/fuzz/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(CLOSURE_term)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^
cov-corpus: $(TERM_REPLAYS)
	$(Q)find $(B)/src -name '*.gcda' -delete
	$(Q)for t in $(TERM_REPLAYS); do $$t tests/fuzz/corpus/$${t##*/replay_} || exit 1; done
	$(Q)scripts/coverage $(B) | grep src/term/
endif
