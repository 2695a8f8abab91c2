# SPDX-License-Identifier: Apache-2.0
# etl explain: every line of a page is accounted for, both halves of a near-duplicate pair name each
# other, every DOCREF finds its document or says what is near, and nothing is left behind.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
cp -R "$srcdir/pipelines" "$work/pipelines" && chmod -R u+w "$work/pipelines"
cd "$work" || exit 1
mkdir tmp
export TMPDIR=$work/tmp
news=pipelines/news.conf
sample=pipelines/sample/news.tar.gz
pages=pipelines/sample/pages

cat >look.py <<'PYTHON'
"""look.py FILE TEST: a Python expression about the explanation, e."""
import json, sys
e = json.load(open(sys.argv[1], encoding="utf-8"))
stage = {s["stage"]: s for s in e["stages"]}
notes = {(s["stage"].split()[-1], n["key"]): n["text"] for s in e["stages"] for n in s["notes"]}

def accounted():
    """Each line is blank, or a stage says its role and why, or a stage has removed it."""
    lines = e["lines"]["at"]
    bad = [l for l in lines if not l["blank"] and not l["removed_by"]
           and not (l["notes"] and all(n["role"] and n["why"] for n in l["notes"]))]
    for l in bad:
        print("line", l["line"], "is not accounted for:", l["text"])
    return not bad and [l["line"] for l in lines] == list(range(1, len(lines) + 1))

def body():
    """What stays is the body, line for line, and nothing else is in it."""
    stayed = [l["result"] for l in lines_at() if any(n["stays"] for n in l["notes"])]
    return "\n".join(s for s in stayed if s) == (e["record"].get("body") or "")

def lines_at():
    return e["lines"]["at"]

def whole():
    """A difference holds the texts before and after."""
    for s in e["stages"]:
        for c in s["changes"]:
            if "diff" in c:
                if "".join(t for k, t in c["diff"] if k in "=-") != c["before"]: return False
                if "".join(t for k, t in c["diff"] if k in "=+") != c["after"]: return False
    return True

def timeless():
    for s in e["stages"]:
        s.pop("microseconds", None)
    return json.dumps(e, sort_keys=True)

result = eval(sys.argv[2])
if isinstance(result, str):
    print(result)
    result = True
sys.exit(0 if result else 1)
PYTHON
explain()
{
    "$ETL" explain --format=json "$@" >e.json 2>said
}
e()
{
    python3 look.py e.json "$1"
}

# ---- each page of the sample: all lines, and the fate that a run gives it ----
check "a run to compare with" "$ETL" run -q $news
while IFS=$(printf '\t') read -r name fate rest; do
    check "$name is explained" explain -j2 --no-partners $news "$sample!$name"
    told="whole() and e['document']['origin'].endswith('!$name') and e['end']['fate'] == '$fate'"
    if [ "$fate" != rejected ] && [ "$name" != 23-empty-page.txt ]; then
        told="$told and accounted()"
    fi
    check "$name: $fate as in a run, differences whole, each line with its role and rule" e "$told"
done <"$srcdir/tests/pipelines/sample.fates"

# The repeats of a body are the lines that stay, once each.
check "a page with a doubled body" explain --no-partners $news "$sample!02-doubled-body.txt"
check "says that it stands above" e "any(n['role'] == 'repeat' for l in lines_at() for n in l['notes'])"
check "and the rest is the body" e "body()"

# A line that became a list, and one whose field has not its role's name, are not shown as gone.
check "a page with an author and an editor" explain --no-partners $news "$sample!08-agency-in-brackets.txt"
into="[(n['role'], l['into']) for l in lines_at() for n in l['notes'] if n['role'] in ('byline', 'editor')]"
check "their lines became the lists" e "$into == [('byline', 'authors'), ('editor', 'editors')]"
sed '/^\[transform extract\]/a editors = redaktur\nauthors = pewarta' $news |
    sed 's/authors, editors, publisher/publisher/' >renamed.conf
