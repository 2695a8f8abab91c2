# SPDX-License-Identifier: Apache-2.0
# Each limit by the name of its key: `etl check --print` shows it, what is just below it passes, what
# is just above is rejected or stops the run, as the manual has it, and nothing else goes with it.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
command -v jq >/dev/null || skip "jq is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1

# pipeline INPUT "KEYS": that input of `data`, all rejects taken.
pipeline()
{
    printf '[pipeline]\nname = p\nmax_rejects = 100%%\n[input %s]\npath = data\n%s\n[output jsonl]\npath = o.jsonl\nfields = source, text\n' \
        "$1" "$2" >p.conf
}
run()
{
    rm -rf out
    status "$1" "$ETL" run p.conf -o out "${@:2}"
}
# fates KEPT REJECTED
fates()
{
    [ "$(jq -c '[.counts.kept, .counts.rejected]' out/manifest.json)" = "[$1,$2]" ] && return 0
    jq -c .counts out/manifest.json
    return 1
}

# ---- they are shown, with their presets ----

: >data
printf '[pipeline]\nname = p\n[input archive]\npath = data\n[output jsonl]\npath = o\n' >shown.conf
"$ETL" check --print shown.conf >shown
for preset in max_document=64M max_ratio=200 max_entries=50000000 max_name=4K max_stall=60s \
    max_rejects=1% max_rejects_size=1G barrier_interval=10s; do
    check "$preset is shown" grep -qE "^${preset%=*} = ${preset#*=} +# preset\$" shown
done
"$ETL" check --print shown.conf | sed -n '/^\[input/,/^\[output/p' >archive
check "max_document is one of each input's keys" grep -q '^max_document' archive
printf '[pipeline]\nmemory = 768M\n' | cat - <(tail -n +3 shown.conf) >memory.conf
check "memory is shown where it is said" grep -qE '^memory = 768M +# memory.conf:2' <("$ETL" check --print memory.conf)
presets()
{
    diff <(sed 's/  *#.*//' shown) <("$ETL" check --print shown | sed 's/  *#.*//')
}
check "what is printed is a pipeline, and prints itself" presets

# ---- max_document ----

printf 'x%.0s' {1..1000} >1000
printf 'x%.0s' {1..1001} >1001
echo short >last
tar -cf data 1000 1001 last
pipeline archive 'max_document = 1000'
check "max_document, archive: read" run 0
check "one byte more is rejected, and that alone" fates 2 1
check "by name" jq -e '.source == "data!1001" and (.reason | contains("max_document"))' out/rejects.jsonl >/dev/null
rm data && mkdir data && mv 1000 1001 last data
pipeline txt 'max_document = 1000'
check "max_document, txt: read" run 0
check "one byte more is rejected, and that alone" fates 2 1
check "by name" jq -e '.source == "data/1001" and (.reason | contains("max_document"))' out/rejects.jsonl >/dev/null
rm -r data
python3 -c 'for n in (1000, 1001, 20): print("{\"text\":\"" + "x" * (n - 11) + "\"}")' >data
pipeline jsonl 'max_document = 1000'
check "max_document, jsonl: read" run 0
check "one byte more is rejected, and that alone" fates 2 1
check "by name" jq -e '.reason | contains("max_document")' out/rejects.jsonl >/dev/null

# ---- max_ratio ----

head -c 70000000 /dev/zero >zeros
tar -czf data zeros
ratio=$(($(wc -c <zeros) / $(wc -c <data)))
pipeline archive "max_ratio = $((ratio - 100))"
check "max_ratio: past it the archive is damaged there" run 65
check "by name" says "(max_ratio)"
check "with the place" says "at byte"
check "nothing is published" test ! -e out/o.jsonl
pipeline archive "max_ratio = $((ratio + 100))"
check "below it the archive is read" run 0
check "its document is too long, but for max_document" fates 0 1
head -c 60000000 /dev/zero >zeros # less than 64 MiB are not judged
tar -czf data zeros
pipeline archive "max_ratio = 1"
check "64 MiB of output are not judged" run 0
rm zeros

# ---- max_entries ----

