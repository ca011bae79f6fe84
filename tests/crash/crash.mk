# tests/crash: every changing command, killed or failing at each of its system calls.
# Linux only (ptrace). The command table is linked in, so that no command is forgotten.

CRASH_SRCS := $(wildcard tests/crash/*.c)
CRASH_OBJS := $(CRASH_SRCS:%.c=$(B)/%.o) $(B)/tests/fake/fake_util.o $(B)/tests/fake/fake_yaml.o
-include $(CRASH_OBJS:.o=.d)
$(B)/tools/crash: $(CRASH_OBJS) $(ALL_LIBS)
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  LD $@")
	$(Q)$(CC) $(LDFLAGS) -o $@ $(CRASH_OBJS) $(GROUP) $(ALL_LIBS) $(GROUP_END) $(LIBS)

.PHONY: crash-tests test-crash
ifeq ($(OS),linux)
CRASH = ASAN_OPTIONS=detect_leaks=0 $(B)/tools/crash
CRASH_FILES := $(B)/codelima build/tools/fake-limactl
crash-tests: $(B)/tools/crash $(CRASH_FILES)
	$(Q)$(CRASH) --sample $(CRASH_ARGS) $(CRASH_FILES)
test-crash: $(B)/tools/crash $(CRASH_FILES) ## every changing command killed, or failing, at each of its system calls
	$(Q)$(CRASH) $(CRASH_ARGS) $(CRASH_FILES)
else
crash-tests test-crash:
	@echo "crash: needs Linux (ptrace)"
endif
