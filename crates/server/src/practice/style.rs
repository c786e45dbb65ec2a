//! The shop's one style sheet: light and dark, from phone to desk.

/// Styles of every page here.
pub const CSS: &str = "\
:root{--ink:#17262e;--soft:#5b6f79;--paper:#f7f4ee;--card:#fff;--line:#e4ddd0;--sea:#0d5c75;--sea-ink:#fff;--warm:#c8643b;--bad:#b3261e;--good:#2d7a4f;color-scheme:light dark}\
@media(prefers-color-scheme:dark){:root{--ink:#e9e6df;--soft:#9fb0b8;--paper:#10191e;--card:#18242b;--line:#2a3a43;--sea:#56b4d3;--sea-ink:#06222c;--warm:#e79066;--bad:#f2837b;--good:#7cc79b}}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif}\
a{color:var(--sea);text-decoration:none}a:hover{text-decoration:underline}:focus-visible{outline:2px solid var(--warm);outline-offset:2px}\
header,main,footer{max-width:960px;margin:0 auto;padding:0 20px}header{display:flex;gap:20px;align-items:center;padding-top:22px;padding-bottom:14px;flex-wrap:wrap}\
.brand{font-weight:700;font-size:20px;color:var(--ink);display:flex;gap:10px;align-items:center}.brand svg{width:30px;height:30px}nav{margin-left:auto;display:flex;gap:18px}\
.lead{margin:18px 0 26px;font-size:clamp(26px,5vw,40px);line-height:1.25;letter-spacing:-.01em;max-width:18em;font-weight:650}\
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(260px,1fr))}\
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px;color:inherit;display:block}a.card:hover{border-color:var(--sea);text-decoration:none}\
.card svg,.hero svg{stroke:var(--sea);fill:none;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}.card svg{width:56px;height:56px}.hero{display:grid;gap:28px;grid-template-columns:minmax(140px,240px) 1fr;align-items:center}\
@media(max-width:560px){.hero{grid-template-columns:1fr}}.card h2{font-size:17px;margin:10px 0 2px}h1{font-size:28px;line-height:1.3;margin:16px 0 6px}.soft{color:var(--soft)}.price{font-variant-numeric:tabular-nums;color:var(--warm);font-weight:600}\
button,.button{font:inherit;border:0;border-radius:10px;padding:10px 18px;background:var(--sea);color:var(--sea-ink);cursor:pointer;display:inline-block;font-weight:600}button:hover,.button:hover{filter:brightness(1.08);text-decoration:none}\
button.danger{background:var(--bad);color:var(--paper)}button.quiet{background:transparent;color:var(--ink);border:1px solid var(--line)}\
table{border-collapse:collapse;width:100%}td,th{padding:10px 8px;border-bottom:1px solid var(--line);text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
.banner{background:color-mix(in srgb,var(--bad) 12%,var(--card));border:1px solid var(--bad);border-radius:12px;padding:10px 16px;margin:0 0 18px}\
.switch{display:grid;gap:6px;margin:0 0 16px}.switch label{font-weight:600}input[type=number]{font:inherit;padding:8px 10px;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit;width:9em}\
.row{display:flex;gap:12px;flex-wrap:wrap;align-items:center}.dot{width:12px;height:12px;border-radius:50%;display:inline-block;background:var(--good)}.dot.down{background:var(--bad);border-radius:2px}\
footer{padding-top:40px;padding-bottom:32px;color:var(--soft);font-size:14px}";
