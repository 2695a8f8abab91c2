# SPDX-License-Identifier: Apache-2.0
# A mix of inputs for news.conf, made anew in the working directory: ten archives, folders and
# jsonl.gz, of made-up pages, with copies within and across them, the sample's odd pages, and lines
# that are no JSON. Sourced behind lib.sh.

# mix PAGES: so many pages in each of the ten, and mix.conf, which is news.conf over them, with its
# outputs packed as well.
mix()
{
    local n=$1 i from=0 pack
    mkdir pages
    for i in 1 2 3 4 5 6 7 8 9; do
        "$srcdir/tests/make-pages" "pages/p$i" $((from + 1)) $((from + n))
        from=$((from + n - n / 8)) # the last pages come again in the next one
    done
    cp "$srcdir"/pipelines/sample/pages/* pages/p3
    for i in 1 2 3 4 5; do
        pack=$(echo "none gzip zstd xz bzip2" | cut -d' ' -f$i)
        command -v "$pack" >/dev/null || pack=gzip
        [ $i = 1 ] && pack=cat
        tar --sort=name --owner=0 --group=0 --mtime=@0 -C pages -cf - "p$i" | $pack >"a$i.tar.$pack"
    done
    if command -v zip >/dev/null; then
        (cd pages && find p6 -type f | sort | zip -qX ../a6.zip -@)
    else
        tar --sort=name -C pages -cf a6.tar p6
    fi
    mv pages/p7 folder1
    mkdir -p folder2/deep
    mv pages/p8 folder2/deep/er
    tar --sort=name -C pages -czf a9.tgz p9
    printf '[input txt]\npath = pages/p2, folder1/*1.txt\n[output jsonl]\npath = lines.jsonl\nfields = text\n' >lines.conf
    "$ETL" -q run lines.conf -o lines && mv lines/lines.jsonl . && rm -r lines lines.conf || return 1
    printf 'this is no JSON\n{"text":5}\n{"text":"\\u0000 nul"}\n' >>lines.jsonl
    gzip -n lines.jsonl
    rm -r pages
    awk '/^\[input archive\]/ { in_archive = 1 }
        /^max_rejects/ { print "max_rejects = 50"; next }
        in_archive && /^path/ { print "path = a*"; next }
        in_archive && !/^\[input/ && /^\[/ {
            print "[input txt]\npath = folder1, folder2"
            print "[input jsonl]\npath = *.jsonl.gz\nfields = text"
            in_archive = 0
        }
        { print }' "$srcdir/pipelines/news.conf" >mix.conf
    for i in jsonl.gz jsonl.zst csv.gz csv.zst; do
        printf '[output %s packed-%s]\npath = packed.%s\nfields = *\n' "${i%.*}" "${i#*.}" "$i"
    done >>mix.conf
}

# The sums of all that the run directory holds, SQLite's as its dump; of the facts, not the times.
sums()
{
    (cd "$1" && find . -type f ! -path './.state/*' ! -name '*.db' ! -name run.json \
        ! -name progress.json ! -name manifest.json | LC_ALL=C sort | xargs sha256sum
    for db in *.db; do
        echo "$(dump "$db" | sha256sum) $db"
        sqlite3 "$db" 'pragma integrity_check'
    done
    # The file of a database is not promised to be the same, only what is in it.
    sed '/\.db"/s/"bytes".*"xxh3_128": "[0-9a-f]*"//' manifest.json | sha256sum)
}
