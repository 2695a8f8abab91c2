# SPDX-License-Identifier: Apache-2.0
# Completion in a real bash on a terminal of its own: what is typed, a tab, and what then stands there.
# The words come from etl's own tables, so each verb, option and plugin must be offered.
. "${srcdir:-.}/tests/lib.sh"
for tool in python3 bash; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
cd "$work" || exit 1
mkdir bin folder
ln -s "$ETL" bin/etl
touch file.conf folder/inside.conf
cat >p.conf <<'CONF'
[pipeline]
name = p
[var]
pages = x
[input txt]
path = ${pages}
[transform dedupe]
[output jsonl]
path = o.jsonl
[output csv second]
path = o.csv
CONF

# keys.py TYPED...: types each line into an interactive bash, with \t for tab and * for all that fits,
# and prints the words that then stand there, in <>.
cat >keys.py <<'PYTHON'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(PATH=os.getcwd() + "/bin:" + os.environ["PATH"], TERM="dumb", PS1="@@ ",
                      COLUMNS="3000", INPUTRC="/dev/null")
    os.environ.pop("PROMPT_COMMAND", None)
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
def until(mark):
    seen = b""
    end = time.time() + 120
    while mark not in seen:
        if time.time() > end or not select.select([fd], [], [], 120)[0]:
            sys.exit("no '%s' in %r" % (mark, seen[-2000:]))
        seen += os.read(fd, 65536)
    return seen.decode("utf-8", "replace")
def send(text):
    os.write(fd, text.encode())
until(b"@@ ")
send("stty -echo cols 3000; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; . '%s'; echo beg''in\n" % sys.argv[1])
until(b"begin\r\n")
for n, typed in enumerate(sys.argv[2:]):
    keys = typed.replace("\\t", "\t").replace("*", "\033*")
    # Ctrl-A: to the beginning of the line, where what prints the words is put.
    send(keys + "\001printf '<%s>' -- \005 ; echo en''d" + "%d\n" % n)
    seen = until(b"end%d\r\n" % n)
    print("".join(re.findall(r"<[^<>]*>", seen.split("<-->")[-1])))
send("exit\n")
PYTHON
typed() { timeout 300 python3 keys.py "$srcdir/docs/bash/etl" "$@"; }
# becomes TYPED WORDS: after the keys, the words.
lines=() wants=()
becomes() { lines+=("$1") wants+=("$2"); }

becomes 'etl verif\t' '<etl><verify>'
becomes 'etl -q ver\t' '<etl><-q><verify>'
becomes 'etl check --of\t' '<etl><check><--offline>'
becomes 'etl run --from-r\tx' '<etl><run><--from-rejects=x>'
becomes 'etl --color=al\t' '<etl><--color=always>'
becomes 'etl run --color al\t' '<etl><run><--color><always>'
becomes 'etl run --resume=r\t' '<etl><run><--resume=require>'
becomes 'etl run -j a\t' '<etl><run><-j><auto>'
becomes 'etl -C fol\t' '<etl><-C><folder/>'
becomes 'etl run -o fol\t' '<etl><run><-o><folder/>'
becomes 'etl run folder/in\t' '<etl><run><folder/inside.conf>'
becomes 'etl check file.conf p.\t' '<etl><check><file.conf><p.conf>'
becomes 'etl plugins ded\t' '<etl><plugins><dedupe>'
becomes 'etl plugins ./fi\t' '<etl><plugins><./file.conf>'
becomes 'etl help E01\t0' '<etl><help><E010>'
becomes 'etl help lang\t' '<etl><help><language>'
becomes 'etl run p.conf --set sec\t' '<etl><run><p.conf><--set><second.>'
becomes 'etl run p.conf --set pipeline.na\tx' '<etl><run><p.conf><--set><pipeline.name=x>'
becomes 'etl run p.conf --set dedupe.thr\t0.9' '<etl><run><p.conf><--set><dedupe.threshold=0.9>'
becomes 'etl run p.conf --set=txt.on_d\tx' '<etl><run><p.conf><--set=txt.on_damage=x>'
becomes 'etl run p.conf -D pa\tx' '<etl><run><p.conf><-D><pages=x>'
becomes 'etl run none.conf --set pipeline.na\tx' '<etl><run><none.conf><--set><pipeline.name=x>'
becomes 'etl nothing --of\t' '<etl><nothing><--of>'
typed "${lines[@]}" >got 2>.said || cat .said
for i in "${!lines[@]}"; do
    check "${lines[i]} is $(sed -n $((i + 1))p got), not ${wants[i]}" test "$(sed -n $((i + 1))p got)" = "${wants[i]}"
done

# ---- all that the help has ----
offered() { "$ETL" help --complete -- "$@"; }
verbs=$("$ETL" --help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p')
check "all verbs are offered" test "$(offered '' | tr '\n' ' ')" = "$(echo $verbs) "
for verb in $verbs; do
    for option in $("$ETL" "$verb" --help | sed -n 's/^ .*\(--[a-z-]*\).*/\1/p') --plugin-path --help; do
        check "$verb $option is offered" grep -qxE -- "$option=?" <(offered "$verb" --)
    done
done
for plugin in "$builddir"/plugins/*/*.so; do
    name=$(basename "$plugin" .so)
    check "$name is offered" grep -qx "$name" <(offered plugins "")
done
check "nothing at all" status 0 "$ETL" help --complete --
check "no word is too long" status 0 "$ETL" help --complete -- run "$(printf '%70000s' x)"
check "a name with a slash in a pipeline file is not loaded by a key of the keyboard" \
    test -z "$(printf '[input ./x.so]\n[output jsonl]\n' >q.conf; offered run q.conf --set ./x.so.pa)"
finish
