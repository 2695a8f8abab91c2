# SPDX-License-Identifier: Apache-2.0
# The output sqlite in real runs: values as SQLite types, the same dump for any number of threads
# and after any kill, indexes that find rows, hostile names and side files refused.
# ETL_KILLS=N: random kills for each of -j1 and -j4 (6).
. "${srcdir:-.}/tests/lib.sh"
command -v sqlite3 >/dev/null || skip "the sqlite3 shell is not installed"
cd "$work" || exit 1

# name, lines of [output sqlite]; INPUT and FIELDS from outside
pipeline()
{
    cat >"$1.conf" <<END
[pipeline]
name = $1
out = out-$1
max_rejects = 100%
barrier_interval = 1ms
[input jsonl]
path = ${INPUT:-many.jsonl}
fields = ${FIELDS:-title, body, n:int, x:real, yes:bool, at:time, tags:list}
[output sqlite]
$2
END
}

asked() # DB SQL WANT
{
    local got
    got=$(sqlite3 -batch "$1" "$2" 2>&1)
    [ "$got" = "$3" ] && return 0
    echo "$2 gave"
    echo "$got"
    echo "not"
    echo "$3"
    return 1
}

# ---- values ----
cat >few.jsonl <<'END'
{"title":"a 'quoted' \"one\"; DROP TABLE records; --","n":-9007199254740993,"x":0.1,"yes":true,"at":"2023-10-20T07:08:09.5+07:00","tags":["a","b\"c"]}
{"title":"","n":0,"x":1e300,"yes":false,"tags":[]}
{"title":"nul \u0000 inside","n":2}
{"body":"caf\u00e9 \ud83d\ude00\n=1+1"}
END
INPUT=few.jsonl pipeline few 'path = few.db'
check 'a few rows' status 0 "$ETL" run -q few.conf
check 'texts' asked out-few/few.db 'SELECT rowid, quote(title), quote(body) FROM records' \
"1|'a ''quoted'' \"one\"; DROP TABLE records; --'|NULL
2|''|NULL
3|NULL|'café 😀
=1+1'"
check 'numbers' asked out-few/few.db \
    'SELECT n, typeof(n), x, typeof(x), yes, typeof(yes) FROM records' \
'-9007199254740993|integer|0.1|real|1|integer
0|integer|1.0e+300|real|0|integer
|null||null||null'
check 'times and lists' asked out-few/few.db 'SELECT at, tags FROM records' \
'2023-10-20T00:08:09.500Z|["a","b\"c"]
|[]
|'
check 'the declared types' asked out-few/few.db \
    "SELECT group_concat(name || ' ' || type) FROM pragma_table_info('records')" \
'id TEXT,source TEXT,duplicate_of TEXT,similarity REAL,title TEXT,body TEXT,n INTEGER,x REAL,yes INTEGER,at TEXT,tags TEXT'
check 'the text with a NUL is rejected' grep -q "holds a NUL" out-few/rejects.jsonl
check 'one file, whole' test ! -e out-few/few.db-journal
check 'set up as it should be' asked out-few/few.db \
    'PRAGMA integrity_check; PRAGMA journal_mode; PRAGMA page_size' 'ok
delete
32768'

# ---- the same rows for any number of threads ----
awk 'BEGIN { for (i = 1; i <= 20000; i++)
    printf "{\"title\":\"kata%d judul\",\"body\":\"isi %d dan kata%d\",\"n\":%d,\"x\":%d.5,\"tags\":[\"t%d\"]}\n",
        i % 97, i, i % 1009, i, i, i % 7 }' >many.jsonl
pipeline many 'path = many.db
table = articles
fields = id, title, body, number=n, x, tags
fts = title, body
index = title, number
rows_per_transaction = 700'
check 'many rows' status 0 "$ETL" run -q -j1 many.conf
dump out-many/many.db >want
check 'all rows' asked out-many/many.db 'SELECT count(*), min(rowid), max(rowid) FROM articles' \
    '20000|1|20000'
check 'in the order of the input' asked out-many/many.db \
    'SELECT count(*) FROM articles WHERE rowid <> number' 0
check 'words are found' asked out-many/many.db \
    "SELECT count(*) FROM articles WHERE rowid IN (SELECT rowid FROM articles_fts
        WHERE articles_fts MATCH 'kata96 AND body : kata5')" \
    "$(awk '/kata96 judul.*dan kata5"/' many.jsonl | wc -l)"
check 'the full-text index is sound' asked out-many/many.db \
    "INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)" ''
check 'an index is used' grep -q articles_by_number <<EOF
$(sqlite3 out-many/many.db 'EXPLAIN QUERY PLAN SELECT * FROM articles WHERE number = 5')
EOF
for j in 2 3; do
    rm -rf out-many
    check "with -j$j" status 0 "$ETL" run -q -j$j many.conf
    check "the same dump with -j$j" cmp want <(dump out-many/many.db)
done

