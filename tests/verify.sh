# SPDX-License-Identifier: Apache-2.0
# etl verify: a finished run is what its manifest says; any change, cut or missing file is told by
# name; an unfinished run is none.
. "${srcdir:-.}/tests/lib.sh"

cd "$work"
mkdir in
for i in 1 2 3; do echo "page $i"; done >in/a.txt
cat >v.conf <<'CONF'
[input txt]
path = in/*.txt
unit = line
[output jsonl]
path = v.jsonl
[output jsonl packed]
path = sub/v.jsonl.zst
[output csv]
path = v.csv.gz
CONF
check "a run" status 0 "$ETL" run v.conf -o out
check "is what it says" status 0 "$ETL" verify out
check "and its inputs are" status 0 "$ETL" verify --inputs out
echo "page 4" >>in/a.txt
check "inputs are looked at when asked" status 0 "$ETL" verify out
check "a changed input is told" status 1 "$ETL" verify --inputs out
check "by name" says "in/a.txt"
cp -r out good
for file in v.jsonl sub/v.jsonl.zst v.csv.gz rejects.jsonl; do
    rm -rf out && cp -r good out
    printf x >>"out/$file"
    check "one byte more in $file" status 1 "$ETL" verify out
    check "is told by name" says "out/$file"
    rm "out/$file"
    check "$file missing" status 1 "$ETL" verify out
done
rm -rf out && cp -r good out
sed 's/page 2/page 9/' good/v.jsonl >out/v.jsonl
check "other bytes of the same length" status 1 "$ETL" verify out
rm -rf out && cp -r good out
sed 's/"records": 3/"records": 4/' good/manifest.json >out/manifest.json
check "lines are counted" status 1 "$ETL" verify out
check "and told" says "holds 3 records, the manifest says 4"
sed 's/"kept": 3/"kept": 2/' good/manifest.json >out/manifest.json
check "the balance is held" status 1 "$ETL" verify out
check "and told" says "3 documents came in and 2 ended"
head -c 100 good/manifest.json >out/manifest.json
check "half a manifest is none" status 1 "$ETL" verify out
rm out/manifest.json
check "no manifest, no finished run: 66" status 66 "$ETL" verify out
check "and what to do" says "unfinished"
check "no directory: 66" status 66 "$ETL" verify nothing

# A file of more than 64 MiB is hashed while it is read.
mkdir pages
for i in $(seq 70); do yes "page $i" | head -c 1000000 >pages/$i.txt; done
tar cf large.tar pages
cat >large.conf <<'CONF'
[input archive]
path = large.tar
[output jsonl]
path = large.jsonl
fields = id
CONF
check "a large input" status 0 "$ETL" run large.conf -o large
check "is what the manifest says" status 0 "$ETL" verify --inputs large
printf x | dd of=large.tar bs=1 seek=69000000 conv=notrunc 2>/dev/null
check "and not what it is no more" status 1 "$ETL" verify --inputs large
finish
