# SPDX-License-Identifier: Apache-2.0
# The filter plugin in real runs: expressions, quality rules with the figure that decided, and what it
# says of options that make no sense.
. "${srcdir:-.}/tests/lib.sh"

cd "$work" || exit 1
long="Warga yang tinggal di tepi sungai itu tidak akan pindah dalam waktu dekat karena rumah yang dijanjikan"
long="$long belum selesai dibangun oleh pemerintah kota. Mereka sudah menunggu sejak bulan Mei, dan musim"
long="$long hujan datang lebih awal dari biasanya. Kepala desa meminta semua orang tetap tenang sambil"
long="$long mencari tempat lain untuk anak-anak, orang tua, serta ternak yang masih ada di kandang."
{
    printf '{"name":"good","size":7,"body":"%s"}\n' "$long"
    printf '{"name":"short","size":3,"body":"Hanya satu baris."}\n'
    printf '{"name":"nobody","size":null}\n'
    printf '{"name":"twice","size":9,"body":"%s\\n%s\\n%s"}\n' "$long" "$long" "$long"
    printf '{"name":"letters","size":1,"body":"'
    for i in $(seq 60); do printf 'a b dan '; done
    printf '"}\n'
    printf '{"name":"open","size":8,"body":"'
    for i in $(seq 12); do printf 'warga desa itu dan anak kecil nomor %d pergi\\n' "$i"; done
    printf '"}\n'
} >in.jsonl

# run KEYS...: a run with these keys in [transform filter]; the names kept and dropped in files.
run()
{
    {
        printf '[pipeline]\nname = t\n[input jsonl]\npath = in.jsonl\n'
        printf 'fields = name, body, size:int\n[transform filter]\n'
        printf '%s\n' "$@"
        printf '[output csv kept]\npath = kept.csv\nfields = name\n'
        printf '[output csv dropped]\nfrom = dropped\npath = dropped.csv\nfields = name\n'
    } >t.conf
    "$ETL" run t.conf --fresh >out.txt 2>said.txt
}

# names FILE WANTED: the names in FILE, in one line.
names()
{
    local got
    got=$(tail -n +2 "out/t/$1.csv" 2>/dev/null | tr -d '\r' | tr '\n' ' ')
    [ "${got% }" = "$2" ] && return 0
    echo "$1: $got, not $2"
    cat said.txt
    return 1
}

says()
{
    grep -qF -- "$1" said.txt out.txt && return 0
    cat out.txt said.txt
    return 1
}

run "keep = size > 5"
check "keep takes what is true, and null is not" names kept "good twice open"
check "the rest is dropped, in order" names dropped "short nobody letters"
run "drop = size > 5"
check "drop drops what is true, and null is not" names kept "short nobody letters"
run "keep = size > 1" "drop = name == twice"
check "both together" names kept "good short open"

run "rules = gopher, fineweb2"
check "good news passes the presets" names kept "good"
check "the summary names the rule" says "gopher_word_count"
run "rules = gopher_word_count"
check "one rule alone" names kept "good twice letters open"
run "rules = gopher_word_count" "min_words = 3"
check "with a limit of its own" names kept "good short twice letters open"
run "rules = gopher_mean_word_length"
check "short words" names kept "good short twice open"
run "rules = gopher_repetition"
check "lines that stand twice, and n-grams" names kept "good short nobody"
run "rules = fineweb2"
check "lines without an end" names kept "good short"
run "rules = gopher_stop_words" "stop_words = Nomor, PERGI"
check "stop words are folded as the text is" names kept "open"
run "rules = gopher_word_count" "text = name" "min_words = 1"
check "text names another field" names kept "good short nobody twice letters open"

run
check "nothing to do is a mistake" says "filter has nothing to do: give keep, drop or rules"
run "rules = gophr"
check "an unknown rule" says "did you mean 'gopher'"
run "rules = fineweb2_language_score"
check "a rule without its field" says "language_score = language_score"
run "rules = gopher" "stop_words = a b"
check "stop words are words" says "is not one word"
run "rules = gopher" "stop_words = dan"
check "more stop words asked for than there are" says "there are only 1"
run "rules = gopher" "text = nosuch"
check "a field nobody writes" says "nosuch"
# ---- explain tells which part of an expression spoke ----
sample=$srcdir/pipelines/sample/news.tar.gz
told() # MEMBER WORDS
{
    "$ETL" explain -D news="$sample" --stage=filter "$srcdir/pipelines/news.conf" "$sample!$1" >.out && grep -qF -- "$2" .out
}
check "the first part is false" told 26-malay.txt 'keep: language in (id, en) is false: language is "ms"'
check "and no other was looked at" eval '! grep -q "kind in" .out'
check "the second one" told 15-index-page.txt \
    'language is "id"; kind in (article, photo) is false: kind is "index"'
check "none" told 01-label-and-caption.txt 'kind in (article, photo) is true: kind is "article"'
finish
