# SPDX-License-Identifier: Apache-2.0
# What the kill tests share. Sourced behind lib.sh. The test says what a run is, and what it ends in:
#   the_run J        one command line in array `command`, that runs into out/ with -jJ
#   same_and_clean   out/ is as the run to compare with left it, and nothing else is there
#   in_between       what must hold of out/ after a kill

span=0 # how long a run takes, in ms: the test measures it; later the last one that was a whole one
n_killed=0 n_late=0 n_resumed=0 n_published=0 n_differing=0

now() # in milliseconds
{
    echo $((${EPOCHREALTIME/./} / 1000))
}

# killed_after MS J: a run is begun, and killed so many ms later if it lasts so long.
killed_after()
{
    local from got command anew=
    the_run "$2"
    [ -e out ] || anew=1
    from=$(now)
    timeout --foreground -s KILL "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))" \
        "${command[@]}" 2>"$work/.killed"
    got=$?
    if [ $got = 137 ]; then
        n_killed=$((n_killed + 1))
    elif [ $got = 0 ] || { [ $got = 124 ] && [ -e out/manifest.json ]; }; then # 124: in that moment
        n_late=$((n_late + 1))
        [ -z "$anew" ] || span=$(($(now) - from)) # a resumed one is no measure
    else
        echo "status $got instead of a kill after $1 ms"
        sed 's/^/    /' "$work/.killed"
        return 1
    fi
    in_between
}

# The same again, undisturbed; counted is whether it went on from documents that were committed, or
# with publishing that had begun.
goes_on() # J
{
    local command from
    the_run "$1"
    from=$(now)
    if "${command[@]}" 2>"$work/.said" && same_and_clean; then
        if grep -q "the run before had finished it" "$work/.said"; then
            n_published=$((n_published + 1))
        elif grep -q '"resumed_at": [1-9]' out/run.json; then
            n_resumed=$((n_resumed + 1))
        else # a whole run: the machine may be busier or idler than when the last was measured
            span=$(($(now) - from))
        fi
        return 0
    fi
    n_differing=$((n_differing + 1))
    sed 's/^/    /' "$work/.said"
    ls -A out out/.state
    return 1
}

# at_random J TIMES N: N runs are killed at any point of their length, each again so many times
# while it is resumed.
at_random()
{
    local i k
    for ((i = 0; i < $3; i++)); do
        rm -rf out
        for ((k = 0; k < $2; k++)); do
            killed_after $((1 + RANDOM % (span + span / 20 + 1))) "$1" || return 1
        done
        goes_on "$1" || { echo "round $i"; return 1; }
    done
}

# some_resumed N: more rounds, until so many in all went on from a journal. How often a time at
# random falls behind the first barrier differs from machine to machine.
some_resumed()
{
    local i
    for ((i = 0; i < 10 * $1 && n_resumed < $1; i++)); do
        at_random $((1 + i % 4)) 1 1 || return 1
    done
    [ $n_resumed -ge "$1" ]
}

# say_kills WHERE: and begins to count anew.
say_kills()
{
    echo "cases: $n_killed kills $1 ($n_late more came too late); $n_resumed went on from committed" \
        "documents, $n_published with publishing; $n_differing differ; a whole run takes $span ms"
    check "kills came in time" test $n_late -lt $n_killed
    n_killed=0 n_late=0 n_resumed=0 n_published=0
}
