# SPDX-License-Identifier: Apache-2.0
# What comes out is what went in, or is rejected with a reason: texts in many encodings and broken
# ones, naughty strings, and random documents full of what readers stumble over. CSV, JSONL and SQLite
# are read back with Python's csv, json and sqlite3, and with jq, node, the sqlite3 shell and Miller
# where they are installed.
# ETL_DOCUMENTS=N: random documents (2000); ETL_SEED=N: others.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1
n=${ETL_DOCUMENTS:-2000}
seed=${ETL_SEED:-20261128}
export PYTHONPATH=$PWD PYTHONDONTWRITEBYTECODE=1
csv_json_sqlite='[output jsonl]\npath = o.jsonl\n%s\n[output csv]\npath = o.csv\n%s\n[output sqlite]\npath = o.db\n%s\n'
head='[pipeline]\nname = r\nout = out\nmax_rejects = 100%%\n'

# ---- random documents ----

cat >documents.py <<'PYTHON'
import json, random
TEXT = ["", " ", "\t", "\n", "\r", "\r\n", ",", ";", "\"", "\"\"", "'", "\\", "\\n", "\\\"", "/", "=", "+1", "-", "@", "|", "{", "}",
        "[", "]", ":", "\u0001", "\u001f", "\u007f", "\u0080", "\u0085", "\u009f", "\u00a0", "\u00ad", "\u0301", "\u200b", "\u200e",
        "\u2028", "\u2029", "\u202e", "\ufeff", "\ufdd0", "\ufffd", "\ufffe", "\uffff", "\ud7ff", "\ue000", "\U00010000", "\U0001f600",
        "\U0001ffff", "\U0010ffff", "é", "e\u0301", "中", "ا", "NULL", "null", "NaN", "0", "1e5", "true", "<b>&amp;", "--", "/*", "*/", ";DROP",
        "$(x)", "`x`", "%s%n", "kata", "berita"]
REALS = [0.0, -0.0, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 2.0 ** 53, 1 / 3, -1e-7, 123456789.125]
INTEGERS = [0, -1, 2 ** 63 - 1, -2 ** 63, 2 ** 53 + 1, 10 ** 18]


def text(r, nul):
    out = []
    for _ in range(r.choice((0, 1, 2, 5, 20, 60))):
        k = r.random()
        if k < 0.7:
            out.append(r.choice(TEXT))
        elif k < 0.9:
            out.append(chr(r.randrange(32, 127)))
        else:
            c = r.randrange(1, 0x10f800)
            out.append(chr(c if c < 0xd800 else c + 0x800))
    if r.random() < nul:
        out.insert(r.randrange(len(out) + 1), "\0")
    return "".join(out)


def document(seed, i):
    r = random.Random(seed * 1000003 + i)
    return {
        "text": None if r.random() < 0.02 else text(r, 0.02),
        "tags": [text(r, 0.02) for _ in range(r.choice((0, 1, 3)))],
        "n": r.choice((r.choice(INTEGERS), r.randrange(-10 ** 9, 10 ** 9))),
        "x": r.choice((r.choice(REALS), r.uniform(-1e6, 1e6))),
        "yes": r.random() < 0.5,
    }


def line(seed, i):
    return json.dumps(document(seed, i), ensure_ascii=i % 2 == 0, separators=(",", ":") if i % 3 else (", ", " : "))
PYTHON
python3 -c "import sys
from documents import line
with open('in.jsonl', 'w', encoding='utf-8', newline='') as f:
    for i in range($n):
        f.write(line($seed, i) + ('\r\n' if i % 5 == 0 else '\n'))" || exit 1
fields='fields = text, n, x, yes, tags'
{
    printf "$head"'[input jsonl]\npath = in.jsonl\nfields = text, n:int, x:real, yes:bool, tags:list\n'
    printf "$csv_json_sqlite" "$fields" "$fields" "$fields"
} >three.conf
sed '/^\[output csv/,$ d' three.conf >json.conf

# What readers other than Python shall say: the texts, as base64 and as hexadecimal digits.
wanted()
{
    python3 - "$n" "$seed" "$1" <<'PYTHON'
import base64, sys
from documents import document
n, seed, nul = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with open("want.base64", "w") as b, open("want.hex", "w") as h:
    for i in range(n):
        d = document(seed, i)
        if nul == "without" and "\0" in (d["text"] or ""):
            continue
        t = (d["text"] or "").encode()
        b.write(" ".join(base64.b64encode(x).decode() for x in [t] + [g.encode() for g in d["tags"]]) + "\n")
        h.write(t.hex().upper() + "\n")
PYTHON
}

