/* SPDX-License-Identifier: Apache-2.0 */
/* What the page of `etl report` adds to html-style.h; the page allows it by its hash, and
 * tests/report.sh holds the two against each other. */
#ifndef CORE_REPORT_STYLE_H
#define CORE_REPORT_STYLE_H

#define REPORT_STYLE_HASH "sha256-yQJVHZQrx8CX7p3wfQcZTw4bciRfI3BCcidhxRavBsc="

static const char report_style[] =
    ":root{--kept:#2da44e;--dropped:#cf222e;--duplicate:#bf8700;--rejected:#8250df;"
    "--plain:#4493f8;--rest:#afb8c1}"
    "@media(prefers-color-scheme:dark){:root{--kept:#3fb950;--dropped:#f85149;"
    "--duplicate:#d29922;--rejected:#a371f7;--plain:#4493f8;--rest:#6e7681}}"
    ".kept{fill:var(--kept)}.dropped{fill:var(--dropped)}.duplicate{fill:var(--duplicate)}"
    ".rejected{fill:var(--rejected)}.plain{fill:var(--plain)}.rest{fill:var(--rest)}"
    "h3{font-size:1rem;margin:1.25rem 0 .5rem}"
    "nav{margin:.75rem 0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}"
    "a{color:var(--accent)}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.6rem,1fr));gap:.75rem;"
    "margin:1rem 0;padding:0;list-style:none}"
    ".tiles li{border:1px solid var(--line);border-radius:.5rem;background:var(--card);"
    "padding:.6rem .9rem}"
    ".tiles b{display:block;white-space:nowrap;font-size:1.25rem;font-weight:600;line-height:1.3;"
    "font-variant-numeric:tabular-nums}"
    "table{width:100%;border-collapse:collapse}"
    "caption,figcaption{text-align:left;font-weight:600;padding:.25rem 0}"
    "th{text-align:left;font-weight:400;overflow-wrap:anywhere}"
    "thead th{color:var(--soft)}"
    "th,td{padding:.2rem .75rem .2rem 0;vertical-align:top;border-bottom:1px solid var(--line)}"
    ".num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding-right:.5rem}"
    "th.num{text-align:right}"
    ".bars{table-layout:fixed}.bars th{width:32%}.bars .num{width:6.5rem}"
    ".bars td:last-child{width:4.5rem;padding-right:0}"
    ".bar svg{display:block;width:100%;height:1rem;margin-top:.25rem}"
    "figure{margin:0 0 1rem}"
    "figure>svg{display:block;width:100%;height:9rem;border-bottom:1px solid var(--line)}"
    ".axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.85rem}"
    ".key{color:var(--soft);font-size:.85rem}"
    ".key svg{width:.8rem;height:.8rem;margin:0 .3rem 0 0;vertical-align:-.05rem}"
    ".key span{margin-right:1rem;white-space:nowrap}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem}"
    ".card{border:1px solid var(--line);border-radius:.5rem;background:var(--card);"
    "padding:.75rem 1rem;min-width:0}"
    ".card .bars th{width:42%}.card .bars .num{width:4.2rem}.card .bars td:last-child{width:3.6rem}"
    ".wide{overflow-x:auto}.wide td,.wide th{white-space:nowrap}"
    ".wide .counts{white-space:normal;min-width:16rem;color:var(--soft)}"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}"
    ".pair>*{min-width:0}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;font-size:.9rem;margin:.25rem 0;"
    "max-height:30rem;overflow:auto}"
    "pre:focus-visible{outline:2px solid var(--accent)}"
    ".note{border-left:.25rem solid var(--duplicate);padding:.25rem .75rem;margin:.75rem 0}"
    "@media(max-width:48rem){.pair{grid-template-columns:1fr}"
    ".bars th{width:34%}.bars .num{width:5.6rem}.bars td:last-child{width:4rem}"
    ".num{padding-right:.25rem}"
    "th,td{padding-right:.35rem}}"
    "@media print{.card,figure{break-inside:avoid}pre{max-height:none}}";

#endif
