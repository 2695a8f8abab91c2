# SPDX-License-Identifier: Apache-2.0
# make install with a DESTDIR, make installcheck there, and make uninstall, which leaves nothing.
. "${srcdir:-.}/tests/lib.sh"
command -v make >/dev/null || skip "make is missing"
unset MAKEFLAGS MFLAGS MAKELEVEL
umask 022
root=$work/root # without a blank: what pkg-config says is parted by them

# Not what belongs to no package: the folders that others install into as well.
left() { (cd "$root" && find . -type f -o -type d -path '*etl*' | sort); }

check "make install" status 0 make -s -C "$builddir" install DESTDIR="$root"
for name in bin/etl include/etl/plugin.h lib/pkgconfig/etl.pc lib/etl/transform/exec.so \
    share/doc/etl/writing-plugins.md share/doc/etl/examples/Makefile \
    share/bash-completion/completions/etl share/man/man1/etl.1 share/man/man3/etl-plugin.3 \
    share/man/man5/etl.conf.5 share/man/man7/etl-plugins.7 share/etl/pipelines/news.conf; do
    found=$(find "$root" -path "*/$name" 2>/dev/null)
    case $name in lib/*) found=${found:-$(find "$root" -path "*/${name#lib/}")} ;; esac
    check "$name is installed" test -e "$found"
done
check "nobody but the owner may write to what is installed" \
    test -z "$(find "$root" \( -type f -o -type d \) -perm /022)"
check "make installcheck" status 0 make -s -C "$builddir" installcheck DESTDIR="$root"
[ "$failed" = 0 ] || cat "$work/.out"
check "make uninstall" status 0 make -s -C "$builddir" uninstall DESTDIR="$root"
check "leaves nothing" test -z "$(left)"
[ -z "$(left)" ] || left | head
finish