for i in 1 2 3 4 5 6; do echo "page $i" >page-$i; done
tar -cf data page-?
pipeline archive 'max_entries = 6'
check "max_entries: so many are read" run 0
check "all of them" fates 6 0
pipeline archive 'max_entries = 5'
check "one more is damage" run 65
check "by name" says "more than 5 entries (max_entries)"
pipeline archive 'max_entries = 5
on_damage = salvage'
check "salvage takes those before" run 0
check "five" fates 5 0
check "and marks the archive" jq -e '.inputs[0].damaged_at' out/manifest.json >/dev/null
if command -v zip >/dev/null; then
    rm data
    zip -q data.zip page-? && mv data.zip data
    pipeline archive 'max_entries = 6'
    check "a zip of so many" run 0
    pipeline archive 'max_entries = 5'
    check "and of one more" run 65
    check "by name" says "more than 5 entries (max_entries)"
fi

# ---- max_name, and the 1 MiB of a header ----

name=$(printf 'n%.0s' {1..40})
echo one >"$name" && echo two >"${name}x"
tar -cf data "$name" "${name}x" page-1
pipeline archive 'max_name = 40'
check "max_name: read" run 0
check "one byte more is rejected, and that alone" fates 2 1
check "by name" jq -e '.reason | contains("its name of 41 bytes is over max_name")' out/rejects.jsonl >/dev/null
python3 - <<'PYTHON'
import io, tarfile
for n, name in (1000000, "under"), (1300000, "over"):
    with tarfile.open(name, "w", format=tarfile.PAX_FORMAT) as tar:
        entry = tarfile.TarInfo("page.txt")
        entry.size, entry.pax_headers = 4, {"comment": "x" * n}
        tar.addfile(entry, io.BytesIO(b"page"))
with open("many", "wb") as many:
    for i in range(4):
        many.write(tarfile.TarInfo.create_pax_global_header({"comment": "x" * 700000}))
    many.write(open("under", "rb").read())
PYTHON
pipeline archive ''
mv under data
check "a header of less than 1 MiB" run 0
check "is one" fates 1 0
mv over data
check "a header of more is damage" run 65
check "says so" says "header too large"
mv many data
check "many of less before one entry are damage" run 65
check "says so" says "an entry's header is over 1048576 bytes long"

# ---- max_stall: time in the archive library without a new entry ----

if command -v zip >/dev/null; then
    rm data
    python3 -c 'import random
dice = random.Random(1)
open("noise", "wb").write(bytes(dice.choices(b"abcdefghijklmnop", k=20000000)))'
    zip -q1 data.zip noise && mv data.zip data
    pipeline archive 'max_stall = 1ms'
    check "max_stall: an entry that takes longer is damage" run 65
    check "by name" says "(max_stall)"
    pipeline archive ''
    check "with the preset it is read" run 0
    check "whole" fates 1 0
    rm noise
fi

# ---- max_rejects_size ----

seq 100 | sed 's/^/bad /' >data
pipeline jsonl ''
check "max_rejects_size: without, all are listed" run 0
check "a hundred" test "$(wc -l <out/rejects.jsonl)" = 100
check "nothing is said of it" test -z "$(grep max_rejects_size "$work/.said")"
line=$(head -n 1 out/rejects.jsonl | wc -c)
check "of ten lines' size" run 0 --set pipeline.max_rejects_size=$((10 * line))
check "ten lines at most, whole ones" jq -es 'length <= 10 and length >= 8' out/rejects.jsonl >/dev/null
check "and no byte more" test "$(wc -c <out/rejects.jsonl)" -le $((10 * line))
check "all are counted" fates 0 100
check "what is not listed is said" says "$((100 - $(wc -l <out/rejects.jsonl))) of 100 rejects are counted, not listed"
check "the manifest agrees" status 0 "$ETL" verify out
check "none is listed of 0 bytes" run 0 --set pipeline.max_rejects_size=0
check "an empty file" test -e out/rejects.jsonl -a ! -s out/rejects.jsonl
check "and all are counted" fates 0 100

# ---- what is no value for them ----

for wrong in max_document=0 max_document=5G max_ratio=0 max_entries=0 max_name=0 max_name=2M max_stall=0s; do
    pipeline archive "${wrong%=*} = ${wrong#*=}"
    check "$wrong is refused" run 78
    check "by name" says "${wrong%=*}"
done
finish
