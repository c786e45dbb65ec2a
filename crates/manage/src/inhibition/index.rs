//! Which alerts inhibit which, over all that fire at once: for lists. Pure.

use std::collections::HashMap;

use evenkeel_core::{
    definition::InhibitionDefinition,
    id::AlertId,
    matcher::{Labels, all_match},
};
use sha2::{Digest as _, Sha256};

/// The values of the labels that must be alike, as one short text.
pub fn key(equal: &[String], labels: &Labels) -> String {
    let mut digest = Sha256::new();
    for name in equal {
        let value = labels.get(name).map_or("", String::as_str);
        digest.update(u64::try_from(value.len()).unwrap_or(u64::MAX).to_le_bytes());
        digest.update(value);
    }
    hex::encode(&digest.finalize()[..16])
}

/// Sources of each rule under the values of its `equal` labels: never sources × targets.
#[derive(Debug)]
pub struct Index<'a> {
    rules: Vec<(&'a InhibitionDefinition, HashMap<String, Sources>)>,
}

/// One source of each kind is enough to know.
#[derive(Debug, Default)]
struct Sources {
    one_side: Option<AlertId>,
    both_sides: Option<AlertId>,
}

impl<'a> Index<'a> {
    /// Over these rules and alerts.
    pub fn new(rules: impl IntoIterator<Item = &'a InhibitionDefinition>, alerts: &[(AlertId, Labels)]) -> Self {
        let index = |rule: &'a InhibitionDefinition| {
            let mut sources: HashMap<String, Sources> = HashMap::new();
            for (id, labels) in alerts.iter().filter(|(_, labels)| all_match(&rule.source, labels)) {
                let found = sources.entry(key(&rule.equal, labels)).or_default();
                let side = if all_match(&rule.target, labels) { &mut found.both_sides } else { &mut found.one_side };
                side.get_or_insert(*id);
            }
            (rule, sources)
        };
        Self { rules: rules.into_iter().map(index).collect() }
    }

    /// The alerts that inhibit one of these labels, at most one a rule.
    pub fn inhibitors(&self, labels: &Labels) -> Vec<AlertId> {
        let of_rule = |(rule, sources): &(&InhibitionDefinition, HashMap<String, Sources>)| {
            if !all_match(&rule.target, labels) {
                return None;
            }
            let found = sources.get(&key(&rule.equal, labels))?;
            if all_match(&rule.source, labels) { found.one_side } else { found.one_side.or(found.both_sides) }
        };
        self.rules.iter().filter_map(of_rule).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_core::matcher::Matcher;

    use super::*;

    fn rule(source: &str, target: &str) -> InhibitionDefinition {
        let list = |text| Matcher::parse_list(text).unwrap();
        InhibitionDefinition { source: list(source), target: list(target), equal: vec!["cluster".to_owned()] }
    }

    fn labels(text: &str) -> Labels {
        text.split(',').map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn a_source_inhibits_targets_that_are_alike_and_no_others() {
        let rule = rule("alertname=ClusterDown", "severity=~warning|info");
        let id = AlertId::named("down");
        let down = labels("alertname=ClusterDown,cluster=a,severity=critical");
        let index = Index::new([&rule], &[(id, down)]);
        assert_eq!(index.inhibitors(&labels("severity=warning,cluster=a")), [id]);
        assert!(index.inhibitors(&labels("severity=warning,cluster=b")).is_empty());
        assert!(index.inhibitors(&labels("severity=critical,cluster=a")).is_empty());
        assert!(index.inhibitors(&labels("severity=warning,x=a")).is_empty(), "a missing label is empty, and a is not");
    }

    #[test]
    fn what_both_sides_match_is_inhibited_by_a_pure_source_only() {
        let rule = rule("severity=~critical|page", "severity=~critical|warning");
        let (both, pure) = (AlertId::named("both"), AlertId::named("pure"));
        let (critical, page) = (labels("severity=critical,cluster=a"), labels("severity=page,cluster=a"));
        let one = Index::new([&rule], &[(both, critical.clone())]);
        assert!(one.inhibitors(&critical).is_empty(), "nor itself");
        assert_eq!(one.inhibitors(&labels("severity=warning,cluster=a")), [both]);
        let two = Index::new([&rule], &[(both, critical.clone()), (pure, page)]);
        assert_eq!(two.inhibitors(&critical), [pure]);
    }
}
