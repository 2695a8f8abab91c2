# SPDX-License-Identifier: Apache-2.0
# The output boilerplate in real runs: planted lines are found and nothing under the threshold; any
# number of threads, kills and resumes give the same file; extract reads what it writes.
. "${srcdir:-.}/tests/lib.sh"
cd "$work" || exit 1
unset NEWS

# 12000 pages of 6 outlets and of none. "menu" is on all pages of an outlet, "often" on every 4th,
# "seldom" on every 12th, "form" stands twice on every 20th; the other lines differ, or are on up
# to three pages. Every 5th page has the menu in its body as well.
awk 'BEGIN { for (i = 0; i < 12000; i++) {
        outlet = i % 7; n = int(i / 7)
        line = "menu of " outlet "\\n"
        if (n % 4 == 0) line = line "often of " outlet "\\n"
        if (n % 12 == 0) line = line "seldom of " outlet "\\n"
        if (n % 20 == 0) line = line "form of " outlet "\\n  form  of " outlet "\\n"
        for (k = 0; k < 12; k++) line = line "text of page " i ", line " k "\\n"
        line = line "text of three pages " int(n / 3) "\\n"
        printf "{\"text\": \"%s\", \"body\": \"text\\n%s\", \"outlet\": %s}\n", line,
            i % 5 ? "" : "menu of " outlet "\\nseldom of " outlet,
            outlet ? "\"Kabar " outlet "\"" : "null"
    } }' >pages.jsonl
cat >b.conf <<'CONF'
[pipeline]
name = b
barrier_interval = 1ms
[input jsonl]
path = pages.jsonl
fields = text, body, outlet
[output boilerplate]
path = rules.tsv
min_pages = 10
lines = 65536
[output boilerplate left]
path = left.tsv
min_pages = 10
lines = 65536
min_share = 0
left_in = body
[output boilerplate small]
path = small.tsv.gz
lines = 64
CONF
check "it runs" status 0 "$ETL" run -q -j1 -o want b.conf

# What stands on how many pages, counted the plain way: outlet, count, line.
awk -v FS='"' '{
        outlet = $12 == "" ? "(no name)" : $12; pages[outlet]++
        n = split($4, line, /\\n/); split("", seen)
        for (i = 1; i <= n; i++) {
            gsub(/ +/, " ", line[i]); sub(/^ /, "", line[i])
            if (line[i] != "" && !(line[i] in seen)) { seen[line[i]]; count[outlet "\t" line[i]]++ }
        }
    }
    END { for (k in count) { split(k, part, "\t"); print part[1] "\t" count[k] "\t" part[2] "\t" pages[part[1]] } }' \
    pages.jsonl | sort -t "$(printf '\t')" -k1,1 -k3,3 >exact
listed() # FILE: outlet, count, line
{
    awk -F '\t' '/^# .*: [0-9]+ pages/ { outlet = $0; sub(/^# /, "", outlet); sub(/: [0-9]+ pages.*/, "", outlet) }
        /^[0-9]/ { print outlet "\t" $1 "\t" $2 }' "$1"
}
check "all that stands on 10 pages and a tenth of them is listed, with its count, and nothing else" \
    cmp <(listed want/rules.tsv) <(awk -F '\t' '$2 >= 10 && $2 >= $4 / 10 { print $1 "\t" $2 "\t" $3 }' exact)
check "that is two lines of each outlet" test "$(listed want/rules.tsv | wc -l)" = 14
check "what is left in a body, on 10 pages or more" \
    cmp <(listed want/left.tsv) <(awk -F '\t' '$2 >= 10 && $3 ~ /^(menu|seldom)/ { print $1 "\t" $2 "\t" $3 }' exact)
gzip -dc want/small.tsv.gz >small.tsv
check "a small table still has all menus" test "$(listed small.tsv | grep -c menu)" = 7
check "counts in it are not too high" test -z "$(listed small.tsv |
    awk -F '\t' 'NR == FNR { exact[$1 $3] = $2; next } $2 > exact[$1 $3]' exact -)"
