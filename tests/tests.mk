# Unit tests: tests/unit/<layer>/test_*.c, each linked with its layer and those
# below only. Fuzzers: tests/fuzz/fuzz_<layer>_<name>.c, corpus beside them.

UNIT_SRCS := $(wildcard tests/unit/*/test_*.c)
UNIT_BINS := $(UNIT_SRCS:%.c=$(B)/%)
unit_layer = $(word 3,$(subst /, ,$(1)))

define unit_rule
$(B)/$(1:.c=): $(B)/$(1:.c=.o) $$(CLOSURE_$(call unit_layer,$(1)))
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$< -Wl,--start-group $$(CLOSURE_$(call unit_layer,$(1))) -Wl,--end-group $$(LIBS) -lcmocka
endef
$(foreach s,$(UNIT_SRCS),$(eval $(call unit_rule,$(s))))
-include $(UNIT_SRCS:%.c=$(B)/%.d)

unit-tests: $(UNIT_BINS)
	$(Q)scripts/run-units $(UNIT_BINS)
