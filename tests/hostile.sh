# SPDX-License-Identifier: Apache-2.0
# Foreign, odd and malformed files, for a build with sanitizers above all: no crash, 5 seconds and 256
# MiB at most for each. All archives through the archive reader alone; a sample of all files (all with
# ETL_TEST_ALL=1) through the real binary and each input that fits, past all damage: done or a named
# damage, each document accounted for. The verdict on each is that of hostile.verdicts, which knows a
# file by a hash of its bytes; `tests/hostile.sh --update` writes that anew.
. "${srcdir:-.}/tests/lib.sh" || exit 1
need_shared hostile/libarchive
command -v python3 >/dev/null || skip "python3 is not installed"
reader=$builddir/tests/torture/read-archives
[ -x "$reader" ] || skip "tests/torture/read-archives is not built (make check builds it)"
update=${1:-}
golden=$srcdir/tests/hostile.verdicts
mkdir "$work/here" && cd "$work/here" || exit 1
slow=1
[ -z "${SANITIZE:-}" ] || slow=8

find "$shared/hostile/libarchive" "$shared"/hostile/go-fuzz/{zip,gzip,tar,bzip2} "$shared/hostile/warcio" -type f | sort >archives

reader_alone()
{
    xargs -d '\n' "$reader" <archives >verdicts && return 0
    grep -E 'CRASHED|HUNG|GREW' verdicts
    return 1
}
check "the reader alone, on each of $(wc -l <archives)" reader_alone
check "a verdict on each" [ "$(wc -l <archives)" = "$(wc -l <verdicts)" ]
check "some of them are good" grep -q 'clean$' verdicts

# Each file by each input that it is for.
files()
{
    sed 's/^/archive\t/' archives
    find "$shared"/hostile/go-fuzz/json "$shared/hostile/jsontestsuite" "$shared/hostile/csv-spectrum/json" \
        -type f | sed 's/^/jsonl\t/'
    find "$shared"/hostile/go-fuzz/{gzip,bzip2} "$shared/hostile/warcio" -type f | sed 's/^/jsonl\t/'
    find "$shared"/hostile/go-fuzz/{csv,gzip,bzip2} "$shared/hostile/csv-spectrum" "$shared/hostile/text" \
        "$shared/hostile/jsontestsuite" "$shared/hostile/warcio" -type f | sed 's/^/txt\t/'
    find "$shared"/hostile/go-fuzz/csv "$shared/hostile/csv-spectrum/csvs" "$shared/hostile/text" "$shared/hostile/warcio" \
        -type f | sed 's/^/txt-lines\t/'
}
files | LC_ALL=C sort >all
step=97
[ "${ETL_TEST_ALL:-}" ] || [ "$update" = --update ] && step=1
awk -v step="$step" 'NR % step == 0' all >list

# What the verdicts hang on besides us.
libraries()
{
    echo "# $("$reader" --libraries), $(sed -n 's/^#define HAVE_\(ICU\|ISAL\|LIBDEFLATE\|UCHARDET\) 1$/\1/p' "$builddir/config.h" | tr '\n' ' ')"
}
verdicts()
{
    "$srcdir/tests/hostile-verdicts" $((5 * slow)) $((256 * slow)) <list >got
}
check "each file by each input: $(wc -l <list) of $(wc -l <all)" verdicts
check "there is a verdict on each" test "$(wc -l <got)" -ge $(($(wc -l <list) * 3 / 5))
if [ "$update" = --update ]; then
    { libraries; cat got; } >"$golden"
fi

# Those that differ, and those that the table does not know.
differ()
{
    awk 'NR == FNR { want[$1 " " $2] = $0; next }
        !(($1 " " $2) in want) { print "new: " $0; next }
        want[$1 " " $2] != $0 { print "was: " want[$1 " " $2]; print "is:  " $0 }' "$golden" got >differ
    grep -q '^is:' differ || return 0
    cat differ
    [ "$(head -n 1 "$golden")" = "$(libraries)" ] && return 1
    echo "(not held against it: the table was made with ${golden##*/} $(head -n 1 "$golden"), this is $(libraries))"
}
check "the verdicts are those of the table; if they are better: tests/hostile.sh --update" differ
new=$(grep -c '^new:' differ)
check "the table knows nearly all" test "$new" -le $(($(wc -l <got) / 20))
echo "$(wc -l <archives) archives by the reader alone, $(wc -l <got) verdicts, $(grep -c '^is:' differ) changed, $new new"
finish
