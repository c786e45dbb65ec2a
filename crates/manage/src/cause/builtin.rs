//! The vocabulary that everybody begins with: version 0. What is written down by it is read by it for ever, so a word here is
//! never taken away and never changes its meaning; a house that wants others declares its own.

use evenkeel_core::definition::Bilingual;

use super::vocabulary::{CausesDefinition, Term};

type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// Name, 中文, English, aliases.
#[rustfmt::skip]
const BONES: [Row; 9] = [
    ("backup_and_recovery", "备份容灾", "Backup and disaster recovery", &["disaster recovery", "灾备"]),
    ("operation_control", "操作管控", "Operation control", &[]),
    ("application_change", "应用变更", "Application change", &[]),
    ("emergency_plan", "应急预案", "Emergency plan", &[]),
    ("drills", "应急演练", "Drills", &["演练"]),
    ("performance_and_capacity", "性能容量", "Performance and capacity", &["capacity"]),
    ("monitoring", "监控预警", "Monitoring", &["监控"]),
    ("emergency_handling", "应急处置", "Emergency handling", &[]),
    ("new_technology", "新技术应用管控", "New technology control", &["新技术"]),
];

#[rustfmt::skip]
const CAUSES: [Row; 23] = [
    ("change", "变更问题", "Change gone wrong", &["变更"]),
    ("maintenance", "维护问题", "Maintenance gone wrong", &["维护"]),
    ("capacity", "性能容量问题", "Performance or capacity", &["容量不足", "performance"]),
    ("operator_error", "操作问题/误操作", "Operator error", &["误操作", "操作问题", "human error"]),
    ("architecture", "容灾/应用架构高可用", "Architecture without high availability", &["架构缺陷", "single point of failure", "单点故障"]),
    ("application_defect", "应用逻辑缺陷", "Defect in application logic", &["bug", "程序缺陷"]),
    ("version_control", "版本控制不到位", "Weak version control", &[]),
    ("design", "产品或功能设计不足", "Weak product or function design", &["设计不足"]),
    ("data_quality", "数据质量不高", "Poor data quality", &[]),
    ("failover_failed", "高可用失效", "High availability that failed", &["切换失败", "failover"]),
    ("incomplete_plan", "应急方案与技术保障方案不完善", "Incomplete emergency plan", &[]),
    ("missing_plan", "应急预案缺失", "Missing emergency plan", &["无预案"]),
    ("drills", "应急演练不到位", "Too few drills", &[]),
    ("open_problem", "问题跟踪不闭环", "Problem that was not followed up", &[]),
    ("configuration", "参数设置与配置问题", "Parameters or configuration", &["配置错误", "misconfiguration"]),
    ("skills", "人员技能不足", "Missing skills", &[]),
    ("process", "流程机制不完善", "Weak process", &[]),
    ("attack", "外部攻击", "Attack from outside", &["ddos"]),
    ("infrastructure", "基础设施异常", "Infrastructure failure", &["hardware", "硬件故障"]),
    ("backup", "数据备份不到位", "Missing backup", &[]),
    ("data_loss", "数据丢失", "Data loss", &[]),
    ("late_detection", "监控发现不及时", "Detected late", &[]),
    ("slow_handling", "故障处置效率低", "Handled slowly", &[]),
];

fn term((name, zh, en, aliases): &Row) -> Term {
    Term {
        name: (*name).to_owned(),
        display: Bilingual { zh: (*zh).to_owned(), en: (*en).to_owned() },
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    }
}

impl CausesDefinition {
    /// The vocabulary that is built in.
    pub fn built_in() -> Self {
        Self { bones: BONES.iter().map(term).collect(), causes: CAUSES.iter().map(term).collect() }
    }
}
