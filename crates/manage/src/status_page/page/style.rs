//! The look of a page: one style element, allowed by its digest, and nothing from elsewhere.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// Everything but the page's own colour.
const BASE: &str = "\
:root{color-scheme:light dark;--page:#f5f6f7;--surface:#fff;--line:#d5dbe0;--text:#1b2228;--soft:#515c66;--link:#0e6b75;\
--good:#1a7544;--down:#bb2a37;--warn:#97560a;--work:#2860bd;--unknown:#646a80}\
@media(prefers-color-scheme:dark){:root{--page:#11151a;--surface:#181d23;--line:#333c46;--text:#e5e9ed;--soft:#a8b2bc;--link:#63c3c8;\
--good:#64c892;--down:#f38585;--warn:#e4ad55;--work:#86aef4;--unknown:#9fa6ba}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--page);color:var(--text);font:16px/1.6 system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;\
border-top:4px solid var(--brand);overflow-wrap:anywhere}\
.wide{max-width:52rem;margin:0 auto;padding:1rem}\
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}\
header img{max-height:3rem;max-width:12rem;display:block}\
h1{font-size:1.35rem;margin:.5rem 0;line-height:1.3}h2{font-size:1.1rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0}h4{font-size:.95rem;margin:1.25rem 0 .25rem;color:var(--soft)}\
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
.soft{color:var(--soft);font-size:.9rem}\
.now{display:flex;gap:.6rem;align-items:center;background:var(--surface);border:1px solid var(--line);border-left:6px solid currentColor;border-radius:.5rem;padding:.9rem 1rem;font-size:1.15rem;font-weight:600;margin:.75rem 0 .25rem}\
.operational{color:var(--good)}.nothing_reported{color:var(--soft)}.unknown{color:var(--unknown)}.maintenance{color:var(--work)}.degraded,.partial_outage{color:var(--warn)}.major_outage{color:var(--down)}\
.stale{border:2px solid var(--warn);border-radius:.5rem;padding:.6rem 1rem;margin:.75rem 0}\
ul.plain{list-style:none;margin:0;padding:0}\
.card{background:var(--surface);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:.5rem 0}\
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1rem}\
.row>:last-child{font-weight:600;white-space:nowrap}\
.bars{display:block;width:100%;height:2rem;margin:.5rem 0 .25rem}\
.bars .g{fill:var(--good)}.bars .d{fill:var(--down)}.bars .u{fill:none;stroke:var(--unknown);stroke-width:.8;stroke-dasharray:2 1.5}.bars .n{fill:var(--line)}\
.ends{display:flex;justify-content:space-between;gap:1rem;font-size:.8rem;color:var(--soft);white-space:nowrap}.bounds{margin:0;text-align:center;font-size:.75rem;color:var(--soft)}.ends b{color:var(--text);font-variant-numeric:tabular-nums}\
details summary{cursor:pointer;color:var(--soft);font-size:.85rem}\
.said{border-left:2px solid var(--line);padding:.1rem 0 .1rem .9rem;margin:.6rem 0}.said p{margin:.15rem 0}\
form label{display:block;margin:.75rem 0 .2rem}input[type=email],input[type=url],input[type=text]{width:100%;max-width:30rem;font:inherit;padding:.5rem .6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--surface);color:inherit}\
fieldset{border:1px solid var(--line);border-radius:.5rem;margin:1rem 0;padding:.5rem 1rem}fieldset label{margin:.35rem 0}\
button{font:inherit;font-weight:600;padding:.55rem 1.1rem;border:0;border-radius:.4rem;background:var(--brand);color:var(--on-brand);cursor:pointer}button.quiet{background:none;color:var(--link);text-decoration:underline;padding:.55rem 0}\
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.75rem}footer a{margin-right:1rem}\
@media print{body{background:#fff}.card{break-inside:avoid}footer,nav{display:none}}";

/// The colour where a page has none of its own.
const BRAND: &str = "#0e6b75";

/// Whether black reads better on this colour than white (WCAG 2.2, relative luminance).
fn is_light(colour: &str) -> bool {
    let channel = |at: usize| -> f64 {
        let value = f64::from(u8::from_str_radix(colour.get(at..at + 2).unwrap_or("00"), 16).unwrap_or(0)) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    // Where both contrasts are alike: (L + 0.05)² = 1.05 × 0.05.
    luminance > 0.179
}

/// The content of the style element.
pub fn style(colour: Option<&str>) -> String {
    let brand = colour.unwrap_or(BRAND);
    let on = if is_light(brand) { "#000" } else { "#fff" };
    format!(":root{{--brand:{brand};--on-brand:{on}}}{BASE}")
}

/// The content policy of a page of this colour: its own style, its own picture, its own forms.
pub fn policy(colour: Option<&str>) -> String {
    let digest = STANDARD.encode(Sha256::digest(style(colour).as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_the_pages_colour_can_be_read() {
        assert!(is_light("#ffffff") && is_light("#ffd400") && !is_light("#0e6b75") && !is_light("#000000"));
        assert!(style(Some("#ffd400")).starts_with(":root{--brand:#ffd400;--on-brand:#000}"));
    }
}
