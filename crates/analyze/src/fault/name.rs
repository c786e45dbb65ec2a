//! What the parts of the 345 rule are called. The full name and the formula stand beside each other: Chinese practice
//! uses MTTR and its like with other meanings than Western practice, so no acronym is printed at all.

use super::{Action, Basis};
use crate::words::Words;

/// T0 to T3.
pub fn moment(moment: &str) -> Words {
    match moment {
        "t0" => Words::new("T0 发生", "T0 occurred"),
        "t1" => Words::new("T1 发现", "T1 detected"),
        "t2" => Words::new("T2 定位", "T2 located"),
        _ => Words::new("T3 恢复", "T3 restored"),
    }
}

/// The three durations.
pub fn duration(name: &str) -> Words {
    match name {
        "detect" => Words::new("发现时长 = T1 − T0", "Time to detect = T1 − T0"),
        "locate" => Words::new("定位时长 = T2 − T1", "Time to locate = T2 − T1"),
        _ => Words::new("恢复时长 = T3 − T2", "Time to restore = T3 − T2"),
    }
}

/// The five actions.
pub fn action(action: Action) -> Words {
    match action {
        Action::Detect => Words::new("监控发现", "Detect by monitoring"),
        Action::Notify => Words::new("通报升级", "Notify and escalate"),
        Action::Diagnose => Words::new("诊断定位", "Diagnose"),
        Action::Recover => Words::new("授权恢复", "Authorise recovery"),
        Action::Review => Words::new("复盘改进", "Review and improve"),
    }
}

/// Why a moment is believed.
pub fn basis(basis: Basis) -> Words {
    match basis {
        Basis::Telemetry => Words::new("监控数据", "telemetry"),
        Basis::Declared => Words::new("人工申报", "declared"),
        Basis::Customer => Words::new("客户报告", "reported by the customer"),
        Basis::CauseKnown => Words::new("原因已明", "cause known"),
        Basis::DecisionToAct => Words::new("决定处置", "decision to act"),
        Basis::Resolved => Words::new("以解决时间代替", "taken from the resolution"),
        Basis::Import => Words::new("历史导入", "imported history"),
    }
}
