# SPDX-License-Identifier: Apache-2.0
# Outputs so large that what is behind their first 8 MiB goes round the system's memory: the same
# bytes at any -j, however often a barrier cuts a block short, after a kill, a full disk or a limit.
# ETL_KILLS=N: runs killed (6). With sanitizers fewer of each.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/kills.sh"

jobs="1 2 4" kills=6 copies="3 4 5 6 7 8"
[ -z "${SANITIZE:-}" ] || { jobs=2 kills=1 copies="3 4 5 6"; }
RANDOM=${ETL_SEED:-20261201}
export ETL_PLUGIN_PATH=$builddir/tests/plugins/engine
cd "$work" || exit 1
mkdir in
awk 'BEGIN { for (k = 0; k < 250000; k++)
    print "line " k ", with words to fill it up" (k % 9 ? "" : " and more of them than in the others, now and then") }' >in/1.txt
head -c 3000000 /dev/zero | tr '\0' 'x' >in/2.txt # a line of several blocks
echo >>in/2.txt
for i in $copies; do cp in/1.txt in/$i.txt; done

pipeline() # BARRIER_INTERVAL
{
    cat >e.conf <<CONF
[pipeline]
name = e
barrier_interval = $1
[input lines]
path = in/*.txt
[output plain]
path = one.txt
[output plain again]
path = two.txt
CONF
}
the_run()
{
    command=("$ETL" run e.conf -o out -j"$1")
}
whole()
{
    cmp want out/one.txt && cmp want out/two.txt
}
same_and_clean()
{
    whole && [ "$(ls out/.state | tr '\n' ' ')" = "journal lock " ]
}
in_between()
{
    [ ! -e out/manifest.json ] || whole
}
same_at() # -j
{
    rm -rf out
    status 0 "$ETL" run e.conf -o out -j$1 && same_and_clean
}

# What is compressed never goes that way.
cat >packed.conf <<CONF
[pipeline]
name = packed
[input lines]
path = in/*.txt
[output plain]
path = one.txt.gz
CONF
check "the run to compare with" status 0 "$ETL" run packed.conf -o packed -j1
gzip -dc packed/one.txt.gz >want
check "has each line" cmp <(sed 's/^0 [^ ]* //; $d' want) <(cat in/*.txt)
check "and is large" test $(($(stat -c %s want) >> 20)) -ge 60

for interval in 10s 1ms; do
    pipeline $interval
    for j in $jobs; do
        check "the same bytes at -j$j, barriers $interval" same_at $j
    done
done
check "as the manifest says" status 0 "$ETL" verify out

# ---- round memory ----
round_memory()
{
    rm -rf out
    strace -f -e trace=openat,pwrite64 -o calls "$ETL" run e.conf -q -o out -j2 2>"$work/.said" || return 1
    whole || return 1
    for part in one two; do
        fd=$(sed -n "s/.*\"$part.txt.part\", O_WRONLY|O_DIRECT.* = //p" calls)
        [ -n "$fd" ] && [ "$(grep -c "pwrite64($fd, .*, 1048576, " calls)" -ge 30 ] && continue
        grep "$part.txt" calls
        return 1
    done
}
pipeline 10s
if [ -n "${SANITIZE:-}" ] || ! strace -o /dev/null true 2>/dev/null; then
    echo "no strace: not looked whether blocks go round memory"
elif ! [[ $(stat -f -c %T .) =~ ^(ext2/ext3|xfs)$ ]] ||
     [ "$(printf '6.1\n%s\n' "$(uname -r)" | sort -V | head -n 1)" != 6.1 ]; then
    echo "no file system here that says how it wants blocks"
else
    check "whole blocks go round memory" round_memory
fi

# ---- failures ----
full()
{
    (ulimit -f $((48 * 1024)) && status 74 "$ETL" run e.conf -o out -j2) && says "cannot write out/.state/" &&
        says "File too large"
}
for interval in 10s 1ms; do
    pipeline $interval
    rm -rf out
    check "a file that may not grow on, barriers $interval" full
    check "publishes nothing" test ! -e out/one.txt
    check "and the same command goes on" status 0 "$ETL" run e.conf -o out -j2
    check "to the same bytes" same_and_clean
done

pipeline 20ms
rm -rf out
from=$(now)
check "a run to measure" status 0 "$ETL" run e.conf -o out -j2
span=$(($(now) - from))
check "killed at random" at_random 2 1 "${ETL_KILLS:-$kills}"
say_kills "at random"

# ---- in a build that makes calls fail (tests/torture/faults.c) ----
ETL_FAULT=none "$ETL" --version >/dev/null 2>&1
if [ $? = 64 ]; then
    faulty() # FAULT STATUS
    {
        rm -rf out
        ETL_FAULT=$1 "$ETL" run e.conf -o out -j2 >/dev/null 2>"$work/.said"
        [ $? = "$2" ] || { echo "$1: not $2"; cat "$work/.said"; return 1; }
        [ "$2" = 0 ] || says "cannot write out/.state/" || return 1
        status 0 "$ETL" run e.conf -o out -j2 && same_and_clean
    }
    # behind about 64 writes of 256 KiB, where they are of 1 MiB
    check "the disk is full" faulty write:80:ENOSPC:sticky 74
    check "one write fails" faulty write:100:EIO 74
    check "a short write" faulty write:120:short 0
    check "interrupted writes" faulty write:140:EINTR:sticky 0
fi
finish
