# SPDX-License-Identifier: Apache-2.0
# The input archive in real runs: the same records from every container; members, encodings, names
# and odd entries; damage, salvage, bombs and empty archives, each with its words and exit status.
. "${srcdir:-.}/tests/lib.sh" || exit 1
mkdir "$work/here" && cd "$work/here" || exit 1

# pipeline NAME PATH [LINES FOR THE INPUT]
pipeline()
{
    printf '[pipeline]\nname = %s\nformat = 1\nout = out/%s\nmax_rejects = 100%%\n' "$1" "$1"
    printf '[input archive]\npath = %s\n%s\n' "$2" "${3:-}"
    printf '[output jsonl]\npath = kept.jsonl\nfields = text, source\n'
    printf '[output jsonl rejected]\nfrom = rejects\npath = rejected.jsonl\nfields = source\n'
} >"$1.conf"

# run STATUS NAME PATH [LINES]: makes the pipeline and runs it.
run()
{
    pipeline "$2" "$3" "${4:-}"
    status "$1" "$ETL" run --fresh "$2.conf"
}

lines()
{
    [ "$(wc -l <"$1")" = "$2" ] && return 0
    echo "$1 has $(wc -l <"$1") lines, not $2"
    return 1
}

texts()
{
    sed 's/,"source".*//' "out/$1/kept.jsonl"
}

mkdir pages pages/2019
for i in $(seq -w 1 60); do
    printf 'Halaman %s\nIsi halaman yang ke-%s, kafé di kota.\n' "$i" "$i" >"pages/2019/page-$i.txt"
done
tar -cf a.tar --sort=name pages
gzip -nk a.tar

same_as_tar()
{
    run 0 "$1" "$2" || return 1
    texts "$1" >"$1.texts"
    lines "$1.texts" 60 && cmp tar.texts "$1.texts"
}
check "tar is read" run 0 tar a.tar
texts tar >tar.texts
check "sixty documents" lines tar.texts 60
check "the source names archive and member" \
    grep -q '"source":"a.tar!pages/2019/page-07.txt"' out/tar/kept.jsonl
check "tar.gz" same_as_tar gz a.tar.gz
if command -v zstd >/dev/null; then
    zstd -qk a.tar
    check "tar.zst" same_as_tar zst a.tar.zst
fi
if command -v xz >/dev/null; then
    xz -k a.tar
    check "tar.xz" same_as_tar xz a.tar.xz
fi
if command -v bzip2 >/dev/null; then
    bzip2 -k a.tar
    check "tar.bz2" same_as_tar bz2 a.tar.bz2
fi
if command -v zip >/dev/null; then
    find pages -type f | sort | zip -q a.zip -@
    check "zip" same_as_tar zip a.zip
    gzip -nk a.zip
    check "zip in gzip" same_as_tar zipgz a.zip.gz
    cp a.zip a.bin
    check "a zip by another name" same_as_tar bin a.bin
fi

stdin_too()
{
    pipeline stdin -
    status 0 "$ETL" run stdin.conf <a.tar.gz && texts stdin >stdin.texts && cmp tar.texts stdin.texts
}
check "standard input" stdin_too

members()
{
    run 0 members a.tar.gz "members = $1" && lines out/members/kept.jsonl "$2"
}
check "members by glob" members '*-0?.txt' 9
check "* crosses /" members 'pages*1.txt' 6
check "members left out" members '!*-0?.txt' 51
check "both" members '*-0?.txt, !*5.txt' 8
check "no member at all" members 'x*' 0
check "and a word about it" says "no entry is one of"

printf 'Kaf\xe9 \x93kota\x94\n' >latin.txt
printf '\xff\xfeK\0a\0f\0\xe9\0\n\0' >wide.txt
tar -cf mixed.tar latin.txt wide.txt
check "encodings are guessed" run 0 mixed mixed.tar
check "windows-1252" grep -q '"Kafé “kota”' out/mixed/kept.jsonl
check "utf-16" grep -q '"Kafé\\n"' out/mixed/kept.jsonl
check "an encoding nobody knows" run 78 unknown mixed.tar 'encoding = klingon'

