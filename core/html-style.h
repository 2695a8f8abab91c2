/* SPDX-License-Identifier: Apache-2.0 */
/* How every page looks; each adds a style of its own. The pages allow this one by its hash, which
 * tests/explain.sh and tests/report.sh hold against it. */
#ifndef CORE_HTML_STYLE_H
#define CORE_HTML_STYLE_H

#define HTML_STYLE_HASH "sha256-DwizHn6rfTJOiZwcs2JI+d9lDGmoZOv9a4MSHOnIIjc="

static const char html_style[] =
    ":root{color-scheme:light dark;--fg:#1b1f24;--soft:#59636e;--bg:#fff;--card:#f6f8fa;"
    "--line:#d8dee4;--accent:#0a5fb4;--ok:#116329;--okbg:#dafbe1;--bad:#a40e26;--badbg:#ffebe9}"
    "@media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--soft:#9198a1;--bg:#0d1117;"
    "--card:#161b22;--line:#30363d;--accent:#6cb6ff;--ok:#7ee2a0;--okbg:#12331d;--bad:#ffa198;"
    "--badbg:#43161a}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:76rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.35rem;line-height:1.3;margin:0 0 .5rem;overflow-wrap:anywhere}"
    "h2{font-size:1.1rem;margin:2rem 0 .75rem}"
    "p,ul{margin:.25rem 0}ul{padding-left:1.25rem}"
    ".soft{color:var(--soft);font-weight:400}"
    ".fate{display:inline-block;padding:.1rem .6rem;border-radius:1rem;font-weight:600;"
    "background:var(--badbg);color:var(--bad)}"
    ".fate.kept{background:var(--okbg);color:var(--ok)}"
    "dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;"
    "margin:.5rem 0 0}"
    "dt{color:var(--soft);overflow-wrap:anywhere}"
    "dd{margin:0;min-width:0;overflow-wrap:anywhere;white-space:pre-wrap}"
    "del{background:var(--badbg);color:var(--bad);text-decoration:line-through}"
    "ins{background:var(--okbg);color:var(--ok);text-decoration:none}"
    "details summary{cursor:pointer;color:var(--accent)}"
    "a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}"
    "@media(max-width:48rem){main{padding:1rem}dl{grid-template-columns:1fr;gap:0}"
    "dd{margin-bottom:.5rem}}"
    "@media print{body{font-size:11pt}}";

#endif
