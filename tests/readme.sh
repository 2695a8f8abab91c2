# SPDX-License-Identifier: Apache-2.0
# Runs every command of README.md in a copy and compares what it shows. In README.md a comment says
# what is done with the block below it: <!-- run -->, <!-- output --> of the command above,
# <!-- file NAME -->, or <!-- run by SOMETHING -->. `tests/readme.sh --update` puts the real output in.
. "${srcdir:-.}/tests/lib.sh"
unset BUILD CONFIGURE_FLAGS # of whoever runs the tests: the README knows nothing of them

update=${1:-}
for tool in python3 jq sqlite3 cc; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
unset MAKEFLAGS MFLAGS MAKELEVEL NEWS PAGES
unset ETL_PLUGIN_PATH # an etl that is not installed finds its plugins beside itself

# ---- a copy in which build/ is the build that is tested ----
copy=$work/copy
mkdir "$copy"
cd "$srcdir" || exit 1
tar -cf - README.md quickstart configure configure.ac Makefile.am Makefile.in core/etl pipelines |
    (cd "$copy" && tar -xf - && chmod -R u+w . && touch configure Makefile.in)
ln -s "$builddir" "$copy/build"

# Can quickstart do without installing anything here?
eval "$(sed -n "/^packages='/,/'\$/p" quickstart)"
missing=
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -z "$missing" ] || echo "quickstart itself is not run, it would install$missing"

cat >"$work/readme.py" <<'PYTHON'
import re, subprocess, sys
readme, copy, missing, update = sys.argv[1:5]
lines = open(readme, encoding="utf-8").read().split("\n")
failed = steps = 0
shown = b""

def stable(text):
    """What differs from run to run is time and memory."""
    text = re.sub(r"in [0-9.]+ s, [0-9,]+ a second", "in TIME", text)
    return "\n".join(l for l in text.strip("\n").split("\n") if "peak memory" not in l)

i, out = 0, []
while i < len(lines):
    mark = re.match(r"<!-- (run by \S+|run|output|file (\S+)) -->$", lines[i])
    out.append(lines[i])
    i += 1
    if not mark:
        if lines[i - 1].startswith("```"):
            print("README.md:%d: no comment says what to do with this block" % i)
            failed += 1
            while i < len(lines) and lines[i] != "```":
                out.append(lines[i]); i += 1
            out.append(lines[i]); i += 1
        continue
    assert lines[i].startswith("```"), "README.md:%d: a block must follow" % (i + 1)
    out.append(lines[i])
    start = i = i + 1
    while lines[i] != "```":
        i += 1
    block = "\n".join(lines[start:i]) + "\n"
    what = mark.group(1)
    steps += 1
    if what == "run":
        if missing and "./quickstart" in block:
            block = "build/etl run pipelines/news.conf\n"
        ran = subprocess.run(["bash", "-e", "-c", "exec 2>&1\n" + block], cwd=copy,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        shown = ran.stdout.decode("utf-8", "replace")
        if ran.returncode != 0:
            print("README.md:%d: status %d\n%s" % (start, ran.returncode, shown))
            failed += 1
    elif what == "output":
        if update:
            whole = shown.strip("\n")
            if "documents read" in whole:       # of quickstart: the summary alone
                whole = re.search(r"\w+: [0-9,]+ documents read.*?\n  in \S+", whole, re.S).group(0)
            block = whole + "\n"
        elif stable(block) not in stable(shown) or not block.strip():
            print("README.md:%d: this is shown:\n%s\nbut this comes:\n%s" % (start, block, shown))
            failed += 1
    elif what.startswith("file "):
        open(copy + "/" + mark.group(2), "w", encoding="utf-8").write(block)
    out.extend(block[:-1].split("\n"))
    out.append(lines[i])
    i += 1
if update:
    open(readme, "w", encoding="utf-8").write("\n".join(out))
print("%d blocks" % steps)
sys.exit(failed > 0 or steps < 10)
PYTHON
check "each block of README.md does what it says" \
    python3 "$work/readme.py" "$srcdir/README.md" "$copy" "$missing" "$update"
check "what .ci/run is said to run, it runs" grep -qF './quickstart test' .ci/run
check "and distcheck" grep -qF 'distcheck' .ci/run

# ---- the rest of what it names ----
for name in $(grep -oE '`(plugins|pipelines|tests|core|common|docs|bench)/[A-Za-z0-9/._-]*`' README.md \
    CONTRIBUTING.md | sed 's/.*`\(.*\)`/\1/' | grep -v 'NAME\|words\.c' | sort -u); do
    check "$name is there" test -e "$name"
done
for plugin in "$builddir"/plugins/{input,transform,output}/*.so; do
    kind=$(basename "$(dirname "$plugin")") name=$(basename "$plugin" .so)
    check "the table has the $kind $name" grep -qF "| $kind | \`$name\` |" README.md
done
finish
