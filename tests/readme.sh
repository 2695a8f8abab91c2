# SPDX-License-Identifier: Apache-2.0
# Runs every command of README.md in a copy and compares what it shows; the comments in README.md say
# what is done with each block, see tests/blocks.py. `tests/readme.sh --update` puts the real output in.
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

check "each block of README.md does what it says" \
    python3 tests/blocks.py README.md "$copy" "${missing:+build/etl run pipelines/news.conf}" $update
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
