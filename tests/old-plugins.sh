# SPDX-License-Identifier: Apache-2.0
# The promise of the ABI, kept by machines: members lie where they lay in etl 1.0, plugins export one
# symbol and etl none of its own, and a binary of an older etl, as it was built then, gives what it
# gave then. (That a plugin for a newer etl is refused: tests/unit/test-registry and tests/header.sh.)
. "${srcdir:-.}/tests/lib.sh"
here=$srcdir/tests/old-plugins
cd "$work" || exit 1
umask 022

if command -v cc >/dev/null; then
    for file in "$here"/layout-*.c; do
        check "${file##*/}" cc -std=c11 -fsyntax-only -Werror -I"$srcdir/core" "$file"
    done
fi

# ---- symbols ----
if command -v nm >/dev/null; then
    exported() { nm -D --defined-only "$1" | awk '{print $3}' | grep -vE '^(__asan|__ubsan|__odr|__tsan|__lsan|__start|__stop)'; }
    for so in "$builddir"/plugins/*/*.so; do
        check "$so exports etl_plugins_1 alone" test "$(exported "$so")" = etl_plugins_1
        check "$so needs nothing of etl" test -z "$(nm -D --undefined-only "$so" | grep ' etl_')"
    done
    [ "${SANITIZE:-}" ] || # whose run time library exports itself
        check "etl exports nothing but what the C library made it, and its own _exit" test \
            "$(nm -D --defined-only "$ETL" | awk '$3 !~ /@GLIBC/ {print $3}' | LC_ALL=C sort | tr '\n' ' ')" = "_Exit _exit "
fi

# ---- binaries ----
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || { echo "the binaries are for x86-64"; finish; }
for i in a b c; do echo $i >$i.txt; done
runs()
{
    cat >p.conf <<CONF
[pipeline]
name = p
max_rejects = 100%
[input ./$1]
path  = *.txt
extra = one, "two, three"
mood  = wild
gap   = 2m
loud  = yes
[transform ./$1]
size = 2K
[output ./$1]
path = out.txt
CONF
    rm -rf out
    status 0 "$ETL" -q run -j"$2" --set pipeline.barrier_interval=1ms p.conf -o out
}
n=0
for so in "$here"/etl-*-x86_64.so; do
    name=${so##*/} want=$here/$(basename "$so" -x86_64.so)
    cp "$so" . && chmod 755 "$name"
    for j in 1 4; do
        check "$name is run, -j$j" runs "$name" $j
        [ "${1:-}" = --update ] && cat out/out.txt >"$want.want"
        check "and gives what it gave" cmp "$want.want" out/out.txt
        check "with its counts" grep -qF '"read": 60, "split": 12, "made": 1, "kept": 55, "dropped": 6, "duplicates": 6, "rejected": 6' out/manifest.json
    done
    check "it is described" status 0 "$ETL" plugins "./$name"
    if command -v cc >/dev/null; then
        cc -std=c11 -shared -fPIC ${SANITIZE:-} -I"$srcdir/core" -o new.so "$want.c"
        check "its source, with the header of today" runs new.so 2
        check "gives the same" cmp "$want.want" out/out.txt
    fi
    n=$((n + 1))
done
check "there is one for each etl that added something" test $n -ge 1
finish
