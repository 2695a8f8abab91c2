# SPDX-License-Identifier: Apache-2.0
# Archives and JSON lines that were cut, through the real binary: by default the run stops and
# publishes nothing; with `on_damage = salvage` each document that is whole before the cut is there,
# byte by byte, each one read is accounted for, and the manifest says where the damage is. A sample
# of the cuts, that unit/test-archive-damage makes all of.
# ETL_CUTS=N: cuts of each file (1); ETL_SEED=N: others.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1

# 20 documents a file. whole NAME N: how many of them the first N bytes hold, one a member; a zip
# holds each where its content ends.
cat >make.py <<'PYTHON'
import bz2, gzip, io, json, lzma, random, sys, tarfile, zipfile
random.seed(int(sys.argv[1]))
cuts = int(sys.argv[2])
words = "berita kota hujan warga pasar sungai jalan pagi dan jembatan".split()
texts = [" ".join(random.choice(words) for _ in range(20 + i)) + "\nbaris %d\n" % i for i in range(20)]
json.dump(texts, open("texts.json", "w"))
zstd = None
try:
    import subprocess
    zstd = lambda b: subprocess.run(["zstd", "-qc", "--check"], input=b, stdout=subprocess.PIPE, check=True).stdout
    zstd(b"x")
except OSError:
    zstd = None
packs = {"": lambda b: b, ".gz": lambda b: gzip.compress(b, mtime=0), ".xz": lzma.compress, ".bz2": bz2.compress}
if zstd:
    packs[".zst"] = zstd

def member(i, name):
    info = tarfile.TarInfo("p/%02d.txt" % i)
    data = texts[i].encode()
    info.size = len(data)
    return info.tobuf() + data + b"\0" * (-len(data) % 512)

files = {}
for name, pack in packs.items():
    tar, lines, tar_ends, line_ends = b"", b"", [], []
    for i in range(20):
        tar += pack(member(i, name) + (b"\0" * 1024 if i == 19 else b""))
        tar_ends.append(len(tar))
        lines += pack(json.dumps({"text": texts[i]}).encode() + b"\n")
        line_ends.append(len(lines))
    files["tar" + name] = tar, tar_ends
    if name:
        files["jsonl" + name] = lines, line_ends
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
    ends = []
    for i in range(20):
        z.writestr(zipfile.ZipInfo("p/%02d.txt" % i), texts[i], zipfile.ZIP_DEFLATED)
        ends.append(out.tell())
files["zip"] = out.getvalue(), ends

# A jsonl that ends with a member is whole to any reader; one cut within a line of no codec, too.
for name, (data, ends) in files.items():
    places = {ends[9] + 1, ends[18] - 1} | {random.randrange(1, len(data)) for _ in range(cuts)}
    places = sorted(p for p in places if not (name.startswith("jsonl") and p in ends))[:cuts + 2]
    for n in places:
        file = "%s-%d" % (name, n)
        open(file, "wb").write(data[:n])
        print(file, sum(e <= n for e in ends))
PYTHON
python3 make.py "${ETL_SEED:-20261128}" "${ETL_CUTS:-1}" >cuts || exit 1

# one FILE WHOLE
one()
{
    local file=$1 whole=$2 kind=archive
    case $file in jsonl*) kind=jsonl ;; esac
    printf '[pipeline]\nname = d\nout = out\nmax_rejects = 100%%\n[input %s]\npath = %s\non_damage = %s\n' \
        $kind "$file" stop >stop.conf
    sed s/stop/salvage/ stop.conf >salvage.conf
    for conf in stop salvage; do
        printf '[output jsonl]\npath = o.jsonl\nfields = text\n' >>$conf.conf
    done
    rm -rf out
    status 65 "$ETL" run -j2 stop.conf && says "at byte" && [ ! -e out/o.jsonl ] && [ ! -e out/manifest.json ] || return 1
    rm -rf out
    status 0 "$ETL" run -j2 salvage.conf || return 1
    python3 - "$whole" "$file" <<'PYTHON'
import json, sys
whole, file = int(sys.argv[1]), sys.argv[2]
texts = json.load(open("texts.json"))
got = [json.loads(l)["text"] for l in open("out/o.jsonl", encoding="utf-8")]
assert got[:whole] == texts[:whole], (whole, len(got))
assert got == texts[:len(got)], "a document that is not one of those that went in"
manifest = json.load(open("out/manifest.json"))
counts = manifest["counts"]
assert counts["read"] == counts["kept"] + counts["rejected"] and counts["kept"] == len(got), counts
assert file in json.dumps(manifest["inputs"]) and '"damage' in json.dumps(manifest), manifest
PYTHON
}
n=0
documents=0
while read -r file whole; do
    check "$file: $whole documents before the cut" one "$file" "$whole"
    n=$((n + 1))
    documents=$((documents + whole))
done <cuts
echo "$n cuts of $(cut -d- -f1 cuts | sort -u | wc -l) files, through the real binary; $documents documents before them"

# Nothing at all: an archive says so; lines may be none.
: >empty
check "an archive of no bytes is refused" one empty 0
finish
