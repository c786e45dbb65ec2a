//! What the shop sells. Invented goods; prices in fen (hundredths of a yuan).

/// One article.
#[derive(Debug, Clone, Copy)]
pub struct Product {
    /// Name in addresses and in the API.
    pub sku: &'static str,
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// One sentence, 中文.
    pub about_zh: &'static str,
    /// One sentence, English.
    pub about_en: &'static str,
    /// Price, hundredths of a yuan.
    pub price_fen: u64,
    /// The inside of a 48×48 drawing.
    pub drawing: &'static str,
}

/// Everything on the shelf.
pub const PRODUCTS: &[Product] = &[
    Product {
        sku: "compass",
        zh: "黄铜罗盘",
        en: "Brass compass",
        about_zh: "指北不指错，抽屉里放十年也不用充电。",
        about_en: "Points north for ten years in a drawer, no charging.",
        price_fen: 26_800,
        drawing: r#"<circle cx="24" cy="24" r="18"/><path d="M24 10l5 14-5 14-5-14z"/><circle cx="24" cy="24" r="2"/>"#,
    },
    Product {
        sku: "rope",
        zh: "八股缆绳 20 米",
        en: "Eight-strand rope, 20 m",
        about_zh: "系得住船，也系得住周末。",
        about_en: "Holds a boat, and a weekend.",
        price_fen: 15_900,
        drawing: r#"<circle cx="24" cy="24" r="16"/><circle cx="24" cy="24" r="10"/><circle cx="24" cy="24" r="4"/><path d="M40 24c0 8 3 12 6 14"/>"#,
    },
    Product {
        sku: "lantern",
        zh: "防风马灯",
        en: "Storm lantern",
        about_zh: "风越大，越显得它稳。",
        about_en: "The harder it blows, the steadier it looks.",
        price_fen: 18_500,
        drawing: r#"<path d="M16 18h16l3 18H13z"/><path d="M18 18a6 6 0 0 1 12 0"/><path d="M24 24c3 4 3 7 0 9-3-2-3-5 0-9z"/><path d="M12 40h24"/>"#,
    },
    Product {
        sku: "sextant",
        zh: "六分仪",
        en: "Sextant",
        about_zh: "卫星不在的时候，太阳还在。",
        about_en: "When the satellites are away, the sun is not.",
        price_fen: 128_000,
        drawing: r#"<path d="M24 8L10 36a20 20 0 0 0 28 0z"/><path d="M24 8l6 31"/><circle cx="24" cy="14" r="3"/>"#,
    },
    Product {
        sku: "jacket",
        zh: "救生衣",
        en: "Life jacket",
        about_zh: "希望你永远用不上，但请一定带上。",
        about_en: "May you never need it. Take it along.",
        price_fen: 32_900,
        drawing: r#"<path d="M15 8h6v10l3 4 3-4V8h6l4 8v24H11V16z"/><path d="M11 28h26M11 33h26"/>"#,
    },
    Product {
        sku: "bell",
        zh: "船钟",
        en: "Ship's bell",
        about_zh: "一声，全船都听见。这就是告警。",
        about_en: "One stroke and everyone hears it. That is an alert.",
        price_fen: 45_600,
        drawing: r#"<path d="M14 34c4-4 3-10 4-15a6 6 0 0 1 12 0c1 5 0 11 4 15z"/><path d="M22 38a3 3 0 0 0 5 0"/><path d="M24 13V8"/>"#,
    },
];

/// The article of this name.
pub fn find(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}

/// `¥268.00`.
pub fn yuan(fen: u64) -> String {
    format!("¥{}.{:02}", fen / 100, fen % 100)
}
