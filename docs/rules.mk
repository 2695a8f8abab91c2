# SPDX-License-Identifier: Apache-2.0
# Manual pages. What tables know - options, verbs, codes, the keys of each plugin - the built etl
# says itself (--man); so a page is made after it, in the build folder, and none when compiling for
# another machine.

man_texts = docs/etl.1 docs/etl.conf.5 docs/etl-plugins.7
man_of_plugin = docs/etl-$(subst /,-,$(1)).7
man_pages := $(man_texts) docs/etl-plugin.3 $(foreach p,$(plugin_names),$(call man_of_plugin,$p))
man_made = $(if $(filter yes,$(cross_compiling)),,$(man_pages))
man_folder = $(DESTDIR)$(mandir)/man$(patsubst .%,%,$(suffix $(1)))

pages: $(man_made)
.PHONY: pages

$(man_texts): docs/%: $(srcdir)/docs/%.in $(srcdir)/docs/assemble etl$(EXEEXT) $(plugin_modules)
	@$(MKDIR_P) docs
	$(AM_V_GEN)$(SHELL) $(srcdir)/docs/assemble ./etl$(EXEEXT) $< $(plugin_modules:%=./%) >$@.new && \
	    sed -e 's|@VERSION[@]|$(VERSION)|g' -e 's|@plugindir[@]|$(plugindir)|g' \
	        -e 's|@pkgdatadir[@]|$(pkgdatadir)|g' $@.new >$@.whole && \
	    rm -f $@.new && mv $@.whole $@

docs/etl-plugin.3: docs/%: $(srcdir)/docs/%.in $(srcdir)/docs/header.awk $(etlinclude_HEADERS)
	@$(MKDIR_P) docs
	$(AM_V_GEN)$(AWK) -v header=$(srcdir)/core/etl/plugin.h -f $(srcdir)/docs/header.awk $< >$@.new && \
	    sed 's|@VERSION[@]|$(VERSION)|g' $@.new >$@.whole && rm -f $@.new && mv $@.whole $@

define man_rule
$(call man_of_plugin,$(1)): etl$(EXEEXT) plugins/$(1).so
	@$$(MKDIR_P) docs
	$$(AM_V_GEN)./etl$(EXEEXT) plugins --man ./plugins/$(1).so >$$@.new && mv $$@.new $$@
endef
$(foreach p,$(plugin_names),$(eval $(call man_rule,$p)))

install-pages: $(man_made)
	$(foreach page,$(man_made),$(MKDIR_P) "$(call man_folder,$(page))" && \
	    $(INSTALL_DATA) $(page) "$(call man_folder,$(page))" && ) :
uninstall-pages:
	$(foreach page,$(man_made),rm -f "$(call man_folder,$(page))/$(notdir $(page))" && ) :
clean-pages:
	rm -f $(man_pages) $(man_pages:%=%.new) $(man_pages:%=%.whole)
.PHONY: install-pages uninstall-pages clean-pages
