# codelima - see BUILD.md. GNU make.
#
# Objects lie in build/<os>-<arch>/<variant>/, one archive a layer, so that a
# unit test can be linked with its layer and those below (src/LAYERS) only.

OS := $(shell uname -s | tr A-Z a-z)
ARCH := $(shell uname -m)
PLAT := $(OS)-$(ARCH)

CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
ifeq ($(OS),darwin)
CC := clang
endif
endif
SAN ?=
FUZZ ?=
COV ?=
RELEASE ?=
DYNAMIC ?=
V ?=
PACKAGE_VERSION ?=
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 20
comma := ,

ifneq ($(FUZZ),)
CC := clang
SAN := address,undefined
endif
ifneq ($(SAN)$(COV),)
DYNAMIC := 1
endif
ifeq ($(OS),darwin)
DYNAMIC := 1
endif

VARIANT := $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(FUZZ),-fuzz)$(if $(COV),-cov)$(if $(RELEASE),-release)$(if $(DYNAMIC),-dynamic)
B := build/$(PLAT)/$(VARIANT)
OUT := bin/$(PLAT)
VERSION := $(or $(PACKAGE_VERSION),$(shell cat VERSION))
Q := $(if $(V),,@)

LAYERS := $(shell awk '!/^\#/ && NF { print $$1 }' src/LAYERS)
SRCS := $(wildcard src/*.c src/*/*.c)
ifeq ($(OS),darwin)
SRCS := $(filter-out %_linux.c,$(SRCS))
else
SRCS := $(filter-out %_darwin.c,$(SRCS))
endif
OBJS := $(SRCS:%.c=$(B)/%.o)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wno-missing-field-initializers -Werror
FLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc -include base/banned.h -MMD -MP \
	-ffunction-sections -fdata-sections -fno-common -fstack-protector-strong \
	-DCODELIMA_VERSION='"$(VERSION)"' $(WARN)
ifeq ($(OS),darwin)
FLAGS += -D_DARWIN_C_SOURCE
endif
LDFLAGS ?=
ifneq ($(SAN),)
FLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=$(SAN)
endif
ifneq ($(FUZZ),)
FLAGS += -fsanitize=fuzzer-no-link
endif
ifneq ($(COV),)
FLAGS += --coverage -O0
LDFLAGS += --coverage
endif

# Archives name one another both ways; Apple's linker looks twice by itself.
ifeq ($(OS),linux)
GROUP := -Wl,--start-group
END_GROUP := -Wl,--end-group
endif

# Libraries: pkg-config names them; on Linux all but libc are linked statically
# (start-up time, BENCH.md), RELEASE=1 libc too, DYNAMIC=1 none.
PKGS := libuv yaml-0.1 jansson libarchive libzstd libcrypto
PKGCACHE := $(B)/pkg.mk
-include $(PKGCACHE)
ifeq ($(DYNAMIC),)
ifneq ($(RELEASE),)
LIBS = -static -Wl,--gc-sections -Wl,--start-group $(PKG_STATIC) -Wl,--end-group
else
LIBS = -Wl,--gc-sections -Wl,-Bstatic -Wl,--start-group $(filter-out -ldl -lpthread -lrt -lm -lc -pthread,$(PKG_STATIC)) -Wl,--end-group -Wl,-Bdynamic -Wl,--as-needed -lpthread -ldl -lm
endif
else
LIBS = $(PKG_DYNAMIC)
endif

# Apple's linker looks through archives as often as it must.
ifneq ($(OS),darwin)
GROUP := -Wl,--start-group
GROUP_END := -Wl,--end-group
endif

.PHONY: all build build-clang init run tui fmt fmt-check lint layers manual test test-asan test-tui test-concurrency fuzz cov smoke e2e verify bench tools install uninstall clean help unit-tests cli-tests FORCE
all: build
build: $(OUT)/codelima bin/codelima compile_commands.json ## build bin/<os>-<arch>/codelima and the link bin/codelima (the default)

$(PKGCACHE): Makefile
	$(Q)mkdir -p $(@D)
	$(Q)pkg-config --exists $(PKGS) || { echo "missing libraries ($(PKGS)): run 'make init'" >&2; exit 1; }
	$(Q){ echo "PKG_CFLAGS := $$(pkg-config --cflags $(PKGS))"; \
	echo "PKG_DYNAMIC := $$(pkg-config --libs $(PKGS))"; \
	echo "PKG_STATIC := $$(pkg-config --static --libs $$(pkg-config --exists libuv-static && echo libuv-static || echo libuv) $(filter-out libuv,$(PKGS)))"; } > $@.tmp && mv $@.tmp $@

$(B)/%.o: %.c $(PKGCACHE)
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<")
	$(Q)$(CC) $(FLAGS) $(CFLAGS) $(PKG_CFLAGS) -c -o $@ $<

# One archive a layer.
define layer_rule
$(B)/lib/$(1).a: $$(filter $(B)/src/$(1)/%,$$(OBJS))
	$$(Q)mkdir -p $$(@D); rm -f $$@; ar rcs $$@ $$^
# The layer and those below it, top first.
CLOSURE_$(1) := $$(foreach l,$$(shell scripts/layers below $(1)),$(B)/lib/$$(l).a)
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rule,$(l))))
ALL_LIBS := $(foreach l,$(LAYERS),$(B)/lib/$(l).a)

