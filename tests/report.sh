# SPDX-License-Identifier: Apache-2.0
# etl report: a page that is well formed, needs nothing but itself, escapes what is in the data, and says
# what manifest and outputs say - of finished runs, of failed and stopped ones, of runs without JSONL.
# And what it is made of: samples.jsonl, and the sizes in the manifest.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
cd "$work" || exit 1
unset NEWS

run() { status 0 "$ETL" -q run -D news="$srcdir/pipelines/sample/news.tar.gz" "$@" "$srcdir/pipelines/news.conf"; }
check "a run" run -o out -j2

# ---- sizes and samples ----
facts() # DIR
{
    python3 - "$1" <<'PY'
import json, sys
folder = sys.argv[1]
m = json.load(open(folder + "/manifest.json"))
counts, sizes = m["counts"], m["sizes"]
for fate in ("kept", "dropped", "duplicates", "rejected"):
    n = sum(sizes[fate]["up_to"].values())
    assert n == counts[fate], (fate, n)
    top = sum(int(k) * v for k, v in sizes[fate]["up_to"].items())
    assert top / 2 <= sizes[fate]["bytes"] <= top, fate
samples = [json.loads(l) for l in open(folder + "/samples.jsonl")]
names = {"kept": "kept", "dropped": "dropped", "duplicate": "duplicates", "rejected": "rejected"}
for fate, count in names.items():
    got = [s["number"] for s in samples if s["fate"] == fate]
    assert got == [1 << i for i in range(40) if 1 << i <= counts[count]], (fate, got)
kept = {r["id"]: r for r in map(json.loads, open(folder + "/news.jsonl"))}
for s in samples:
    assert s["bytes"] >= len(s["content"].encode()) or s["fate"] == "rejected", s
    if s["fate"] == "kept":
        for name in ("title", "date", "outlet", "body"):
            assert s["fields"].get(name) == kept[s["id"]][name], name
    else:
        assert s["stage"]
PY
}
check "sizes add up, samples are the 1st, 2nd, 4th and so on" facts out
again() # as each of these: the same samples
{
    local j
    for j in 1 3 8; do
        run -o "j$j" -j$j || return 1
        cmp out/samples.jsonl "j$j/samples.jsonl" && cmp out/manifest.json "j$j/manifest.json" || return 1
    done
}
check "the same at any number of threads" again

# ---- the page ----
cat >page.py <<'PY'
"""Holds a page against what every page must be, and looks for texts in it."""
import base64, hashlib, html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
assert len(text.encode()) < 500_000, len(text)
styles = re.findall(r"<style>(.*?)</style>", text, re.S)
allowed = ["'sha256-%s'" % base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in styles]
assert "style-src " + " ".join(allowed) + ";" in text, "the hashes of the styles are " + " ".join(allowed)
body = text[text.index("</head>"):]
void = {"meta", "br", "link", "input"}
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.words = [], [], [], []
    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        assert tag not in ("script", "iframe", "object", "img", "link", "form", "base"), tag
        for name, value in attributes:
            assert not name.startswith("on") and name not in ("style", "src"), (tag, name)
            if name == "id":
                self.ids.append(value)
            if name == "href":
                assert value.startswith("#"), value
                self.links.append(value[1:])
        if tag == "svg":
            assert a.get("aria-hidden") == "true"
        if tag not in void:
            self.open.append(tag)
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()
    def handle_data(self, data):
        self.words.append(data)
page = Page()
page.feed(body.replace("</head>", "", 1).replace("</html>", ""))
assert page.open == [], page.open
assert len(set(page.ids)) == len(page.ids)
assert set(page.links) <= set(page.ids), set(page.links) - set(page.ids)
assert not re.search(r"https?://[^ ]*\.(css|js|woff)", text)
words = " ".join(" ".join(page.words).split())
for wanted in sys.argv[2:]:
    if wanted.startswith("!"):
        assert wanted[1:] not in words, "is there: " + wanted[1:]
    else:
        assert wanted in words, "is not there: " + wanted
PY
page() { python3 page.py "$@"; }
check "report" status 0 "$ETL" report out
check "says where" says "out/report.html"
check "the page" page out/report.html "27 documents read" "20 kept, 74.1%" "dropped: keep transform filter 4" \
    "duplicates transform dedupe 2" "rejected: not text input archive 1" "transform extract" "2 documents have copies" "1 copy" "struck out is what did not come" \
    "How similar the copies are" "date: records by month" "After: bytes of body" "Contohkabar" \
    "pipelines/sample/news.tar.gz!01-label-and-caption.txt" "Not shown: 1 with no more than a year" \
    "!could not be read" "!JSON lines"