# ---- kills ----
killed()
{
    local j=$1 n=$2 i again pid
    for ((i = 0; i < n; i++)); do
        rm -rf out-many
        for again in 1 2; do
            "$ETL" run -q -j"$j" many.conf 2>killed &
            pid=$!
            sleep "0.$(printf %03d $((RANDOM % 350)))"
            kill -9 $pid 2>killed
            wait $pid 2>killed
        done
        status 0 "$ETL" run -q -j2 many.conf || return 1
        dump out-many/many.db | cmp - want || return 1
        asked out-many/many.db 'PRAGMA integrity_check' ok || return 1
        ls -A out-many out-many/.state | grep -e -journal -e part && return 1
    done
    return 0
}
check 'killed at random, -j1' killed 1 "${ETL_KILLS:-6}"
check 'killed at random, -j4' killed 4 "${ETL_KILLS:-6}"

# ---- what is refused ----
refused() # LINES WORDS
{
    pipeline refused "path = r.db
$1"
    status 78 "$ETL" check refused.conf && says "$2"
}
check 'a table name that is SQL' refused 'table = a";DROP TABLE b' "the name of table"
check "a table name of SQLite's" refused 'table = sqlite_master' "SQLite's own"
check 'a table name that is too long' refused \
    "table = $(printf 'x%.0s' {1..64})" "longer than 63"
check 'a column name with a blank' refused 'fields = id, my_title=title, a-b=body' "column 'a-b'"
check 'two columns that differ in case' refused 'fields = title, TITLE=body' "one column to SQLite"
check 'an index of no column' refused 'fields = title
index = body' "not a column"
check 'a full-text index of no column' refused 'fts = titel' "not a column"
check "a name that FTS5 keeps for itself" refused 'fields = rank=title
fts = rank' "rank"
pipeline refused 'path = r.db.gz'
check 'a compressed name' status 78 "$ETL" check refused.conf
pipeline refused 'path = -'
check 'standard output' status 78 "$ETL" check refused.conf

# Forty names for a table and for a column: refused with a code, or used as they stand, and no other
# table, column or statement comes of them.
cat >names <<'END'
"a\"; DROP TABLE records; --"
"a\"b"
"a'b"
"a]b"
"[a]"
"`a`"
"a b"
" a"
"a;b"
"a,b"
"a-b"
"a.b"
"main.a"
"a)b"
"(select 1)"
"a\nb"
"a\tb"
"a\u0001b"
"1a"
"é"
"中"
"😀"
"%s%n"
"$a"
":a"
"?1"
"@a"
"*"
"--"
"/*a*/"
""
"sqlite_master"
"SQLITE_Sequence"
"sqlite_"
"select"
"table"
"ORDER"
"rowid"
"_rowid_"
"oid"
"values"
"_"
"A9_z"
END
used=0
name() # TABLE-OR-COLUMN NAME (in quotes)
{
    local plain got
    case $1 in
        table) INPUT=few.jsonl pipeline name "path = n.db
table = $2" ;;
        column) INPUT=few.jsonl pipeline name "path = n.db
fields = title, ${2%\"}=body\"" ;;
    esac
    rm -rf out-name
    "$ETL" -q run name.conf 2>"$work/.said"
    got=$?
    [ $got = 78 ] && says '[E0' && return 0
    [ $got = 0 ] || { echo "status $got"; cat "$work/.said"; return 1; }
    plain=${2#?}
    plain=${plain%?}
    [ "$1" = column ] && plain=${plain# } # blanks round a name in a list go
    used=$((used + 1))
    [[ $plain =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || { echo "$plain was taken"; return 1; }
    case $1 in
        table) asked out-name/n.db 'SELECT group_concat(name) FROM sqlite_master' "$plain" &&
            asked out-name/n.db "SELECT count(*) FROM \"$plain\"" 3 ;;
        column) asked out-name/n.db "SELECT group_concat(name) FROM pragma_table_info('records')" "title,$plain" &&
            asked out-name/n.db "SELECT count(*) FROM records WHERE quote(\"$plain\") <> 'NULL'" 1 ;;
    esac
}
n=0
while IFS= read -r hostile; do
    n=$((n + 1))
    check "a table named $hostile" name table "$hostile"
    check "a column named $hostile" name column "$hostile"
done <names
echo "$n names for tables and columns, $used uses of them taken"
check 'some are names' test $used -ge 20 -a $n -ge 40

INPUT=few.jsonl pipeline stale 'path = sub/stale.db'
mkdir -p out-stale/sub
echo 'the log of a database that was' >out-stale/sub/stale.db-wal
"$ETL" run -q stale.conf 2>said
check 'a stale log beside the target stops the run' grep -q 'stale.db-wal is in the way' said
check 'nothing was published' test ! -e out-stale/sub/stale.db
rm out-stale/sub/stale.db-wal
check 'without it the run goes on' status 0 "$ETL" run -q stale.conf
finish
