# SPDX-License-Identifier: Apache-2.0
# etl test: tests in a pipeline file and beside it pass and fail as they should, say what is not as
# expected and where, are rewritten by --update without harm to the rest of the file, leave nothing
# behind, and are checked by `etl check` and `etl run` too.
. "${srcdir:-.}/tests/lib.sh"
plugins=$builddir/tests/plugins
[ -e "$plugins/engine/transform/split.so" ] || skip "the test plugins are not built (make test-plugins)"
export ETL_PLUGIN_PATH=$builddir/plugins:$plugins/engine
export ETL
umask 022
mkdir "$work/in" "$work/tmp" && cd "$work/in" || exit 1
export TMPDIR=$work/tmp

# A pipeline whose input is not there: a test needs none.
cat >p.conf <<'CONF'
[pipeline]
name = p
max_rejects = 0

[input jsonl]
path   = nowhere.jsonl
fields = text, n:int, share:real, good:bool, when:time, tags:list

[transform filter]
keep = n > 0 or n == 0

[transform dedupe]
field = text
index = seen

[output jsonl]
path = out.jsonl
CONF
five='one two three four five six seven'

cat >p.test <<CONF
# What types look like.
[test "every type"]
in.text  = $five
    and a second line

    "  quoted  # blank "
in.n     = 12
in.share = 0.25
in.good  = yes
in.when  = 2024-05-01T09:33:00+07:00
in.tags  = a, "b, c"
out.text = $five
    and a second line
    "  quoted  # blank "
out.n      = 12
out.share  = 0.2
out.good   = true
out.when   = 2024-05-01T02:33:00Z
out.tags   = ["a", "b, c"]
out.stream = kept
out.duplicate_of = null
out.rule   = null
out.reason = null
out.id     = 0000000000000001

[test "what was never set is null"]
in.n     = 1
out.text = null
out.tags = null

[test "state is kept over the records of a test"]
in.1.text = $five
in.1.n    = 1
in.2.text = nothing
in.2.n    = 2
in.3.id   = abcdefabcdefabcd
in.3.n    = 3
in.3.text = $five
out.stream   = kept
out.2.stream = kept
out.3.stream = duplicates
out.3.stage  = transform dedupe
out.3.duplicate_of = 0000000000000001
out.3.id     = abcdefabcdefabcd

[test "and begins anew with the next"]
in.text    = $five
in.n       = 1
out.stream = kept

[test "a dropped one"]
in.n       = -1
in.source  = a/b.txt
out.stream = dropped
out.stage  = transform filter
out.rule   = keep
out.n      = -1
out.source = a/b.txt
CONF
check "all types, state, drops" tests 0 p.test
check "it counts" prints "p.test: 5 tests, 0 failed"
check "the pipeline means the files beside it" tests 0 p.conf
check "so does the folder" tests 0 .
check "it counts there" prints "p.test: 5 tests, 0 failed"
check "with -v each is named" tests 0 -v p.test
check "ok" prints 'ok   p.test:2 test "every type"'
check "no index folder was made" test ! -e seen
check "no run directory was made" test ! -e out/p
check "nothing is left in TMPDIR" test -z "$(ls -A "$TMPDIR")"
mkdir seen && echo keep >seen/file
check "an index that is there" tests 0 p.test
check "is not touched" test "$(ls seen)" = file
rm -r seen

# ---- filter, TAP ----

check "--filter by name" tests 0 --filter='*dropped*' p.test
check "one is left" prints "p.test: 1 test, 0 failed"
check "--filter that lets nothing through" tests 66 --filter=nosuch p.test
check "says so" says "no test has a name like 'nosuch'"
check "--tap" tests 0 --tap p.conf
printf 'TAP version 13\nok 1 - p.test: every type\nok 2 - p.test: what was never set is null\n%s\n%s\n%s\n1..5\n' \
    'ok 3 - p.test: state is kept over the records of a test' \
    'ok 4 - p.test: and begins anew with the next' 'ok 5 - p.test: a dropped one' >tap
