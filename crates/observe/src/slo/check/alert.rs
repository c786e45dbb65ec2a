//! Alert policies and conditions of OpenSLO, as pairs of burn rates.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{Work, time};
use crate::{
    rule::routing::Routing,
    slo::{
        burn::{self, Pair},
        file::{ConditionSpec, PolicySpec},
    },
};

/// A long window is to its short one as in the workbook: an hour to five minutes.
const LONG_TO_SHORT: i64 = 12;

impl Work<'_> {
    /// The pairs of an objective's policies; the workbook's when it has none.
    pub(super) fn pairs(&mut self, policies: &[Spanned<Value>], window_mins: i64) -> Vec<Pair> {
        if policies.is_empty() {
            return burn::usual(window_mins);
        }
        let mut pairs = Vec::new();
        for entry in policies {
            let at = Self::at(entry.referenced);
            let known = self.named.policies.clone();
            let Some(spec) = self.spec(at, &entry.value, "alertPolicyRef", &known) else { continue };
            let Some(policy) = self.meant::<PolicySpec>(at, spec) else { continue };
            if policy.alert_when_no_data {
                self.warn(
                    at,
                    "alertWhenNoData is not used: unknown time is shown as its own share",
                    "write a rule with absent() to be called for it",
                );
            }
            if !policy.notification_targets.is_empty() {
                self.warn(at, "notificationTargets are not used: who is on call for the service is called", "");
            }
            if policy.conditions.is_empty() {
                self.error(at, "the policy has no condition", "add conditions, or leave alertPolicies out for the usual ones");
            }
            for condition in &policy.conditions {
                pairs.extend(self.pair(at, condition));
            }
        }
        pairs
    }

    fn pair(&mut self, at: (usize, usize), entry: &Value) -> Option<Pair> {
        let known = self.named.conditions.clone();
        let spec = self.spec(at, entry, "conditionRef", &known)?;
        let ConditionSpec { severity, condition, .. } = self.meant(at, spec)?;
        if !condition.kind.eq_ignore_ascii_case("burnrate") {
            self.error(at, format!("a condition of kind {:?}", condition.kind), "write kind: burnrate; it is the one there is");
            return None;
        }
        if !matches!(condition.op.as_deref(), None | Some("gte" | "gt")) {
            self.error(at, format!("op is {:?}", condition.op.unwrap_or_default()), "a budget burns too fast from a rate on: write gte");
            return None;
        }
        if !(condition.threshold > 0.0 && condition.threshold.is_finite()) {
            self.error(at, format!("threshold is {}", condition.threshold), "write a burn rate above 0, such as 14.4");
            return None;
        }
        let after = condition.alert_after.as_deref().unwrap_or("0m");
        let hold = if after.trim_end_matches(|c: char| c.is_ascii_alphabetic()) == "0" { Some(0) } else { time::minutes(after) };
        let (Some(long_mins), Some(hold_mins)) = (time::minutes(&condition.lookback_window), hold) else {
            self.error(at, "lookbackWindow or alertAfter is no duration", "write such as 1h and 5m");
            return None;
        };
        if long_mins > 40 * 24 * 60 || hold_mins > 6 * 60 {
            self.error(at, "lookbackWindow is longer than 40 days, or alertAfter longer than 6 hours", "choose shorter ones");
            return None;
        }
        let labels = [("severity".to_owned(), severity.unwrap_or_else(|| "page".to_owned()))].into();
        let severity = Routing::default().grade(&labels).severity?;
        Some(Pair { rate: condition.threshold, long_mins, short_mins: (long_mins / LONG_TO_SHORT).max(1), hold_mins, severity })
    }

    /// The `spec` of an entry that stands here or is referred to.
    fn spec(&mut self, at: (usize, usize), entry: &Value, key: &str, known: &std::collections::BTreeMap<String, Value>) -> Option<Value> {
        let name = entry.as_str().or_else(|| entry.get(key).and_then(Value::as_str));
        if let Some(name) = name {
            let found = known.get(name).cloned();
            if found.is_none() {
                self.error(at, format!("{key} {name:?} is not declared"), "declare it in a document of its own");
            }
            return found;
        }
        let found = entry.get("spec").cloned();
        if found.is_none() {
            self.error(at, format!("there is neither {key} nor spec"), format!("write {key} with a name, or kind, metadata and spec"));
        }
        found
    }

    fn meant<T: DeserializeOwned>(&mut self, at: (usize, usize), spec: Value) -> Option<T> {
        match serde_json::from_value(spec) {
            Ok(read) => Some(read),
            Err(error) => {
                self.error(at, error.to_string(), "");
                None
            }
        }
    }
}
