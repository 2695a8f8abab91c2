# SPDX-License-Identifier: Apache-2.0
# Hostile data through news.conf: bombs in every codec, nested archives, a million entries, names
# that point elsewhere or hold control bytes, a line of 64 MB, NULs, bytes that are no text. Each
# is stopped by a named limit, rejected with a reason or read as what it is; with bounded memory and
# time; nothing is half published, nothing is made outside the run directory.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS
news=$srcdir/pipelines/news.conf
esc=$(printf '\033')

nothing_published()
{
    local found
    found=$(find "$1" -mindepth 1 -maxdepth 1 ! -name .state)
    [ -z "$found" ] && return 0
    echo "published: $found"
    return 1
}

# within SECONDS MEBIBYTES STATUS COMMAND...: bounds for what a limit is to stop. The sanitizers
# need several times as much.
slow=1
[ -z "${SANITIZE:-}" ] || slow=8
within()
{
    local seconds=$(($1 * slow)) most=$(($2 * slow)) want=$3 began=$SECONDS peak
    shift 3
    status "$want" python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(status)' "$work/peak" timeout $((seconds + 60)) "$@" || return 1
    peak=$(cat "$work/peak")
    [ $((SECONDS - began)) -le $seconds ] || { echo "took $((SECONDS - began)) s, not $seconds"; return 1; }
    [ "$peak" -le $most ] || { echo "took $peak MiB, not $most"; return 1; }
}

# refused WHAT STATUS WORDS FILE [OPTIONS]
refused()
{
    local what=$1 want=$2 words=$3 file=$4
    shift 4
    rm -rf out
    check "$what: $want, in 5 s and 256 MiB" within 5 256 "$want" "$ETL" run -j2 -o out -D news="$file" "$@" "$news"
    check "$what: says '$words'" says "$words"
    check "$what: says where" says "at byte"
    check "$what: publishes nothing" nothing_published out
}

# read WHAT FILE [OPTIONS]: it is read to its end.
read_whole()
{
    local what=$1 file=$2
    shift 2
    rm -rf out
    check "$what: read" within 30 900 0 "$ETL" run -j2 -o out -D news="$file" --max-rejects=100% "$@" "$news"
}

# ---- bombs ----

truncate -s 160M zeros.txt
tar -cf zeros.tar zeros.txt
for pack in gzip zstd xz bzip2; do
    if command -v $pack >/dev/null; then
        $pack -c zeros.tar >"bomb.$pack" 2>/dev/null
        refused "a bomb of zeros, $pack" 65 "unpacks to over 200 times its size (max_ratio)" bomb.$pack
    fi
done
if command -v zip >/dev/null; then
    zip -q bomb.zip zeros.txt
    read_whole "a zip of zeros" bomb.zip
    check "a zip of zeros: its one document is rejected" grep -q '"reason":"too long' out/rejects.jsonl
fi
rm zeros.txt zeros.tar

gzip -nc bomb.gzip >twice.gz
refused "a gzip in a gzip" 65 "neither a tar nor a zip" twice.gz
tar -cf outer.tar bomb.gzip twice.gz --transform='s/$/.txt/'
read_whole "archives in an archive are not opened" outer.tar
check "they are two documents" grep -q '"counts": {"read": 2,' out/manifest.json
if command -v xz >/dev/null; then
    echo a page >page.txt
    tar -cf - page.txt | xz --lzma2=dict=192MiB -c >window.xz
    refused "an xz that asks for a window of 192 MiB" 65 "memory" window.xz
fi

# A million entries without a byte: the header of one, 2^20 times.
: >empty.txt
tar -cf one.tar empty.txt
head -c 512 one.tar >headers
for i in 1 2 3 4 5 6 7 8 9 10; do
    cat headers headers >more && mv more headers
done
million()
{
    for i in $(seq 1024); do
        cat headers
    done
    head -c 1024 /dev/zero
}
million | gzip -1 >million.tar.gz
refused "a million entries" 65 "more than 100000 entries (max_entries)" million.tar.gz \
    --set "input archive.max_entries=100000"
read_whole "a million entries that may be" million.tar.gz
check "all of them are counted" grep -q '"counts": {"read": 1048576,' out/manifest.json
rm headers

# ---- names ----

python3 - <<'PYTHON'
import io, tarfile, zipfile
names = ["../../up.txt", "/etc/absolute.txt", "a/../../../b.txt", "..", "C:\\windows.txt", "esc\033[31m.txt",
         "line\nfeed.txt", "tab\t.txt", "bell\a.txt", "\u202ertl.txt", "é.txt", "\udcff\udcfe.txt",
         "x" * 3000 + ".txt", "x" * 70000 + ".txt", "same.txt", "same.txt", "SAME.txt", ".", "", "-rf.txt", "~.txt"]