mkdir odd
printf 'x' >odd/file
ln odd/file odd/second
ln -s /etc/passwd odd/link
mkfifo odd/fifo
printf 'y' >"odd/$(printf 'esc\033[31m\nnewline')"
tar -cf odd.tar --sort=name --transform='s,^odd/file,../../escape,' odd
check "odd entries and names" run 0 odd odd.tar
check "regular ones alone are documents" lines out/odd/kept.jsonl 2
check "names are data" grep -q '"source":"odd.tar!../../escape"' out/odd/kept.jsonl
check "no control bytes in what is said" sh -c "! grep -q '$(printf '\033')' '$work/.said'"
check "nothing made outside" test ! -e ../escape -a ! -e escape
check "what is skipped is counted" grep -q 'entries skipped: symlink' out/odd/manifest.json

# ---- damage ----

head -c $(($(wc -c <a.tar.gz) - 20)) a.tar.gz >cut.tar.gz
check "a cut archive stops the run" run 65 cut cut.tar.gz
check "it is told what and where" says "ends in the middle of member 1"
check "nothing is published" test ! -e out/cut/kept.jsonl
check "salvage takes what is there" run 0 salvage cut.tar.gz 'on_damage = salvage'
check "and publishes it" test -s out/salvage/kept.jsonl

# The trailer's CRC, eight bytes before the end.
crc=$(tail -c 8 a.tar.gz | head -c 1 | od -An -tu1)
{
    head -c $(($(wc -c <a.tar.gz) - 8)) a.tar.gz
    printf "\\$(printf %o $((crc ^ 1)))"
    tail -c 7 a.tar.gz
} >crc.tar.gz
check "a wrong CRC is seen at the end" run 65 crc crc.tar.gz
check "with both figures" says "CRC mismatch at the end of member 1 (want "

size=$(wc -c <a.tar)
head -c $((size - size % 10240 - 10240 + 512 * 4)) a.tar | head -c $((512 * 20)) >boundary.tar
check "cut between two entries" run 65 boundary boundary.tar
check "the end mark is missing" says "its end mark, two blocks of zeros, is missing"
cat a.tar a.tar >twice.tar
check "one tar after another" run 65 twice twice.tar
check "is damage" says "something follows the end of the archive"

: >empty.tar
check "an empty file" run 65 empty empty.tar
check "is named" says "holds no entries"
check "and may be allowed" run 0 allowed empty.tar 'allow_empty = yes'
check "text is no archive" run 65 text latin.txt
check "nor is a gzip of a gzip" sh -c 'gzip -nc a.tar.gz >twice.gz'
check "which is not opened" run 65 nested twice.gz
check "in so many words" says "neither a tar nor a zip"

# ---- limits ----

head -c 200000000 /dev/zero >zeros
tar -czf bomb.tar.gz zeros
rm zeros
check "a bomb is stopped" run 65 bomb bomb.tar.gz
check "by name" says "max_ratio"
truncate -s 4G hole
tar -cSf hole.tar hole pages/2019/page-01.txt
rm hole
check "a hole of 4 GiB is one rejected document" run 0 hole hole.tar
check "the next is read" lines out/hole/kept.jsonl 1
check "it is rejected" lines out/hole/rejected.jsonl 1
check "too many entries" run 65 entries a.tar.gz 'max_entries = 5'
check "says so" says "more than 5 entries (max_entries)"
check "a name too long rejects its document" run 0 names a.tar.gz 'max_name = 10'
check "each" lines out/names/rejected.jsonl 60
check "a document too long is rejected" run 0 long a.tar.gz 'max_document = 5'
check "as well" lines out/long/rejected.jsonl 60

# ---- one bad entry in a zip ----

if command -v zip >/dev/null; then
    zip -q0 stored.zip pages/2019/page-01.txt pages/2019/page-02.txt
    sed 's/yang ke-01/yang ke-91/' stored.zip >bad.zip
    check "a wrong checksum rejects one document" run 0 bad bad.zip
    check "and only that" lines out/bad/kept.jsonl 1
    zip -q -P secret locked.zip pages/2019/page-01.txt
    zip -q locked.zip pages/2019/page-02.txt
    check "an encrypted entry is rejected" run 0 locked locked.zip
    check "with the reason" grep -q "it is encrypted" out/locked/rejects.jsonl
    check "the other is read" lines out/locked/kept.jsonl 1
fi
finish
