# SPDX-License-Identifier: Apache-2.0
# etl graph: all stages and ways out are on the picture, in text, DOT and Mermaid; names with special
# characters stay names; figures are those of the manifest; a run of another pipeline is refused.
. "${srcdir:-.}/tests/lib.sh"
cd "$work" || exit 1

graph()
{
    "$ETL" -C "$srcdir" graph "$@"
}

# ---- the shipped pipeline ----
check "as text" graph pipelines/news.conf >news.txt
for stage in 'input archive' 'transform cleanup' 'transform language' 'transform extract' \
    'transform filter' 'transform dedupe' 'output jsonl' 'output csv' 'output sqlite' \
    'output jsonl duplicates' 'output jsonl dropped'; do
    check "[$stage] is on it" grep -qF "[$stage]" news.txt
done
grep -o '\[[a-z]* [a-z ]*\]' news.txt >order
sed -n 's/^\(\[[a-z]* [a-z ]*\]\)$/\1/p' "$srcdir/pipelines/news.conf" | grep -v 'output' >wanted
check "in the order of the file" cmp wanted <(grep -v output order)
for word in 'keep language in (id, en) and kind in (article, photo)' 'writes language' 'edits text' \
    'makes duplicates.jsonl' '+-- rejected' 'rejects.jsonl, with the reasons'; do
    check "'$word' stands there" grep -qF -- "$word" news.txt
done
check "no line is longer than 80" test -z "$(grep '.\{81\}' news.txt)"
sed -n '/+-- duplicates/,/+-- dropped/p' news.txt >part
check "duplicates go to their output" grep -qF '[output jsonl duplicates]' part
check "and to no other" test "$(grep -c '\[output' part)" = 1
check "inputs need not be there" graph -D news=/nowhere/x.tar.gz pipelines/news.conf >/dev/null
check "any pipeline can be drawn" graph pipelines/convert.conf >/dev/null

# ---- names ----
cat >odd.conf <<'CONF'
[pipeline]
name = a "b" <c> & \d;#e|f
[input txt]
path = "x\" \\ <y> & [z]\u0007.txt"
[transform filter]
keep = text != "a\"b<c>&\\"
[output jsonl]
path = o.jsonl
when = text has "<"
[output jsonl everything]
from = all
path = all.jsonl
CONF
echo x >'x" \ <y> & [z].txt'
for format in text dot mermaid; do
    check "$format of odd names" status 0 "$ETL" graph --format=$format odd.conf
    cp .out "odd.$format"
    check "$format has no control bytes" test -z "$(tr -d '\n -~' <"odd.$format")"
done
check "the condition of an output is told" grep -q 'when text has' odd.text
check "an output of all stands by itself" grep -qF -- '+-- all' odd.text
check "Mermaid: quotes and what HTML could take are numbers" \
    test -z "$(sed 's/<br\/>//g; s/#[0-9]*;//g; s/-->//g; s/-\.->//g' odd.mermaid | grep '[<>&#;\\]')"
check "Mermaid: each line has an even number of quotes" \
    test -z "$(awk -F'"' 'NF % 2 == 0' odd.mermaid)"
if command -v dot >/dev/null; then
    for file in odd news; do
        conf=$work/odd.conf
        [ "$file" = odd ] || conf=pipelines/news.conf
        graph --format=dot "$conf" >"$file.dot"
        check "dot draws $file without a word" test -z "$(dot -Tsvg -o "$file.svg" "$file.dot" 2>&1)"
    done
    check "the name stands in the picture" grep -q '>a &quot;b&quot; &lt;c&gt; &amp; \\d;#e|f<' odd.svg
    check "and the condition" grep -q 'duplicates.jsonl' news.svg
else
    echo "dot is not installed: its pictures are not drawn"
fi

# ---- with figures ----
check "a run" status 0 "$ETL" -C "$srcdir" -q run -o "$work/run" pipelines/news.conf
check "its figures" graph --stats="$work/run" pipelines/news.conf >stats.txt
counts()
{
    sed -n "s/.*\"counts\": {\"read\".*\"$1\": \([0-9]*\).*/\1/p" run/manifest.json
}
for end in kept dropped duplicates rejected; do
    check "$end as in the manifest" grep -qx -- "  +-- $end: $(counts $end)" stats.txt
done
check "and the stage that dropped them" grep -qx "  |-- $(counts dropped) dropped: keep" stats.txt
check "and what came to it" grep -q '\[transform dedupe\]  22 in  ' stats.txt
check "and the time of each stage" test "$(grep -c ' ms of CPU (\| s of CPU (' stats.txt)" = 11
check "the shares make a whole" awk -F'[(%]' '/of CPU/ { sum += $2 } END { exit sum < 94 || sum > 106 }' \
    stats.txt
for format in dot mermaid; do
    check "$format with figures" graph --format=$format --stats="$work/run" pipelines/news.conf >f
    check "$format: kept" grep -q "kept\(\\\\n\|<br/>\)$(counts kept)" f
    check "$format: a loss is on its arrow" grep -q '"4 keep"' f
done
check "another pipeline is refused" status 64 graph --stats="$work/run" pipelines/convert.conf
check "by name" says "is a run of the pipeline 'news', not of 'convert'"
sed 's/^\[transform cleanup\]//' "$srcdir/pipelines/news.conf" >less.conf
check "so is one with other sections" status 64 graph --stats="$work/run" "$work/less.conf"
check "which are named" says "its section 2 was [transform cleanup], and is [transform language]"
check "other settings are told" status 0 graph --stats="$work/run" -D news=/nowhere pipelines/news.conf
check "in a word" says "other settings, inputs or versions"
check "no finished run: 66" status 66 graph --stats="$work" pipelines/news.conf
check "an unknown format: 64" status 64 graph --format=png pipelines/news.conf
check "what there is, is said" says "is not text, dot or mermaid"
echo '[input txt]' >wrong.conf
check "a pipeline that is wrong: 78" status 78 "$ETL" graph wrong.conf

# ---- documents that were split: what came to each stage is not known ----
engine=$builddir/tests/plugins/engine
if [ -e "$engine/transform/split.so" ]; then
    export ETL_PLUGIN_PATH=$builddir/plugins:$engine
    printf 'split a\nb\n' >lines.txt
    printf '%s\n' '[input lines]' 'path = lines.txt' '[transform split]' '[output jsonl]' \
        'path = s.jsonl' >split.conf
    check "a run that splits" status 0 "$ETL" -q run -o split split.conf
    check "is drawn" "$ETL" graph --stats=split split.conf >split.txt
    check "what was split is told" grep -q 'split off' split.txt
    check "and no flow is guessed" test -z "$(grep ' in  ' split.txt)"
fi
finish
