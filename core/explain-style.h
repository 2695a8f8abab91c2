/* SPDX-License-Identifier: Apache-2.0 */
/* What the page of `etl explain --format=html` adds to html-style.h; the page allows it by its hash,
 * and tests/explain.sh holds the two against each other. */
#ifndef CORE_EXPLAIN_STYLE_H
#define CORE_EXPLAIN_STYLE_H

#define EXPLAIN_STYLE_HASH "sha256-y2Bg8Bsog6gp+X9Lqj07cN/PayrlC3EXV/cX8AgqJSc="

static const char explain_style[] =
    "h3{font-size:1rem;margin:0;display:flex;gap:.75rem;align-items:baseline;flex-wrap:wrap}"
    "section.stage{border:1px solid var(--line);border-radius:.5rem;background:var(--card);"
    "padding:.75rem 1rem;margin:.75rem 0}"
    ".stage p{overflow-wrap:anywhere}"
    ".time{margin-left:auto;color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}"
    "table{width:100%;border-collapse:collapse;table-layout:fixed}"
    "th{text-align:left;color:var(--soft);font-weight:400;padding:.25rem .5rem;"
    "border-bottom:1px solid var(--line)}"
    "td{vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid var(--line);"
    "overflow-wrap:anywhere;white-space:pre-wrap}"
    ".n{width:3.5rem;color:var(--soft);text-align:right;font-variant-numeric:tabular-nums}"
    ".r{width:15rem;white-space:normal}"
    "tr.goes td.t{color:var(--soft)}"
    ".role{display:inline-block;padding:0 .45rem;border-radius:.3rem;border:1px solid var(--line);"
    "background:var(--badbg);color:var(--bad);font-size:.9rem}"
    ".role.stays{background:var(--okbg);color:var(--ok)}"
    ".role.field{background:none;color:var(--accent);border-color:var(--accent)}"
    ".r div+div{margin-top:.3rem}"
    ".why{display:block;color:var(--soft);font-size:.85rem}"
    "@media(max-width:48rem){thead{display:none}"
    "table,tbody,tr,td{display:block;width:auto}"
    "tr{border-bottom:1px solid var(--line);padding:.5rem 0}"
    "td{border:0;padding:.15rem 0}"
    ".n{width:auto;text-align:left;display:inline-block;min-width:2.5rem}"
    ".r{width:auto;display:inline-block;vertical-align:top}.why{display:inline;margin-left:.5rem}"
    "td.e,td.same{display:none}td[data-head]:before{content:attr(data-head);display:block;"
    "color:var(--soft);font-size:.85rem}}"
    "@media print{section.stage{break-inside:avoid}}";

#endif
