//! What each figure means. A change of meaning is a new version; old reports keep theirs.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::Unit;
use crate::words::Words;

/// A definition of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Stable key.
    pub id: &'static str,
    /// 1, 2, 3 …
    pub version: i64,
    /// Shown name: 中文, English.
    pub name: (&'static str, &'static str),
    /// How it is computed: 中文, English.
    pub formula: (&'static str, &'static str),
    /// Who or what is counted: 中文, English.
    pub population: (&'static str, &'static str),
    /// What it is counted in.
    pub unit: Unit,
}

/// A definition as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DefinitionView {
    /// Stable key.
    pub id: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// Shown name.
    pub name: Words,
    /// How it is computed.
    pub formula: Words,
    /// Who or what is counted.
    pub population: Words,
    /// What it is counted in.
    pub unit: Unit,
}

impl From<&Definition> for DefinitionView {
    fn from(definition: &Definition) -> Self {
        Self {
            id: definition.id.to_owned(),
            version: definition.version,
            name: words(definition.name),
            formula: words(definition.formula),
            population: words(definition.population),
            unit: definition.unit,
        }
    }
}

/// A pair as words.
pub fn words((zh, en): (&str, &str)) -> Words {
    Words::new(zh, en)
}

const SERVICE_TIME: (&str, &str) = (
    "周期与服务时间的交集，减去协议认可的维护（已批准、按时告知、在月度限额之内）；未封存的时段计为未知",
    "The period within service hours, less maintenance that the agreement excuses (approved, announced in time, within its monthly quota); what no seal covers is unknown",
);
/// Before maintenance was taken out.
const SERVICE_TIME_1: (&str, &str) =
    ("周期与服务时间的交集；未封存的时段计为未知", "The period within service hours; what no seal covers is unknown");
const FAULTS: (&str, &str) = (
    "T3 落在周期内的非计划故障；合并的事件计一次，取消的不计",
    "Unplanned faults whose T3 lies in the period; merged incidents count once, cancelled ones not at all",
);
const CLOCKS: (&str, &str) = (
    "周期内有结果的 SLA 时钟：目标达成，或到期（包括仍未关闭的）；取消与并入的不计，按有结果时的优先级归类",
    "Clocks of SLAs whose outcome fell in the period: the goal met, or due and missed (also while still open); cancelled and merged ones are left out; by the priority at the outcome",
);
const OPENED: (&str, &str) = ("在周期内打开的事件；合并的计一次", "Incidents opened in the period; merged incidents count once");

