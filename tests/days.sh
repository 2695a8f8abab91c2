# SPDX-License-Identifier: Apache-2.0
# Three days of overlapping folders through the whole of news.conf: one run over all three is the
# same, record by record, as three runs with `index`, in every output; kills in the middle of the
# second day and around each call of its publishing change nothing, nor do they in the index.
# ETL_KILLS=N: kills in the middle (8). ETL_PAGES=N: pages a day (400).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
cd "$work" || exit 1
unset NEWS
kills=${ETL_KILLS:-8} n=${ETL_PAGES:-400}
shim=$builddir/tests/torture/at-call.so

# A third of each day's pages was in the day before, byte for byte; of the others some are copies
# and near copies of pages of any day.
for day in 1 2 3; do
    first=$(((day - 1) * n * 2 / 3 + 1))
    "$srcdir/tests/make-pages" day$day $first $((first + n - 1))
    cp "$srcdir/pipelines/sample/pages/0$day"*.txt "$srcdir/pipelines/sample/pages/04"*.txt day$day
    tar --sort=name --owner=0 --group=0 --mtime=@0 -czf day$day.tar.gz day$day
done
check "folders overlap" test "$(cat day[123]/* | cksum)" != "" -a \
    "$(ls day1 day2 | sort | uniq -d | wc -l)" -ge $((n / 3))

settings=(--set pipeline.barrier_interval=2ms --set pipeline.max_rejects=100%)
day() # DAY [OPTIONS]
{
    "$ETL" run -q -D news="day$1.tar.gz" -o "out$1" "${settings[@]}" \
        --set 'transform dedupe.index=store' "${@:2}" "$srcdir/pipelines/news.conf"
}

check "one run over three days" status 0 "$ETL" run -q -j2 -D news='day[123].tar.gz' -o whole \
    "${settings[@]}" "$srcdir/pipelines/news.conf"
check "it has kept pages and duplicates" test "$(wc -l <whole/news.jsonl)" -gt $n -a \
    "$(wc -l <whole/duplicates.jsonl)" -gt $((n / 2))
rows() # DB...: the articles of several databases, in order
{
    for db in "$@"; do
        sqlite3 -json "$db" 'select * from articles order by rowid' | sed 's/^\[//; s/[],]*$//'
    done
}
same_as_one()
{
    local file
    for file in news.jsonl duplicates.jsonl dropped.jsonl rejects.jsonl; do
        cat out[123]/$file | cmp - whole/$file || return 1
    done
    cmp <(cat out1/news.csv <(sed 1d out2/news.csv) <(sed 1d out3/news.csv)) whole/news.csv &&
        cmp <(rows out[123]/news.db) <(rows whole/news.db)
}
segments()
{
    (cd store && cksum -- *)
}
for day in 1 2 3; do
    check "day $day" status 0 day $day -j$day
done
check "three days with an index are one run, record by record" same_as_one
check "copies of another day are found" grep -qFf \
    <(grep -o '"id":"[0-9a-f]*"' out1/news.jsonl | sed 's/"id"/"duplicate_of"/') out2/duplicates.jsonl
segments >before
check "a segment a day" test "$(wc -l <before)" = 3
mkdir saved
mv store/* saved
mv out2 out3 saved
first=$(cd saved && cksum -- *.etl-pages | sort -k3 | cut -d' ' -f3)

# The index as it was after day 1: the segment that is the first to be told of.
day1_segment()
{
    local s
    for s in $first; do # generation, byte 20 of the header
        [ "$(od -An -tu4 -j20 -N4 "saved/$s" | tr -d ' ')" = 1 ] && echo "saved/$s"
    done
}
check "one segment is of the first day" test "$(day1_segment | wc -l)" = 1

after_day_1()
{
    rm -rf store out2 out3
    mkdir store
    cp -p "$(day1_segment)" store
}
# Day 2 goes on, day 3 comes: all is as if nothing had been killed.
goes_on()
{
    day 2 -j2 && day 3 -j1 && same_as_one && segments | cmp - before && [ "$(ls -A store | wc -l)" = 3 ]
}

# The same as `day 2 -j2`, in place of the shell, so that it can be killed by its number.
day_2_itself()
{
    exec "$ETL" run -q -D news=day2.tar.gz -o out2 "${settings[@]}" \
        --set 'transform dedupe.index=store' -j2 "$srcdir/pipelines/news.conf"
}

exec 3>&2 2>"$work/shell" # bash tells of each that is killed
n_killed=0 n_resumed=0
killed_after() # SECONDS
{
    local pid
    after_day_1
    (day_2_itself 2>/dev/null) &
    pid=$!
    sleep "$1"
    kill -9 "$pid"
    wait $pid
    [ ! -e out2/manifest.json ] && n_killed=$((n_killed + 1))
    [ ! -s out2/.state/journal ] || n_resumed=$((n_resumed + 1))
    goes_on
}
for ((i = 1; i <= kills; i++)); do
    check "killed in the middle, $((i * 8)) ms after it began" killed_after "0.$(printf %03d $((i * 8)))"
done
at_call() # N[+]: killed there
{
    after_day_1
    ETL_KILL_AT=$1 LD_PRELOAD=$shim day 2 -j1
    [ $? = 137 ] && n_killed=$((n_killed + 1))
    goes_on || { echo "killed at call $1"; return 1; }
}
if [ -z "${SANITIZE:-}" ]; then # a preloaded shim and sanitizers do not go together
    after_day_1
    ETL_CALLS=$work/count LD_PRELOAD=$shim day 2 -j1 >/dev/null
    calls=$(cat count)
    check "there are calls to kill at" test "$calls" -gt 60
    # The last ones publish: the index segment is one of the files that are renamed.
    for ((i = calls - 26; i <= calls; i += 3)); do
        check "killed before call $i of $calls" at_call $i
        check "killed behind call $((i + 1)) of $calls" at_call $((i + 1))+
    done
    for ((i = calls / 5; i < calls - 30; i += calls / 5)); do
        check "killed at call $i of $calls" at_call $i
    done
fi
exec 2>&3
echo "cases: $n_killed runs were killed before they were done, $n_resumed of those by time had a journal"
check "some runs were killed" test $n_killed -ge 3
finish
