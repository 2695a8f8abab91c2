# SPDX-License-Identifier: Apache-2.0
# Runs the blocks of a text in a folder and compares what they show: blocks.py TEXT FOLDER [INSTEAD]
# [--update]. A comment says what is done with the block below it: <!-- run -->, <!-- run, status N -->,
# <!-- output --> of the command above, <!-- file NAME -->, or <!-- run by SOMETHING -->. INSTEAD is run
# where ./quickstart would be. --update puts the real output in.
import re, subprocess, sys
text_file, folder = sys.argv[1:3]
instead = sys.argv[3] if len(sys.argv) > 3 else ""
update = sys.argv[4:] == ["--update"]
name = text_file.split("/")[-1]
lines = open(text_file, encoding="utf-8").read().split("\n")
failed = steps = 0
shown = b""

def stable(text):
    """What differs from run to run is time and memory."""
    text = re.sub(r"in [0-9.]+ s, [0-9,]+ a second", "in TIME", text)
    return "\n".join(l for l in text.strip("\n").split("\n") if "peak memory" not in l)

i, out = 0, []
while i < len(lines):
    mark = re.match(r"<!-- (run by \S+|run(?:, status (\d+))?|output|file (\S+)) -->$", lines[i])
    out.append(lines[i])
    i += 1
    if not mark:
        if lines[i - 1].startswith("```"):
            print("%s:%d: no comment says what to do with this block" % (name, i))
            failed += 1
            while i < len(lines) and lines[i] != "```":
                out.append(lines[i]); i += 1
            out.append(lines[i]); i += 1
        continue
    assert lines[i].startswith("```"), "%s:%d: a block must follow" % (name, i + 1)
    out.append(lines[i])
    start = i = i + 1
    while lines[i] != "```":
        i += 1
    block = "\n".join(lines[start:i]) + "\n"
    what = mark.group(1)
    steps += 1
    if what == "run" or mark.group(2):
        if instead and "./quickstart" in block:
            block = instead + "\n"
        ran = subprocess.run(["bash", "-e", "-c", "exec 2>&1\n" + block], cwd=folder,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        shown = ran.stdout.decode("utf-8", "replace")
        if ran.returncode != int(mark.group(2) or 0):
            print("%s:%d: status %d\n%s" % (name, start, ran.returncode, shown))
            failed += 1
    elif what == "output":
        if update:
            whole = shown.strip("\n")
            if "documents read" in whole:       # of quickstart: the summary alone
                whole = re.search(r"\w+: [0-9,]+ documents read.*?\n  in \S+", whole, re.S).group(0)
            block = whole + "\n"
        elif stable(block) not in stable(shown) or not block.strip():
            print("%s:%d: this is shown:\n%s\nbut this comes:\n%s" % (name, start, block, shown))
            failed += 1
    elif what.startswith("file "):
        open(folder + "/" + mark.group(3), "w", encoding="utf-8").write(block)
    out.extend(block[:-1].split("\n"))
    out.append(lines[i])
    i += 1
if update:
    open(text_file, "w", encoding="utf-8").write("\n".join(out))
print("%d blocks" % steps)
sys.exit(failed > 0 or steps < 10)