check "whatever these are called" explain --no-partners renamed.conf "$sample!08-agency-in-brackets.txt"
check "..." e "$into == [('byline', 'pewarta'), ('editor', 'redaktur')]"
check "and in words" status 0 "$ETL" explain --no-partners $news "$sample!08-agency-in-brackets.txt"
check "the line is a field, and which" grep -q '^ *18 = editor: who edited it, into editors$' .out
check "a line with an author and an editor" explain --no-partners $news "$sample!09-pipe-dateline.txt"
check "is that of the author, who stands first" e "$into == [('byline', 'authors')]"
check "a page by an author who is named again in a box" explain --no-partners $news "$sample!06-widgets-all-over.txt"
check "no box is taken for the byline" e "all(l['into'] is None for l in lines_at() if l['notes'] and l['notes'][0]['role'] in ('widget', 'related', 'tags'))"

# ---- a near-duplicate pair ----
check "the copy" explain $news "$sample!04-near-copy.txt"
check "names the kept page" e "e['partner']['origin'].endswith('!03-glued-dateline.txt')"
check "with its id" e "e['partner']['id'] == e['record']['duplicate_of']"
check "and similarity" e "0.7 <= e['partner']['similarity'] < 1"
cat >shared.py <<'PYTHON'
import json
e = json.load(open("e.json", encoding="utf-8"))
shared = [n["text"] for s in e["stages"] for n in s["notes"] if n["key"] == "shared"][:-1]
words = lambda t: " ".join(t.split())
assert shared
for text in shared:
    assert words(text) in words(e["record"]["body"]), text
    runs = [words(text).split()[i:i + 5] for i in range(len(words(text).split()) - 4)]
    assert any(" ".join(run) in words(e["partner"]["record"]["body"]) for run in runs), text
PYTHON
check "shared words stand in both" python3 shared.py
check "the kept page" explain $news "$sample!03-glued-dateline.txt"
check "names the copy" e "[c['origin'].split('!')[1] for c in e['duplicates']['first']] == ['04-near-copy.txt']"
check "the other pair" explain $news "$sample!05-exact-copy.txt"
check "names the first" e "e['partner']['origin'].endswith('!01-label-and-caption.txt') and e['partner']['similarity'] == 1"
check "without --partners" explain --no-partners $news "$sample!03-glued-dateline.txt"
check "nothing is read behind it" e "e['duplicates'] is None"

# ---- the same at any number of threads, and again ----
for document in 04-near-copy.txt 27-read-also-in-every-shape.txt; do
    for jobs in 1 4; do
        explain -j$jobs $news "$sample!$document"
        e "timeless()" >"$jobs.txt"
    done
    check "$document is told the same at 1 and 4 threads" cmp 1.txt 4.txt
done

# ---- DOCREFs ----
check "without a DOCREF" explain --no-partners $news
check "..." status 0 "$ETL" explain --no-partners $news
check "which is said" grep -q '^  it is the first document$' .out
check "it is the first document" e "e['document']['origin'].endswith('!01-label-and-caption.txt') and e['document']['before'] == 0"
check "an archive" explain --no-partners $news $sample
check "is its first document" e "e['document']['origin'].endswith('!01-label-and-caption.txt')"
id=$(sed -n '3s/.*"id":"\([0-9a-f]*\)".*/\1/p' out/news/news.jsonl)
check "RUNDIR#id" explain --no-partners $news "out/news#$id"
check "is that document" e "e['document']['id'] == '$id'"
check "an id alone" explain --no-partners $news "$id"
check "is that document, too" e "e['document']['id'] == '$id'"
check "RUNDIR#reject:1" explain $news 'out/news#reject:1'
check "is the first reject" e "e['document']['origin'].endswith('!22-not-text-at-all.txt')"
check "with its reason" e "e['end']['fate'] == 'rejected' and 'control characters' in e['end']['reason']"
printf '{"body":"satu"}\n{"body":"dua"}\n{"body":"tiga"}\n' >three.jsonl
printf '[input jsonl]\npath = three.jsonl\nfields = body\n[output csv]\npath = o.csv\n' >three.conf
check "FILE:LINE" explain three.conf three.jsonl:2
check "is that line" e "e['record']['body'] == 'dua' and e['document']['before'] == 1"