macro_rules! definitions {
    ($($(#[$doc:meta])* $const:ident = $id:literal $version:literal, $unit:ident, $name:expr, $formula:expr, $population:expr;)*) => {
        $($(#[$doc])* pub const $const: Definition = Definition {
            id: $id, version: $version, name: $name, formula: $formula, population: $population, unit: Unit::$unit,
        };)*
        /// Every definition.
        pub const ALL: &[Definition] = &[$($const),*];
    };
}

definitions! {
    /// Share of committed time in which a service was up.
    AVAILABILITY = "availability" 2, Percent,
        ("可用率", "Availability"),
        ("（承诺时间 − 停机时间）÷ 承诺时间；下限把未知当作停机，上限当作正常",
         "(committed time − downtime) / committed time; the low bound takes unknown as down, the high bound as up"),
        SERVICE_TIME;
    /// Committed time in which a service was down.
    DOWNTIME = "downtime" 2, Secs,
        ("停机时间", "Downtime"),
        ("指标为坏的时段之并集 ∩ 承诺时间", "Union of bad stretches of the indicator ∩ committed time"),
        SERVICE_TIME;
    /// How often a service went down.
    OUTAGES = "outages" 2, Count,
        ("停机次数", "Outages"),
        ("承诺时间内连续坏时段的个数", "Number of connected bad stretches within committed time"),
        SERVICE_TIME;
    /// Mean time between failures.
    MTBF = "mtbf" 2, Secs,
        ("平均无故障时间", "Mean time between failures"),
        ("（承诺时间 − 停机时间）÷ 停机次数；未知时间不计，上限把它当作正常",
         "(committed time − downtime) / outages; unknown time is left out, the high bound takes it as up"),
        SERVICE_TIME;
    /// Mean time to restore service.
    MTRS = "mtrs" 2, Secs,
        ("平均恢复服务时间", "Mean time to restore service"),
        ("停机时间 ÷ 停机次数", "Downtime / outages"),
        SERVICE_TIME;
    /// Attainment of the first-response goal.
    ATTAINMENT_RESPONSE = "attainment_response" 1, Percent,
        ("首次响应达成率", "First response attainment"),
        ("达成 ÷（达成 + 超时）", "Met / (met + breached)"),
        CLOCKS;
    /// Attainment of the restore goal.
    ATTAINMENT_RESTORE = "attainment_restore" 1, Percent,
        ("恢复达成率", "Restore attainment"),
        ("达成 ÷（达成 + 超时）", "Met / (met + breached)"),
        CLOCKS;
    /// Attainment of the resolve goal.
    ATTAINMENT_RESOLVE = "attainment_resolve" 1, Percent,
        ("解决达成率", "Resolution attainment"),
        ("达成 ÷（达成 + 超时）", "Met / (met + breached)"),
        CLOCKS;
    /// Attainment of all goals together.
    ATTAINMENT_TOTAL = "attainment_total" 1, Percent,
        ("SLA 总达成率", "SLA attainment, all goals"),
        ("各目标达成之和 ÷（达成 + 超时）之和", "Sum of met / sum of (met + breached) over all goals"),
        CLOCKS;
    /// What became of every incident's first response.
    RESPONSE_OUTCOMES = "response_outcomes" 1, Count,
        ("首次响应的结果", "First response by outcome"),
        ("计数；达成 + 超时 + 未响应即结束 + 仍在计时 + 取消 + 并入 + 没有响应目标 = 全部。未响应即结束的（多为自动恢复）不计入达成率",
         "Count; met + breached + ended without response + still open + cancelled + merged + no response goal = all. What ended without a response (mostly recovered by itself) is not in the attainment"),
        ("周期内打开的全部事件，以周期末的状态为准", "All incidents opened in the period, as they stood at its end");
    /// Continuity indicator 1.
    FOUND_BY_MONITORING = "continuity_1" 1, Percent,
        ("监控发现率（指标一）", "Share of faults found by monitoring (indicator 1)"),
        ("最早由监控发现的故障 ÷ 有发现事件的故障", "Faults first detected by a machine / faults with any detection"),
        FAULTS;
    /// Continuity indicator 2.
    MONITORING_DELAY = "continuity_2" 1, Secs,
        ("监控平均发现时长（指标二）", "Mean time for monitoring to find a fault (indicator 2)"),
        ("Σ（首个机器告警 − T0）÷ 指标一的分子；负值说明 T0 有误，计为未知",
         "Σ(first machine alert − T0) / numerator of indicator 1; a negative value flags a wrong T0 and counts as unknown"),
        FAULTS;
    /// Continuity indicator 6, the fault part.
    DIAGNOSIS = "continuity_6" 1, Secs,
        ("平均诊断时长（指标六）", "Mean diagnosis time (indicator 6)"),
        ("Σ（T2 − T1）÷ n", "Σ(T2 − T1) / n"),
        FAULTS;
    /// Continuity indicator 8, timeliness.
    RECOVERY_TIMELINESS = "continuity_8_timeliness" 1, Percent,
        ("应急恢复及时率（指标八）", "Emergency recovery timeliness (indicator 8)"),
        ("T3 − T0 不超过 RTO 的故障 ÷ 有 RTO 的故障；T0 不明而 T3 − T1 已超过的计为超时，其余计为未知",
         "Faults with T3 − T0 within the RTO / faults with an RTO; without T0 a fault is late when T3 − T1 is over it already, else unknown"),
        FAULTS;
    /// Continuity indicator 8, duration.
    RECOVERY_DURATION = "continuity_8_duration" 1, Secs,
        ("平均应急恢复时长（指标八）", "Mean emergency recovery time (indicator 8)"),
        ("Σ（T3 − 响应）÷ n", "Σ(T3 − responded) / n"),
        FAULTS;
    /// Duration detect.
    FAULT_DETECT = "fault_detect" 1, Secs,
        ("发现时长", "Time to detect"),
        ("T1 − T0：均值、中位数、第 90 百分位", "T1 − T0: mean, median, 90th percentile"),
        FAULTS;
    /// Duration locate.
    FAULT_LOCATE = "fault_locate" 1, Secs,
        ("定位时长", "Time to locate"),
        ("T2 − T1：均值、中位数、第 90 百分位", "T2 − T1: mean, median, 90th percentile"),
        FAULTS;
    /// Duration restore.
    FAULT_RESTORE = "fault_restore" 1, Secs,
        ("恢复时长", "Time to restore"),
        ("T3 − T2：均值、中位数、第 90 百分位", "T3 − T2: mean, median, 90th percentile"),
        FAULTS;
    /// From the beginning to the end.
    FAULT_TOTAL = "fault_total" 1, Secs,
        ("故障总时长", "Fault duration"),
        ("T3 − T0：均值、中位数、第 90 百分位", "T3 − T0: mean, median, 90th percentile"),
        FAULTS;
    /// Incidents that came in.
    INCIDENTS_OPENED = "incidents_opened" 1, Count,
        ("新增事件", "Incidents opened"),
        ("计数；按打开时的优先级", "Count; by the priority at the opening"),
        OPENED;
    /// Incidents that were resolved.
    INCIDENTS_RESOLVED = "incidents_resolved" 1, Count,
        ("解决事件", "Incidents resolved"),
        ("计数；最后一次解决落在周期内且未重开", "Count; last resolved in the period and not re-opened since"),
        ("周期内解决的事件；合并的计一次", "Incidents resolved in the period; merged incidents count once");
    /// Incidents still open at the end.
    INCIDENTS_OPEN = "incidents_open" 1, Count,
        ("期末未结事件", "Incidents open at the end"),
        ("计数；周期结束时仍未解决", "Count; not resolved at the end of the period"),
        ("周期结束前打开的事件；合并的计一次", "Incidents opened before the end of the period; merged incidents count once");
    /// Clocks that were missed.
    BREACHES = "breaches" 1, Count,
        ("SLA 超时", "SLA breaches"),
        ("计数", "Count"),
        CLOCKS;
    /// Share of observed time in which services answered.
    PROBE_SUCCESS = "probe_success" 2, Percent,
        ("拨测成功率", "Probe success"),
        ("各服务指标为好的时间之和 ÷ 已观测时间之和", "Sum of good time / sum of observed time, over all services"),
        SERVICE_TIME;
    /// Lead time of changes. No change is recorded yet.
    LEAD_TIME = "lead_time" 1, Secs,
        ("变更交付时长", "Lead time of changes"),
        ("Σ（上线 − 提出）÷ n", "Σ(deployed − asked for) / n"),
        ("周期内上线的变更", "Changes deployed in the period");
    /// How often something is deployed. No deployment is recorded yet.
    DEPLOYMENTS = "deployments" 1, Count,
        ("部署次数", "Deployments"),
        ("计数", "Count"),
        ("周期内的部署", "Deployments in the period");
    /// Changes that caused an incident or were rolled back. No change is recorded yet.
    CHANGE_FAILURE = "change_failure" 1, Percent,
        ("变更失败率", "Change failure rate"),
        ("引发事件或回退的变更 ÷ 完成的变更", "Changes that caused an incident or were rolled back / completed"),
        ("周期内完成的变更", "Changes completed in the period");
    /// Satisfaction. No survey is recorded yet.
    SATISFACTION = "satisfaction" 1, Percent,
        ("满意度", "Satisfaction"),
        ("满意的答复 ÷ 收到的答复", "Satisfied answers / answers received"),
        ("周期内发出的调查；沉默不是满意", "Surveys sent in the period; silence is not satisfaction");
}

/// The five of a service's time as they were in version 1, for reports that were published under it.
pub const SERVICE_TIME_FIGURES_1: [Definition; 5] = [
    Definition { version: 1, population: SERVICE_TIME_1, ..AVAILABILITY },
    Definition { version: 1, population: SERVICE_TIME_1, ..DOWNTIME },
    Definition { version: 1, population: SERVICE_TIME_1, ..OUTAGES },
    Definition { version: 1, population: SERVICE_TIME_1, ..MTBF },
    Definition { version: 1, population: SERVICE_TIME_1, ..MTRS },
];
/// The same five as they are now.
pub const SERVICE_TIME_FIGURES: [Definition; 5] = [AVAILABILITY, DOWNTIME, OUTAGES, MTBF, MTRS];

/// The definition of this key.
pub fn find(id: &str) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.id == id)
}