check "as TAP 13" cmp printed tap

# ---- failures ----

mkdir fail && cp p.conf fail/f.conf
cat >fail/f.test <<'CONF'
[test "wrong # text"]
in.text  = first
    second
    third
in.n     = 1
out.text = first
    other
    third
out.n    = 1
[test "it's dropped"]
in.n     = -3
out.n    = 3
[test "too few"]
in.n     = 1
out.2.n  = 1
CONF
check "failures are status 1" tests 1 fail
check "file, line and name" prints 'FAIL fail/f.test:1 test "wrong # text"'
check "what was expected" prints '- other'
printf '[test "blanks"]\nin.text = sikap tegas\302\240Pjs Wali Kota\nout.text = sikap tegas Pjs Wali Kota\n' >fail/f-blanks.test
printf '[test "all of it"]\nin.text = tegas\302\240Pjs\nout.text = tegas Pjs\n' >>fail/f-blanks.test
check "blanks that are not the same" status 1 "$ETL" test fail/f-blanks.test
check "do not look the same" grep -qF '[-tegas Pjs-]{+tegas<U+00A0>Pjs+}' "$work/.out"
check "nor where all differs" grep -qF '+ tegas<U+00A0>Pjs' "$work/.out"
rm fail/f-blanks.test
check "only the lines that differ" test "$(grep -c first printed)" = 0
check "why it went" prints 'record 1 was dropped by [transform filter], rule keep'
check "how to see it" prints "see it: etl explain fail/f.conf --test='it'\\''s dropped'"
"$ETL" test fail >seen 2>&1
sed -n 's/^  see it: etl //p' seen >commands
check "each failure says how" test "$(wc -l <commands)" = 3
while IFS= read -r command; do
    check "what it says works: etl $command" status 0 bash -c "\"\$ETL\" $command"
done <commands
check "a test that is not there" status 66 "$ETL" explain fail/f.conf --test='too fw'
check "the nearest" says "did you mean 'too few'?"
check "--test and a document" status 64 "$ETL" explain fail/f.conf x --test='too few'
check "a record that did not come" prints 'out.2.n: there is no record 2, 1 came out'
check "counts" prints "f.test: 3 tests, 3 failed"
check "TAP of failures" tests 1 --tap fail/f.test
check "not ok" prints 'not ok 1 - fail/f.test: wrong \# text'
check "the rest as comments" test "$(grep -cv '^#\|^not ok [123] - \|^1\.\.3$\|^TAP version 13$' printed)" = 0

# ---- --update ----

cat >fail/f.test <<'CONF'
# At the top.
[test "several"]   # behind a header
in.text = one two
in.n    = 5
out.text=  wrong      # why it is so
# between
out.n   =
    77    # alone
out.tags = a, b
out.share = null
out.stream = dropped    # not any more

[test "lines"]
in.text = a

    b
    "# c"
    d
in.n    = 1
out.text = a    # first
    # inside
    x
    b           # second
    y
    # behind
# at the end
[test "cannot be mended"]
in.n    = 1
out.2.n = 1
out.n   = 9
CONF
cat >want <<'CONF'
# At the top.
[test "several"]   # behind a header
in.text = one two
in.n    = 5
out.text=  one two      # why it is so
# between
out.n   =
    5    # alone
out.tags = null
out.share = null
out.stream = kept    # not any more

[test "lines"]
in.text = a

    b
    "# c"
    d
in.n    = 1
out.text = a    # first
    # inside
    b           # second
    "# c"
    d
    # behind
# at the end
[test "cannot be mended"]
in.n    = 1
out.2.n = 1
out.n   = 1
CONF
chmod 640 fail/f.test
check "--update, but for what it cannot mend" tests 1 --update fail/f.test
check "says what it did" prints 'updated fail/f.test:2 test "several": 4 values'
check "comments and layout stay" diff fail/f.test want
check "the mode too" test "$(stat -c %a fail/f.test)" = 640
sed -i '/out.2.n/d' fail/f.test
check "now all pass" tests 0 fail/f.test
cp fail/f.test want
check "--update of what passes" tests 0 --update fail/f.test
check "changes nothing" cmp fail/f.test want
printf '[test a]\r\nin.n = 1\r\nout.n = 2\r\nout.text = x\r\n    y' >fail/f.test
printf '[test a]\r\nin.n = 1\r\nout.n = 1\r\nout.text = null\r\n' >want
check "CR LF" tests 0 --update fail/f.test
check "stay" cmp fail/f.test want