# ---- documents that are not among the inputs ----
check "a page that the pipeline does not read" explain $news $pages/04-near-copy.txt
check "is read by its input all the same" e "e['document']['given_to'] == 'input archive' and e['document']['packed']"
check "alone, so it is kept" e "e['end']['fate'] == 'kept' and e['document']['id'] is None"
check "by a path with a blank in it" cp $pages/09-pipe-dateline.txt "a page.txt"
check "..." explain $news "a page.txt"
check "..." e "e['record']['title'] == 'Pemuda Kampung Andai Hidupkan Lagi Radio Komunitas'"
check "standard input" explain --stdin $news <$pages/09-pipe-dateline.txt
check "is a document" e "e['record']['title'] == 'Pemuda Kampung Andai Hidupkan Lagi Radio Komunitas'"
check "no input need be there" explain -D news=nowhere.tar $news $pages/09-pipe-dateline.txt
check "..." e "e['end']['fate'] == 'kept'"
printf '[input txt]\npath = nowhere\n[output jsonl]\npath = o.jsonl\n' >txt.conf
check "an input that reads files takes it as it is" explain txt.conf $pages/09-pipe-dateline.txt
check "..." e "e['document']['given_to'] == 'input txt' and not e['document']['packed']"
cp $sample other.tar.gz
check "a member of another archive" explain $news 'other.tar.gz!12-colon-dateline.txt'
check "..." e "e['document']['origin'] == 'other.tar.gz!12-colon-dateline.txt'"

check "a copy in an archive that is not among the inputs" explain $news 'other.tar.gz!04-near-copy.txt'
check "has its kept page there" e "e['partner']['origin'] == 'other.tar.gz!03-glued-dateline.txt' and 'body' in e['partner']['record']"
sed -n '7,14p' $pages/04-near-copy.txt >one.txt
cp one.txt two.txt
printf '[input txt]\npath = one.txt\n[transform dedupe]\nfield = text\nindex = seen\n[output jsonl]\npath = o.jsonl\n' >index.conf
check "a run that keeps a document in an index" "$ETL" run -q index.conf
sed s/one.txt/two.txt/ index.conf >other.conf
check "a copy of one that an earlier run kept" explain other.conf two.txt
check "has its id alone" e "e['end']['fate'] == 'duplicate' and e['partner']['origin'] is None"
check "in words" status 0 "$ETL" explain other.conf two.txt
check "no more is said than is known" grep -q 'which was kept before it, and is not among what was read' .out
check "a line of a file that is read as the only member of an archive" status 65 "$ETL" explain $news $pages/04-near-copy.txt:9999
check "is not passed over in silence" says "gives no document in line 9999"
check "as of one that is read as it is" status 65 "$ETL" explain txt.conf $pages/04-near-copy.txt:9999
check "..." says "gives no document in line 9999"

# ---- a record that is made in a finish ----
printf '[input lines]\npath = three.jsonl\n[transform number]\n[output plain]\npath = plain.txt\nnumber = number\n' >made.conf
check "a run at whose end a record is made" "$ETL" --plugin-path="$builddir/tests/plugins/engine" run -q made.conf
made=$(sed -n 's/^-3 \([0-9a-f]*\).*/\1/p' out/made/plain.txt)
check "it is explained" explain --plugin-path="$builddir/tests/plugins/engine" made.conf "$made"
check "with what it was made with" e "[(c['field'], c['before'], c['after']) for c in stage['transform number']['changes']] == [('number', None, -3)]"

