//! The words of a status page, in both languages. The one place where the server has words: there is no console to have them.

use evenkeel_core::Language;

use super::{post::PostState, state::ComponentState};

/// Chooses by language.
pub const fn say<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// A component's state.
pub const fn component_state(state: ComponentState, language: Language) -> &'static str {
    match state {
        ComponentState::NothingReported => say(language, "暂无异常报告", "No trouble reported"),
        ComponentState::Operational => say(language, "正常", "Operational"),
        ComponentState::Unknown => say(language, "状态未知", "Unknown"),
        ComponentState::Maintenance => say(language, "维护中", "Under maintenance"),
        ComponentState::Degraded => say(language, "性能下降", "Degraded"),
        ComponentState::PartialOutage => say(language, "部分中断", "Partial outage"),
        ComponentState::MajorOutage => say(language, "服务中断", "Major outage"),
    }
}

/// The sentence at the top of a page.
pub const fn overall(state: ComponentState, language: Language) -> &'static str {
    match state {
        ComponentState::NothingReported => say(language, "暂无异常报告", "No trouble is reported"),
        ComponentState::Operational => say(language, "所有服务运行正常", "Everything is operational"),
        ComponentState::Unknown => say(language, "部分服务状态未知", "Some states are unknown"),
        ComponentState::Maintenance => say(language, "正在进行计划维护", "Planned maintenance is under way"),
        ComponentState::Degraded => say(language, "部分服务性能下降", "Some services are degraded"),
        ComponentState::PartialOutage => say(language, "部分服务中断", "Some services are partly out"),
        ComponentState::MajorOutage => say(language, "有服务中断", "There is a major outage"),
    }
}

/// A shape for each state, so that nobody needs its colour.
pub const fn mark(state: ComponentState) -> &'static str {
    match state {
        ComponentState::NothingReported => "○",
        ComponentState::Operational => "✓",
        ComponentState::Unknown => "?",
        ComponentState::Maintenance => "◷",
        ComponentState::Degraded => "▽",
        ComponentState::PartialOutage => "◐",
        ComponentState::MajorOutage => "✕",
    }
}

/// Where a post stands.
pub const fn post_state(state: PostState, language: Language) -> &'static str {
    match state {
        PostState::Investigating => say(language, "排查中", "Investigating"),
        PostState::Identified => say(language, "已找到原因", "Identified"),
        PostState::Monitoring => say(language, "观察中", "Monitoring"),
        PostState::Resolved => say(language, "已恢复", "Resolved"),
        PostState::Scheduled => say(language, "已计划", "Scheduled"),
        PostState::InProgress => say(language, "进行中", "In progress"),
        PostState::Completed => say(language, "已完成", "Completed"),
    }
}