python_reads()
{
    python3 - "$n" "$seed" "$1" <<'PYTHON'
import csv, json, sqlite3, struct, sys
from documents import document
n, seed, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
csv.field_size_limit(1 << 30)
lines = open("out/o.jsonl", encoding="utf-8", newline="\n")
if what == "three":
    rows = csv.reader(open("out/o.csv", encoding="utf-8", newline=""), strict=True)
    assert next(rows) == ["text", "n", "x", "yes", "tags"]
    table = iter(sqlite3.connect("out/o.db").execute("select text, n, x, yes, tags from records order by rowid"))
rejects = open("out/rejects.jsonl", encoding="utf-8")
same = lambda a, b: struct.pack("d", a) == struct.pack("d", b)
rejected = 0
for i in range(n):
    d = document(seed, i)
    t = d["text"] or ""
    if what == "three" and "\0" in t:
        rejected += 1
        assert "NUL" in json.loads(next(rejects))["reason"]
        continue
    got = json.loads(next(lines))
    x = got.pop("x")
    assert same(x, d["x"]), (x, d["x"])
    assert got == {k: d[k] for k in d if k != "x"}, (got, d)
    if what != "three":
        continue
    row, record = next(rows), next(table)
    assert row[0] == t and int(row[1]) == d["n"] and same(float(row[2]), d["x"]) and row[3] == str(d["yes"]).lower(), (row, d)
    assert json.loads(row[4]) == d["tags"], (row, d)
    assert record[0] == d["text"] and record[1] == d["n"] and record[3] == int(d["yes"]), (record, d)
    assert same(record[2] + 0.0, d["x"] + 0.0) or (record[2] == 0 == d["x"]), (record, d)
    assert json.loads(record[4]) == d["tags"], (record, d)
for rest in [lines, rejects] + ([rows, table] if what == "three" else []):
    assert next(rest, None) is None
print("%d documents as they were, %d rejected for a NUL" % (n - rejected, rejected))
PYTHON
}

jq_reads()
{
    jq -r '[.text // "", .tags[]] | map(@base64) | join(" ")' out/o.jsonl >got && cmp want.base64 got
}
node_reads()
{
    node -e 'const lines = require("readline").createInterface({input: require("fs").createReadStream("out/o.jsonl"), crlfDelay: Infinity});
        let rest = "";
        const out = require("fs").createWriteStream("got");
        require("fs").createReadStream("out/o.jsonl", {encoding: "utf8"}).on("data", (piece) => {
            const parts = (rest + piece).split("\n");
            rest = parts.pop();
            for (const part of parts) {
                const d = JSON.parse(part);
                out.write([d.text || "", ...d.tags].map((t) => Buffer.from(t, "utf8").toString("base64")).join(" ") + "\n");
            }
        });' && cmp want.base64 got
}
shell_reads_table()
{
    sqlite3 -batch out/o.db "select hex(text) from records order by rowid" >got && cmp want.hex got &&
        [ "$(sqlite3 -batch out/o.db 'pragma integrity_check')" = ok ]
}
shell_reads_csv()
{
    sqlite3 -batch :memory: '.mode csv' '.import out/o.csv t' '.mode list' 'select hex(text) from t order by rowid' >got &&
        cmp want.hex got
}
# Miller writes control bytes into its JSON as they are, which jq does not take, and LF for CR LF.
miller_reads()
{
    mlr -S --icsv --ojsonl cut -f text out/o.csv >got.jsonl && python3 -c '
import base64, json
got = [json.loads(line, strict=False)["text"] for line in open("got.jsonl", "rb")]
want = [base64.b64decode(line.split(b" ")[0]).decode() for line in open("want.base64", "rb")]
assert len(got) == len(want) > 0, (len(got), len(want))
for g, w in zip(got, want):
    assert g == w.replace("\r\n", "\n"), (g, w)'
}
others() # WHAT
{
    local reader
    wanted "$1"
    command -v jq >/dev/null && check "jq reads the JSONL" jq_reads
    command -v node >/dev/null && check "node reads the JSONL" node_reads
    [ "$1" = without ] || return
    command -v sqlite3 >/dev/null && check "the sqlite3 shell reads the table" shell_reads_table
    command -v sqlite3 >/dev/null && check "the sqlite3 shell reads the CSV" shell_reads_csv
    command -v mlr >/dev/null && check "Miller reads the CSV" miller_reads
}
check "$n random documents, three outputs" status 0 "$ETL" -q run -j2 three.conf
check "Python reads all three" python_reads three
others without
rm -rf out
check "with a NUL, to JSONL alone" status 0 "$ETL" -q run -j2 json.conf
check "Python reads it" python_reads json
others with
rm -rf out in.jsonl got*

# ---- encodings ----

python3 - "$shared/hostile/text/utf8tests.bin" "$shared/hostile/text/blns.txt" <<'PYTHON'
import json, os, random, sys
words = "Warga kota itu mengatakan bahwa air sudah tidak ada, café naïve — “kutipan” 中文 😀.\nBaris kedua yang lain.\n"
latin = "Warga kota mengatakan café naïve über alles, señor.\nBaris kedua yang lain dari kota ini.\n"
ascii = "Warga kota itu mengatakan bahwa air sudah tidak ada.\n"
cases = []


# want: what it must become, None: anything; strict: does encoding = utf-8 take it, None: perhaps.
def case(name, data, want, strict=True):
    cases.append((name, want, strict))
    os.makedirs("texts", exist_ok=True)
    open("texts/" + name, "wb").write(data)


