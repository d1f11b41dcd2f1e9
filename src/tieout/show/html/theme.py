"""The tokens of the pages, light and dark from the same names, in black and white on paper; and their style sheet."""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff",
    "raised": "#f6f8f7",
    "ink": "#16211f",
    "muted": "#56625f",
    "rule": "#dde3e1",
    "accent": "#0b6b6b",
    "warning": "#8a5a00",
    "danger": "#b42318",
    "good": "#0b7a75",
    "bad": "#c4500b",
    "actual": "#2f3e3d",
    "previous": "#b3bebb",
    "plan": "#ffffff",
    "small": "#aab3b1",
    "missing": "#f0f3f2",
    "band": "#dcecea",
    "whisker": "#c4500b",
    "category-1": "#0b6b6b",
    "category-2": "#c4500b",
    "category-3": "#6a4fa3",
    "category-4": "#8a6a00",
    "category-5": "#2f6db5",
}
DARK = {
    "paper": "#111716",
    "raised": "#18201f",
    "ink": "#e9efed",
    "muted": "#a3b1ae",
    "rule": "#2b3634",
    "accent": "#5cc4bd",
    "warning": "#e2b04a",
    "danger": "#ff8a7a",
    "good": "#3fb5ac",
    "bad": "#f08a4b",
    "actual": "#c3cfcc",
    "previous": "#5b6967",
    "plan": "#111716",
    "small": "#5b6967",
    "missing": "#1a2221",
    "band": "#17393a",
    "whisker": "#ffb07a",
    "category-1": "#5cc4bd",
    "category-2": "#f08a4b",
    "category-3": "#b39ae6",
    "category-4": "#d9b44a",
    "category-5": "#7db2ee",
}
PRINT = dict.fromkeys(("ink", "muted", "accent", "warning", "danger", "whisker"), "#000000") | {
    "paper": "#ffffff",
    "raised": "#ffffff",
    "rule": "#bbbbbb",
    "good": "#8a8a8a",
    "bad": "#d0d0d0",
    "actual": "#222222",
    "previous": "#bbbbbb",
    "plan": "#ffffff",
    "small": "#cccccc",
    "missing": "#f2f2f2",
    "band": "#eeeeee",
    **{f"category-{number}": "#000000" for number in range(1, 6)},
}

