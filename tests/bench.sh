# SPDX-License-Identifier: Apache-2.0
# bench/run at a tiny size: its corpus, its commands, its table. No figure of it is judged here.
. "${srcdir:-.}/tests/lib.sh"

for tool in python3 bsdtar cc jq sqlite3; do
    command -v $tool >/dev/null || skip "$tool is not at hand"
done
cd "$work"
news=$srcdir/bench/make-news

# ---- the corpus ----
check "pages are made" "$news" --docs 300 --parts 2 one
check "and again" "$news" --docs 300 --parts 2 two
"$news" --docs 300 --formats nul one
"$news" --docs 300 --formats nul two
for kind in tar.gz zip jsonl.gz csv nul; do
    check "the same $kind both times" cmp one/news.$kind two/news.$kind
done
"$news" --docs 300 --seed 2 --formats jsonl.gz other
check "another seed makes other pages" eval '! cmp -s one/news.jsonl.gz other/news.jsonl.gz'
check "both parts are the whole" cmp <(bsdtar -xOf one/news.tar.gz) <(bsdtar -xOf one/news-1.tar.gz; bsdtar -xOf one/news-2.tar.gz)
check "the zip holds the same" cmp <(bsdtar -xOf one/news.tar.gz) <(bsdtar -xOf one/news.zip)
check "so does the JSONL" cmp <(bsdtar -xOf one/news.tar.gz) <(zcat one/news.jsonl.gz | jq -j .text)
distinct()
{
    local n
    n=$(zcat one/news.jsonl.gz | jq -c .text | sort -u | wc -l)
    [ "$n" -gt 240 ] && [ "$n" -lt 300 ]
}
check "most pages are their own, some are copies" distinct
check "what was packed again is what it was" eval '"$news" --from one/news.tar.gz --docs 7 --formats jsonl.gz first &&
    cmp <(zcat first/news.jsonl.gz) <(zcat one/news.jsonl.gz | head -7)'
"$ETL" -q run -D news=one/news.tar.gz -o out "$srcdir/pipelines/news.conf"
check "etl takes them for pages: few are dropped, none rejected, a fifth to a third are copies" jq -e '
    .counts | .read == 300 and .rejected == 0 and .dropped < 15 and .duplicates > 60 and .duplicates < 110' out/manifest.json

# ---- the table ----
check "bench/run runs" status 0 "$srcdir/bench/run" --etl "$ETL" --docs 60 --pairs 2 --work keep --out results.md
check "it says what the pages are" grep -q '^\* pages: 60 by bench/make-news --seed 1' results.md
check "what machine" grep -qE '^\* machine: .+, [0-9]+ cores' results.md
check "and nothing of who runs it" eval '! grep -qF -e "$(uname -n)" -e "$work" results.md'
check "13 figures, all but DuckDB's measured" eval '[ "$(grep -cE "^\| .* \| -?[0-9.]+( \(missed\))? \| .* \| [12] \| [<>]= [0-9.]+ \| [<>]= [0-9.]+ \|$" results.md)" -ge 12 ]'
for row in '`bsdtar -xOf` tar.gz' '\*\*etl news.conf\*\*, three outputs, -j2' 'etl news.conf, JSONL alone' 'etl news.conf, zip' \
    'zcat tar.gz' 'zcat and jq' 'sqlite3 shell' "Python's tarfile"; do
    check "a row of '$row', with both rounds" grep -qE "^\| $row.* \| 2 \| [^|]+ \|$" results.md
done
told_once()
{
    local n
    n=$(grep -cE "^\| $1.* \| 2 \| |^Left out, as not at hand:.*$1" results.md)
    [ "$n" = 1 ]
}
for peer in "DuckDB from npm" "Miller" "igzip"; do
    check "$peer ran, or is said to be missing" told_once "$peer"
done
check "the profile is there" grep -qE '^\| transform dedupe \| [0-9.]+ \| [0-9.]+ % \| ' results.md
check "JSONL alone is that" eval '! grep -qE "^\[output (csv|sqlite)\]" keep/jsonl.conf && grep -q "^\[output jsonl\]" keep/jsonl.conf'
stamp=$(stat -c %Y keep/news-60/news.tar.gz)
check "peers can be chosen, corpora are kept" status 0 "$srcdir/bench/run" --etl "$ETL" --docs 60 --pairs 1 \
    --work keep --peers zcat --out=-
check "and the table is printed" grep -q '^| zcat tar.gz' .out
check "without those that were not chosen" eval '! grep -q "^| zcat and jq" .out'
check "the corpus is the one of before" [ "$(stat -c %Y keep/news-60/news.tar.gz)" = "$stamp" ]
check "no such peer" status 1 "$srcdir/bench/run" --etl "$ETL" --peers zcat,zkat --out=-
check "is said" says "no such peer: zkat"
check "no etl there" status 1 "$srcdir/bench/run" --etl ./none --out=-
check "is said, too" says "none is not there"

# ---- kernels ----
if [ -x "$builddir/bench/micro" ]; then
    check "each kernel is measured, and SAME is the same" status 0 "$builddir/bench/micro" one/news.nul \
        "$srcdir/plugins/languages/id.conf"
    check "beside what libraries do" eval '[ "$(grep -c "^|   " .out)" -ge 13 ] && [ "$(grep -c "^| [=~]" .out)" -ge 9 ]'
    printf 'text\377\0' >bad
    check "what is not text is refused" status 1 "$builddir/bench/micro" bad
    check "with a word" says "not UTF-8"
else
    echo "bench/micro is not built (make bench): not looked at"
fi

# ---- what the Python peer makes is what it says ----
mkdir peer
check "the Python peer runs" python3 "$srcdir/bench/peer.py" one/news.tar.gz peer
same_rows()
{
    [ "$(wc -l <peer/news.jsonl)" = "$(sqlite3 peer/news.db 'select count(*) from articles')" ] &&
        cmp <(jq -j '.body + "\n"' peer/news.jsonl) <(sqlite3 peer/news.db 'select body from articles')
}
check "the same rows in its outputs" same_rows
finish
