# SPDX-License-Identifier: Apache-2.0
# --memory: over an archive of ETL_SIZE of made-up pages (200M), none like another, news.conf stays
# below --memory=768M or stops with 71 and the figure that would do, and holds no more descriptors at
# its end than at its beginning. The pages are of a few thousand paragraphs in ever other order, so that
# the archive is a twentieth of what it holds; it goes when the test ends. ETL_JOBS="1 4": threads to
# run out of memory with (4).
. "${srcdir:-.}/tests/lib.sh"
[ -z "${SANITIZE:-}" ] || skip "sanitizers take several times the memory"
command -v python3 >/dev/null || skip "python3 is not installed"
size=$(numfmt --from=iec "${ETL_SIZE:-200M}") || exit 1
cd "$work" || exit 1
unset NEWS
unset MALLOC_PERTURB_ # it writes to all that is asked for, also where nobody ever would
news=$srcdir/pipelines/news.conf

# pages BYTES PARAGRAPHS: a tar of pages of about 4 KB, to standard output.
cat >pages.py <<'PYTHON'
import random, sys
size, out = int(sys.argv[1]), sys.stdout.buffer
words = ("warga desa kota jalan pasar sekolah guru murid petani nelayan hujan banjir panen padi ikan laut gunung "
         "sungai jembatan kereta bus kapal listrik air bersih rumah sakit dokter obat anak ibu ayah kakak adik musik "
         "lomba juara tim pelatih pemain gol lapangan tiket harga beras minyak gula kopi teh pajak rapat dewan bupati "
         "yang dan di ke dari untuk dengan pada oleh akan telah sudah belum tidak juga serta karena agar bagi antara "
         "setelah sebelum ketika mengatakan menjelaskan meminta membuka menutup membangun").split()
dice = random.Random(20261121)
def sentence():
    return " ".join(dice.choice(words) for _ in range(dice.randrange(9, 20))).capitalize() + "."
paragraphs = [" ".join(sentence() for _ in range(4)) for _ in range(4000)]
def header(name, n):
    h = bytearray(512)
    h[:len(name)] = name
    h[100:108] = b"0000644\0"
    h[108:124] = b"0000000\0" * 2
    h[124:136] = b"%011o\0" % n
    h[136:148] = b"%011o\0" % 0
    h[148:157] = b"        0"
    h[257:265] = b"ustar\x0000"
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)
written = number = 0
while written < size:
    number += 1
    body = dice.sample(paragraphs, 9)
    page = "%s\n\nRabu, %d Mei 2024 - 09:%02d WIB\n\nKOTABARU, CONTOHKABAR.COM - %s\n" % (
        sentence()[:60], number % 28 + 1, number % 60, "\n\n".join(body))
    page = page.encode()
    piece = header(b"p/%08d.txt" % number, len(page)) + page + bytes(-len(page) % 512)
    written += len(page)
    out.write(piece)
out.write(bytes(1024))
PYTHON
pack="gzip -1"
command -v zstd >/dev/null && pack="zstd -q -1 --long=23"
# One stream after the other is compressed as it is made; nothing else is ever written.
python3 pages.py "$size" | $pack >pages.tar.packed
check "the archive is made" test -s pages.tar.packed
echo "$((size >> 20)) MiB of pages in an archive of $(($(stat -c %s pages.tar.packed) >> 20)) MiB"

# watched COMMAND...: runs it; leaves its status, its peak in KiB (as VmHWM has it), and the most
# descriptors that it held in the first and in the last quarter of its time.
cat >watch.py <<'PYTHON'
import os, resource, subprocess, sys, time
run, held = subprocess.Popen(sys.argv[1:], stderr=open("said", "w")), []
while run.poll() is None:
    try:
        held.append(len(os.listdir("/proc/%d/fd" % run.pid)))
    except OSError:
        pass
    time.sleep(0.02)