# ---- what is wrong with a test is said by all verbs ----

mkdir bad
cp p.conf bad/b.conf
echo '{"n":1}' >here.jsonl
sed -i 's/nowhere/here/' bad/b.conf
# bad TEXT WORDS CODE: such a test in the pipeline itself, and in a file beside it.
bad()
{
    local verb
    sed '/^\[test/,$d' bad/b.conf >bad/c.conf
    printf '[test t]\nin.n = 1\nout.n = 1\n%b\n' "$1" >>bad/c.conf
    for verb in check run; do
        check "$verb: $2" status 78 "$ETL" $verb bad/c.conf
        check "$verb names it" says "$2"
        check "$verb has the code" says "[$3]"
    done
    check "test: $2" tests 78 bad/c.conf
    check "test names it" says "$2"
    printf '[test t]\nin.n = 1\nout.n = 1\n%b\n' "$1" >bad/c.test
    sed '/^\[test/,$d' bad/b.conf >bad/c.conf
    for verb in check test; do
        check "$verb of the file: $2" status 78 "$ETL" $verb bad/c.test
        check "$verb says where" says "bad/c.test:4:"
        check "$verb names it there" says "$2"
    done
    rm bad/c.*
}
bad 'out.txt = x' "there is no field 'txt'; did you mean 'out.text'?" E0607
bad 'in.txt = x' "no input writes a field 'txt', so it cannot go in; did you mean 'in.text'?" E0607
bad 'in.duplicate_of = x' "field 'duplicate_of' is written by no input" E0607
bad 'ni.text = x' "unknown key 'ni.text'; did you mean 'in.text'?" E0103
bad 'out.strem = kept' "there is no field 'strem'; did you mean 'out.stream'?" E0607
bad 'out.stream = kep' "'kep' of key 'out.stream' is no stream; did you mean 'kept'?" E0605
bad 'out.2.n = x' "'x' of key 'out.2.n' is not a whole number" E0605
bad 'in.0.text = x' 'the number of a record is one from 1 to 1000' E0622
bad 'in.2x = x' 'the number of a record is one from 1 to 1000' E0622
bad '[test u]\nin.n = 1' 'nothing is expected' E0622
bad '[test u]\nout.n = 1' 'nothing goes in' E0622
bad '[test u]\nin.1.n = 1\nin.3.n = 1\nout.n = 1' 'record 3 goes in, but record 2 does not' E0622
bad '[test t]\nin.n = 1' 'repeated section' E0108
printf '[test t]\nin.n = 1\nout.n = 1\n[output csv]\npath = x\n' >bad/b-1.test
check "another section in a file of tests" tests 78 bad/b-1.test
check "is refused" says "bad/b-1.test:4:1: error: [output csv] has no place in a file of tests"
mv bad/b-1.test bad/other.test
check "a file of tests without its pipeline" tests 78 bad/other.test
check "is told" says "no pipeline of that name is beside this file of tests"
check "in a folder too" tests 78 bad
check "and by check" status 78 "$ETL" check bad/other.test
check "a file that is not there" tests 66 nowhere.conf
check "a file of tests that is not there" tests 66 nowhere.test
mkdir empty
check "an empty folder" tests 66 empty
check "no test at all" tests 66 bad/b.conf
check "says how one looks" says '[test "name"]'

# ---- which file belongs to which pipeline ----