body = b"Judul berita tentang sesuatu\n\nKOTA, CONTOH.COM - Warga yang %d itu mengatakan bahwa air sudah tidak ada dan akan segera dibawa dari kota lain untuk semua orang.\n"
for format in ("gnu", "pax"):
    with tarfile.open("names.%s.tar" % format, "w", errors="surrogateescape",
                      format=tarfile.GNU_FORMAT if format == "gnu" else tarfile.PAX_FORMAT) as tar:
        for i, name in enumerate(names):
            entry = tarfile.TarInfo(name)
            entry.size = len(body % i)
            tar.addfile(entry, io.BytesIO(body % i))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo("link%s.txt" % kind.decode())
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
import warnings
warnings.simplefilter("ignore")
with zipfile.ZipFile("names.zip", "w") as zip:
    for i, name in enumerate(names):
        if "\udcff" not in name and len(name) < 65000:
            zip.writestr(zipfile.ZipInfo(name), body % i)
PYTHON
no_control_bytes()
{
    ! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037')]" "$@"
}

# All that the process opens for writing, makes, renames or takes away lies in the run directory, and
# it starts no other program.
traced()
{
    strace -f -y -qq -e trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknodat,execve -o "$work/trace" "$@" || return 1
    python3 - "$work/trace" "$PWD" "$PWD/out" <<'PYTHON'
import os, re, sys
trace, cwd, out = sys.argv[1:]
bad, writes, execs = [], 0, 0
for line in open(trace, errors="replace"):
    call = re.search(r"\b(\w+)\((.*)\) = (\S+)", line)
    if not call or call[3].startswith("-1") or call[3].startswith("?"):
        continue
    name, arguments, result = call.groups()
    if name == "execve":
        execs += 1
        continue
    if name in ("openat", "open") and not re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", arguments):
        continue
    if name in ("openat", "open", "creat"):
        paths = [re.search(r"<(.*)>", result)[1]]
    else:
        paths = [os.path.normpath(os.path.join(folder or cwd, path)) for folder, path in
                 re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', arguments)]
    writes += 1
    for path in paths:
        path = path.removesuffix(" (deleted)")
        if path != out and not path.startswith(out + "/") and path != "/dev/null":
            bad.append(line.strip())
for line in bad[:5]:
    print("outside:", line)
assert not bad and writes > 10, writes
assert execs <= 1, execs
PYTHON
}
can_trace= # sanitizers do not go together with ptrace
[ -z "${SANITIZE:-}" ] && command -v strace >/dev/null && strace -f -qq -o "$work/trace" true 2>/dev/null && can_trace=yes
[ "$can_trace" ] || echo "system calls were not looked at: strace is missing or may not trace, or with sanitizers"

names()
{
    read_whole "names in $1" "$1"
    cp "$work/.said" said
    check "names in $1: each document counted" grep -q '"counts": {"read": [12][0-9],' out/manifest.json
    check "names in $1: data, as it stands" grep -q '!../../up.txt"' out/news.jsonl
    check "names in $1: no control byte in what is said" no_control_bytes said
    check "names in $1: no control byte in JSON" no_control_bytes out/news.jsonl out/rejects.jsonl out/manifest.json
    if [ "$can_trace" ]; then
        rm -rf out
        check "names in $1: nothing is made outside the run directory" \
            traced "$ETL" -q run -j2 -o out -D news="$1" --max-rejects=100% "$news"
        rm -rf out
        check "names in $1: nor at a limit" traced "$ETL" -q run -j2 -o out -D news="$1" -n 3 "$news"
    fi
}
for file in names.gnu.tar names.pax.tar names.zip; do
    names $file
done
check "nothing lies elsewhere" test ! -e ../up.txt -a ! -e ../../up.txt -a ! -e /etc/absolute.txt -a ! -e same.txt

# The name of a damaged archive is told, not obeyed.
mkdir files
damaged="files/$esc[31mred.tar.gz"
head -c 1000 "$srcdir/pipelines/sample/news.tar.gz" >"$damaged"
refused "a damaged archive with a terrible name" 65 'files/\x1b[31mred.tar.gz' "$damaged"
check "no escape reaches the terminal" no_control_bytes "$work/.said"
for file in "$esc[31m.txt" $'line\nfeed.txt' $'not\xffutf8.txt' "-o.txt" "a'b\"c.txt" "!.txt" '$HOME.txt' '*.txt'; do
    printf 'Satu halaman.\n' >"files/$file"
done
rm "$damaged"
awk '/^\[/ { left_out = 0 }
    /^\[input archive\]/ { print "[input txt]\npath = ${news}"; left_out = 1 }
    /^keep/ { next } !left_out' "$news" >folder.conf
rm -rf out
check "files with terrible names are read" status 0 "$ETL" run -o out -D news=files --set filter.drop='source == ""' folder.conf
check "no escape reaches the terminal" no_control_bytes "$work/.said" out/news.jsonl out/manifest.json out/run.json
check "their names are JSON" python3 -c 'import json
sources = [json.loads(l)["source"] for f in ("news", "dropped", "duplicates") for l in open("out/%s.jsonl" % f)]
assert len(sources) == 8 and "files/\x1b[31m.txt" in sources and "files/not\ufffdutf8.txt" in sources, sources'

# ---- 64 MB in one line ----

long()
{
    python3 -c 'import sys
sys.stdout.write("Judul berita yang panjang\n\n" + ("kata yang dan untuk dengan %d " % 7) * 3 + sys.argv[1] * (64000000 // len(sys.argv[1])))' "$1" >long.txt
    tar -cf long.tar long.txt
    read_whole "a line of 64 MB of '$1'" long.tar
    check "it ends as one document" grep -q '"counts": {"read": 1,' out/manifest.json
}
long 'x'
long 'kata yang dan untuk dengan '
long '&amp;amp;'
printf 'z%.0s' {1..5000} >>long.txt
head -c 4000000 /dev/zero | tr '\0' y >>long.txt
tar -cf long.tar long.txt
read_whole "a document past max_document" long.tar
check "it is rejected as too long" grep -q '"reason":"too long' out/rejects.jsonl
tr '\n' ' ' <long.txt | head -c 64000000 | sed 's/^/{"text":"/; s/$/"}/' >long.jsonl
printf '\n{"text":"last"}\n' >>long.jsonl
printf '[input jsonl]\npath = long.jsonl\n[output jsonl]\npath = o.jsonl\nfields = text\n' >jsonl.conf
rm -rf out
check "a line of 64 MB of JSON" within 20 600 0 "$ETL" run -o out jsonl.conf
check "and the one behind it" test "$(wc -l <out/o.jsonl) $(tail -n 1 out/o.jsonl)" = '2 {"text":"last"}'
rm long.*

# ---- NUL bytes, bytes that are no text ----

page="KOTA, CONTOH.COM - Warga yang itu mengatakan bahwa air sudah tidak ada dan akan segera dibawa dari kota lain untuk semua orang."
mkdir text
printf 'Judul dengan nol\n\n%s\0\0 Kata dia.\n' "$page" >text/nul.txt
printf 'Judul yang rusak\n\n%s\xff\xfe\x80 \xc0\xaf \xed\xa0\x80 Kata mereka.\n' "$page" >text/bad.txt
head -c 20000 /dev/zero >text/zeros.txt
tar --sort=name -czf text.tar.gz text
read_whole "NULs and invalid UTF-8" text.tar.gz
check "each document has one fate" grep -q '"counts": {"read": 3, "split": 0, "made": 0, "kept": 2,' out/manifest.json
check "what is written is valid" python3 -c 'import csv, json, sqlite3
objects = [json.loads(l) for l in open("out/news.jsonl", encoding="utf-8")]
rows = list(csv.DictReader(open("out/news.csv", encoding="utf-8", newline="")))
table = sqlite3.connect("out/news.db").execute("select body from articles order by rowid").fetchall()
assert [o["body"] for o in objects] == [r["body"] for r in rows] == [t[0] for t in table], objects
assert all("\0" not in o["body"] and "Warga" in o["body"] for o in objects)'
rm -rf out
check "strict UTF-8: too many rejects, 65" status 65 "$ETL" run -o out -D news=text.tar.gz --max-rejects=0 \
    --set "input archive.encoding=utf-8" "$news"
check "it says so" says "more documents were rejected than max_rejects lets through"
check "and what to do" says "raise max_rejects"
check "and names the file that lists them" says "out/.state/rejects.jsonl.part"
check "which says why" grep -q "not valid UTF-8" out/.state/rejects.jsonl.part
check "nothing is published" nothing_published out
check "with the limit raised the same run ends well" status 0 "$ETL" run -o out -D news=text.tar.gz \
    --max-rejects=100% --set "input archive.encoding=utf-8" "$news"
finish
