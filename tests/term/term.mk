# The terminal engine's tools (BUILD.md, "Developer tools") and its tests in the
# problem's own language: tests/term/*.test, run by tests/tools/term-test.
#
# The tools are optimised: their figures are read.

TERM_TOOLS := term-replay term-host term-bench term-diff
TERM_SHARED := $(B)/tests/tools/term_json.o $(B)/tests/tools/term_gen.o
TERM_TOOL_BINS := $(TERM_TOOLS:%=$(B)/tools/%)
$(B)/tests/tools/%.o $(B)/tests/unit/term/%.o: FLAGS += -Itests

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
