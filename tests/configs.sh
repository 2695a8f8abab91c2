# SPDX-License-Identifier: Apache-2.0
# 233 pipeline files that are meant to do harm, or only look so: bombs of variables, includes that go
# round, a million sections, lines of 1 MiB, bytes that are no text, headers and values of all sorts.
# Each ends well or in clear errors - each with its place and code, at most 20, no control byte - within 5
# seconds of CPU and 256 MiB, and as tests/pipelines/configs.verdicts says: status, and the codes of the
# errors. What `check` says, `run --limit=0` does. `tests/configs.sh --update` writes the table anew.
. "${srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
update=${1:-}
golden=$srcdir/tests/pipelines/configs.verdicts
mkdir "$work/in" && cd "$work/in" || exit 1
umask 022
unset A B NONE a none
slow=1
[ -z "${SANITIZE:-}" ] || slow=8
mkdir made
echo "a page" >made/in.txt
(cd made && "$srcdir/tests/make-configs") >names || exit 1
ls made >before

each()
{
    python3 - "$ETL" $((5 * slow)) $((256 * slow)) 3>verdicts <<'PYTHON'
import os, re, resource, shutil, signal, subprocess, sys
etl, seconds, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
verdicts = os.fdopen(3, "w")
wrong = 0


def limits(): # of CPU, and of time in case it hangs; other programs run beside
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.alarm(30 * seconds)


def run(*words):
    with open("said", "w+b") as said:
        child = subprocess.Popen([etl] + list(words), cwd="made", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, preexec_fn=limits)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = 0
        said.seek(0)
        return os.waitstatus_to_exitcode(status), used.ru_maxrss >> 10, said.read()


for name in open("names").read().split():
    status, memory, said = run("check", name + ".conf")
    shutil.rmtree("made/out", ignore_errors=True)
    ran, ran_memory, ran_said = run("-q", "run", "--limit=0", "-o", "out", name + ".conf")
    bad = []
    if status not in (0, 66, 69, 74, 77, 78):
        bad.append("status %d" % status)
    if ran != status:
        bad.append("check ends with %d, run with %d: %s" % (status, ran, ran_said[:300]))
    if max(memory, ran_memory) > most:
        bad.append("%d MiB" % max(memory, ran_memory))
    text = said.decode(errors="replace")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in said or re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) or len(said) > 16384:
        bad.append("says %d bytes: %s" % (len(said), ascii(text[:300])))
    errors = [l for l in text.splitlines() if ": error: " in l]
    codes = [re.search(r"\[(E\d+)\]$", l) for l in errors]
    if None in codes or len(errors) > 20 or (status != 0) != bool(errors):
        bad.append("errors: %s" % ascii(errors[:3]))
    if [l for l in errors if not re.match(r"[^ :]+(:\d+:\d+)?: error: ", l)]:
        bad.append("without a place: %s" % ascii(errors[:3]))
    for words in bad:
        wrong += 1
        print("%s: %s" % (name, words))
    codes = [c[1] for c in codes if c]
    unique = sorted(set(codes), key=codes.index)
    print(name, status, *("%s%s" % (c, "" if codes.count(c) == 1 else "x%d" % codes.count(c)) for c in unique), file=verdicts)
sys.exit(wrong > 0)
PYTHON
}
check "each of $(wc -l <names), alone" each
check "a verdict on each" test "$(wc -l <verdicts)" = "$(wc -l <names)" -a "$(wc -l <names)" -ge 200
[ "$update" = --update ] && cp verdicts "$golden"
check "the verdicts are those of the table; if they are better: tests/configs.sh --update" diff "$golden" verdicts
rm -rf made/out
check "nothing is made beside them" diff before <(ls made)
echo "$(wc -l <names) pipeline files, $(grep -c ' 0$' verdicts) of them good"
finish
