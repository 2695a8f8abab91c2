# SPDX-License-Identifier: Apache-2.0
# The transform dedupe in real runs: what is a duplicate of what; three days with an index are one
# run of three days, whatever is killed on the way; other settings and damage are refused.
. "${srcdir:-.}/tests/lib.sh"
cd "$work" || exit 1

lines() # WANT FILE
{
    [ "$(wc -l < "$2")" = "$1" ] && return 0
    echo "$2 has $(wc -l < "$2") lines, not $1"
    return 1
}

# 3 x 1500 pages of invented words; of three pages one is a copy and one a near copy of an earlier
# one, on any day. $RANDOM would do, but then a failure could not be looked at again.
awk 'function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
    BEGIN {
        seed = 20261121
        for (i = 0; i < 4500; i++) {
            n = 120 + random(200)
            if (i % 3 == 1 && i > 30) {
                text[i] = text[random(i)]
            } else if (i % 3 == 2 && i > 30) {
                k = split(text[random(i)], word, " ")
                for (edit = random(6) + 1; edit > 0; edit--)
                    word[1 + random(k)] = "kata" random(9000)
                text[i] = word[1]
                for (j = 2; j <= k; j++)
                    text[i] = text[i] " " word[j]
            } else {
                text[i] = "kata" random(9000)
                for (j = 1; j < n; j++)
                    text[i] = text[i] " kata" random(9000)
            }
            printf "{\"text\": \"%s\"}\n", text[i] > ("day" int(i / 1500) + 1 ".jsonl")
        }
    }'

# name, input, more lines of [transform dedupe]
pipeline()
{
    cat > "$1.conf" <<END
[pipeline]
out = out-$1
barrier_interval = 1ms
[input jsonl]
path = $2
[transform dedupe]
field = text
$3
[output jsonl]
path = kept.jsonl
fields = id, text
[output jsonl duplicates]
from = duplicates
path = duplicates.jsonl
fields = id, duplicate_of, similarity
END
}

# ---- exact, near, neither ----
{
    echo '{"text": "Harga beras di pasar naik tiga persen pada hari Senin kata pedagang"}'
    echo '{"text": "harga BERAS, di pasar: naik tiga persen - pada hari Senin (kata pedagang)."}'
    echo '{"text": "Pertandingan ditunda karena hujan lebat sejak sore di stadion kota lama"}'
    echo '{"text": "satu dua tiga empat"}'
    echo '{"text": "satu dua tiga empat"}'
    echo '{"text": null}'
    echo '{"text": null}'
} > few.jsonl
pipeline few few.jsonl ''
check 'a few pages' status 0 "$ETL" run -q few.conf
check 'of seven one is a copy' lines 6 out-few/kept.jsonl
first=$(sed -n '1s/.*"id":"\([0-9a-f]*\)".*/\1/p' out-few/kept.jsonl)
check 'the copy is of the first' grep -q "\"duplicate_of\":\"$first\",\"similarity\":1[}.]" \
    out-few/duplicates.jsonl

# ---- numbers ----
{
    for n in 31 32 31; do
        printf '{"text": "Cuaca kota hari ini cerah berawan dengan suhu %s derajat pada siang' $n
        printf ' hari menurut pengamatan di bandara dan pelabuhan serta tiga stasiun lain di'
        printf ' kaki gunung sebelah utara kota yang melapor tiap jam kepada kantor pusat untuk'
        printf ' disiarkan lewat radio dan papan pengumuman di balai kota"}\n'
    done
} > weather.jsonl
pipeline any weather.jsonl ''
pipeline differ weather.jsonl 'numbers = differ'
check 'numbers = any' status 0 "$ETL" run -q any.conf
check 'numbers = any keeps one page' lines 1 out-any/kept.jsonl
check 'numbers = differ' status 0 "$ETL" run -q differ.conf
check 'numbers = differ keeps two pages' lines 2 out-differ/kept.jsonl

# ---- any number of threads ----
pipeline all 'day1.jsonl, day2.jsonl, day3.jsonl' ''
check 'one thread' status 0 "$ETL" run -q -j1 -o one all.conf
check 'four threads' status 0 "$ETL" run -q -j4 all.conf
check 'the same is kept' cmp one/kept.jsonl out-all/kept.jsonl
check 'the same are duplicates' cmp one/duplicates.jsonl out-all/duplicates.jsonl
check 'there are copies' test "$(wc -l < out-all/duplicates.jsonl)" -gt 2500

# ---- three days with an index ----
same_as_one()
{
    cat out-day[123]/kept.jsonl | cmp - out-all/kept.jsonl &&
        cat out-day[123]/duplicates.jsonl | cmp - out-all/duplicates.jsonl
}
segments()
{
    (cd store/pages && cksum -- *)
}
for day in 1 2 3; do
    pipeline day$day day$day.jsonl 'index = store/pages'
    check "day $day" status 0 "$ETL" run -q day$day.conf
done
check 'three days are one run' same_as_one
segments > before
check 'a segment a day' lines 3 before
for day in 2 1 3; do
    rm -rf out-day$day
    check "day $day again" status 0 "$ETL" run -q day$day.conf
done
check 'a run finds neither itself nor what came after it' same_as_one
segments > after
check 'the segments are the same' cmp before after

# ---- a dry run of a fourth ----
pipeline dry few.jsonl 'index = store/pages'
ls -A store/pages > before-dry
check 'a dry run with an index' status 0 "$ETL" run -q --dry-run dry.conf
ls -A store/pages > after-dry
check 'leaves the folder as it was' cmp before-dry after-dry

# ---- kills in the second day ----
for delay in 0.004 0.008 0.012 0.016 0.02 0.03 0.04 0.06; do
    rm -rf store out-day[123]
    check 'day 1' status 0 "$ETL" run -q day1.conf
    "$ETL" run -q -j2 day2.conf 2> killed &
    pid=$!
    sleep $delay
    kill -9 $pid 2> killed
    wait $pid 2> killed
    check "day 2, killed after $delay s, goes on" status 0 "$ETL" run -q -j1 day2.conf
    check 'day 3' status 0 "$ETL" run -q day3.conf
    check "nothing has changed by the kill after $delay s" same_as_one
    segments > after
    check 'the segments are the same' cmp before after
done

# ---- other settings, damage ----
pipeline other day3.jsonl 'index = store/pages
numbers = differ'
check 'another setting is refused' status 78 "$ETL" run other.conf
check 'and named' says 'numbers = any, this run has numbers = differ'
segment=$(echo store/pages/* | cut -d ' ' -f 1)
printf 'X' | dd of="$segment" bs=1 seek=5000 conv=notrunc status=none
pipeline damaged few.jsonl 'index = store/pages'
check 'a damaged segment is refused' status 65 "$ETL" run damaged.conf
check 'and named' says "$segment is damaged at page"

finish
