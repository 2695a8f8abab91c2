# SPDX-License-Identifier: Apache-2.0
# INT, TERM and HUP end a run by that signal, USR1 makes it say how far it is, the lock lasts as
# long as its holder; and the same command again ends as if nothing had been.
. "${srcdir:-.}/tests/lib.sh"

export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
cd "$work"
mkdir in
cat >s.conf <<'CONF'
[input lines]
path = in/a.txt
pause = 1ms
[transform number]
[output plain]
path = plain.txt
CONF
seq 3000 >in/a.txt
for signal in INT TERM HUP; do
    rm -rf out
    "$ETL" run s.conf -o out -j2 --progress=plain 2>said &
    pid=$!
    sleep 0.3
    kill -USR1 $pid
    sleep 0.4
    check "USR1 makes it speak" grep -q "documents" said
    "$ETL" -q run s.conf -o out 2>locked
    check "a second run is refused: 75" test $? = 75
    check "and told why" grep -q "another run" locked
    kill -$signal $pid
    wait $pid 2>/dev/null
    check "$signal ends it by that signal" test $? = $((128 + $(kill -l $signal)))
    check "it says what to do" grep -q "the same command" said
    check "nothing is published" test ! -e out/manifest.json
done
check "the lock went with its holder" status 0 "$ETL" run s.conf -o out
check "all is there" grep -q " 3000$" out/plain.txt
finish
