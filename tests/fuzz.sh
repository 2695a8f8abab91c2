# SPDX-License-Identifier: Apache-2.0
# Every fuzz harness over its seeds, which are small inputs of all kinds and those that once broke
# something: no promise is broken, none takes long. (make check-fuzz goes on from them.)
. "${srcdir:-.}/tests/lib.sh"
export srcdir
[ -d "$builddir/fuzz/drive" ] || skip "the drivers are not built (make fuzz-drivers)"

run_seeds()
{
    TMPDIR=$work timeout 120 "$builddir/fuzz/drive/$1" "$srcdir/tests/fuzz/seeds/$1" \
        >"$work/.out" 2>"$work/.said" && return 0
    tail -5 "$work/.said"
    return 1
}

for harness in "$srcdir"/tests/fuzz/seeds/*/; do
    name=$(basename "$harness")
    check "the seeds of $name" run_seeds "$name"
done
for source in "$srcdir"/tests/fuzz/*.c; do
    name=$(basename "$source" .c)
    case $name in drive | files) continue ;; esac
    check "$name has seeds" [ -d "$srcdir/tests/fuzz/seeds/$name" ]
done
finish
