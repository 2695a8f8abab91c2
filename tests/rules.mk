# SPDX-License-Identifier: Apache-2.0
# Plugins for the tests, built as a stranger would build them: the header alone, no libcommon.a.
# tests/plugins/good.c becomes a plugin of each kind by name; bad.c one that is refused for each
# CASE.

test_cases = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 \
    20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
test_bad := $(patsubst %,tests/plugins/bad/bad-%.so,$(test_cases))
test_good := tests/plugins/input/good.so tests/plugins/transform/good.so \
    tests/plugins/output/good.so tests/plugins/transform/steps.so
test_newer := tests/plugins/transform/newer.so tests/plugins/bad/needs-newer.so
test_engine := $(patsubst %,tests/plugins/engine/%.so,input/lines transform/split transform/number \
    output/plain)
test_abi := $(patsubst %,tests/plugins/abi/%.so,input/feed transform/mapper transform/stepper \
    transform/forgetful output/lines)
test_hostile := tests/plugins/hostile/transform/hostile.so
test_faulty := tests/plugins/faulty/transform/faulty.so
test_shims := tests/torture/at-call.so tests/torture/record-calls.so
test_modules := $(test_good) $(test_bad) $(test_newer) $(test_engine) $(test_abi) $(test_hostile) \
    $(test_faulty) $(test_shims)
# Their folders must not be writable by others, whatever the umask is.
test_plugin = umask 022 && $(MKDIR_P) $(@D) && chmod go-w $(@D) && $(CC) -std=c11 -shared -fPIC \
    -I$(srcdir)/core $(SANITIZE) $(WARNINGS) $(CFLAGS) -o $@
test_header = $(srcdir)/core/etl/plugin.h $(srcdir)/tests/plugins/good.h $(srcdir)/tests/rules.mk

test-plugins: $(test_modules)
.PHONY: test-plugins

tests/plugins/input/good.so: $(srcdir)/tests/plugins/good.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DKIND=1 $<
tests/plugins/transform/good.so: $(srcdir)/tests/plugins/good.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DKIND=2 $<
tests/plugins/output/good.so: $(srcdir)/tests/plugins/good.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DKIND=3 $<
tests/plugins/transform/steps.so: $(srcdir)/tests/plugins/good.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DKIND=4 $<
tests/plugins/transform/newer.so: $(srcdir)/tests/plugins/newer.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) $<
tests/plugins/bad/needs-newer.so: $(srcdir)/tests/plugins/newer.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DNEEDS $<
$(test_bad): tests/plugins/bad/bad-%.so: $(srcdir)/tests/plugins/bad.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -DCASE=$* $<

$(test_engine): tests/plugins/engine/%.so: $(srcdir)/tests/plugins/engine.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) -Wno-unused -DPLUGIN=$(*F) $<
tests/plugins/abi/input/%.so: $(srcdir)/tests/plugins/abi-input.c $(srcdir)/tests/plugins/abi.h \
    $(test_header)
	$(AM_V_CCLD)$(test_plugin) $<
tests/plugins/abi/transform/%.so: $(srcdir)/tests/plugins/abi-transform.c \
    $(srcdir)/tests/plugins/abi.h $(test_header)
	$(AM_V_CCLD)$(test_plugin) -Wno-unused -DPLUGIN=$(*F) $<
tests/plugins/abi/output/%.so: $(srcdir)/tests/plugins/abi-output.c $(srcdir)/tests/plugins/abi.h \
    $(test_header)
	$(AM_V_CCLD)$(test_plugin) $<
$(test_hostile): $(srcdir)/tests/plugins/hostile.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) $< -lm
$(test_faulty): $(srcdir)/tests/plugins/faulty.c $(test_header)
	$(AM_V_CCLD)$(test_plugin) $<
$(test_shims): tests/torture/%.so: $(srcdir)/tests/torture/%.c $(srcdir)/tests/torture/shim.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -shared -fPIC $(CFLAGS) -o $@ $< -ldl

# Hours of what make check does in minutes: tests/torture/list. FROM=N, ONLY=N,N...
check-torture: all
	@builddir=$(abs_builddir) FROM='$(FROM)' ONLY='$(ONLY)' MAKE='$(MAKE)' \
	    bash $(srcdir)/tests/torture/run
clean-torture:
	rm -rf torture
.PHONY: check-torture clean-torture

clean-test-plugins:
	rm -f $(test_modules)
.PHONY: clean-test-plugins

include $(srcdir)/tests/fuzz/rules.mk