mkdir names
for name in a a-b; do cp p.conf names/$name.conf; done
one='in.n = 1\nout.n = 1\n'
for name in a a-x a-b a-b-c; do printf "[test \"in $name\"]\n$one" >names/$name.test; done
check "the longest name that fits" tests 0 -v names/a.conf
check "a has its own two" prints "names/a-x.test: 1 test"
check "and no more" test "$(grep -c '^ok' printed)" = 2
check "a-b has the others" tests 0 -v names/a-b.conf
check "two as well" test "$(grep -c '^ok' printed)" = 2
check "check of a folder looks at them too" status 0 "$ETL" check --offline names
printf '[test t]\nin.m = 1\nout.n = 1\n' >names/a-z.test
check "check of a folder finds what is wrong in one" status 78 "$ETL" check --offline names
check "check of the pipeline too" status 78 "$ETL" check --offline names/a.conf
check "it says where" says "names/a-z.test:2:1: error"
check "what is for another pipeline is not its affair" status 0 "$ETL" check --offline names/a-b.conf
check "it names what it looked at" test "$(cut -d: -f1 "$work/.out" | tr '\n' ' ')" = "names/a-b.conf names/a-b-c.test names/a-b.test "
rm names/a-z.test
sed 's/nowhere.jsonl/x.jsonl, x.jsonl/' names/a.conf >names/w.conf && touch names/x.jsonl
printf '[test "w"]\n%s' "$one" | sed 's/\\n/\n/g' >names/w.test
(cd names && "$ETL" check w.conf) >"$work/.out" 2>"$work/.said"
check "a warning is told once" test "$(grep -c 'matched twice' "$work/.said")" = 1
check "and both are good" test "$(grep -c good "$work/.out")" = 2
printf '[input nosuch]\n' >>names/a.conf
check "a pipeline that is wrong itself" status 78 "$ETL" check --offline names/a.conf
check "says so once, and not for its tests again" test "$(grep -c E0501 "$work/.said")" = 1

# ---- split, made at the end, rejected, stopped ----

cat >s.conf <<'CONF'
[input jsonl]
path = nowhere.jsonl
[transform split]
[transform number]
[output jsonl]
path = out.jsonl
CONF
cat >s.test <<'CONF'
[test "in order of what comes out"]
in.1.text    = split split x
in.2.text    = y
out.1.text   = split split x
out.2.text   = split x
out.3.text   = y
out.1.number = 1
out.2.number = 2
out.3.number = 3
out.4.number = -3
out.4.stream = kept
CONF
check "split records and those made at the end" tests 0 s.test
sed -i 's/^\[transform number\]/&\nreject_every = 2/' s.conf
cat >s.test <<'CONF'
[test "rejected"]
in.1.text    = a
in.2.text    = b
out.2.stream = rejects
out.2.reason = number 2 is not liked
out.2.stage  = transform number
out.2.rule   = null
CONF
check "a reject and its reason" tests 0 s.test
sed -i 's/^\[transform number\]/&\non_error = abort/' s.conf
check "a run that is stopped is a failure" tests 1 s.test
check "with the message that stopped it" prints 'error: number 2 is not liked'
sed -i '/on_error/d; s/number 2/number 3/' s.test
check "which --update does not hide" tests 1 --update s.test

cat >o.conf <<'CONF'
[input jsonl]
path = nowhere.jsonl
[output csv]
path = out.csv
[test "a tab is written"]
in.text    = "a\tb"
out.stream = kept
CONF
check "tests in the pipeline file itself" tests 0 o.conf

# ---- the pipelines that ship ----

check "the tests of the pipelines that ship" status 0 "$ETL" test "$srcdir/pipelines"
check "news.conf has some" sh -c '"$1" test "$2/news.conf" | grep -q "news.test: [1-9][0-9]* tests, 0 failed"' - "$ETL" "$srcdir/pipelines"

# ---- a test is no part of the plan ----

sed -i 's/nowhere/here/' o.conf
check "a run" status 0 "$ETL" run o.conf
sed -i 's/a tab/one tab/' o.conf
check "goes on being up to date when its tests change" status 0 "$ETL" run o.conf
check "so it says" says "up to date"

finish
