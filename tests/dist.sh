# SPDX-License-Identifier: Apache-2.0
# A tarball holds every file that git has, unchanged.
. "${srcdir:-.}/tests/lib.sh"

cd "$srcdir" || exit 1
git() { command git -c safe.directory='*' "$@"; }
[ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$srcdir" ] || skip "this is no git checkout"
unset MAKEFLAGS MFLAGS MAKELEVEL

check "make dist" make -s -C "$builddir" distdir distdir=dist-test >"$work/made" 2>&1
trap 'chmod -R u+w "$builddir/dist-test" 2>/dev/null; rm -rf "$builddir/dist-test" "$work"' EXIT
tail -n 5 "$work/made"
git ls-files | while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done >"$work/files"
check "git has files" test -s "$work/files"
while IFS= read -r file; do
    check "$file is in it, as it is" cmp -s "$file" "$builddir/dist-test/$file"
done <"$work/files"
check "programs can be run" test -x "$builddir/dist-test/quickstart"
check "so can configure" test -x "$builddir/dist-test/configure"
finish
