# SPDX-License-Identifier: Apache-2.0
# Hostile data through news.conf: a bomb, archives in archives, a million entries, files whose names
# hold control bytes, a line of 64 MB, NULs, bytes that are no text. Each is stopped by a named limit,
# rejected with a reason or read as what it is; with bounded memory and time; nothing is half
# published.
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

# ---- a bomb, alone and as a document; bombs.sh has more of them ----

truncate -s 160M zeros.txt
tar -cf zeros.tar zeros.txt
gzip -c zeros.tar >bomb.gzip
refused "a bomb of zeros" 65 "unpacks to over 200 times its size (max_ratio)" bomb.gzip
rm zeros.txt zeros.tar
gzip -nc bomb.gzip >twice.gz
tar -cf outer.tar bomb.gzip twice.gz --transform='s/$/.txt/'
read_whole "archives in an archive are not opened" outer.tar
check "they are two documents" grep -q '"counts": {"read": 2,' out/manifest.json

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

# ---- names of files; names.sh has those of entries ----

no_control_bytes()
{
    ! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037')]" "$@"
}

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
