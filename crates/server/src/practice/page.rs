//! The shop's pages, in the visitor's language. All values shown are the catalogue's and numbers: nothing a visitor typed.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::http::{HeaderMap, header};

use super::{
    catalogue::{PRODUCTS, Product, find, yuan},
    shop::{Order, Shop},
    style::CSS,
};

/// The visitor's language, by the browser's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 中文.
    Zh,
    /// English.
    En,
}

impl Language {
    /// Chinese when the browser names it before English, or wishes nothing.
    pub fn of(headers: &HeaderMap) -> Self {
        let wish = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("zh").to_ascii_lowercase();
        match (wish.find("zh"), wish.find("en")) {
            (Some(zh), Some(en)) if en < zh => Self::En,
            (None, _) => Self::En,
            _ => Self::Zh,
        }
    }

    const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

const SAIL: &str = r#"<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round" aria-hidden="true"><path d="M24 6v30M24 8c10 6 14 15 14 22H24M20 14C13 19 10 25 9 30h11M6 36h36c-3 5-8 7-18 7S9 41 6 36z"/></svg>"#;

/// A whole page around `body`.
pub fn frame(language: Language, title: &str, nav: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{CSS}</style></head><body>\
         <header><a class=\"brand\" href=\"/\">{SAIL}{brand}</a><nav>{nav}</nav></header><main>{body}</main>\
         <footer>{foot}</footer></body></html>",
        lang = language.pick("zh-CN", "en"),
        brand = language.pick("顺风船具", "Fair Wind Chandlery"),
        foot = language.pick("练习商店：货是假的，故障是真的。", "A practice shop: the goods are made up, the faults are real."),
    )
}

fn shop_frame(language: Language, shop: &Shop, title: &str, body: &str) -> String {
    let nav = format!(
        "<a href=\"/\">{}</a><a href=\"/cart\">{}</a><a href=\"/faults\">{}</a>",
        language.pick("商品", "Goods"),
        language.pick("购物车", "Cart"),
        language.pick("故障开关", "Faults"),
    );
    let banner = if shop.faults().any() {
        format!(
            "<div class=\"banner\" role=\"status\">{} <a href=\"/faults\">{}</a></div>",
            language.pick("有故障开关处于打开状态。", "A fault is switched on."),
            language.pick("查看", "See which"),
        )
    } else {
        String::new()
    };
    frame(language, title, &nav, &format!("{banner}{body}"))
}

fn drawing(product: &Product) -> String {
    format!("<svg viewBox=\"0 0 48 48\" aria-hidden=\"true\">{}</svg>", product.drawing)
}

/// Front page.
pub fn home(language: Language, shop: &Shop) -> String {
    let mut body = format!(
        "<p class=\"lead\">{}</p><div class=\"grid\">",
        language.pick("出海要用的，都在这里。", "Everything a boat needs before it leaves.")
    );
    for product in PRODUCTS {
        let _ = write!(
            body,
            "<a class=\"card\" href=\"/products/{}\">{}<h2>{}</h2><span class=\"price\">{}</span></a>",
            product.sku,
            drawing(product),
            language.pick(product.zh, product.en),
            yuan(product.price_fen),
        );
    }
    let _ = write!(
        body,
        "</div><p class=\"soft\">{} {}</p>",
        language.pick("本次启动以来的订单：", "Orders since this start:"),
        shop.metrics.orders()
    );
    shop_frame(language, shop, language.pick("顺风船具", "Fair Wind Chandlery"), &body)
}

/// One article.
pub fn product(language: Language, shop: &Shop, product: &Product) -> String {
    let name = language.pick(product.zh, product.en);
    let body = format!(
        "<div class=\"hero\"><div class=\"card\">{}</div><div><h1>{name}</h1><p>{}</p><p class=\"price\">{}</p>\
         <a class=\"button\" href=\"/cart?{}=1\">{}</a></div></div>",
        drawing(product).replace("<svg ", "<svg style=\"width:100%;height:auto\" "),
        language.pick(product.about_zh, product.about_en),
        yuan(product.price_fen),
        product.sku,
        language.pick("放进购物车", "Put into the cart"),
    );
    shop_frame(language, shop, name, &body)
}

