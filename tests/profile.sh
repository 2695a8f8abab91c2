# SPDX-License-Identifier: Apache-2.0
# --profile: the accounts add up to the process's CPU time, each kind of work is in its own one, and
# no byte of the outputs depends on it. Nothing here looks at how long something took.
. "${srcdir:-.}/tests/lib.sh"

cd "$work"
bash "$srcdir/tests/make-pages" pages 1 1500
tar -cf - pages | gzip -1 >pages.tar.gz
cat >p.conf <<'CONF'
[pipeline]
name = p
max_rejects = 100%
[input archive]
path = *.tar.gz
[transform cleanup]
[transform language]
[transform filter]
keep = language == id
[transform dedupe]
field = text
[output jsonl]
path = p.jsonl.gz
[output csv]
path = p.csv
[output sqlite]
path = p.db
CONF
profiled()
{
    "$ETL" run p.conf -o "$1" --fresh --profile --progress=none --set pipeline.barrier_interval=1ms "${@:2}" 2>"$1.txt"
}
sums()
{
    (cd "$1" && sha256sum p.jsonl.gz p.csv rejects.jsonl && dump p.db && grep -v '"p.db"' manifest.json)
}

check "it runs without" status 0 "$ETL" run p.conf -o plain
sums plain >want
check "and says no more than 12 lines, and one at the start" [ "$(wc -l <"$work/.said")" -le 13 ]
check "nor anything of accounts" eval '! grep -q "where the CPU time went" "$work/.said"'
for j in 1 4; do
    check "-j$j runs" profiled j$j -j$j
    check "-j$j: the same bytes as without" cmp <(sums j$j) want
    check "-j$j: the accounts add up to the CPU time" jq -e '
        (.profile | map(.cpu_seconds) | add) as $sum | .cpu_seconds > 0 and $sum > 0.999 * .cpu_seconds - 0.001
            and $sum < 1.001 * .cpu_seconds + 0.001' j$j/run.json
    check "-j$j: so do the shares" jq -e '(.profile | map(.share) | add) as $sum | $sum > 0.99 and $sum < 1.01' j$j/run.json
    check "-j$j: what nobody was charged for is little" jq -e '
        .profile[-1].name == "the rest" and .profile[-1].share < 0.2' j$j/run.json
    check "-j$j: the works of a stage add up to it" jq -e 'all(.profile[];
        ([.start, .read, .map, .step, .finish, .pack, .write, .commit] | map(. // 0)) as $works
        | ($works | add) as $sum | $sum == 0 or ($sum - .cpu_seconds | fabs) < 0.00001)' j$j/run.json
    check "-j$j: all stages, in their order" [ "$(jq -r '[.profile[1:8][].name] | join(", ")' j$j/run.json)" = \
        "input archive, transform cleanup, transform language, transform filter, transform dedupe, output jsonl, output csv" ]
    check "-j$j: each kind of work has its account" jq -e '
        (.profile | map({(.name): .}) | add) as $of
        | $of["input archive"].read > 0 and $of["input archive"].map > 0
            and $of["transform cleanup"].map > 0 and ($of["transform cleanup"] | has("step") | not)
            and $of["transform dedupe"].map > 0 and $of["transform dedupe"].step > 0
            and $of["transform dedupe"].commit > 0
            and $of["output jsonl"].map > 0 and $of["output jsonl"].pack > 0 and $of["output jsonl"].write > 0
            and ($of["output csv"] | has("pack") | not) and $of["output sqlite"].step > 0
            and $of["hashing inputs"].cpu_seconds > 0 and $of.barriers.cpu_seconds > 0
            and $of.starting.cpu_seconds > 0 and $of.publishing.cpu_seconds > 0 and $of.ledger.cpu_seconds > 0' j$j/run.json
    # The table has the same rows, and behind them the whole.
    check "-j$j: the table is what run.json says" cmp \
        <(sed '1,/where the CPU time went/d' j$j.txt | sed -E 's/^  (.*[^ ]) +[0-9.]+ +[0-9.]+% +[0-9.]+( .*)?$/\1/') \
        <(jq -r '.profile[].name, "all"' j$j/run.json)
done

# ---- without a run.json ----
check "a dry run is told of, too" status 0 "$ETL" run p.conf --dry-run --profile
check "with its table" says "where the CPU time went"
check "in which outputs have nothing" eval '[ "$(grep -cE "^  output [a-z]+ +0.000 +0.0%" "$work/.said")" = 3 ]'
json()
{
    "$ETL" --log-format=json run p.conf -o json "$@" 2>said.json && tail -n 1 said.json
}
check "JSON lines have it when it is asked for" jq -e '
    .cpu_seconds as $all | (.profile | map(.cpu_seconds) | add) as $sum
    | .type == "summary" and ($sum - $all | fabs) < 0.001 * $all + 0.001' <(json --profile)
check "and else not" jq -e 'has("profile") | not' <(json --fresh)
check "a run that is up to date has no stage to speak of" jq -e '.up_to_date' <(json --profile)

# ---- the price of a document: the whole, by the documents that were read ----
check "of few documents, too" status 0 "$ETL" run p.conf -o few -n 10 --profile
check "the price is for each of them" awk '$1 == "all" { n++; off = $2 * 1e5 - $4; ok = off < 100 && off > -100 }
    END { exit !(n == 1 && ok) }' "$work/.said"
finish
