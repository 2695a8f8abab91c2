# SPDX-License-Identifier: Apache-2.0
# The fuzz harnesses: tests/fuzz/NAME.c, seeds in tests/fuzz/seeds/NAME/, perhaps a dictionary
# tests/fuzz/NAME.dict. `make check` runs each over its seeds, built as everything else is;
# `make check-fuzz` builds all with clang's libFuzzer and sanitizers and runs each for FUZZ_SECONDS,
# FUZZ_JOBS at once. What it found new stays in fuzz/corpus/NAME/, what broke in fuzz/found/.

FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1
FUZZ_CC = clang
FUZZ_CXX = clang++
fuzz_sanitize = address,undefined

fuzz_names = archive cleanup codec conf csv decode descriptor expr extract index journal json \
    jsonl vote
FUZZ = $(fuzz_names)
# A harness of a plugin is linked with all of it.
fuzz_plugin_archive = input/archive
fuzz_plugin_cleanup = transform/cleanup
fuzz_plugin_extract = transform/extract
fuzz_plugin_index = transform/dedupe
fuzz_plugin_jsonl = input/jsonl
fuzz_plugin_vote = transform/language
fuzz_plugin_libs = $(plugin_libs_$(fuzz_plugin_$1)) $(COMMON_LIBS) -lm
fuzz_seeds = $(wildcard $(srcdir)/tests/fuzz/seeds/$1)
fuzz_dict = $(patsubst %,-dict=%,$(wildcard $(srcdir)/tests/fuzz/$1.dict))

# ---- as everything else is built ----
fuzz_drivers := $(patsubst %,fuzz/drive/%,$(fuzz_names))
fuzz_drive_objects := $(patsubst %,fuzz/drive/%.o,$(fuzz_names) drive files)

fuzz-drivers: $(fuzz_drivers)
$(fuzz_drive_objects): fuzz/drive/%.o: $(srcdir)/tests/fuzz/%.c config.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CC)$(CC) -std=c11 $(plugin_flags) $(WARNINGS) $(CFLAGS) -c -o $@ $<
$(fuzz_drivers): fuzz/drive/%: fuzz/drive/%.o fuzz/drive/drive.o fuzz/drive/files.o \
    $$(call plugin_objects,$$(fuzz_plugin_$$*)) libcore.a libcommon.a
	$(AM_V_CCLD)$(CC) $(SANITIZE) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) libcore.a \
	    libcommon.a $(call fuzz_plugin_libs,$*) $(LIBS)

# ---- by clang, with libFuzzer ----
fuzz_core := $(filter %.c,$(libcommon_a_SOURCES) $(libcore_a_SOURCES))
fuzz_core_objects := $(patsubst %,fuzz/clang/%.o,$(fuzz_core) tests/fuzz/files.c)
fuzz_objects = $(patsubst %,fuzz/clang/%,$(call plugin_objects,$(fuzz_plugin_$1)))
fuzz_own_objects := $(patsubst %,fuzz/clang/tests/fuzz/%.c.o,$(fuzz_names))
fuzz_all_objects := $(sort $(fuzz_own_objects) $(fuzz_core_objects) \
    $(foreach n,$(fuzz_names),$(call fuzz_objects,$n)))
fuzz_binaries := $(patsubst %,fuzz/clang/%,$(fuzz_names))
fuzz_flags = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,$(fuzz_sanitize) \
    -fno-sanitize-recover=all -I$(srcdir) -I$(srcdir)/core -I. -DHAVE_CONFIG_H \
    -DDATADIR='"$(pkgdatadir)"' -DPLUGINDIR='"$(plugindir)"' -MMD -MP

$(filter %.c.o,$(fuzz_all_objects)): fuzz/clang/%.c.o: $(srcdir)/%.c config.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CC)$(FUZZ_CC) -std=gnu11 $(fuzz_flags) -c -o $@ $<
$(filter %.cc.o,$(fuzz_all_objects)): fuzz/clang/%.cc.o: $(srcdir)/%.cc config.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CXX)$(FUZZ_CXX) -std=c++17 -fno-exceptions $(fuzz_flags) -c -o $@ $<
fuzz/clang/core.a: $(fuzz_core_objects)
	$(AM_V_AR)rm -f $@ && $(AR) $(ARFLAGS) $@ $^
$(fuzz_binaries): fuzz/clang/%: fuzz/clang/tests/fuzz/%.c.o $$(call fuzz_objects,$$*) \
    fuzz/clang/core.a
	$(AM_V_CCLD)$(FUZZ_CC) -fsanitize=fuzzer,$(fuzz_sanitize) -o $@ $^ \
	    $(call fuzz_plugin_libs,$*) $(LIBS)

check-fuzz:
	@if echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return !d && !n; }' | \
	    $(FUZZ_CC) -fsanitize=fuzzer -x c -o fuzz-try - 2>/dev/null; then rm -f fuzz-try; \
	    $(MAKE) $(AM_MAKEFLAGS) -j$(FUZZ_JOBS) $(patsubst %,fuzz-run-%,$(FUZZ)); \
	else echo "skipped: check-fuzz needs clang with libFuzzer (FUZZ_CC=$(FUZZ_CC))"; fi

fuzz_runs := $(patsubst %,fuzz-run-%,$(fuzz_names))
$(fuzz_runs): fuzz-run-%: fuzz/clang/%
	@$(MKDIR_P) fuzz/corpus/$* fuzz/found fuzz/log
	@if srcdir=$(srcdir) ASAN_OPTIONS=detect_leaks=1 $< -max_total_time=$(FUZZ_SECONDS) \
	    -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 -artifact_prefix=fuzz/found/$*- \
	    $(call fuzz_dict,$*) $(FUZZ_FLAGS) fuzz/corpus/$* $(call fuzz_seeds,$*) \
	    >fuzz/log/$* 2>&1; \
	then echo "$*: $$(sed -n 's/^Done \(.*\)/\1, no finding/p' fuzz/log/$*)"; \
	else tail -40 fuzz/log/$*; echo "$*: a finding, see fuzz/log/$* and fuzz/found/"; exit 1; fi
.PHONY: fuzz-drivers check-fuzz $(fuzz_runs)

-include $(patsubst %.o,%.d,$(fuzz_drive_objects) $(fuzz_all_objects))

clean-fuzz: # the corpus stays
	rm -rf fuzz/drive fuzz/clang fuzz/log
.PHONY: clean-fuzz
