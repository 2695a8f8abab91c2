# SPDX-License-Identifier: Apache-2.0
# What stands in the manual to be typed or copied works as it stands there: the commands of the pages
# and of --help, the pipeline file and the expressions of etl.conf(5), the example of each plugin.
. "${srcdir:-.}/tests/lib.sh"
for tool in cc make python3; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
unset MAKEFLAGS MFLAGS MAKELEVEL NEWS
umask 022
mkdir "$work/bin" "$work/in" && cd "$work/in" || exit 1

# ---- what the commands are about ----
cp -R "$srcdir/pipelines" . && chmod -R u+w pipelines
mkdir -p files/data/2024 files/data/monday files/var/log files/etc/etl
cp pipelines/news.conf files/etc/etl/
cp pipelines/news.conf .
ln -s /dev/null none
cp pipelines/sample/news.tar.gz files/data/2024/
cp pipelines/sample/news.tar.gz files/data/monday/
cp pipelines/sample/news.tar.gz files/data/monday.tar.gz
mkdir a && cp "$(find pipelines/sample/pages -name '*.txt' | sort | head -1)" page.txt
cp page.txt a/17.txt && tar czf news.tar.gz a
cp "$srcdir/examples/shorten.c" "$srcdir/examples/words.py" .
cp shorten.c mine.c
cc -shared -fPIC ${SANITIZE:-} -I"$srcdir/core" shorten.c -o mine.so
ln -s "$ETL" "$work/bin/etl"
cat >"$work/bin/pkg-config" <<END
#!/bin/sh
case \$* in
--cflags*) echo "-I$srcdir/core ${SANITIZE:-}" ;;
*examplesdir*) echo "$srcdir/examples" ;;
*variable=etl*) echo "$ETL" ;;
esac
END
chmod +x "$work/bin/pkg-config"
export PATH="$work/bin:$PATH" CPPFLAGS="-I'$srcdir/core' ${SANITIZE:-}"
case $srcdir in *[[:blank:]]*) echo "the folder has a blank: nothing is compiled" ;; esac

mkdir cases
printf '[input jsonl]\npath = in.jsonl\n[transform shorten]\n[output jsonl]\npath = o.jsonl\n[test "a test"]\nin.text = a\nout.text = a\n' >cases/first.conf
echo '{"text":"satu"}' >cases/in.jsonl

# The lines of a page that are to be typed, as they are then.
typed()
{
    awk '/^\.nf/ {on = 1; next} /^\.fi/ {on = 0} on' "$1" |
        sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/^  //'
}
n=0 done_before='|'
runs()
{
    local command=$1
    case $done_before in *"|$1|"*) return 0 ;; esac
    done_before="$done_before$1|"
    case $command in
    *pkg-config* | make*) case $srcdir in *[[:blank:]]*) return 0 ;; esac ;;
    esac
    command=$(printf '%s\n' "$command" | sed -e "s| /etc/etl/| files/etc/etl/|" \
        -e "s|\([='\" ]\)/data/|\1files/data/|g" -e "s|=/var/log/|=files/var/log/|")
    case $command in
    *'| dot '*) command -v dot >/dev/null || { echo "no dot: up to it alone" && command=${command%|*}; } ;;
    esac
    check "$2: $1" status 0 bash -c "$command"
    n=$((n + 1))
}
check "the run that others speak of" status 0 etl run -q pipelines/news.conf
for page in etl.1 etl-plugins.7 etl-plugin.3; do
    while IFS= read -r line; do
        runs "$line" $page
    done < <(typed "$srcdir/docs/$page.in" | grep -E '^(etl|cc|cp|make) ')
done
for verb in $("$ETL" --help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'); do
    while IFS= read -r line; do
        runs "${line%%   *}" "$verb --help"
    done < <("$ETL" "$verb" --help | sed -n '/^example/,/^$/s/^  \(etl .*\)/\1/p')
done
check "so many commands" test $n -ge 15

# ---- etl.conf(5) ----
typed "$srcdir/docs/etl.conf.5.in" | sed -n '/^\[pipeline\]/,/^path = letters/p' >letters.conf
check "the pipeline file of etl.conf(5)" status 0 etl run -q letters.conf
check "writes what it says" test "$(head -n 1 out/letters/letters.csv | tr -d '\r')" = "id,source,duplicate_of,similarity,writer,sent,words,text"
head='[pipeline]
name = p
[input jsonl]
path = pages.jsonl
fields = text, title, date, body, outlet, language, kind, words:int, authors:list'
touch pages.jsonl
expressions=0
while IFS= read -r line; do
    printf '%s\n[transform filter]\nkeep = %s\n[output jsonl]\npath = o.jsonl\n' "$head" "$line" >e.conf
    check "expression: $line" status 0 etl check e.conf
    expressions=$((expressions + 1))
done < <(typed "$srcdir/docs/etl.conf.5.in" | grep -E ' (in|has|matches) ' | grep -v '^from')
check "all expressions" test $expressions = 3

# ---- plugins ----
for plugin in "$builddir"/plugins/*/*.so; do
    kind=$(basename "$(dirname "$plugin")") name=$(basename "$plugin" .so)
    "$ETL" plugins "$plugin" | sed -n '/^example:/,$s/^  //p' >example
    check "$kind $name has an example" grep -q "^\[$kind " example
    {
        [ $kind = input ] || echo "$head"
        cat example
        [ $kind = output ] || printf '[output jsonl]\npath = o.jsonl\nfields = id\n'
    } >e.conf
    check "the example of $kind $name" status 0 etl check --offline e.conf
done
finish
