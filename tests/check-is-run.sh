# SPDX-License-Identifier: Apache-2.0
# What `etl check` says of a pipeline, `etl run` does: over copies of news.conf with one to three
# mistakes in each, made at random from a fixed seed, both succeed or both fail, with the same exit
# status and the same errors. ETL_MUTANTS=N: how many copies (240); ETL_SEED=N: others.
. "${srcdir:-.}/tests/lib.sh"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
n=${ETL_MUTANTS:-240}
mkdir -p pipelines/sample && cp "$srcdir"/pipelines/sample/news.tar.gz pipelines/sample/
grep -v '^ *#\|^$' "$srcdir/pipelines/news.conf" >news.conf

# mutants FROM UPTO: mutant-N.conf for each.
awk -v n="$n" -v seed="${ETL_SEED:-20261121}" '
function next_number(limit) {           # Park and Miller, CACM 1988; Schrage against overflow
    seed = 16807 * (seed % 127773) - 2836 * int(seed / 127773)
    if (seed <= 0)
        seed += 2147483647
    return int(seed / 8) % limit
}
function word() { return words[1 + next_number(n_words)] }
function mutate(  at, s, i, k) {
    at = 1 + next_number(n_now)
    s = now[at]
    k = next_number(13)
    if (k == 0)                         # a line goes
        now[at] = ""
    else if (k == 1)                    # a line twice
        now[at] = s "\n" s
    else if (k == 2) {                  # two lines change places
        i = 1 + next_number(n_now)
        now[at] = now[i]
        now[i] = s
    } else if (k == 3) {                # a letter goes
        i = 1 + next_number(length(s))
        now[at] = substr(s, 1, i - 1) substr(s, i + 1)
    } else if (k == 4) {                # a letter comes
        i = 1 + next_number(length(s) + 1)
        now[at] = substr(s, 1, i - 1) substr("abz_-=[]{}$#\"(),.!* 019\t%\\/", 1 + next_number(26), 1) substr(s, i)
    } else if (k == 5)                  # another value
        sub(/=.*/, "= " word(), now[at])
    else if (k == 6)                    # another key
        sub(/^[a-z_]+/, word(), now[at])
    else if (k == 7)                    # one more key
        now[at] = s "\n" word() " = " word()
    else if (k == 8)                    # one more section
        now[at] = s "\n[" word() " " word() "]"
    else if (k == 9) {                  # a word of a line is another one
        i = next_number(6)
        while (i-- > 0 && match(s, /[a-z_]+[^a-z_]+/))
            s = substr(s, RSTART + RLENGTH)
        if (match(s, /[a-z_]+/)) {
            i = length(now[at]) - length(s)
            now[at] = substr(now[at], 1, i + RSTART - 1) word() substr(s, RSTART + RLENGTH)
        }
    } else if (k == 10)                 # longer values
        now[at] = s ", " word()
    else if (k == 11)                   # cut off in the middle
        now[at] = substr(s, 1, next_number(length(s) + 1))
    else                                # a header with a label
        sub(/\]/, " " word() "]", now[at])
}
{ line[NR] = $0 }
END {
    n_words = split("input transform output pipeline var archive txt jsonl csv sqlite cleanup language " \
        "extract filter dedupe path fields from keep drop when on_error on_damage threshold field table " \
        "index encoding members unit name format out max_rejects include id source text title body date " \
        "kind duplicate_of similarity kept dropped rejects all reject abort salvage yes no 0 1 0.5 -1 64M " \
        "10s 101% news.jsonl news.db .. /tmp/x - * !body ${news} ${none} ${NONE:-x} ${NONE:?must} utf-8 " \
        "latin1 id==1 kind==article body=text \"a \\n\" line file", words, " ")
    for (m = 1; m <= n; m++) {
        for (i = 1; i <= NR; i++)
            now[i] = line[i]
        n_now = NR
        for (i = next_number(3); i >= 0; i--)
            mutate()
        file = "mutant-" m ".conf"
        printf "" >file
        for (i = 1; i <= NR; i++)
            print now[i] >file
        close(file)
    }
}' news.conf
check "as it stands it is good" status 0 "$ETL" check news.conf
check "and runs" status 0 "$ETL" run --limit=0 -o out news.conf

# A run of no documents opens no input, as check does not: the shim would kill it there.
printf '[input archive]\npath = bad.tar.gz\n[input txt]\npath = bad.txt.gz\n[output jsonl]\npath = o\n' >no-data.conf
head -c 5000 "$srcdir/pipelines/sample/news.tar.gz" | tee bad.tar.gz >bad.txt.gz
if [ -z "${SANITIZE:-}" ]; then # which a preloaded shim does not go together with
    limited() # LIMIT NAME
    {
        rm -rf out
        ETL_KILL_OPENED=$2:0 LD_PRELOAD=$builddir/tests/torture/at-call.so \
            "$ETL" -q run --limit="$1" -o out no-data.conf
    }
    exec 3>&2 2>killed # bash tells of each that is killed
    check "--limit=1 opens a file" status 137 limited 1 bad.tar.gz
    for name in bad.tar.gz bad.txt.gz; do
        check "--limit=0 does not open $name" status 0 limited 0 $name
    done
    exec 2>&3
    rm -rf out
fi

good=0
bad=0
differ=0
for ((i = 1; i <= n; i++)); do
    "$ETL" -q check mutant-$i.conf >/dev/null 2>said </dev/null
    a=$?
    grep -v ': warning: ' said >checked # the data may be worth a warning, which check cannot see
    rm -rf out
    "$ETL" -q run --limit=0 -o out mutant-$i.conf >/dev/null 2>said </dev/null
    b=$?
    grep -v ': warning: ' said >ran
    if [ $a = $b ] && cmp -s checked ran && { [ $a != 0 ] || [ -e out/manifest.json ] || grep -q '= -$' mutant-$i.conf; }; then
        [ $a = 0 ] && good=$((good + 1)) || bad=$((bad + 1))
        # A mistake has words, and is one of the pipeline, its files or its plugins.
        case $a in
            0 | 66 | 69 | 77 | 78) ;;
            *) check "mutant $i ends with a status for such mistakes, not $a" false ;;
        esac
        [ $a = 0 ] || [ -s checked ] || check "mutant $i is told what is wrong" false
        continue
    fi
    differ=$((differ + 1))
    echo "mutant $i: check says $a, run says $b"
    diff news.conf mutant-$i.conf
    diff checked ran
done
echo "of $n mutants $good are good, $bad are bad, $differ differ"
check "check and run agree" test $differ = 0
check "there were good ones and bad ones" test $good -ge $((n / 20)) -a $bad -ge $((n / 4))
finish