held = held[1:-1] or [0] # before it is itself, and while it ends
quarter = max(1, len(held) // 4)
print(run.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, max(held[:quarter]), max(held[-quarter:]))
PYTHON
watched()
{
    read -r got peak fds_first fds_last < <(python3 watch.py "$@")
    cp said "$work/.said"
    echo "status $got, peak $((peak >> 10)) MiB, $fds_first descriptors at first, $fds_last at last"
}
# The figure of "run the same command with --memory=NM": in MiB.
figure()
{
    sed -n 's/.*run the same command with --memory=\([0-9]*\)M.*/\1/p' said | head -n 1
}
run()
{
    local limit=$1
    shift
    watched "$ETL" run -q -D news=pages.tar.packed --memory="$limit" --max-rejects=100% "$@" "$news"
}
# Below the limit, or a stop that says what would do.
bounded()
{
    [ "$peak" -le $(($1 << 10)) ] || { echo "past the limit of $1 MiB"; return 1; }
    [ "$got" = 0 ] && return 0
    [ "$got" = 71 ] && [ "$(figure)" -gt "$1" ] && [ ! -e out/manifest.json ] && return 0
    cat said
    return 1
}
few_descriptors()
{
    [ "$fds_last" -le $((fds_first + 2)) ] && [ "$fds_last" -lt 64 ]
}

run 768M -o out
[ "$got" = 0 ] || cat said
check "--memory=768M is kept, or a figure is given" bounded 768
check "descriptors do not grow" few_descriptors
# With the figure given the same command goes on; after 71 again, with the next one.
to_its_end()
{
    local again=0 limit
    while [ "$got" = 71 ] && [ $((again++)) -lt 8 ]; do
        limit=$(figure)
        run "${limit}M" -o out "$@"
        bounded "$limit" || return 1
    done
    [ "$got" = 0 ] && echo "done after $again more"
}
check "with the figure it goes on to its end" to_its_end
check "all pages are there" test "$(sed -n 's/.*"counts": {"read": \([0-9]*\).*/\1/p' out/manifest.json)" -gt $((size / 5000))
sums()
{
    (cd out && sha256sum news.jsonl news.csv rejects.jsonl)
}
sums >want

# ---- too little: a stop, at any number of threads, and then the same bytes ----

if [ "$size" -le 400000000 ]; then
    for j in ${ETL_JOBS:-4}; do
        limit=$((44 + 14 * j))
        rm -rf out
        run ${limit}M -o out -j$j
        check "$limit MiB, -j$j: kept, or a figure is given" bounded $limit
        check "it is not enough" test "$got" = 71
        check "what is next is said" grep -q 'goes on where it stopped' said
        check "nothing is published" test ! -e out/news.jsonl
        check "to its end" to_its_end -j$j
        check "the same bytes" cmp <(sums) want
    done
fi
run 16M -o little
check "less than is held before a document is read: 71" test "$got" = 71
check "says so" grep -q 'is too little: .* are held before a document is read' said
check "with what would do" test "$(figure)" -gt 16
check "in the file, too" status 71 "$ETL" run -q -D news=pages.tar.packed -o little "$news" --set pipeline.memory=16M
rm pages.tar.packed

# ---- large documents ----
# One after the other: several at once on a busy machine have passed the limit by up to a tenth, as
# what each stage will copy is estimated. ETL_LARGE_JOBS=4 shows it.
large_jobs=${ETL_LARGE_JOBS:-1}

mkdir large
for i in 1 2 3 4 5 6 7 8; do
    python3 -c 'import sys
sys.stdout.write("Judul %s\n\n" % sys.argv[1] + "kata yang dan untuk dengan %s\n" % sys.argv[1] * 900000)' $i >large/$i.txt
done
printf '[input txt]\npath = large\n[transform cleanup]\n[output jsonl]\npath = o.jsonl\nfields = id, text\n' >large.conf
for limit in 100 200 800; do
    rm -rf out
    watched "$ETL" run -q -j$large_jobs --memory=${limit}M -o out large.conf
    check "documents of 27 MB with $limit MiB: kept, or a figure is given" bounded $limit
    large_to_its_end()
    {
        local again=0 limit
        while [ "$got" = 71 ] && [ $((again++)) -lt 8 ]; do
            limit=$(figure)
            watched "$ETL" run -q -j$large_jobs --memory="${limit}M" -o out large.conf
            bounded "$limit" || return 1
        done
        [ "$got" = 0 ] && grep -q '"kept": 8' out/manifest.json
    }
    check "and with that all are read" large_to_its_end
done
finish
