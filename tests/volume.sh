# SPDX-License-Identifier: Apache-2.0
# Very many records, very large ones, very many files: -n is exact at any -j, memory stays flat,
# descriptors stay few.
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/abi
cd "$work"
# pipeline "KEYS OF FEED" "KEYS OF MAPPER" [MORE SECTIONS]
pipeline()
{
    printf '[pipeline]\nname = p\nmax_rejects = 100%%\n[input feed]\n%s\n[transform mapper]\n%s\n%s\n[output lines]\npath = out.txt\nfields = text\n' \
        "$1" "$2" "${3:-}" >p.conf
}
run()
{
    status 0 timeout 300 "$ETL" -q run p.conf -o out --fresh "$@"
}
sums() { cat out/manifest.json out/out.txt | sha256sum; }

# ---- -n ----
mkdir small long
for i in 1 2 3 4 5 6 7 8 9; do # one job's worth of files, and files that are a job each
    seq -f "file $i line %g" 1 $((i * 1000)) >small/$i
    for k in 1 2 3 4 5 6 7 8 9 10 11; do printf '%0100000d\n' $k; done >long/$i
done
for d in small long; do : >$d/0 && : >$d/91; done
limits()
{
    local n j
    for n in $1; do
        run -n "$n" -j1 && sums >want && grep -q "\"read\": $(($2 < n ? $2 : n))," out/manifest.json || return 1
        for j in 2 8; do
            for barrier in 10s 1ms; do
                run -n "$n" -j$j --set pipeline.barrier_interval=$barrier && cmp want <(sums) || {
                    echo "-n $n -j$j, barriers $barrier"
                    return 1
                }
            done
        done
    done
}
pipeline "path = small
what = counts
parts = 3" "what = split" "[transform stepper]
what = emit"
check "-n is exact, of many small files" limits "0 1 999 1000 1001 12345 44999 45000 45001" 45000
pipeline "path = long
what = counts" "what = change"
check "-n is exact, of files that are read ahead" limits "0 1 11 12 30 99 100" 99
pipeline "path = long
what = fail at 9" ""
check "a file behind the limit may fail" limits "0 1 11 50" 99
check "one before it may not" status 65 "$ETL" run p.conf -o out --fresh -j8
check "and says so" says "this is 9"

# Files that are a batch or two each, so that threads end with their jobs all the time.
rm long/0 long/91
pipeline "path = long" "" && sed -i 's/^fields.*/fields = id/' p.conf
whole()
{
    local i
    run -j1 && cp out/out.txt ids || return 1
    for i in $(seq 1 100); do
        run -j$((2 + i % 7)) && cmp ids out/out.txt || return 1
    done
}
check "nothing is lost or out of order" whole

# ---- memory ----
[ -z "${SANITIZE:-}" ] || finish
# peak KIB: of the run of p.conf.
peak()
{
    python3 - "$ETL" "$@" <<'PY'
import resource, subprocess, sys
status = subprocess.call([sys.argv[1], "-q", "run", "p.conf", "-o", "out", "--fresh"] + sys.argv[2:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if status == 0 else "failed")
PY
}
# Many records may cost more than few by what the batches hold, four a thread: a short run seldom
# fills them all, and how many a long one has filled at once is up to the system's scheduler. 16 MiB
# are for all else.
flat() # -j, "KEYS" with N for the number of records, few, many, MiB that a batch may hold
{
    local few many
    pipeline "${2/N/$3}" "what = change" && few=$(peak -j$1)
    pipeline "${2/N/$4}" "what = change" && many=$(peak -j$1)
    [ "$many" -lt $((few + 4 * $1 * $5 * 1024 + 16384)) ] || {
        echo "$few KiB for $3 records, $many for $4"
        return 1
    }
}
for j in 1 4; do
    check "memory is flat over small records, -j$j" flat $j "records = N" 100000 4000000 2
    check "memory is flat over large records, -j$j" flat $j "size = 5M
records = N" 20 700 10
done
pipeline "records = 1
size = 60M" ""
check "a record of 60 MB" run
check "is there" grep -q '"kept": 1' out/manifest.json
pipeline "records = 20000
what = far too much" ""
# 20,000 records that could need 60 MiB each, in 2 GiB of addresses
narrow() { (ulimit -v 2000000 && run -j2); }
check "what was asked for and not used is free again" narrow

# ---- files ----
mkdir many
(cd many && mkdir $(seq 0 99) && seq 0 99999 | awk '{ f = $1 % 100 "/" $1; print "file " $1 >f; close(f) }')
pipeline "path = many" ""
narrow() { (ulimit -n 24 && run -j"$1") && sums >"$2"; }
check "a hundred thousand files with few descriptors" narrow 4 one
check "are all read" grep -q '"read": 100000' out/manifest.json
check "and at -j1" narrow 1 two
check "the same" cmp one two
finish