check "and it says what they lack" grep -q '; a count may lack up to [1-9]' small.tsv

# ---- threads, kills ----
sums()
{
    (cd "$1" && sha256sum rules.tsv left.tsv small.tsv.gz manifest.json)
}
sums want >want.sums
for j in 1 4; do
    check "-j$j" status 0 "$ETL" run -q -j$j --fresh -o many b.conf
    check "-j$j: the same files" cmp want.sums <(sums many)
done
resumed=0
for delay in 0.005 0.01 0.015 0.02 0.03 0.04 0.05 0.06 0.08 0.1; do
    rm -rf out
    for j in 1 4; do # killed once, and once more while it goes on
        "$ETL" run -q -j$j -o out b.conf 2>killed &
        pid=$!
        sleep $delay
        kill -9 $pid 2>killed
        wait $pid 2>killed
    done
    [ ! -s out/.state/journal ] || [ -e out/manifest.json ] || resumed=$((resumed + 1))
    check "killed after $delay s, it goes on" status 0 "$ETL" run -q -j2 -o out b.conf
    check "and gives the same files" cmp want.sums <(sums out)
done
echo "$resumed of 10 had a journal to go on with"
shim=$builddir/tests/torture/at-call.so
kill_each() # around every 9th call that changes a file, and the last 12
{
    local n i
    rm -rf out
    ETL_CALLS=$work/calls LD_PRELOAD=$shim "$ETL" run -q -j1 -o out b.conf || return 1
    n=$(cat calls)
    for ((i = 1; i <= n; i++)); do
        [ $((i % 9)) = 0 ] || [ $((n - i)) -lt 12 ] || continue
        rm -rf out
        ETL_KILL_AT=$i LD_PRELOAD=$shim "$ETL" run -q -j1 -o out b.conf 2>killed
        "$ETL" run -q -j1 -o out b.conf && cmp want.sums <(sums out) || { echo "killed at call $i of $n"; return 1; }
    done
}
if [ -z "${SANITIZE:-}" ]; then
    check "killed around its calls" kill_each 2>killed
fi

# ---- limits ----
check "past its memory it stops" status 71 "$ETL" run -q -o little --memory 16M \
    --set 'output boilerplate small.lines=1000000' --set 'output boilerplate.lines=1000000' b.conf
check "and says what would do" says "run the same command with --memory="

# ---- the sample, and extract reads what was learned ----
cd "$srcdir" || exit 1
mkdir "$work/unpacked"
tar -xzf pipelines/sample/outlet/pages.tar.gz -C "$work/unpacked"
check "archive and pages agree; if not: pipelines/sample/make" \
    diff -r pipelines/sample/outlet/pages "$work/unpacked"
check "learn.conf runs" status 0 "$ETL" run -q -o "$work/learn" pipelines/learn.conf
check "it finds the three notices of the sample" \
    test "$(grep -c "^6$(printf '\t')" "$work/learn/boilerplate.tsv")" = 3
news="$ETL run -q -D news=pipelines/sample/outlet/pages.tar.gz"
check "without the rules" status 0 $news -o "$work/without" pipelines/news.conf
check "and with them" status 0 $news -o "$work/with" \
    --set "transform extract.rules=$work/learn/boilerplate.tsv" pipelines/news.conf
body_lines() # RUN: lines of all bodies
{
    grep -o '"body":".*"' "$1/news.jsonl" | grep -o '\\n' | wc -l
}
check "the notices are gone from the six bodies" \
    test $(($(body_lines "$work/without") - $(body_lines "$work/with"))) = 18
check "no word of them is left" test -z "$(grep 'loper koran\|Radio Rekaan\|warung mana' "$work/with/news.jsonl")"
printf '# mine\n1\tKabar apa saja.\n' >>"$work/learn/boilerplate.tsv"
check "a file edited by hand is read" status 0 $news -o "$work/edited" \
    --set "transform extract.rules=$work/learn/boilerplate.tsv" pipelines/news.conf
finish
