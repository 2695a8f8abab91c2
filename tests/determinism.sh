# SPDX-License-Identifier: Apache-2.0
# The same bytes from the same inputs: at any number of threads, time after time, at any interval
# between barriers, in any locale and time zone, in any working directory. Over a mix of ten
# archives, folders and jsonl.gz, through news.conf with all its outputs, packed ones too.
# ETL_ROUNDS=N: how often for each number of threads (3; with sanitizers 1).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
. "$srcdir/tests/mix.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
rounds=${ETL_ROUNDS:-$([ "${SANITIZE:-}" ] && echo 1 || echo 3)}
check "the mix is made" mix "${ETL_PAGES:-250}"

check "the run to compare with" status 0 "$ETL" run -j1 mix.conf -o want
cat "$work/.said"
sums want >want.sums
check "it is of ten archives, folders and files of lines" \
    test "$(sed -n 's/.*"path": "\([^/"]*\).*"xxh3_128".*/\1/p' want/manifest.json | sort -u |
        grep -cxE 'a[1-9]\..*|folder[12]|lines.jsonl.gz')" = 10
check "there are duplicates, rejects and drops" \
    test -s want/duplicates.jsonl -a -s want/rejects.jsonl -a -s want/dropped.jsonl
check "the outputs agree, record by record" "$srcdir/tests/agree" want
for file in jsonl.gz:gzip csv.gz:gzip jsonl.zst:zstd csv.zst:zstd; do
    unpack=${file#*:} file=packed.${file%:*}
    check "$file is whole" "$unpack" -tq "want/$file"
done
check "the packed ones hold the same" cmp <(gzip -dc want/packed.csv.gz) <(zstd -dqc want/packed.csv.zst)

# same WHAT OPTIONS...: a run in out gives the same bytes.
same()
{
    local what=$1
    shift
    rm -rf out
    check "$what: runs" status 0 "$ETL" run "$@" mix.conf -o out
    check "$what: the same bytes" diff want.sums <(sums out)
}

for j in 1 2 3 8; do
    for round in $(seq "$rounds"); do
        same "-j$j, round $round" -j$j
    done
    for barrier in 1ms 7ms; do
        same "-j$j, barriers every $barrier" -j$j --set pipeline.barrier_interval=$barrier
        check "and barriers were made" grep -qE '"barriers": *[1-9]' out/run.json
    done
done

# A Turkish locale, where i is not the small letter of I; made here if the system has none.
turkish()
{
    locale -a 2>/dev/null | grep -qix 'tr_TR.utf-\?8' && return 0
    mkdir -p locales
    localedef -i tr_TR -f UTF-8 "$PWD/locales/tr_TR.UTF-8" >/dev/null 2>&1 || return 1
    export LOCPATH=$PWD/locales
}
turkish || echo "without a Turkish locale: none is installed and localedef makes none"
export TZ
for TZ in UTC Asia/Makassar America/St_Johns; do
    LC_ALL=tr_TR.UTF-8 same "tr_TR.UTF-8, $TZ" -j2
done
unset LOCPATH TZ
LC_ALL=C.UTF-8 same "C.UTF-8" -j2

# Elsewhere, with the same names: as copied and by -C.
mkdir -p "$work/else where/é" && cp -R "$work/in/." "$work/else where/é/" && cd "$work/else where/é" || exit 1
rm -rf want
same "another working directory" -j2
cd /
"$ETL" -q -C "$work/else where/é" run -j2 --fresh mix.conf -o out
check "another working directory by -C" diff "$work/in/want.sums" <(sums "$work/else where/é/out")
finish
