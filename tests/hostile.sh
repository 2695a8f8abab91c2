# SPDX-License-Identifier: Apache-2.0
# Foreign, odd and malformed archives. All of them through the archive reader alone: no crash, 5
# seconds and 256 MiB at most for each. A sample (all with ETL_TEST_ALL=1) through the real binary,
# past all damage: done or a named damage; never a signal, never another status.
. "${srcdir:-.}/tests/lib.sh" || exit 1
need_shared hostile/libarchive
reader=$(pwd)/tests/torture/read-archives
[ -x "$reader" ] || skip "tests/torture/read-archives is not built (make check builds it)"
mkdir "$work/here" && cd "$work/here" || exit 1

find "$shared/hostile/libarchive" "$shared"/hostile/go-fuzz/{zip,gzip,tar,bzip2} -type f | sort >all

reader_alone()
{
    xargs -d '\n' "$reader" <all >verdicts && return 0
    grep -E 'CRASHED|HUNG|GREW' verdicts
    return 1
}
check "the reader alone, on each of $(wc -l <all)" reader_alone
check "a verdict on each" [ "$(wc -l <all)" = "$(wc -l <verdicts)" ]
check "some of them are good" grep -q 'clean$' verdicts

step=25
[ "${ETL_TEST_ALL:-}" ] && step=1
awk -v step="$step" 'NR % step == 0' all >files

try()
{
    local got
    {
        printf '[pipeline]\nname = hostile\nformat = 1\nout = out\nmax_rejects = 100%%\n'
        printf '[input archive]\npath = "%s"\non_damage = salvage\nallow_empty = yes\n' "$1"
        printf 'max_entries = 100000\n[output jsonl]\npath = o.jsonl\nfields = id, source, text\n'
    } >h.conf
    rm -rf out
    timeout 5 "$ETL" run -j1 h.conf >"$work/out" 2>"$work/.said"
    got=$?
    [ $got = 0 ] || { [ $got = 65 ] && says "[E0"; } && return 0
    echo "status $got from $1"
    head -5 "$work/.said"
    return 1
}

while read -r file; do
    check "$file" try "$file"
done <files
finish
