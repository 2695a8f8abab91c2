# SPDX-License-Identifier: Apache-2.0
# The same pages as a folder, a tar in each codec and a zip, through the real pipelines/news.conf:
# the same records but for what names the container (id, source, duplicate_of). For our own sample
# and, where they are at hand, for the seeds of ../shared/news, whose records are scored as well.
. "${srcdir:-.}/tests/lib.sh"
command -v jq >/dev/null || skip "jq is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1
unset NEWS

# news.conf with a folder as its input, and nothing else changed.
awk '/^\[/ { left_out = 0 }
    /^\[input archive\]/ { print "[input txt]\npath = ${news}"; left_out = 1 }
    !left_out' "$srcdir/pipelines/news.conf" >folder.conf
check "the folder's pipeline is made" grep -q '^\[input txt\]' folder.conf

# pack NAME: NAME.tar, packed by each program that there is, and NAME.zip, of the folder NAME.
pack()
{
    tar --sort=name --owner=0 --group=0 -cf "$1.tar" "$1"
    formats="tar tar.gz"
    gzip -nk "$1.tar"
    command -v zstd >/dev/null && zstd -qk "$1.tar" && formats="$formats tar.zst"
    command -v xz >/dev/null && xz -k "$1.tar" && formats="$formats tar.xz"
    command -v bzip2 >/dev/null && bzip2 -k "$1.tar" && formats="$formats tar.bz2"
    command -v zip >/dev/null && find "$1" -type f | sort | zip -qX "$1.zip" -@ &&
        formats="$formats zip"
}

# records RUNDIR: all that the run wrote, without the container and the hashes that hang on it.
records()
{
    local kind
    for kind in news dropped duplicates rejects; do
        echo "$kind"
        jq -c '.source |= sub("^.*[/!]"; "") | del(.id, .duplicate_of, .origin, .stage)' \
            "$1/$kind.jsonl"
    done
    echo csv
    "$srcdir/tests/agree" "$1"
}

# one NAME FORMAT: its records are those of the folder.
one()
{
    status 0 "$ETL" run -j2 -D news="$1.$2" -o "out/$1.$2" "$srcdir/pipelines/news.conf" &&
        records "out/$1.$2" >"$1.$2.records" && diff -u "$1.folder.records" "$1.$2.records"
}

each_format()
{
    local format
    check "$1: as a folder" status 0 "$ETL" run -j2 -D news="$1" -o "out/$1" folder.conf
    records "out/$1" >"$1.folder.records"
    check "$1: there are records" test "$(wc -l <"out/$1/news.jsonl")" -ge 5
    pack "$1"
    for format in $formats; do
        check "$1.$format: the same records" one "$1" "$format"
    done
    echo "$1: $(wc -l <"out/$1/news.jsonl") records, as a folder and as $formats"
}

cp -R "$srcdir/pipelines/sample/pages" sample
each_format sample

if [ -d "$shared/news/seeds" ]; then
    cp -R "$shared/news/seeds" seeds && chmod -R u+w seeds
    each_format seeds
    if command -v python3 >/dev/null; then
        check "the seeds' scores" status 0 python3 "$shared/news/score" \
            "$shared/news/seeds.gold.jsonl" "$shared/news/seeds" out/seeds/news.jsonl --min \
            date=1,outlet=1,place=1,title=1,authors=1,editors=1,language=1,publisher=1,section=1,body_f1=0.99,line_f1=0.99
    fi
else
    echo "without the seeds: news/seeds is not at hand (ETL_SHARED)"
fi
finish
