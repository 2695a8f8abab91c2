# SPDX-License-Identifier: Apache-2.0
# Hostile names and types of an archive's entries: .., absolute, NUL, newline, escapes, 64 KiB, invalid
# UTF-8, twins, links, devices. A name is data: it comes out as it stands there, nothing is made, opened
# or run by it, no control byte of it reaches a terminal. What is no regular file is skipped and
# counted; the documents before and behind are there.
# ETL_NAMES=all: 30 kinds as tar, pax and zip; else as tar.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
number=$builddir/tests/plugins/engine/transform/number.so
[ -e "$number" ] || skip "the test plugins are not built (make test-plugins)"
mkdir "$work/in" && cd "$work/in" || exit 1
formats=tar
[ "${ETL_NAMES:-}" = all ] && formats="tar pax zip"
"$srcdir/tests/make-names" $formats >table || exit 1

can_trace= # sanitizers do not go together with ptrace
[ -z "${SANITIZE:-}" ] && command -v strace >/dev/null && strace -f -qq -o trace true 2>/dev/null && can_trace=yes
[ "$can_trace" ] || echo "system calls were not looked at: strace is missing or may not trace, or with sanitizers"

# traced COMMAND...: all that it opens for writing, makes, renames or takes away lies in out, and it
# starts no other program.
traced()
{
    [ "$can_trace" ] || { "$@"; return; }
    strace -f -y -qq -e trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknodat,execve -o trace "$@" || return 1
    python3 - trace "$PWD" "$PWD/out" <<'PYTHON'
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

no_control_bytes()
{
    ! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$@" &&
        ! LC_ALL=C grep -qE "$(printf '\302[\200-\237]|\342\200[\252-\256]')" "$1"
}

# as_wanted FILE NAME READ KEPT SKIPPED: what the run made of it.
as_wanted()
{
    python3 - "$@" <<'PYTHON'
import json, sys
file, name, read, kept, skipped = sys.argv[1:]
manifest = json.load(open("out/manifest.json"))
counts, stage = manifest["counts"], manifest["stages"][0]["counts"]
said = {k: v for k, v in stage.items() if k.startswith("entries skipped")}
assert (counts["read"], counts["kept"], counts["rejected"]) == (int(read), int(kept), int(read) - int(kept)), counts
assert said == ({} if skipped in ("-", "") else {"entries skipped: " + skipped: 1}), said
documents = [json.loads(l) for l in open("out/o.jsonl", encoding="utf-8")]
assert [d["text"] for d in (documents[0], documents[-1])] == ["before\n", "after\n"], documents
assert documents[0]["source"] == file + "!before.txt" and documents[-1]["source"] == file + "!after.txt"
if name != "-":
    name = bytes.fromhex(name).partition(b"\0")[0].decode(errors="replace")
    if file.endswith(".zip") and "/" not in name:
        name = name.replace("\\", "/") # libarchive takes it for one made on Windows
    for d in documents[1:-1]:
        assert d["source"] == file + "!" + (name or "entry-2"), ascii(d["source"])
    if len(documents) == 2:
        reject = json.loads(open("out/rejects.jsonl").read())
        assert reject["reason"].endswith("over max_name") and len(reject["source"]) < 300, reject
for d in documents[1:-1]:
    assert d["text"].lstrip("\0").replace("hostile\n", "") == "", d
PYTHON
}

# What is around it, after each run, is what was there before.
around()
{
    find "$work" -path "$work/in/out" -prune -o ! -name trace ! -name '.*' -print | LC_ALL=C sort
}

printf '[pipeline]\nname = n\nout = out\nmax_rejects = 100%%\n[input archive]\npath = ${file}\n[output jsonl]\npath = o.jsonl\nfields = id, source, text\n[output sqlite]\npath = o.db\nfields = id, source, text\n[output csv]\npath = o.csv\nfields = id, source, text\n[var]\nfile = none\n' >n.conf
sed "/^\[output jsonl/i [transform $number]\nreject_every = 2\non_error = abort" n.conf >abort.conf
sed '/^\[output sqlite/,/^\[var/ { /^\[var/! d }' n.conf >json.conf # the only one that takes a NUL
one()
{
    local file=$1 conf=n.conf
    [ "${file%.*}" != sparse ] || conf=json.conf
    rm -rf out
    status 0 traced "$ETL" run -j2 -D file="$file" $conf && no_control_bytes "$work/.said" out/*.json out/*.jsonl &&
        as_wanted "$@" || return 1
    cmp -s before <(around) || { diff before <(around); return 1; }
    # A message that names the entry: its control bytes are escaped.
    [ "$2" = - ] || [ "$4" != 3 ] && return 0
    rm -rf out
    status 65 "$ETL" run -j1 -D file="$file" abort.conf && says "$file!" && no_control_bytes "$work/.said"
}
touch trace
around >before
n=0
while IFS=$'\t' read -r file name read kept skipped; do
    check "$file" one "$file" "$name" "$read" "$kept" "$skipped"
    n=$((n + 1))
done <table
check "nothing lies elsewhere" test ! -e /tmp/etl-absolute.txt -a ! -e ../up.txt -a ! -e ../../up.txt
echo "$n archives, as ${formats// /, }"
check "all of them" test $n = $((30 * $(wc -w <<<"$formats")))
finish
