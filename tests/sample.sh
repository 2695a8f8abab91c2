# SPDX-License-Identifier: Apache-2.0
# The pipelines of pipelines/ run as they stand; of news.conf on the sample: what becomes of each
# page, that the three outputs agree, and that the archive holds the pages byte for byte.
# tests/pipelines/sample.fates is the golden file; `tests/sample.sh --update` writes it anew.
. "${srcdir:-.}/tests/lib.sh"

update=${1:-}
golden=$srcdir/tests/pipelines/sample.fates
cd "$srcdir" || exit 1

# ---- the archive is what make packs, and holds the pages ----
mkdir "$work/unpacked"
tar -xzf pipelines/sample/news.tar.gz -C "$work/unpacked"
check "archive and pages agree; if not: pipelines/sample/make" \
    diff -r pipelines/sample/pages "$work/unpacked"
packs_the_same()
{
    for umask in 022 077; do
        (umask $umask && TZ=Asia/Makassar sh pipelines/sample/make "$work/again-$umask.tar.gz")
        zcat "$work/again-$umask.tar.gz" | cmp - <(zcat pipelines/sample/news.tar.gz) || return 1
    done
}
check "pipelines/sample/make packs the same bytes anywhere" packs_the_same

# ---- news.conf ----
run="$ETL run -o $work/news -j 2 pipelines/news.conf"
check "news.conf runs" status 0 env -u NEWS $run
cp "$work/.said" "$work/summary"

# One line a page: its name, its fate, and why or what came of it.
fates()
{
    local all=$work/news
    jq -r '[.source, "kept", .language, .kind, .title // "(no title)"] | join("\t")' "$all/news.jsonl"
    jq -r '[.source, "dropped", if .kind == "index" then "kind" else "language" end] | join("\t")' \
        "$all/dropped.jsonl"
    jq -r '[.source, "duplicate", .of, if .similarity == 1 then "exact" else "near" end] | join("\t")' \
        <(jq -c --slurpfile kept "$all/news.jsonl" \
            '. as $d | .of = ($kept[] | select(.id == $d.duplicate_of) | .source)' \
            "$all/duplicates.jsonl")
    jq -r '[.source, "rejected", .reason] | join("\t")' "$all/rejects.jsonl"
}
if command -v jq >/dev/null; then
    fates | sed 's|pipelines/sample/news.tar.gz!||g' | sort >"$work/fates"
    [ "$update" = --update ] && cp "$work/fates" "$golden"
    check "each page's fate is that of $golden" diff -u "$golden" "$work/fates"
    check "each page has one fate" \
        diff <(ls pipelines/sample/pages) <(cut -f 1 "$work/fates")
    count() { cut -f 2 "$work/fates" | grep -cx "$1"; }
    check "the manifest counts the same" grep -qF "\"counts\": {\"read\": $(wc -l <"$work/fates"), \
\"split\": 0, \"made\": 0, \"kept\": $(count kept), \"dropped\": $(count dropped), \
\"duplicates\": $(count duplicate), \"rejected\": $(count rejected)}" "$work/news/manifest.json"

    # ---- what is invented for a purpose ----
    page() { jq -c "select(.source | endswith(\"!$1\"))" "$work/news/news.jsonl"; }
    body() { page "$1" | jq -r .body; }
    check "a body that stands twice is kept once" \
        test "$(body 02-doubled-body.txt | grep -c 'Hal ini disampaikannya')" = 1
    check "mojibake is mended" grep -qF 'crème brûlée' <(body 16-mojibake.txt)
    check "double-escaped entities are decoded" \
        grep -qF '"bohongan"' <(body 17-entities-and-nbsp.txt)
    check "CRLF goes" test "$(body 18-crlf-and-mark.txt | grep -c $'\r')" = 0
    check "UTF-16 is read" grep -qF '“Banyak yang ditanam' <(body 19-utf-16.txt)
    check "Windows-1252 is read" grep -qF '“Jam mati itu bukan rusak.' <(body 20-windows-1252.txt)
    check "two encodings in one page are read" \
        grep -qF 'berkata “air sudah dikuras' <(body 21-two-encodings.txt)
    check "widgets go, the text stays" test "$(body 06-widgets-all-over.txt | wc -l)" = 5
    check "no link to other articles stays" \
        test "$(jq -r .body "$work/news/news.jsonl" | grep -ciE 'baca juga|lihat juga')" = 0
else
    echo "fates were not compared: jq is missing"
fi

# ---- the outputs agree ----
if command -v python3 >/dev/null; then
    check "JSONL, CSV and SQLite agree" python3 - "$work/news" <<'PYTHON'
import csv, json, sqlite3, sys
out = sys.argv[1]
objects = [json.loads(line) for line in open(out + "/news.jsonl", encoding="utf-8")]
rows = list(csv.DictReader(open(out + "/news.csv", encoding="utf-8", newline="")))
db = sqlite3.connect(out + "/news.db")
names = [c[1] for c in db.execute("pragma table_info(articles)")]
table = [dict(zip(names, r)) for r in db.execute("select * from articles order by rowid")]
assert len(objects) == len(rows) == len(table) > 0
for o, r, t in zip(objects, rows, table):
    for key, value in o.items():
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, list) else value
        assert r[key] == (text or ""), (o["source"], key, r[key])
        assert t[key] == text, (o["source"], key, t[key])
PYTHON
fi

# ---- again, and elsewhere ----
check "the same command again is up to date" status 0 env -u NEWS $run
check "and says so" says "up to date"
check "any number of threads, any locale: the same" status 0 \
    env -u NEWS LC_ALL=tr_TR.UTF-8 TZ=Asia/Jayapura \
    "$ETL" run -o "$work/other" -j 1 pipelines/news.conf
for file in news.jsonl news.csv duplicates.jsonl dropped.jsonl rejects.jsonl manifest.json; do
    check "$file is the same" cmp "$work/news/$file" "$work/other/$file"
done
check "the summary counts every page" \
    grep -qF "news: $(ls pipelines/sample/pages | wc -l) documents read" "$work/summary"

# ---- the other pipelines, and all of them by check ----
check "all pipelines are good" status 0 env -u NEWS -u FROM -u FOLDER "$ETL" check --strict pipelines
check "convert.conf runs" status 0 env -u FROM "$ETL" run -o "$work/convert" pipelines/convert.conf
check "null and empty text differ in CSV" grep -qF 'Nona Andai,,0,""' "$work/convert/records.csv"
check "search.conf runs" status 0 env -u FOLDER "$ETL" run -o "$work/search" pipelines/search.conf
if command -v sqlite3 >/dev/null; then
    check "words are found" test "$(sqlite3 "$work/search/pages.db" \
        "select source from pages where rowid in
            (select rowid from pages_fts where pages_fts match 'gamelan')")" = \
        pipelines/sample/pages/18-crlf-and-mark.txt
fi
finish
