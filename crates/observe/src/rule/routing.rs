//! From a rule's alert to a service, a severity and a title. Pure.

use std::collections::BTreeMap;

use evenkeel_core::{
    definition::Bilingual,
    matcher::{Matcher, all_match},
    priority::{Level, Severity},
    title,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::template::LabelMap;

/// Characters of a name that stands for an alert, at most.
const NAME_CHARS_MAX: usize = 200;

/// How the house routes alerts of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The label that names the service.
    pub service_label: String,
    /// Of alerts without that label: the first whose matchers all match names the service.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// The service of all others, by name; none = they open no incident.
    pub default_service: Option<String>,
    /// What values of the label `severity` mean, beside those that are known anyway.
    pub severities: BTreeMap<String, Grade>,
}

/// Which alerts hurt a service, when they do not say so themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Of which alerts: those that all of these match.
    pub matchers: Vec<Matcher>,
    /// The service, by name.
    pub service: String,
}

impl Default for Routing {
    fn default() -> Self {
        Self { service_label: "service".to_owned(), routes: Vec::new(), default_service: None, severities: BTreeMap::new() }
    }
}

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// How grave; none = it opens no incident.
    pub severity: Option<Severity>,
    /// How many are hurt; the service's own when not given.
    pub impact: Option<Level>,
    /// How fast it hurts; by the severity when not given.
    pub urgency: Option<Level>,
}

impl Routing {
    /// The name of the service that suffers.
    pub fn service<'a>(&'a self, labels: &'a LabelMap) -> Option<&'a str> {
        let said = labels.get(&self.service_label).filter(|name| !name.is_empty());
        let routed = || self.routes.iter().find(|route| all_match(&route.matchers, labels)).map(|route| &route.service);
        said.or_else(routed).or(self.default_service.as_ref()).map(String::as_str)
    }

    /// How grave it is, by the label `severity`.
    pub fn grade(&self, labels: &LabelMap) -> Grade {
        let word = labels.get("severity").map(|word| word.to_lowercase()).unwrap_or_default();
        if let Some(grade) = self.severities.get(&word) {
            return *grade;
        }
        let severity = match word.as_str() {
            "critical" | "crit" | "page" | "fatal" | "emergency" | "disaster" | "p1" | "error" => Some(Severity::Critical),
            "info" | "information" | "informational" | "notice" | "low" | "ticket" => Some(Severity::Info),
            "none" => None,
            _ => Some(Severity::Warning),
        };
        Grade { severity, impact: None, urgency: None }
    }
}

/// The cause of a rule's alerts: those of one service are one trouble.
pub fn cause(alert: &str) -> String {
    format!("rule:{alert}")
}

/// The name of one alert of a rule: the rule's, and the labels that tell it from the others.
pub fn name(alert: &str, source: &LabelMap) -> String {
    let pairs: Vec<String> = source.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = if pairs.is_empty() { alert.to_owned() } else { format!("{alert}{{{}}}", pairs.join(", ")) };
    if text.chars().count() <= NAME_CHARS_MAX {
        return text;
    }
    // Cut, and still another name for another series.
    let digest = hex::encode(&Sha256::digest(text.as_bytes())[..4]);
    let cut: String = text.chars().take(NAME_CHARS_MAX - 10).collect();
    format!("{cut}…#{digest}")
}

/// The one text of an alert's title in both languages (see [`evenkeel_core::title`]); none when the rule has no words.
pub fn words(annotations: &LabelMap) -> Option<String> {
    let said = |name: &str| annotations.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let any = said("summary").or_else(|| said("title")).or_else(|| said("message"));
    let (zh, en) = (said("summary_zh").or(any), said("summary_en").or(any));
    let (zh, en) = (zh.or(en)?, en.or(zh)?);
    Some(title::both(&Bilingual { zh: zh.to_owned(), en: en.to_owned() }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_core::Language;

    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> LabelMap {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_label_names_the_service_and_the_default_stands_in() {
        let mut routing = Routing::default();
        assert_eq!(routing.service(&labels(&[("service", "shop")])), Some("shop"));
        assert_eq!(routing.service(&labels(&[("service", "")])), None);
        let route = |text: &str, service: &str| Route { matchers: Matcher::parse_list(text).unwrap(), service: service.to_owned() };
        routing.routes = vec![route("team=db,zone=~\"a|b\"", "near"), route("team=db", "far")];
        assert_eq!(routing.service(&labels(&[("team", "db"), ("zone", "b")])), Some("near"));
        assert_eq!(routing.service(&labels(&[("team", "db"), ("zone", "c")])), Some("far"), "the first that matches");
        assert_eq!(routing.service(&labels(&[("team", "db"), ("service", "shop")])), Some("shop"), "who says it knows it");
        assert_eq!(routing.service(&labels(&[("team", "web")])), None);
        routing.default_service = Some("house".to_owned());
        assert_eq!(routing.service(&labels(&[])), Some("house"));
    }

    #[test]
    fn severities_have_sensible_meanings_and_the_house_may_say_others() {
        let mut routing = Routing::default();
        let severity = |routing: &Routing, word| routing.grade(&labels(&[("severity", word)])).severity;
        assert_eq!(severity(&routing, "Critical"), Some(Severity::Critical));
        assert_eq!(severity(&routing, "page"), Some(Severity::Critical));
        assert_eq!(severity(&routing, "warning"), Some(Severity::Warning));
        assert_eq!(severity(&routing, "whatever"), Some(Severity::Warning));
        assert_eq!(severity(&routing, "info"), Some(Severity::Info));
        assert_eq!(severity(&routing, "none"), None);
        assert_eq!(routing.grade(&labels(&[])).severity, Some(Severity::Warning));
        routing.severities.insert("page".to_owned(), Grade { severity: None, impact: None, urgency: None });
        assert_eq!(severity(&routing, "page"), None);
    }

    #[test]
    fn words_are_taken_in_both_languages_where_they_are() {
        let both = words(&labels(&[("summary", "Down"), ("summary_zh", "宕机")])).unwrap_or_default();
        assert_eq!((title::in_language(&both, Language::Zh), title::in_language(&both, Language::En)), ("宕机", "Down"));
        let one = words(&labels(&[("summary_zh", "宕机")])).unwrap_or_default();
        assert_eq!(title::in_language(&one, Language::En), "宕机");
        assert_eq!(words(&labels(&[("description", "x")])), None);
    }

    #[test]
    fn two_long_names_stay_two() {
        let long = |end: &str| name("A", &labels(&[("path", &("x".repeat(300) + end))]));
        assert_ne!(long("1"), long("2"));
        assert!(long("1").chars().count() <= NAME_CHARS_MAX);
        assert_eq!(name("A", &labels(&[("i", "1"), ("j", "2")])), "A{i=1, j=2}");
    }
}