case("utf-8", words.encode(), words)
case("utf-8-bom", b"\xef\xbb\xbf" + words.encode(), words)
case("utf-8-two-boms", b"\xef\xbb\xbf" * 2 + words.encode(), "\ufeff" + words)
case("crlf", words.replace("\n", "\r\n").encode(), words.replace("\n", "\r\n"))
case("cr", words.replace("\n", "\r").encode(), words.replace("\n", "\r"))
case("noncharacters", (words + "\ufdd0\uffff\U0010ffff").encode(), words + "\ufdd0\uffff\U0010ffff")
for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
    case(name + "-bom", ("\ufeff" + words).encode(name), words) # a mark wins over any name
for name in ("utf-16-le", "utf-16-be"):
    case(name + "-bare", (ascii * 20).encode(name), ascii * 20, False)
    case(name + "-lone-surrogate", ("\ufeff" + words).encode(name) + ("\ud800" * 2).encode(name, "surrogatepass"), words + "\ufffd\ufffd")
    case(name + "-odd", ("\ufeff" + words).encode(name) + b"x", words + "\ufffd")
case("latin-1", latin.encode("latin-1"), latin, False)
case("mixed-lines", words.encode() + latin.encode("latin-1"), words + latin, False)
for name, bad in {"continuation": b"\x80\xbf", "overlong-slash": b"\xc0\xaf", "overlong-3": b"\xe0\x80\xaf", "overlong-nul": b"\xc0\x80",
                  "surrogate": b"\xed\xa0\x80", "pair": b"\xed\xa0\xbd\xed\xb8\x80", "too-high": b"\xf4\x90\x80\x80",
                  "five": b"\xf8\x88\x80\x80\x80", "fe-ff": b"\xfe\xff\xfe", "cut-short": b"\xe4\xb8", "cut-4": b"\xf0\x9f\x98"}.items():
    case("bad-" + name, words.encode() + bad + b" di sini.\n" + words.encode(), None, False)
    case("bad-end-" + name, words.encode() + bad, None, False)
case("nul", (ascii + "a\0b\n").encode(), None, None)
case("nul-only", bytes(1000), None, None)
case("empty", b"", "")
case("bom-only", b"\xef\xbb\xbf", "")
if os.path.exists(sys.argv[1]):
    for i, line in enumerate(open(sys.argv[1], "rb").read().split(b"\n")):
        try:
            case("utf8tests-%03d" % i, line, line.decode().removeprefix("\ufeff") if b"\0" not in line else None, None if b"\0" in line else True)
        except UnicodeDecodeError:
            case("utf8tests-%03d" % i, line, None, False)
if os.path.exists(sys.argv[2]):
    for i, line in enumerate(open(sys.argv[2], "rb").read().split(b"\n")):
        if line and not line.startswith(b"\xef\xbb\xbf"):
            case("blns-%03d" % i, line, line.decode())
json.dump(cases, open("cases.json", "w"))
PYTHON
for encoding in auto utf-8; do
    {
        printf "$head"'[input txt]\npath = texts\nencoding = %s\n' $encoding
        printf "$csv_json_sqlite" 'fields = source, text' 'fields = source, text' 'fields = source, text'
    } >$encoding.conf
done

encodings() # ENCODING
{
    python3 - "$1" <<'PYTHON'
import csv, json, sqlite3, sys
encoding = sys.argv[1]
records = [json.loads(l) for l in open("out/o.jsonl", encoding="utf-8", newline="\n")]
got = {r["source"][6:]: r["text"] for r in records}
rejects = {r["source"][6:]: r["reason"] for r in map(json.loads, open("out/rejects.jsonl", encoding="utf-8"))}
rows = list(csv.reader(open("out/o.csv", encoding="utf-8", newline=""), strict=True))[1:]
table = [list(r) for r in sqlite3.connect("out/o.db").execute("select source, text from records order by rowid")]
assert rows == table == [[r["source"], r["text"]] for r in records]
wrong = 0
for name, want, strict in json.load(open("cases.json")):
    if name not in got and name not in rejects:
        bad = "lost"
    elif name in rejects:
        control = encoding == "auto" and rejects[name].startswith("not text") # for who does not name it
        bad = None if want is None or control or (encoding == "utf-8" and not strict) else "rejected: " + rejects[name]
    elif encoding == "utf-8" and strict is False:
        bad = "not rejected"
    elif want is not None and got[name] != want:
        bad = "%a, not %a" % (got[name][:200], want[:200])
    else:
        bad = None
    if bad:
        wrong += 1
        print(name + ": " + bad)
print("%d texts read as %s, %d kept, %d rejected" % (len(got) + len(rejects), encoding, len(got), len(rejects)))
assert not wrong
PYTHON
}
for encoding in auto utf-8; do
    rm -rf out
    check "texts, encoding = $encoding" status 0 "$ETL" -q run -j2 $encoding.conf
    check "each is as it was, or rejected with a reason" encodings $encoding
done
finish
