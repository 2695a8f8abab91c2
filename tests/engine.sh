# SPDX-License-Identifier: Apache-2.0
# The engine with small plugins that split, keep state and emit at the end: the same bytes at any
# number of threads and barriers, whatever is read at once; limits, damage, pipes, dry runs.
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
cd "$work"
mkdir in
for i in 1 2 3 4 5; do
    awk -v i=$i 'BEGIN { for (k = 0; k < 9000 * (i % 3 + 1); k++)
        print (k % 7 ? "" : "split ") "line " k " of file " i ", with words to fill it up" }' >in/$i.txt
done
for i in $(seq 100 160); do echo "small file $i" >in/small-$i.txt; done
: >in/zero.txt
cat >e.conf <<'CONF'
[pipeline]
name = e
max_rejects = 100%
[input lines]
path = in/*.txt
[transform split]
[transform number]
reject_every = 1000
[output plain]
path = plain.txt
number = number
[output plain packed]
path = plain.txt.gz
number = number
[output plain rest]
from = rejects
path = sub/rejected.txt.zst
number = number
CONF
sums()
{
    (cd "$1" && sha256sum manifest.json plain.txt plain.txt.gz sub/rejected.txt.zst rejects.jsonl)
}

check "it runs" status 0 "$ETL" run e.conf -o one -j1
check "the summary says how many" says "kept"
check "what is in .gz is what is plain" cmp <(gzip -dc one/plain.txt.gz) one/plain.txt
grep -v '^-\|^end' one/plain.txt | cut -d' ' -f1 >numbers
check "numbers stand in order" sort -nuc numbers
sums one >want
for j in 1 2 3 8; do
    for barrier in 10s 1ms; do
        check "-j$j runs" status 0 "$ETL" run e.conf -o many -j$j --fresh \
            --set pipeline.barrier_interval=$barrier
        check "-j$j, barriers $barrier: the same bytes" cmp <(sums many) want
    done
done
check "a finished run is up to date" status 0 "$ETL" run e.conf -o many
check "and says so" says "up to date"
sleep 0.01
echo "one more" >>in/5.txt
check "a changed input runs again" status 0 "$ETL" run e.conf -o many
check "and reads it" grep -q "one more" many/plain.txt

sed 's/^\[transform split\]/[input lines again]\npath = in\/*.txt\n&/' e.conf >twice.conf
check "what two inputs name is read once" status 0 "$ETL" run twice.conf -o twice
check "with a warning" says "E0619"
check "--strict does not take a warning: 65" status 65 "$ETL" run --strict twice.conf -o strict
check "and says so" says "--strict makes them errors"
check "before anything is read" test ! -e strict/.state/journal
check "--strict with nothing to warn of" status 0 "$ETL" run --strict e.conf -o strict
check "and the same records" cmp <(cut -d' ' -f2- twice/plain.txt) <(cut -d' ' -f2- many/plain.txt)

check "a limit" status 0 "$ETL" run e.conf -o few -n 150 -j3
check "counts what is read" grep -q '"read": 150' few/manifest.json
check "a dry run" status 0 "$ETL" run e.conf -o dry --dry-run
check "makes nothing" test ! -e dry
check "a dry run as long as a barrier" status 0 "$ETL" run e.conf -o dry --dry-run \
    --set pipeline.barrier_interval=1ms

sed 's/^path = in.*/&\ndamage_at = 5000/' e.conf >damage.conf
check "damage ends with 65" status 65 "$ETL" run damage.conf -o damaged -j2
check "says where" says "in/1.txt: damaged on purpose, at byte"
check "says what to do" says "on_damage = salvage"
check "publishes nothing" test ! -e damaged/manifest.json -a ! -e damaged/plain.txt
sed 's/^damage_at.*/&\non_damage = salvage/' damage.conf >salvage.conf
check "salvage goes on" status 0 "$ETL" run salvage.conf -o salvaged -j2
check "says what was damaged, and where" says "in/1.txt: warning: damaged on purpose, at byte"
check "and marks the input" grep -q '"damaged_at"' salvaged/manifest.json
check "--strict does not take it: 65" status 65 "$ETL" run salvage.conf -o salvaged-strict --strict
check "and says so" says "--strict makes them errors"
check "and publishes nothing" test ! -e salvaged-strict/manifest.json

check "too many rejects: 65" status 65 "$ETL" run e.conf -o rejected --max-rejects=3
check "says which file lists them" says "rejected/.state/rejects.jsonl.part"
check "publishes nothing" test ! -e rejected/manifest.json
check "a share is rounded up to whole documents" status 0 "$ETL" run e.conf -o rejected --max-rejects=1% --fresh

cat >pipe.conf <<'CONF'
[input lines]
path = in/1.txt
[output plain]
path = -
CONF
check "standard output" test "$("$ETL" -q run pipe.conf -o pipe | wc -l)" = 18001
"$ETL" -q run pipe.conf -o pipe 2>said | head -1 >/dev/null
check "a closed pipe is quiet" test ! -s said
check "no run directory to be made: 73" status 73 "$ETL" run e.conf -o /proc/none
check "nothing to resume: 64" status 64 "$ETL" run e.conf -o fresh --resume=require
if [ -w /dev/full ]; then
    "$ETL" -q run pipe.conf -o pipe >/dev/full 2>"$work/.said"
    check "a full disk: 74" test $? = 74
    check "names it" says "No space left on device"
fi
finish
