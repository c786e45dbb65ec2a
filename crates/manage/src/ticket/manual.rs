//! The page of the manual that shows the state machines, drawn from the machines themselves.

use std::fmt::Write as _;

use evenkeel_core::language::Language;

use super::machine::diagram;
use crate::{
    change::machine::ChangeMachine,
    complaint::{grievance::machine::GrievanceMachine, machine::ComplaintMachine},
    incident::{machine::IncidentMachine, major::machine::MajorMachine},
    knowledge::machine::ArticleMachine,
    problem::machine::ProblemMachine,
    release::machine::{ReleaseMachine, StageMachine},
    request::machine::RequestMachine,
    review::machine::ReviewMachine,
    survey::machine::SurveyMachine,
};

/// The page in a language, Markdown.
pub fn states(language: Language) -> String {
    let zh = language == Language::Zh;
    let mut text = if zh {
        "# 工单的状态机\n\n每条边是账本里的一个事件；图里没有的走法会被拒绝（409），回答里列出此刻允许的步骤。本页由程序自己的状态机画出。\n".to_owned()
    } else {
        "# State machines of tickets\n\nEach edge is an event of the ledger; what is not drawn is refused (409), and the answer names the steps that are \
         allowed. This page is drawn from the machines themselves.\n"
            .to_owned()
    };
    for (chinese, english, drawn) in [
        ("事件（incident）", "Incident", diagram::<IncidentMachine>()),
        ("重大事件（major incident）", "Major incident", diagram::<MajorMachine>()),
        ("问题（problem）", "Problem", diagram::<ProblemMachine>()),
        ("复盘（review）", "Post-incident review", diagram::<ReviewMachine>()),
        ("变更（change）", "Change", diagram::<ChangeMachine>()),
        ("发布（release）", "Release", diagram::<ReleaseMachine>()),
        ("发布的阶段（stage）", "Stage of a release", diagram::<StageMachine>()),
        ("服务请求（request）", "Request", diagram::<RequestMachine>()),
        ("知识（article）", "Article", diagram::<ArticleMachine>()),
        ("抱怨（grievance）", "Grievance", diagram::<GrievanceMachine>()),
        ("投诉（complaint）", "Complaint", diagram::<ComplaintMachine>()),
        ("问卷（survey）", "Survey", diagram::<SurveyMachine>()),
    ] {
        let _ = write!(text, "\n## {}\n\n```mermaid\n{drawn}```\n", if zh { chinese } else { english });
    }
    text
}