_RULES = """
*{box-sizing:border-box}
html{color-scheme:light dark;scroll-padding-top:16px}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main{max-width:1200px;margin:0 auto;padding:32px 24px 48px}
h1{font-size:24px;line-height:1.25;font-weight:650;margin:0 0 8px;text-wrap:balance}
h2{font-size:18px;line-height:1.3;font-weight:600;margin:40px 0 12px}
p{margin:0 0 8px;max-width:75ch}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.label{color:var(--muted);font-size:13px;margin:0 0 4px;padding:0;list-style:none;display:flex;flex-wrap:wrap;
gap:0 8px;max-width:none}
.label li:not(:last-child)::after{content:"\\00b7";margin-left:8px}
.headline{font-size:36px;line-height:1.15;font-weight:650;margin:16px 0 0}
.headline small{font-size:15px;font-weight:400;color:var(--muted);margin-left:8px}
nav{font-size:13px;margin:12px 0 0;display:flex;flex-wrap:wrap;gap:4px 16px}
figure{margin:8px 0 16px}
figure svg{display:block;width:100%;max-width:880px;height:auto;overflow:visible}
figure .narrow{display:none;max-width:480px;overflow:hidden}
figure text{font-family:inherit;font-variant-numeric:tabular-nums;paint-order:stroke}
figure svg a{cursor:pointer}
figure a text,figure a text:hover{text-decoration:underline;text-decoration-color:var(--rule);
text-underline-offset:3px}
figure a:hover path{opacity:.82}
figure a:focus-visible path{stroke:var(--accent);stroke-width:3}
.scroll{margin:0 0 16px}
.wide{overflow-x:auto}
.wide tbody th{white-space:nowrap}
.dense{overflow:auto;max-height:85vh}
.dense:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.dense th,.dense td{white-space:nowrap;max-width:32ch;overflow:hidden;text-overflow:ellipsis}
.dense tbody th,.dense tfoot th{position:sticky;left:0;background:var(--paper)}
.dense thead th{z-index:1}
.dense thead th:first-child{left:0;z-index:2}
.dense tfoot th,.dense tfoot td{position:sticky;bottom:0;background:var(--paper)}
.dense tbody tr:hover>*{background:var(--raised)}
.whole{white-space:nowrap}
.long{overflow-wrap:anywhere;min-width:18ch}
.cards li,.label li,.links li{min-width:0}
code{font:inherit;font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.93em;overflow-wrap:anywhere}
header>.note{margin-top:8px}
table{border-collapse:collapse;font-size:13px;line-height:20px}
caption{text-align:left;font-size:15px;font-weight:600;padding:16px 0 4px}
caption div{width:max-content;max-width:44ch}
caption small{font-size:13px;font-weight:400;color:var(--muted);margin-left:8px}
th,td{padding:5px 12px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);
font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{position:sticky;top:0;background:var(--paper);color:var(--muted);vertical-align:bottom;
box-shadow:inset 0 -1px var(--muted);border-bottom:0}
tbody th,tfoot th{max-width:40ch;min-width:9ch}
.right{text-align:right;white-space:nowrap;padding-left:12px}
thead .right{white-space:normal}
.dense thead .right{white-space:nowrap}
tfoot td,tfoot th{border-top:1px solid var(--muted);border-bottom:0;font-weight:600}
tfoot tr+tr td,tfoot tr+tr th{border-top:0}
.figure{font-weight:600}
.muted{color:var(--muted)}
.warning{color:var(--warning)}
.danger{color:var(--danger)}
.good{color:var(--good)}
.bad{color:var(--bad)}
.accent{color:var(--accent)}
section:target>table caption,.scroll:target caption{background:var(--band)}
.back{font-size:13px;font-weight:400;margin-left:12px}
.note{color:var(--muted);font-size:13px}
.links{list-style:none;margin:0 0 16px;padding:0;display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px}
thead th a{color:inherit;text-decoration-color:var(--rule)}
[aria-sort=ascending] a::after{content:" \\2191"}
[aria-sort=descending] a::after{content:" \\2193"}
.groups{display:grid;gap:16px 32px;grid-template-columns:repeat(auto-fit,minmax(200px,1fr))}
.groups h3{font-size:15px;font-weight:600;margin:0 0 8px}
.cards .words{font-size:18px;line-height:30px}
.groups .cards{grid-template-columns:1fr}
summary{color:var(--accent);cursor:pointer;font-size:13px}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.headline a,.cards a{color:inherit;text-decoration-color:var(--rule)}
.cards{list-style:none;margin:0 0 16px;padding:0;display:grid;gap:16px 24px;
grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}
.cards li{border-top:2px solid var(--rule);padding-top:8px;display:flex;flex-direction:column}
.cards span,.cards small{font-size:13px;color:var(--muted)}
.cards strong{font-size:24px;line-height:1.25;font-weight:650;overflow-wrap:anywhere}
footer{margin-top:48px;border-top:1px solid var(--rule);padding-top:12px;font-size:12px;color:var(--muted)}
footer dl{display:grid;grid-template-columns:fit-content(40%) minmax(0,1fr);gap:2px 16px;margin:0}
footer dt,footer dd{margin:0;overflow-wrap:anywhere}
@media screen and (min-width:1200px){.dense th,.dense td{max-width:44ch}}
@media screen and (max-width:760px){main{padding:20px 16px 32px}h1{font-size:18px}.headline{font-size:24px}
.scroll{overflow-x:auto}thead th{position:static}caption div{max-width:calc(100vw - 32px)}
.dense{max-height:none}.dense table{width:100%}.dense th,.dense td{max-width:16ch}
.scroll td,.scroll thead th{white-space:nowrap}.scroll .long{white-space:normal;min-width:26ch}
th,td{padding-right:8px}.right{padding-left:8px}
.scroll tbody th{max-width:44vw;position:sticky;left:0;background:var(--paper)}
.few table{width:100%;table-layout:fixed}.few thead th:first-child{width:34%}
.few tbody th{max-width:none;overflow-wrap:anywhere}
.few td:not(.main),.few thead th:not(.main):not(:first-child){display:none}
.few td,.few .long{white-space:normal;min-width:0}.few .right,.dense.few td{white-space:nowrap}
.cards strong,.cards .words{font-size:16px;line-height:1.35}.dense.few tbody th{white-space:normal}
figure.both .chart{display:none}figure .narrow{display:block}}
@media (prefers-reduced-motion:no-preference){figure a path{transition:opacity .12s}}
@page{margin:16mm 14mm}
@page wide{size:landscape}
"""
_ON_PAPER = """html{color-scheme:light}main{max-width:none;padding:0}body{font-size:10pt}h1{font-size:16pt}
h2{font-size:12pt;break-after:avoid}nav,.back{display:none}.good,.bad{color:#000}
.broad{page:wide}.broad table{font-size:6.5pt}.wide,.dense{overflow:visible;max-height:none}
.dense :is(thead,tbody,tfoot) :is(th,td){position:static;max-width:none}
.dense tbody :is(th,td):not(.whole,.right){white-space:normal}
a{color:inherit;text-decoration:none}figure,tr,footer,.groups>div,.cards li{break-inside:avoid}
thead{display:table-header-group}caption,thead{break-after:avoid}tfoot{display:table-row-group}
thead th{position:static;box-shadow:none;border-bottom:1px solid #000;white-space:normal}
.groups{grid-template-columns:repeat(4,1fr)}.cards{grid-template-columns:repeat(auto-fit,minmax(30mm,1fr))}
.cards strong{font-size:13pt}.cards .words{font-size:11pt;line-height:1.4}.groups .cards{grid-template-columns:1fr}
details::details-content{content-visibility:visible;height:auto}summary{display:none}
figure svg{max-width:100%}table{font-size:8.5pt;line-height:1.35}
figure path[fill^="var(--"]{stroke:#000;stroke-width:.5}"""


def style() -> str:
    """Give the style sheet of a page."""
    dark = f"@media screen and (prefers-color-scheme:dark){{{_tokens(DARK)}}}"
    return f"{_tokens(LIGHT)}\n{dark}{_RULES}@media print{{{_tokens(PRINT)}{_ON_PAPER}}}\n"


def _tokens(colors: dict[str, str]) -> str:
    return f":root{{{';'.join(f'--{name}:{color}' for name, color in colors.items())}}}"