# ---- what does not exist ----
check "no such member" status 66 "$ETL" explain $news "$sample!04-near-cpy.txt"
check "the nearest is named" says "did you mean '04-near-copy.txt'?"
check "no such file" status 66 "$ETL" explain $news pipelines/sample/nws.tar.gz
check "the nearest is named" says "did you mean 'news.tar.gz' in pipelines/sample?"
check "a member without its archive" status 66 "$ETL" explain $news 04-near-copy.txt
check "is named with it" says "$sample has it: write '$sample!04-near-copy.txt'"
check "no such archive" status 66 "$ETL" explain $news "pipelines/sample/nws.tar.gz!x"
check "the nearest is named" says "'news.tar.gz'"
check "no such run directory" status 66 "$ETL" explain $news "out/nws#$id"
check "the nearest is named" says "did you mean 'news' in out?"
check "no such reject" status 66 "$ETL" explain $news 'out/news#reject:9'
check "says how many there are" says "has 1 line, so"
check "no such line" status 66 "$ETL" explain three.conf three.jsonl:7
check "says so" says "in line 7"
wrong=$(echo "$id" | sed 's/^..../zzzz/; s/z/0/g')
check "no such id" status 66 "$ETL" explain $news "out/news#$wrong"
check "the nearest is named" says "did you mean '$id'?"
check "no DOCREF at all" status 64 "$ETL" explain $news 'out/news#rejct:1'
check "the right word is named" says "did you mean 'out/news#reject:1'?"
check "nor with a word of it" status 64 "$ETL" explain $news 'out/news#first'
check "the forms are named" says "RUNDIR#reject:LINE"
check "line 0 of the rejects" status 64 "$ETL" explain $news 'out/news#reject:0'
check "is told where lines begin" says "numbered from 1"
check "too short an id" status 64 "$ETL" explain $news "out/news#${id%?}"
check "is counted" says "an id has 16 digits, this has 15"
check "too long an id" status 64 "$ETL" explain $news "${id}0"
check "is counted" says "an id has 16 digits, this has 17"
check "a run without rejects" "$ETL" run -q -o out/three three.conf
check "has no line" status 66 "$ETL" explain three.conf 'out/three#reject:99'
check "and is said to have none" says "nothing was rejected there; a document that was dropped"
rm -r out/three
check "an id of nobody" status 66 "$ETL" explain $news 0123456789abcdef
check "is told what ids hang on" says "an id is made of the path of the input as it was written"
check "an id of a run that had another path" status 66 "$ETL" explain -D news=other.tar.gz $news "out/news#$id"
check "is told which" says "that run read '$sample', and $news reads 'other.tar.gz'"
check "no name at all" status 64 "$ETL" explain $news ''
check "is no misspelt one" says "is empty; leave it out"
check "an archive and no member" status 64 "$ETL" explain $news "$sample!"
check "is told how members are named" says "no member is named behind the '!'; write '$sample!MEMBER'"
check "a folder is no document" status 66 "$ETL" explain $news out
check "two documents" status 64 "$ETL" explain --stdin $news $sample
check "no such stage" status 64 "$ETL" explain --stage=extrct $news
check "those it met are named" says "transform extract"
check "and the nearest" says "did you mean 'extract'?"
check "also by kind and name" status 64 "$ETL" explain --stage="transform extrct" $news
check "..." says "did you mean 'transform extract'?"
check "no such format" status 64 "$ETL" explain --format=xml $news
sed 's/^threshold/treshold/' $news >broken.conf
check "a pipeline with errors" status 78 "$ETL" explain broken.conf $pages/09-pipe-dateline.txt
check "they are told as ever" says "did you mean 'threshold'"
: >empty.jsonl
check "a file without a document" status 65 "$ETL" explain three.conf empty.jsonl
check "says so" says "gives a document from empty.jsonl"

# ---- damage: what comes before it can be told of ----
gunzip -c $sample | head -c 20000 >cut.tar
check "a document before the damage" explain -D news=cut.tar $news 'cut.tar!03-glued-dateline.txt'
check "is told of" e "e['end']['fate'] == 'kept'"
check "and the damage" e "e['damage'] and 'cut.tar is damaged' in e['damage'][0]"
check "a document behind it" status 66 "$ETL" explain -D news=cut.tar $news 'cut.tar!27-read-also-in-every-shape.txt'
check "is missing, and the damage says why" says "is damaged at byte"

# ---- a stage of its own, whens, errors that are kept, splits ----
check "a single stage" explain --stage=extract $news "$sample!01-label-and-caption.txt"
check "is alone" e "list(stage) == ['transform extract']"
printf '[input jsonl]\npath = three.jsonl\nfields = body\n[transform cleanup]\nfield = body\nwhen = body == dua\n[output jsonl]\npath = o.jsonl\n' >when.conf
check "a stage that goes by" explain when.conf three.jsonl:1
check "is said to" e "stage['transform cleanup']['verdict'] == 'passed'"

