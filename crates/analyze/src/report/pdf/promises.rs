//! What was promised and what was kept, on the first pages: the figures of the document that have a promise, the missed ones
//! first. Pure; nothing is judged here that the figures do not say.

use evenkeel_core::Language;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::labels::{self, pick};
use crate::{
    figure::model::Figure,
    report::{collect::figures, document::Document},
};

/// The promises as the template reads them.
pub fn of(document: &Document, language: Language) -> Value {
    let mut seen = BTreeSet::new();
    // A figure may stand in two sections; the promise is one.
    let mut promised: Vec<&Figure> =
        figures(&document.sections).filter(|figure| figure.target.is_some() && seen.insert(figure.id.as_str())).collect();
    promised.sort_by_key(|figure| match figure.met {
        Some(false) => 0,
        Some(true) => 1,
        None => 2,
    });
    let count = |met: Option<bool>| promised.iter().filter(|figure| figure.met == met).count();
    let written = |figure: &Figure, value| labels::value(language, figure.unit, value);
    let rows: Vec<Value> = promised
        .iter()
        .map(|figure| {
            let name = figure.name.in_language(language);
            let (state, verdict) = match figure.met {
                Some(true) => ("met", pick(language, "达成", "kept")),
                Some(false) => ("missed", pick(language, "未达成", "missed")),
                None => ("none", pick(language, "无数据", "no data")),
            };
            json!({
                "name": figure.about.as_ref().map_or_else(|| name.to_owned(), |about| format!("{name} · {}", about.in_language(language))),
                "promised": written(figure, figure.target),
                "actual": written(figure, figure.value),
                "state": state,
                "verdict": verdict,
            })
        })
        .collect();
    json!({
        "title": pick(language, "承诺兑现情况", "Promises at a glance"),
        "none": pick(language, "本期各服务没有约定可用率或达成率目标。", "No availability or attainment was promised for this period."),
        "tiles": [
            { "n": count(Some(true)).to_string(), "label": pick(language, "项达成", "kept"), "state": "met" },
            { "n": count(Some(false)).to_string(), "label": pick(language, "项未达成", "missed"), "state": if count(Some(false)) > 0 { "missed" } else { "none" } },
            { "n": count(None).to_string(), "label": pick(language, "项无数据", "without data"), "state": "none" },
        ],
        "head": [
            pick(language, "承诺", "Promise"), pick(language, "约定", "Promised"), pick(language, "实际", "Actual"), pick(language, "结果", "Result"),
        ],
        "rows": rows,
    })
}
