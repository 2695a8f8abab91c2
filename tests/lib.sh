# SPDX-License-Identifier: Apache-2.0
# What the script tests share. A test is a bash file that sources this, says what it checks with
# `check`, and ends with `finish`. Status 0: passed; 77: skipped, with a word; else failed.

set -u
export LC_ALL=C
: "${ETL:?is the etl to test; make check sets it}"
srcdir=${srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
srcdir=$(cd "$srcdir" && pwd)
shared=${ETL_SHARED:-$srcdir/../shared}
builddir=${builddir:-$(dirname "$ETL")}
builddir=$(cd "$builddir" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/etl-test-XXXXXX")
# Not in a process of its own that a signal ends before it has become another program.
trap '[ "$BASHPID" != $$ ] || rm -rf "$work"' EXIT
passed=0
failed=0

skip()
{
    echo "skipped: $*"
    exit 77
}

need_shared()
{
    [ -e "$shared/$1" ] || skip "$1 is not at hand (ETL_SHARED, or ../shared beside the project)"
}

# check WHAT COMMAND...: the command must succeed.
check()
{
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
    fi
}

# status WANT COMMAND...: the command must end with that status; its words go to $work/.said.
status()
{
    local want=$1 got
    shift
    "$@" >"$work/.out" 2>"$work/.said"
    got=$?
    [ "$got" = "$want" ] && return 0
    echo "status $got, wanted $want: $*"
    sed 's/^/    /' "$work/.said" | head -20
    return 1
}

says()
{
    grep -qF -- "$1" "$work/.said" && return 0
    echo "did not say '$1' but:"
    sed 's/^/    /' "$work/.said" | head -20
    return 1
}

# tests STATUS ARGUMENTS...: etl test ends so; what it prints is in the file printed.
tests()
{
    local want=$1 got
    shift
    "$ETL" test "$@" >printed 2>"$work/.said"
    got=$?
    [ "$got" = "$want" ] && return 0
    echo "status $got, wanted $want: etl test $*"
    cat printed "$work/.said"
    return 1
}

prints()
{
    grep -qF -- "$1" printed && return 0
    echo "did not print '$1' but:"
    head -20 printed
    return 1
}

dump()
{
    sqlite3 "$1" .dump
}

finish()
{
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}
