//! Each breach, and why: where the time went and who held it.

use evenkeel_core::definition::TimeOwner;

use super::Source;
use crate::{
    clock::{
        explain::{ExplainedClock, explain},
        reading::Reading,
    },
    figure::attainment::{goal_name, outcomes},
    report::{
        document::{Block, Cell, Section, Table},
        section::{self, figures, instant, left, plain, right, said, secs, table},
    },
    words::Words,
};

/// Breaches listed; the evidence of the figure has them all.
const ROWS_MAX: usize = 100;
/// Breaches with stops whose every interval is listed.
const EXPLAINED_MAX: usize = 10;
/// Intervals listed for one breach.
const INTERVALS_MAX: usize = 60;

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let mut missed: Vec<&Reading> = outcomes(source.setting).filter(|(_, met)| !met).map(|(reading, _)| reading).collect();
    // The gravest first, then the order in which they were missed.
    missed.sort_by_key(|reading| (reading.clock.priority, reading.clock.breached_at, reading.number, reading.clock.goal));
    let explained: Vec<(&Reading, Option<ExplainedClock>)> = missed
        .iter()
        .take(ROWS_MAX)
        .map(|reading| {
            let incident = source.setting.view.incident(reading.incident);
            let clock = incident.and_then(|incident| {
                let agreement = Some(reading.applied.agreement.id);
                explain(source.setting.view, incident, reading.clock.goal, agreement, source.setting.as_of)
            });
            (*reading, clock)
        })
        .collect();
    let mut rows: Vec<Vec<Cell>> = explained.iter().map(|(reading, clock)| row(source, reading, clock.as_ref())).collect();
    let more = missed.len().saturating_sub(rows.len());
    rows.truncate(ROWS_MAX);
    let mut list = table("breaches", Words::new("超时清单", "Breaches"), columns(), rows, ROWS_MAX);
    list.more = crate::figure::statistic::count(more);
    let mut blocks = vec![figures(source.catalogue.of_definitions(&["breaches"])), Block::Table(list)];
    // What ran from beginning to end without a stop says all it can in its row.
    let stopped =
        explained.iter().filter_map(|(reading, clock)| Some((reading, clock.as_ref().filter(|clock| clock.intervals.len() > 1)?)));
    blocks.extend(stopped.take(EXPLAINED_MAX).map(|(reading, clock)| Block::Table(intervals(reading, clock))));
    section::section("breaches", "超时分析", "Breaches", blocks)
}

fn columns() -> Vec<crate::report::document::Column> {
    vec![
        left("incident", "事件", "Incident"),
        left("priority", "优先级", "Priority"),
        left("goal", "目标", "Goal"),
        left("agreement", "协议", "Agreement"),
        right("target", "时限", "Within"),
        right("used", "用时", "Used"),
        left("due", "到期", "Due"),
        right("us", "我方用时", "Held by us"),
        right("others", "他方用时", "Held by others"),
        right("paused", "暂停", "Paused"),
    ]
}

fn row(source: &Source<'_, '_>, reading: &Reading, clock: Option<&ExplainedClock>) -> Vec<Cell> {
    let opened = source.setting.view.incident(reading.incident).and_then(|incident| incident.opened.as_ref());
    let owners = clock.map(|clock| clock.owners.as_slice()).unwrap_or_default();
    let us: i64 = owners.iter().filter(|owner| owner.owner == TimeOwner::Us).map(|owner| owner.counted_secs).sum();
    let counted: i64 = owners.iter().map(|owner| owner.counted_secs).sum();
    let paused: i64 = owners.iter().map(|owner| owner.paused_secs).sum();
    vec![
        Cell::Incident { id: reading.incident, number: reading.number, title: opened.map(|opened| opened.title.clone()) },
        plain(format!("P{}", reading.clock.priority.get())),
        said(goal_name(reading.clock.goal)),
        said(reading.applied.display.clone()),
        secs(Some(reading.clock.target_secs)),
        secs(Some(reading.clock.elapsed_secs)),
        instant(reading.clock.breached_at),
        secs(Some(us)),
        secs(Some(counted - us)),
        secs(Some(paused)),
    ]
}

fn intervals(reading: &Reading, clock: &ExplainedClock) -> Table {
    let goal = goal_name(reading.clock.goal);
    let title = Words::new(
        format!("INC-{} {}：时间去向（日历 {} v{}）", reading.number, goal.zh, clock.calendar.name, clock.calendar.version),
        format!("INC-{} {}: where the time went (calendar {} v{})", reading.number, goal.en, clock.calendar.name, clock.calendar.version),
    );
    let rows = clock
        .intervals
        .iter()
        .map(|interval| {
            let name = interval.cause.detail.get("name").and_then(serde_json::Value::as_str);
            let mut cause = cause_name(&interval.cause.code);
            if let Some(name) = name {
                cause = Words::new(format!("{} {name}", cause.zh), format!("{} {name}", cause.en));
            }
            vec![
                instant(Some(interval.from)),
                instant(Some(interval.to)),
                said(kind_name(&interval.kind)),
                secs(Some(interval.secs)),
                said(cause),
            ]
        })
        .collect();
    let columns = vec![
        left("from", "从", "From"),
        left("to", "到", "To"),
        left("kind", "计时", "Clock"),
        right("secs", "时长", "Length"),
        left("cause", "原因", "Cause"),
    ];
    table(&format!("explain.{}.{}", reading.number, reading.clock.goal), title, columns, rows, INTERVALS_MAX)
}

fn kind_name(kind: &str) -> Words {
    match kind {
        "counted" => Words::new("计时", "counted"),
        "paused" => Words::new("暂停", "paused"),
        "closed" => Words::new("非服务时间", "closed"),
        _ => Words::new("停止", "stopped"),
    }
}

fn cause_name(code: &str) -> Words {
    match code {
        "always" => Words::new("全天候", "around the clock"),
        "hours" => Words::new("服务时间", "service hours"),
        "make_up_day" => Words::new("调休工作日", "make-up workday"),
        "exception_open" => Words::new("例外开放", "open by exception"),
        "outside_hours" => Words::new("服务时间之外", "outside hours"),
        "break" => Words::new("休息", "break"),
        "weekend" => Words::new("周末", "weekend"),
        "day_off" => Words::new("非工作日", "day off"),
        "holiday" => Words::new("节假日", "holiday"),
        "exception_closed" => Words::new("例外关闭", "closed by exception"),
        "outside_horizon" => Words::new("超出日历范围", "outside the calendar"),
        "opened" => Words::new("事件打开", "opened"),
        "inherited" => Words::new("沿用原事件", "inherited"),
        "absorbed" => Words::new("沿用并入的事件", "taken over in a merge"),
        "resumed" => Words::new("恢复处理", "resumed"),
        "on_hold" => Words::new("挂起", "on hold"),
        "on_hold_counted" => Words::new("挂起（不停表）", "on hold, counted"),
        "assigned" => Words::new("转派", "assigned"),
        "resolved" => Words::new("已解决", "resolved"),
        "restored" => Words::new("已恢复", "restored"),
        "reopened" => Words::new("重新打开", "re-opened"),
        "retargeted" => Words::new("目标变更", "retargeted"),
        other => Words::same(other),
    }
}