# bin/ holds the variant built last; .variant says which that is.
$(OUT)/.variant: FORCE
	$(Q)[ "$$(cat $@ 2>/dev/null)" = "$(VARIANT)" ] || { mkdir -p $(@D) && echo "$(VARIANT)" > $@; }
$(OUT)/codelima: $(B)/codelima $(OUT)/.variant
	$(Q)mkdir -p $(@D); cp -f $< $@.tmp && mv -f $@.tmp $@
bin/codelima: $(OUT)/codelima
	$(Q)ln -sfn $(PLAT)/codelima $@
$(B)/codelima: $(B)/src/main.o $(ALL_LIBS)
	$(if $(V),,@echo "  LD $@")
	$(Q)$(CC) $(LDFLAGS) -o $@ $(B)/src/main.o $(GROUP) $(ALL_LIBS) $(GROUP_END) $(LIBS)

-include $(OBJS:.o=.d)
include tests/tests.mk

compile_commands.json: Makefile $(SRCS) $(PKGCACHE)
	$(Q){ echo '['; sep=; for f in $(SRCS) $(UNIT_SRCS) $(FUZZ_SRCS); do \
	printf '%s{"directory":"%s","file":"%s","command":"clang %s"}' "$$sep" '$(CURDIR)' "$$f" \
	'$(subst ",\\\",$(subst ',,$(filter-out -MMD -MP,$(FLAGS)))) $(PKG_CFLAGS) -c '"$$f"; sep=','; done; echo ']'; } > $@

init: ## install what building, testing and running need (scripts/setup)
	scripts/setup
run: build ## run what was built, with ARGS="…"
	$(OUT)/codelima $(ARGS)
tui: run

C_FILES := $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch] bench/*.[ch] tools/*/*.[ch])
fmt: ## lay out every C file
	$(Q)clang-format -i $(C_FILES)
fmt-check:
	$(Q)clang-format --dry-run -Werror $(C_FILES)
layers:
	scripts/layers check
lint: layers compile_commands.json build/tools/manual ## clang-tidy, cppcheck, shellcheck, layers, doc/ARCHITECTURE.md
	$(Q)scripts/lint $(SRCS)
	scripts/manual check build/tools/manual
manual: build/tools/manual ## write the man pages in doc/ and README.md's list from the command table
	scripts/manual write $<
# Compiled in parallel, run one after the other: tests that wait do not share a core.
JOBS := $(shell getconf _NPROCESSORS_ONLN)
one-by-one = +@rc=0; for t in $(1); do $(MAKE) --no-print-directory -k -j$(JOBS) $$t || rc=1; done; exit $$rc

test: ## units, commands, and a sample of the crash tests; no VM, no network
	$(call one-by-one,unit-tests cli-tests crash-tests)
test-asan: ## the same under AddressSanitizer and UBSan
	$(MAKE) SAN=address,undefined test
cov: ## the same with coverage, a line a file
	$(MAKE) COV=1 CC=gcc test
	scripts/coverage build/$(PLAT)/gcc-cov-dynamic
smoke: build ## the main job once on a real VM, with the limactl that is here; cleans up
	scripts/smoke
build-clang: ## the other compiler has other warnings
	$(MAKE) CC=clang build/$(PLAT)/clang/codelima
verify: ## what CI runs: layout, lint, test, build with gcc and clang
	$(call one-by-one,fmt-check lint build build-clang test)
bench: build tools build/tools/seed-through ## every benchmark beside its peers; BENCH_VM=NAME adds those on a running instance
	bench/run $(BENCH_ARGS)
clean: ## remove what was built
	rm -rf build bin compile_commands.json

SHARE := $(DESTDIR)$(PREFIX)/share
COMPLETIONS := bash:bash-completion/completions/codelima zsh:zsh/site-functions/_codelima fish:fish/vendor_completions.d/codelima.fish
install: build ## PREFIX (/usr/local), DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5
	install -m 755 $(OUT)/codelima $(DESTDIR)$(PREFIX)/bin/codelima
	install -m 644 doc/*.1 $(SHARE)/man/man1
	install -m 644 doc/*.5 $(SHARE)/man/man5
	$(Q)for c in $(COMPLETIONS); do f="$(SHARE)/$${c#*:}"; \
	echo "completion for $${c%%:*}: $$f"; \
	install -d "$${f%/*}" && $(OUT)/codelima completion $${c%%:*} > "$$f" && chmod 644 "$$f" || exit 1; done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/codelima
	$(Q)cd doc && for p in *.1; do rm -f "$(abspath $(SHARE))/man/man1/$$p"; done; for p in *.5; do rm -f "$(abspath $(SHARE))/man/man5/$$p"; done
	$(Q)for c in $(COMPLETIONS); do rm -f "$(SHARE)/$${c#*:}"; done
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1	\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo 'Variables: CC SAN=address,undefined FUZZ=1 COV=1 RELEASE=1 DYNAMIC=1 V=1 TESTS="tests/cli/shell.t …"'
	@echo '           FUZZ_SECONDS=20 PREFIX=/usr/local DESTDIR='