# ---- the forms ----
check "the form for people" status 0 "$ETL" explain $news "$sample!04-near-copy.txt"
cp .out near.txt
check "has the roles" grep -q '^ *7 + body: cut "TEPIMISAL, REKAANPOST.ID - " in front: dateline$' near.txt
check "has word differences" grep -qF '[-TEPIMISAL, REKAANPOST.ID - -]Pemerintah' near.txt
check "against the kept page, too" grep -qF '{+sudah +}berjualan' near.txt
check "has no colours" test -z "$(tr -dc '\033' <near.txt)"
check "has the votes" grep -q 'votes: id [0-9.]*, ms [0-9.]*' near.txt
"$ETL" --color=always explain $news "$sample!04-near-copy.txt" >colour.txt 2>&1
check "but in colour where it is asked for" grep -q "$(printf '\033\\[31m\\[-')" colour.txt
check "and the same words" cmp <(sed 's/[0-9]* µs//' near.txt) \
    <(sed 's/\x1b\[[0-9]*m//g; s/[0-9]* µs//' colour.txt)
printf 'Judul <script>alert(1)</script>\n\nKOTA, CONTOH.COM - Warga \033[31m"berkata" <b>itu</b> & pergi, kata Budi. <img src=x>\n' >evil.txt
"$ETL" explain --format=html $news evil.txt >evil.html 2>said
"$ETL" explain $news evil.txt >evil.shown 2>said
check "nothing a terminal obeys is in it" test -z "$(tr -dc '\033' <evil.shown)"
cat >page.py <<'PYTHON'
import base64, hashlib, html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
assert "style-src 'sha256-%s'" % digest in text, "the hash of the style is sha256-" + digest
assert "default-src 'none'" in text
assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
stack = []
class Parser(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        names = [k for k, v in attributes]
        assert tag not in ("script", "img", "iframe", "link", "b", "object"), tag
        assert not any(k in ("src", "href", "style") or k.startswith("on") for k in names), names
        if tag not in ("meta",):
            stack.append(tag)
    def handle_endtag(self, tag):
        assert stack and stack.pop() == tag, tag
Parser(convert_charrefs=True).feed(text)
assert not stack, stack
PYTHON
check "the page is whole, allows no script, and nothing from elsewhere" python3 page.py evil.html
"$ETL" explain --format=html $news "$sample!04-near-copy.txt" >near.html 2>said
check "so is that of a duplicate" python3 page.py near.html
cat >order.py <<'PYTHON'
import re
page = open("near.html", encoding="utf-8").read()
assert 0 < page.index("Against the kept document") < page.index("Line by line")
for colour in ('"role stays">stays', '"role field">field', 'role>goes'):
    assert "<span class=%s</span>" % colour in page[page.index("Line by line"):page.index("<table>")], colour
assert re.search(r"@media\(max-width:48rem\).*td\.same\{display:none\}", page.replace("td.e,td.same", "td.same"))
# Of each line that stays: is its result the text again?
row = re.compile(r".*<td class=t>(.*?)</td><td( class=same|) data-head=\"body\">(.*?)</td>", re.S)
rows = [m.groups() for m in map(row.match, page.split("</tr>")) if m]
assert len(rows) > 3 and {same for _, same, _ in rows} == {"", " class=same"}, rows
assert all((text == result) == bool(same) for text, same, result in rows), rows
PYTHON
check "which has the kept page first, a legend, and on a narrow screen no text twice" python3 order.py

# ---- nothing is left behind ----
check "no folder was left" test -z "$(ls -A tmp)"
check "no run directory was made" test ! -e out/three
rm -rf out
check "explained without a run" explain --no-partners $news
check "no run directory is made" test ! -e out

# ---- the seeds ----
if [ -d "$shared/news/seeds" ]; then
    for seed in "$shared"/news/seeds/*.txt; do
        check "$seed" explain $news "$seed"
        lines=$(awk 'END { print NR }' "$seed")
        check "$seed: each of its lines has its role and rule, and what stays is the body" \
            e "accounted() and body() and len(lines_at()) == $lines"
    done
else
    echo "the seeds are not at hand (ETL_SHARED)"
fi
finish