cp out/report.html first.html
check "the same run, the same page" eval '"$ETL" -q report out && cmp first.html out/report.html'
check "to standard output" eval '"$ETL" report -o - out >stdout.html && cmp first.html stdout.html'
check "to a file" eval '"$ETL" -q report --out=other.html out && cmp first.html other.html'
check "verify has nothing against it" status 0 "$ETL" verify out
check "run --report" run --report -o with
check "which is there" page with/report.html "20 kept, 74.1%"
check "the same command again" run --report=again.html -o with
check "makes it, too" page again.html "20 kept, 74.1%"
check "and not for a dry run" status 64 "$ETL" run --dry-run --report "$srcdir/pipelines/news.conf"
check "a folder that is none: 66" status 66 "$ETL" report nowhere
check "a file that cannot be" status 74 "$ETL" report -o nowhere/page.html out
check "no room for it" eval '! "$ETL" report -o - out >/dev/full 2>said && grep -q "standard output" said'

# ---- what is in the data is no HTML ----
cat >evil.conf <<'CONF'
[pipeline]
name = evil
max_rejects = 100%
[input jsonl]
path = evil.jsonl
fields = text, tag, day, list:list
[output jsonl]
path = <i>.jsonl
fields = id, source, text, <em>=text, tag, day, list
CONF
python3 - <<'PY'
import json
bad = '<script>alert(1)</script><b onload="x">&amp;"\'\u202e\u0007'
with open("evil.jsonl", "w") as f:
    for i in range(40):
        f.write(json.dumps({"text": bad * (i + 1), "tag": bad[:30] if i % 2 else "a</td>", "list": ["<x>", "y"],
                            "day": "2024-%02d-0%d" % (1 + i % 12, 1 + i % 9)}) + "\n")
    f.write("{no json <b>}\n")
PY
check "a run over texts that look like HTML" status 0 "$ETL" -q run evil.conf -o evil --report
check "are shown as they are" page evil/report.html "<script>alert(1)</script>" "a</td>" "<x>" "<i>.jsonl" \
    "day: records by month"

check "the name of a field is no HTML either" page evil/report.html "After: bytes of <em>" "The figures <em>"

# ---- however much there is, a page stays a page ----
python3 - <<'PY'
import json
kinds = (("d", lambda i: "%d-%02d-01" % (2005 + i // 20, 1 + i % 12)), ("t", lambda i: "word " * (1 << i % 9)),
         ("v", lambda i: "value %d" % (i % 90)))
with open("many.jsonl", "w") as f:
    for i in range(400):
        f.write(json.dumps({"%s%d" % (kind, k): value(i) for k in range(20) for kind, value in kinds}) + "\n")
PY
{
    printf '[pipeline]\nname = many\n[input jsonl]\npath = many.jsonl\nfields = '
    for k in {0..19}; do printf 'd%d, t%d, v%d%s' $k $k $k "$([ $k = 19 ] || echo ', ')"; done
    printf '\n[output jsonl]\npath = all.jsonl\nfields = *\n'
} >many.conf
check "a run with as many fields as are looked at" status 0 "$ETL" -q run many.conf -o many --report
check "the page is small, and says what it leaves out" page many/report.html "400 kept" "more such fields" \
    "!more than 64"
sed -i 's/^fields = d0/fields = extra, d0/' many.conf
check "one field more" status 0 "$ETL" -q run many.conf -o many --report
check "is left out" page many/report.html "400 kept" "more than 64 fields"

# ---- runs that are not finished, and runs without JSONL ----
printf 'not an archive at all, whatever its name' >bad.tar
check "a run that fails" status 65 "$ETL" -q run -D news=bad.tar -o failed --report "$srcdir/pipelines/news.conf"
check "has a report" page failed/report.html "failed" "exit status 65" "E0311" "bad.tar: this is neither a tar nor a zip" "mend what the error names"
mkdir empty
check "a folder of something else" status 66 "$ETL" report empty
cat >csv.conf <<'CONF'
[pipeline]
name = c
[input jsonl]
path = few.jsonl
fields = text
[output csv]
path = out.csv
CONF
printf '{"text":"one"}\n{"text":"two"}\n' >few.jsonl
for name in report.html samples.jsonl; do
    sed "s/out.csv/$name/" csv.conf >own.conf
    check "no output may be called $name" status 78 "$ETL" check own.conf
    check "is said" says "$name"
done
check "a run that makes no JSONL" status 0 "$ETL" -q run csv.conf -o csv --report
check "the page says what is not known" page csv/report.html "2 kept, 100.0%" "JSON lines" "one"
cp -r out torn && head -c 9000 out/news.jsonl >torn/news.jsonl
check "an output that is torn" status 0 "$ETL" report torn
check "is told" page torn/report.html "news.jsonl could not be read to its end" "news.jsonl is not there any more as"
check "a run anew takes the page of the one before away" eval 'run --fresh -o with && [ ! -e with/report.html ]'
rm torn/samples.jsonl torn/run.json
check "without samples and times" status 0 "$ETL" report torn
check "there is a page" page torn/report.html "20 kept" "!Before and after"
gz() { sed "s/news.jsonl/news.jsonl.gz/" "$srcdir/pipelines/news.conf" >packed.conf &&
    "$ETL" -q run --report -D news="$srcdir/pipelines/sample/news.tar.gz" -o packed packed.conf; }
check "a packed output" gz
check "is read as well" page packed/report.html "After: bytes of body"
finish
