# SPDX-License-Identifier: Apache-2.0
# Bombs: small files that unpack, or declare, gigabytes. Each is stopped by a limit that is named,
# within 5 seconds of CPU, 256 MiB of memory and 64 MiB written; nothing is published but where the one
# document is rejected; past the damage (on_damage = salvage) the same bounds hold.
# ETL_BOMBS=all: 16 of them; else 6.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
mkdir "$work/in" && cd "$work/in" || exit 1

# bounded STATUS COMMAND...: in those bounds. The sanitizers need several times as much.
slow=1
[ -z "${SANITIZE:-}" ] || slow=8
bounded()
{
    local want=$1 seconds peak written
    shift
    status "$want" python3 -c 'import resource, subprocess, sys
most = 64 << 20
child = subprocess.Popen(sys.argv[2:], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
status = child.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], "w").write("%d %d" % (1000 * (used.ru_utime + used.ru_stime), used.ru_maxrss >> 10))
sys.exit(status if status >= 0 else 128 - status)' "$work/used" timeout $((60 * slow)) "$@" || return 1
    read -r seconds peak <"$work/used"
    written=$(du -sk out | cut -f1)
    used="$seconds ms, $peak MiB, $written KiB written"
    [ "$seconds" -le $((5000 * slow)) ] && [ "$peak" -le $((256 * slow)) ] && [ "$written" -le 65536 ] && return 0
    echo "$used"
    return 1
}

# pipeline INPUT LINES: p.conf
pipeline()
{
    printf '[pipeline]\nname = bomb\nout = out\nmax_rejects = 100%%\n[input %s]\n%b\n[output jsonl]\npath = o.jsonl\nfields = source, text\n[output csv]\npath = o.csv\nfields = source, text\n' \
        "$1" "$2" >p.conf
}

kinds=0
said() # NAME
{
    kinds=$((kinds + 1))
    echo "bomb	$1	$(stat -Lc %s "$2") bytes	$used	${3#*: }"
}

# damaged FILE WORDS [LINES]: the archive is damaged there; salvaged it ends well.
damaged()
{
    local file=$1
    "$srcdir/tests/make-bombs" "$file" || { check "$file is made" false; return; }
    pipeline archive "path = $file\n${3:-}"
    rm -rf out
    check "$file: stopped, in 5 s and 256 MiB" bounded 65 "$ETL" run -j2 p.conf
    check "$file: says '$2'" says "$2"
    check "$file: says where" says "at byte"
    check "$file: publishes nothing" test ! -e out/o.jsonl -a ! -e out/manifest.json
    said "$file" "$file" "$2"
    pipeline archive "path = $file\non_damage = salvage\n${3:-}"
    rm -rf out
    check "$file: salvaged, in 5 s and 256 MiB" bounded 0 "$ETL" run -j2 p.conf
    check "$file: the manifest tells the damage" grep -q '"damage' out/manifest.json
    rm -f "$file"
}

# rejected FILE WHY: its one document is.
rejected()
{
    local file=$1
    "$srcdir/tests/make-bombs" "$file" || { check "$file is made" false; return; }
    pipeline archive "path = $file"
    rm -rf out
    check "$file: read, in 5 s and 256 MiB" bounded 0 "$ETL" run -j2 p.conf
    check "$file: its document is rejected: $2" grep -q "\"reason\":\"$2" out/rejects.jsonl
    check "$file: and counted" grep -q '"read": 1,.*"kept": 0,.*"rejected": 1}' out/manifest.json
    said "$file" "$file" "$2"
    rm -f "$file"
}

# A line of so many bytes, and one behind it, by a pipe.
line() # KIND BYTES BEFORE AFTER LAST LINES
{
    pipeline "$1" "path = -\n$6"
    rm -rf out
    bounded 0 "$ETL" run -j2 p.conf < <(
        printf '%s' "$3"
        head -c "$2" /dev/zero | tr '\0' x
        printf '%s\n%s\n' "$4" "$5"
    ) || return 1
    used="$used	too long: over max_document"
    grep -q '"reason":"too long: over max_document' out/rejects.jsonl && [ "$(wc -l <out/o.jsonl)" = 1 ] &&
        grep -q '"read": 2,.*"kept": 1,.*"rejected": 1}' out/manifest.json
}

ratio="unpacks to over 200 times its size (max_ratio)"
damaged zeros.tar.gz "$ratio"
damaged quine.gz "this is neither a tar nor a zip archive"
damaged overlap.zip "its entries lie over one another"
damaged header.tar "Special header too large"
damaged deep.tar "Special header too large"
rejected sparse.tar "too long: over max_document"
[ "${ETL_BOMBS:-}" = all ] || { echo "$kinds bombs, ETL_BOMBS=all has 16"; finish; }

if command -v zstd >/dev/null; then
    damaged zeros.tar.zst "$ratio"
fi
damaged zeros.tar.xz "$ratio"
damaged zeros.tar.bz2 "$ratio"
rejected zeros.zip "too long: over max_document"
damaged nested.gz "this is neither a tar nor a zip archive"
damaged window.tar.xz "dictionaries over 64 MiB are refused"
damaged entries.tar.gz "more than 100000 entries (max_entries)" "max_entries = 100000"
damaged name.tar "Special header too large"
for bytes in $(((64 << 20) + 1)) $((1 << 30)); do
    check "a line of $bytes bytes" line txt "$bytes" '' '' last 'unit = line'
    kinds=$((kinds + 1))
    echo "bomb	a line of text	$bytes bytes	$used"
    check "a line of $bytes bytes in JSON" line jsonl "$bytes" '{"text":"' '"}' '{"text":"last"}' ''
    echo "bomb	a line of JSON	$bytes bytes	$used"
done
echo "$kinds bombs of 16"
check "all of them" test $kinds = 16
finish
