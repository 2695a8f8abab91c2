# SPDX-License-Identifier: Apache-2.0
# The transform cleanup in real runs: what it changes and counts, switches, any number of threads;
# and real text, where it is at hand: cleaned twice it is as it was after once, and texts in 75
# languages that were misread once come back.
. "${srcdir:-.}/tests/lib.sh"
cd "$work" || exit 1

# NAME INPUT LINES-OF-CLEANUP: runs it into out-NAME/clean.jsonl
clean()
{
    cat >"$1.conf" <<END
[pipeline]
name = $1
out = out-$1
[input jsonl]
path = $2
fields = text
[transform cleanup]
$3
[output jsonl]
path = clean.jsonl
fields = text
END
    status 0 "$ETL" run -q ${JOBS:--j2} "$1.conf"
}

cat >bad.jsonl <<'END'
{"text":"cafÃ© â€œHaloâ€\u009d A&amp;amp;B &#8217;\u00a0 x\r\n\r\n\r\n\r\ny\u00ad\u200bz  "}
{"text":"Nothing wrong — “here”.\n\nA&B\n"}
{"text":null}
{"text":""}
{"text":"e\u0301 \uff21\uff22"}
END
cat >want <<'END'
{"text":"café “Halo” A&B ’ x\n\nyz"}
{"text":"Nothing wrong — “here”.\n\nA&B\n"}
{"text":null}
{"text":""}
{"text":"é AB"}
END
check 'bad text' clean bad bad.jsonl ''
check 'is mended' cmp want out-bad/clean.jsonl
for count in '"mojibake repaired": *3' '"entities decoded": *3' '"line ends replaced": *4' \
    '"invisible characters removed": *2' '"full-width forms replaced": *2'; do
    check "counted: $count" grep -q "$count" out-bad/manifest.json
done
check 'mended text' clean again out-bad/clean.jsonl ''
check 'stays' cmp want out-again/clean.jsonl
check 'all switches off' clean off bad.jsonl 'mojibake = no
entities = no
controls = no
spaces = no
line_ends = no
widths = no
nfc = no'
check 'changes nothing' cmp <(sed 's/\\u00ad/­/; s/\\u009d/\xc2\x9d/; s/\\u00a0/\xc2\xa0/; s/\\u200b/\xe2\x80\x8b/
    s/\\u0301/\xcc\x81/; s/\\uff21\\uff22/ＡＢ/' bad.jsonl) out-off/clean.jsonl
check 'no entities' clean one bad.jsonl 'entities = no'
check 'leaves entities alone' grep -qF 'A&amp;amp;B &#8217;' out-one/clean.jsonl
sed '0,/^fields = text$/s//fields = text:int/' bad.conf >int.conf
check 'a field that is no text' status 78 "$ETL" check int.conf
check 'is named' says text

# ---- real text ----
if [ ! -e "$shared/news/dev" ] || [ ! -e "$shared/lang/lingua" ] || ! command -v jq >/dev/null; then
    echo "real text is not at hand (ETL_SHARED, or ../shared beside the project; jq)"
    finish
fi
cat "$shared"/news/dev/*.txt "$shared"/news/seeds/* "$shared"/lang/lingua/*.txt \
    "$shared"/lang/nusax/*.csv "$shared"/bench/text/*.csv 2>/dev/null | jq -cR '{text: .}' >lines.jsonl
for page in "$shared"/news/dev/*.txt "$shared"/news/seeds/* "$shared"/lang/lingua/*.txt; do
    jq -cRs '{text: .}' "$page"
done >pages.jsonl
for what in lines pages; do
    check "real $what" clean $what $what.jsonl ''
    check "real $what, cleaned" clean twice out-$what/clean.jsonl ''
    check "real $what: twice is once" cmp out-$what/clean.jsonl out-twice/clean.jsonl
    JOBS=-j1 check "real $what, one thread" clean single $what.jsonl ''
    check "real $what: any number of threads" cmp out-$what/clean.jsonl out-single/clean.jsonl
    rm -rf out-twice out-single
done
finish