/// The cart: what the address names.
pub fn cart(language: Language, shop: &Shop, items: &BTreeMap<String, u64>) -> String {
    let title = language.pick("购物车", "Cart");
    if items.is_empty() {
        let body = format!(
            "<h1>{title}</h1><p class=\"soft\">{}</p><a class=\"button\" href=\"/\">{}</a>",
            language.pick("还是空的。", "Still empty."),
            language.pick("去看看商品", "See the goods"),
        );
        return shop_frame(language, shop, title, &body);
    }
    let mut rows = String::new();
    let mut fields = String::new();
    for (sku, quantity) in items {
        if let Some(product) = find(sku) {
            let _ = write!(
                rows,
                "<tr><td>{}</td><td class=\"n\">{quantity}</td><td class=\"n\">{}</td></tr>",
                language.pick(product.zh, product.en),
                yuan(product.price_fen * quantity)
            );
            let _ = write!(fields, "<input type=\"hidden\" name=\"{}\" value=\"{quantity}\">", product.sku);
        }
    }
    let body = format!(
        "<h1>{title}</h1><table>{rows}<tr><th>{}</th><th></th><th class=\"n price\">{}</th></tr></table>\
         <form method=\"post\" action=\"/orders\"><p>{fields}<button>{}</button></p></form>",
        language.pick("合计", "Total"),
        yuan(Shop::price(items).unwrap_or(0)),
        language.pick("下单", "Place the order"),
    );
    shop_frame(language, shop, title, &body)
}

/// After an order.
pub fn thanks(language: Language, shop: &Shop, order: &Order) -> String {
    let title = language.pick("谢谢惠顾", "Thank you");
    let body = format!(
        "<h1>{title}</h1><p>{} <strong>#{}</strong> · <span class=\"price\">{}</span></p><a class=\"button\" href=\"/\">{}</a>",
        language.pick("订单", "Order"),
        order.number,
        yuan(order.total_fen),
        language.pick("继续逛", "Go on shopping"),
    );
    shop_frame(language, shop, title, &body)
}

/// No such page.
pub fn missing(language: Language, shop: &Shop) -> String {
    let title = language.pick("没有这一页", "No such page");
    let body = format!("<h1>{title}</h1><a class=\"button\" href=\"/\">{}</a>", language.pick("回到商品", "Back to the goods"));
    shop_frame(language, shop, title, &body)
}

/// The fault switches.
pub fn faults(language: Language, shop: &Shop) -> String {
    let faults = shop.faults();
    let title = language.pick("故障开关", "Fault switches");
    let body = format!(
        "<h1>{title}</h1><p class=\"soft\">{lead}</p><form method=\"post\" action=\"/faults\" class=\"card\">\
         <div class=\"switch\"><label for=\"errors\">{errors}</label><div class=\"row\"><input id=\"errors\" type=\"number\" name=\"errors_percent\" min=\"0\" max=\"100\" value=\"{percent:.0}\"> %</div></div>\
         <div class=\"switch\"><label for=\"latency\">{latency}</label><div class=\"row\"><input id=\"latency\" type=\"number\" name=\"latency_ms\" min=\"0\" max=\"60000\" value=\"{millis}\"> ms</div></div>\
         <div class=\"switch\"><label><input type=\"checkbox\" name=\"hang\" {hung}> {hang}</label></div>\
         <button>{apply}</button></form>\
         <div class=\"row\" style=\"margin-top:16px\"><form method=\"post\" action=\"/faults\"><input type=\"hidden\" name=\"errors_percent\" value=\"0\"><input type=\"hidden\" name=\"latency_ms\" value=\"0\"><button class=\"quiet\">{reset}</button></form>\
         <form method=\"post\" action=\"/faults\"><input type=\"hidden\" name=\"crash\" value=\"1\"><button class=\"danger\">{crash}</button></form></div>\
         <p class=\"soft\">{note}</p>",
        lead = language.pick(
            "在这里把商店弄坏，看稳舵怎样发现、开单、寻呼、计时。这一页和 /metrics 不受故障影响。",
            "Break the shop here and watch Evenkeel find it, open an incident, page and keep time. This page and /metrics are spared."
        ),
        errors = language.pick("出错：这样一部分请求得到 500", "Errors: this share of requests gets a 500"),
        latency = language.pick("变慢：每个回答多等", "Latency: every answer waits this much longer"),
        hang = language.pick("挂起：接下请求，永不回答", "Hang: take requests and never answer"),
        apply = language.pick("应用", "Apply"),
        reset = language.pick("全部恢复正常", "All well again"),
        crash = language.pick("崩溃", "Crash"),
        note = language.pick(
            "崩溃会立即结束进程，端口拒绝连接，直到有人再启动它。",
            "A crash ends the process at once; the port refuses connections until someone starts it again."
        ),
        percent = faults.errors * 100.0,
        millis = faults.latency_ms,
        hung = if faults.hang { "checked" } else { "" },
    );
    shop_frame(language, shop, title, &body)
}
