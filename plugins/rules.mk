# SPDX-License-Identifier: Apache-2.0
# One rule for all plugins: plugins/KIND/NAME.c, or every C and C++ file of the folder
# plugins/KIND/NAME/, becomes plugins/KIND/NAME.so. Only what a plugin links to beyond common/
# is said here, by its name.

plugin_libs_input/archive = $(ARCHIVE_LIBS)
plugin_libs_transform/language = $(CLD2_LIBS)
plugin_libs_output/sqlite = $(SQLITE_LIBS)

plugin_kinds = input transform output
plugin_files := $(foreach k,$(plugin_kinds),$(wildcard $(srcdir)/plugins/$k/*.c))
plugin_folders := $(foreach k,$(plugin_kinds),$(sort $(dir $(wildcard $(srcdir)/plugins/$k/*/*.c))))
plugin_names := $(sort $(patsubst $(srcdir)/plugins/%.c,%,$(plugin_files)) \
    $(patsubst $(srcdir)/plugins/%/,%,$(plugin_folders)))
plugin_modules := $(patsubst %,plugins/%.so,$(plugin_names))
plugin_sources = $(wildcard $(srcdir)/plugins/$(1).c $(srcdir)/plugins/$(1)/*.c $(srcdir)/plugins/$(1)/*.cc)
plugin_objects = $(patsubst $(srcdir)/%,%.o,$(call plugin_sources,$(1)))
plugin_all_objects := $(foreach p,$(plugin_names),$(call plugin_objects,$p))
plugin_flags = -I$(srcdir) -I$(srcdir)/core -I. -DHAVE_CONFIG_H -DDATADIR='"$(pkgdatadir)"' \
    -fPIC -fvisibility=hidden -MMD -MP $(SANITIZE) $(CPPFLAGS)

# What is known of languages is data beside the plugins: copied where the build has a folder of its
# own, so that an etl that is not installed finds it too.
plugin_data := $(patsubst $(srcdir)/plugins/%,plugins/%,$(wildcard $(srcdir)/plugins/languages/*.conf))

plugins: $(plugin_modules) plugin-data
plugin-data: # VPATH would find these files in the source and leave them there
	@test "$(srcdir)" = . || $(MKDIR_P) plugins/languages
	@for f in $(plugin_data); do cmp -s "$(srcdir)/$$f" $$f || cp "$(srcdir)/$$f" $$f || exit 1; done
.PHONY: plugins plugin-data

$(filter %.c.o,$(plugin_all_objects)): %.c.o: $(srcdir)/%.c config.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CC)$(CC) -std=c11 $(plugin_flags) $(WARNINGS) $(CFLAGS) -c -o $@ $<

$(filter %.cc.o,$(plugin_all_objects)): %.cc.o: $(srcdir)/%.cc config.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CXX)$(CXX) -std=c++17 -fno-exceptions -fno-rtti $(plugin_flags) $(CXX_WARNINGS) $(CXXFLAGS) -c -o $@ $<

.SECONDEXPANSION:
# etl refuses plugins that others could change, so a generous umask must not make such.
$(plugin_modules): plugins/%.so: $$(call plugin_objects,$$*) libcommon.a $(srcdir)/plugins/plugin.map
	$(AM_V_CCLD)umask 022 && chmod go-w $(@D) && $(CC) -shared $(SANITIZE) $(CFLAGS) $(LDFLAGS) $(HARDEN_LDFLAGS) $(NO_UNDEFINED) \
	    -Wl,--version-script=$(srcdir)/plugins/plugin.map -Wl,--as-needed -o $@ \
	    $(filter %.o,$^) libcommon.a $(plugin_libs_$*) $(COMMON_LIBS) -lm

-include $(patsubst %.o,%.d,$(plugin_all_objects))

install-plugins: $(plugin_modules)
	for p in $(plugin_names); do \
	    $(MKDIR_P) "$(DESTDIR)$(plugindir)/$${p%/*}" && \
	    $(INSTALL_PROGRAM) plugins/$$p.so "$(DESTDIR)$(plugindir)/$$p.so" || exit 1; \
	done
	$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/languages"
	for f in $(plugin_data); do \
	    $(INSTALL_DATA) "$(srcdir)/$$f" "$(DESTDIR)$(pkgdatadir)/$${f#plugins/}" || exit 1; \
	done
uninstall-plugins:
	for f in $(plugin_data); do rm -f "$(DESTDIR)$(pkgdatadir)/$${f#plugins/}"; done
	rmdir "$(DESTDIR)$(pkgdatadir)/languages" "$(DESTDIR)$(pkgdatadir)" 2>/dev/null || :
	for p in $(plugin_names); do rm -f "$(DESTDIR)$(plugindir)/$$p.so"; done
	for k in $(plugin_kinds); do rmdir "$(DESTDIR)$(plugindir)/$$k" 2>/dev/null || :; done
	rmdir "$(DESTDIR)$(plugindir)" 2>/dev/null || :
clean-plugins:
	rm -f $(plugin_modules) $(plugin_all_objects) $(patsubst %.o,%.d,$(plugin_all_objects))
	test "$(srcdir)" = . || rm -f $(plugin_data)
.PHONY: install-plugins uninstall-plugins clean-plugins
