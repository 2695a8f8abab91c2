# SPDX-License-Identifier: Apache-2.0
# Makes the reference of etl-plugin(3) of the header: prints TEMPLATE, and in place of its line
# @header@ each part of HEADER - what its comment says as text, what it declares as it stands there, of
# the inlines what they are called with.
#
# usage: awk -v header=HEADER -f header.awk TEMPLATE

function escaped(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/'/, "\\(aq", text)
    gsub(/`/, "\\(ga", text)
    gsub(/~/, "\\(ti", text)
    gsub(/\^/, "\\(ha", text)
    return text ~ /^[.]/ ? "\\&" text : text
}

# A line of a comment: text, or, where it is indented, an example.
function comment(line)
{
    sub(/^ \* ?/, "", line)
    sub(/ ?\*\/$/, "", line)
    if (line == "") {
        if (example)
            print ".fi"
        example = 0
        print ".PP"
    } else if (line ~ /^    /) {
        if (!example)
            print ".nf"
        example = 1
        print escaped(line)
    } else {
        # Items stand on lines of their own.
        item = line ~ /^  / || line ~ /^[A-Z][a-z]+:  /
        if (item || was_item)
            print ".br"
        was_item = item
        sub(/^ +/, "", line)
        print escaped(line)
    }
}

function code(line)
{
    if (inlines) {
        prototype(line)
        return
    }
    # What is for C++ alone opens and closes extern "C".
    cxx = line ~ /^#if.*__cplusplus/ ? 1 : line ~ /^#(else|endif)/ ? 0 : cxx
    if (cxx || line ~ /^#/ || line ~ /\\$/ || line ~ /^ETL_ASSERT/ || line ~ /^}? *(static_)?extern "C"/ ||
        (line == "" && blank) || continues) {
        continues = line ~ /\\$/
        return
    }
    if (!verbatim)
        print ".PP\n.nf"
    verbatim = 1
    blank = line == ""
    print escaped(line)
}

# ETL_PRINTF(2, 3) ETL_INLINE int etl_reject(...) { ... } becomes int etl_reject(...);
function prototype(line)
{
    if (line ~ /ETL_INLINE/)
        gathers = 1
    if (!gathers)
        return
    sub(/^ +/, "", line)
    head = head (head == "" ? "" : " ") line
    if (head !~ /{/)
        return
    sub(/ *{.*/, "", head)
    sub(/^(ETL_PRINTF\([0-9, ]*\) )?ETL_INLINE /, "", head)
    if (head !~ /etl_[a-z]+_\(/)
        print escaped(head) ";\n.br"
    head = ""
    gathers = 0
}

function end_part()
{
    if (verbatim || example)
        print ".fi"
    verbatim = example = blank = 0
}

function header_page(    line, inside, parts)
{
    while ((getline line < header) > 0) {
        if (line ~ /^\/\* ---- /) {
            end_part()
            parts++
            inlines = line ~ /The same for C/
            inside = line !~ /\*\/$/
            sub(/^\/\* ---- /, "", line)
            sub(/ -+( \*\/)?$/, "", line)
            print ".SS " line
        } else if (line ~ /^\/\* etl\/plugin.h/) {
            inside = 1
            print ".SS In short"
        } else if (inside) {
            comment(line)
            inside = line !~ /\*\/$/
            if (!inside)
                end_part()
        } else if (parts) {
            code(line)
        }
    }
    end_part()
    return parts
}

/^@header@$/ {
    if (header_page() < 5) {
        print header ": too few parts" >"/dev/stderr"
        exit 1
    }
    next
}
{ print }
