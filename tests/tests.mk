# Unit tests: tests/unit/<layer>/test_*.c, each linked with its layer and those
# below only. Fuzzers: tests/fuzz/fuzz_<layer>_<name>.c, corpus beside them.

UNIT_SRCS := $(wildcard tests/unit/*/test_*.c)
UNIT_BINS := $(UNIT_SRCS:%.c=$(B)/%)
unit_layer = $(word 3,$(subst /, ,$(1)))

define unit_rule
$(B)/$(1:.c=): $(B)/$(1:.c=.o) $$(CLOSURE_$(call unit_layer,$(1)))
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$< $$(GROUP) $$(CLOSURE_$(call unit_layer,$(1))) $$(GROUP_END) $$(LIBS) -lcmocka
endef
$(foreach s,$(UNIT_SRCS),$(eval $(call unit_rule,$(s))))
-include $(UNIT_SRCS:%.c=$(B)/%.d)

unit-tests: $(UNIT_BINS)
	$(Q)scripts/run-units $(UNIT_BINS)

# What the command tests need, in build/tools: a limactl (and ssh) that makes no VM, and
# a reader of JSON. Never sanitized: what they do is not what is tested.
FAKE_SRCS := $(wildcard tests/fake/*.c)
tool_cc = $(CC) -O1 -g $(filter-out -MMD -MP -fsanitize% -fno-sanitize% --coverage -O0,$(FLAGS)) $(PKG_CFLAGS)
build/tools/fake-limactl: $(FAKE_SRCS) tests/fake/fake.h $(PKGCACHE)
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $@")
	$(Q)$(tool_cc) -o $@ $(FAKE_SRCS) $$(pkg-config --libs yaml-0.1 jansson)
build/tools/json-at: tests/cli/json_at.c $(PKGCACHE)
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $@")
	$(Q)$(tool_cc) -o $@ $< $$(pkg-config --libs jansson)

CLI_TOOLS := build/tools/fake-limactl build/tools/json-at build/tools/manual
BENCH_TOOLS := $(patsubst bench/bench_%.c,build/tools/bench-%,$(wildcard bench/bench_*.c))
build/tools/bench-%: bench/bench_%.c $(PKGCACHE)
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $@")
	$(Q)$(tool_cc) -o $@ $<
# Only where there is an LD_PRELOAD.
build/tools/locks-preload.so: bench/locks_preload.c $(PKGCACHE)
	$(Q)mkdir -p $(@D)
	$(Q)$(tool_cc) -shared -fPIC -o $@ $< -ldl
ifeq ($(OS),linux)
BENCH_TOOLS += build/tools/locks-preload.so
endif
MANUAL_SRCS := $(wildcard tools/manual/*.c)
build/tools/manual: $(MANUAL_SRCS) tools/manual/pages.h $(ALL_LIBS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(FLAGS)) $(CFLAGS) $(LDFLAGS) -o $@ $(MANUAL_SRCS) $(GROUP) $(ALL_LIBS) $(GROUP_END) $(LIBS)
tools: $(CLI_TOOLS) $(BENCH_TOOLS) ## developer tools, in build/tools
# TESTS="tests/cli/shell.t …" picks some.
cli-tests: build $(CLI_TOOLS)
	$(Q)tests/cli/run $(TESTS)

test-concurrency: build $(CLI_TOOLS) ## 16 writers and 8 readers over one home, 10,000 operations
	$(Q)OPERATIONS=10000 CONCURRENCY_LIMIT=3600 tests/cli/concurrency.t

e2e: build $(CLI_TOOLS) ## the end-to-end suite on a real VM
	$(Q)tests/e2e/run $(TESTS)

FUZZ_SRCS := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BINS := $(FUZZ_SRCS:%.c=$(B)/%)
fuzz_layer = $(word 2,$(subst _, ,$(notdir $(1))))

define fuzz_rule
$(B)/$(1:.c=): $(B)/$(1:.c=.o) $$(CLOSURE_$(call fuzz_layer,$(1)))
	$$(Q)$$(CC) $$(LDFLAGS) -fsanitize=fuzzer -o $$@ $$< $(GROUP) $$(CLOSURE_$(call fuzz_layer,$(1))) $(END_GROUP) $$(LIBS)
endef
$(foreach s,$(FUZZ_SRCS),$(eval $(call fuzz_rule,$(s))))
-include $(FUZZ_SRCS:%.c=$(B)/%.d)

# Fuzzing needs clang and objects of its own: without FUZZ=1 it starts over with it.
ifeq ($(FUZZ),)
fuzz:
	$(Q)$(MAKE) FUZZ=1 fuzz
else
fuzz: $(FUZZ_BINS)
	$(Q)scripts/run-fuzz $(FUZZ_SECONDS) $(FUZZ_BINS)
endif

include tests/term/term.mk
include tests/crash/crash.mk

# For bench/seed.
build/tools/seed-through: bench/seed_through.c $(CLOSURE_lima)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(FLAGS)) $(CFLAGS) $(PKG_CFLAGS) $(LDFLAGS) -o $@ $< $(GROUP) $(CLOSURE_lima) $(GROUP_END) $(LIBS)
