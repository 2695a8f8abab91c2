# SPDX-License-Identifier: Apache-2.0
# The language plugin as it was built: CLD2 with its full tables, the word lists that are installed
# with it, min_score, and what it says of lists that are broken.
. "${srcdir:-.}/tests/lib.sh"

cd "$work" || exit 1
cat >in.jsonl <<'EOF'
{"text":"Warga desa itu sudah menunggu sejak pagi karena bantuan belum juga datang, kata kepala desa."}
{"text":"Wong-wong ing desa iku wis ngenteni wiwit esuk amarga pitulungane durung teka."}
{"text":"The people of the village had been waiting since the morning because help had not come."}
{"text":"Ina kwana? Mutane da yawa suna zaune a birnin, kuma suna yin kasuwanci a kasuwa kowace rana."}
{"text":"12345 67890"}
{"text":"OK"}
{"text":null}
EOF

# run KEYS...: a run with these keys in [transform language].
run()
{
    {
        printf '[pipeline]\nname = t\n[input jsonl]\npath = in.jsonl\nfields = text\n'
        printf '[transform language]\n'
        printf '%s\n' "$@"
        printf '[output csv]\npath = t.csv\nfields = language\n'
        printf '[output jsonl]\npath = t.jsonl\nfields = language, language_score\n'
    } >t.conf
    "$ETL" run t.conf --fresh >out.txt 2>said.txt
}

languages()
{
    local got
    got=$(tail -n +2 out/t/t.csv 2>/dev/null | tr -d '\r' | tr '\n' ' ')
    [ "$got" = "$1" ] && return 0
    echo "got '$got', not '$1'"
    cat said.txt
    return 1
}

says()
{
    grep -qF -- "$1" said.txt out.txt && return 0
    cat out.txt said.txt
    return 1
}

run
if grep -q '^#define HAVE_CLD2 1' "${builddir:-.}/config.h" 2>/dev/null; then
    # Hausa has no word list and is not in CLD2's small tables.
    check "languages of the built plugin" languages "id jv en ha    "
    check "no words, no score" test "$(sed -n 5p out/t/t.jsonl)" = '{"language":null,"language_score":0}'
fi
check "no text, no score" test "$(sed -n 7p out/t/t.jsonl)" = '{"language":null,"language_score":null}'
run "min_score = 1"
check "below min_score nothing is said" languages "       "
"$ETL" run t.conf --fresh -j3 >/dev/null 2>&1
cp out/t/t.jsonl three.jsonl
"$ETL" run t.conf --fresh -j1 >/dev/null 2>&1
check "the same with one thread" cmp three.jsonl out/t/t.jsonl

printf '[id]\nwords = yang\n[xx]\nnear = yy\n' >broken.conf
run "words = broken.conf"
check "a broken list is named with its line" says "broken.conf:4"
run "words = nowhere.conf"
check "a missing list is named" says "nowhere.conf"
finish
