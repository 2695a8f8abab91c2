# SPDX-License-Identifier: Apache-2.0
# The manual: it formats without a warning, and says all that the tables know.
. "${srcdir:-.}/tests/lib.sh"

pages=$builddir/docs
[ -f "$pages/etl.1" ] || skip "no pages were made (they are not when compiling for another machine)"

formats()
{
    local said
    said=$("$@" 2>&1 >/dev/null)
    [ -z "$said" ] || { echo "$said" | head -5; return 1; }
}
plain()
{
    if command -v groff >/dev/null; then
        groff -t -man -Tascii -P-c -P-b -P-u -rLL=200n "$1" 2>/dev/null
    else
        sed 's/\\-/-/g; s/\\f[BIR]//g; s/\\(aq/'"'"'/g' "$1"
    fi
}
has()
{
    plain "$1" >"$work/plain"
    grep -qF -- "$2" "$work/plain"
}

for page in "$pages"/*.[1357]; do
    name=${page##*/}
    if command -v groff >/dev/null; then
        check "$name: groff" formats groff -t -man -Tutf8 -ww -z "$page"
    fi
    if command -v man >/dev/null && man --version >/dev/null 2>&1; then
        check "$name: man" formats env LC_ALL=C.UTF-8 MANROFFSEQ=t man --warnings -l "$page"
    fi
    check "$name: nothing is left to fill in" test -z "$(grep -n '^@\|@[a-zA-Z]*@' "$page")"
    check "$name: a name and a line on it" grep -q ' \\- [A-Za-z]' "$page"
done

# ---- verbs and options ----
options()
{
    "$ETL" "$@" --help | sed -n 's/^ .*\(--[a-z-]*\).*/\1/p'
}
plain "$pages/etl.1" >"$work/etl.1"
for verb in $("$ETL" --help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'); do
    check "etl.1 has the verb $verb" grep -qF "etl $verb" "$work/etl.1"
    for option in $(options "$verb"); do
        check "etl.1 has $option of $verb" grep -qF -- "$option" "$work/etl.1"
    done
done
for option in $(options); do
    check "etl.1 has $option" grep -qF -- "$option" "$work/etl.1"
done
for code in $(grep -o '^CODE([0-9]*' "$srcdir/core/codes.def" | tr -dc '0-9\n'); do
    check "etl.1 has E$code" grep -q "^ *E$code " "$work/etl.1"
done
for status in $(grep -o 'EXIT_[A-Z_]* = [0-9]*' "$srcdir/core/diag.h" | sed 's/.* //'); do
    [ "$status" = 1 ] || check "etl.1 has exit status $status" grep -q "^ *$status *[A-Z]" "$work/etl.1"
done

# ---- the header ----
plain "$pages/etl-plugin.3" >"$work/etl-plugin.3"
for name in $(sed -n '/^typedef struct etl_host/,/^} etl_host/s/.*(\*\([a-z_]*\))(.*/\1/p' \
    "$srcdir/core/etl/plugin.h"); do
    check "etl-plugin.3 has $name of the host table" grep -q "(\*$name)" "$work/etl-plugin.3"
    check "and etl_$name" grep -q "etl_$name(" "$work/etl-plugin.3"
done
for name in $(grep -o 'ETL_OPTION_[A-Z]*' "$srcdir/core/etl/plugin.h" | sort -u); do
    check "etl-plugin.3 has $name" grep -q "$name" "$work/etl-plugin.3"
done
for name in $(grep -o 'ETL_OPTION_[A-Z]* =' "$srcdir/core/etl/plugin.h" | sed 's/ETL_OPTION_\(.*\) =/\1/;/^END$/d'); do
    check "the table of kinds has $name" grep -q "^$name	" "$pages/etl-plugin.3"
done
check "the header does not end in a brace of C++" \
    test "$(sed '/^SEE ALSO/,$d' "$work/etl-plugin.3" | grep . | tail -n 1 | tr -d ' ')" != "}"
while IFS= read -r message; do
    check "etl can say '$message'" grep -rqF "$message" "$srcdir/core"
done < <(sed -n '/^| message/,/^$/s/^| `\([^`]*\)` .*/\1/p' "$srcdir/docs/writing-plugins.md")

# ---- plugins and keys ----
for plugin in "$builddir"/plugins/*/*.so; do
    kind=$(basename "$(dirname "$plugin")") name=$(basename "$plugin" .so)
    page=$pages/etl-$kind-$name.7
    check "etl-plugins.7 lists $kind $name" has "$pages/etl-plugins.7" "etl-$kind-$name(7)"
    check "$kind $name has a page" test -s "$page"
    plain "$page" >"$work/page"
    keys=$("$ETL" plugins "$plugin" | sed -n '/^keys:/,/^example:/s/^  \([a-z][a-z0-9_]*\)\( .*\)\{0,1\}$/\1/p')
    check "$kind $name has keys" test -n "$keys"
    for key in $keys; do
        check "the page of $kind $name has $key" grep -q "^ *$key (" "$work/page"
    done
done
for key in name format out max_rejects include memory; do
    check "etl.conf.5 has $key" has "$pages/etl.conf.5" "$key"
done

# ---- what is roff in a text stays text ----
check "an unknown part is refused" status 64 "$ETL" help --man pictures
check "and what there is, is said" says "options, verbs, codes, keys or pipeline"
finish
