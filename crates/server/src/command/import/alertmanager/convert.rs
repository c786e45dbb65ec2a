//! From Alertmanager's configuration to ours, with what is taken and what is not. Pure.

use std::{collections::BTreeMap, fmt::Write as _};

use evenkeel_core::matcher::{MatchOp, Matcher};
use serde_json::json;

use super::file::{Config, InhibitRule, Interval, Route};

/// Routes that are followed; a guard against a tree without end.
const DEPTH_MAX: usize = 50;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Converted {
    /// Our configuration.
    pub yaml: String,
    pub taken: Vec<String>,
    pub left: Vec<String>,
}

/// Converts.
///
/// # Errors
/// In words, when a matcher cannot be read: such a file Alertmanager would not start with either.
pub(super) fn convert(config: &Config) -> Result<Converted, String> {
    let mut out = Converted { yaml: "version: 1\n".to_owned(), ..Converted::default() };
    if !config.inhibit_rules.is_empty() {
        out.yaml.push_str("inhibitions:\n");
    }
    for (index, rule) in config.inhibit_rules.iter().enumerate() {
        let name = format!("alertmanager-{}", index + 1);
        let (source, target) = sides(rule).map_err(|what| format!("inhibit_rules[{index}]: {what}"))?;
        if source.is_empty() || target.is_empty() {
            out.left.push(format!("inhibit_rules[{index}]: a side without matchers would mean every alert; write what it means"));
            continue;
        }
        // JSON is YAML, and quotes everything as it must be.
        let entry = json!({ "name": name, "source": source, "target": target, "equal": rule.equal });
        let _ = writeln!(out.yaml, "  - {entry}");
        out.taken.push(format!("inhibit_rules[{index}] as inhibition {name}: {} keeps back {}", source.join(", "), target.join(", ")));
    }
    if out.taken.is_empty() {
        "version: 1\n".clone_into(&mut out.yaml);
    }
    for receiver in &config.receivers {
        let ways: Vec<&str> = receiver.ways.keys().map(|way| way.trim_end_matches("_configs")).collect();
        let ways = if ways.is_empty() { "nobody".to_owned() } else { ways.join(", ") };
        out.left.push(format!(
            "receiver {:?} ({ways}): who is told follows from the team of the alert's service, its rota and its people's addresses; declare those",
            receiver.name
        ));
    }
    let intervals: BTreeMap<&str, &[Interval]> = config
        .time_intervals
        .iter()
        .chain(&config.mute_time_intervals)
        .map(|interval| (interval.name.as_str(), interval.time_intervals.as_slice()))
        .collect();
    routes(&config.route, &[], &intervals, 0, &mut out)?;
    Ok(out)
}

fn side(matchers: &[String], equal: &BTreeMap<String, String>, patterns: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for text in matchers {
        found.extend(Matcher::parse_list(text)?);
    }
    for (map, op) in [(equal, MatchOp::Equal), (patterns, MatchOp::Matches)] {
        for (name, value) in map {
            found.push(Matcher::new(name.clone(), op, value.clone())?);
        }
    }
    Ok(found.iter().map(ToString::to_string).collect())
}

fn sides(rule: &InhibitRule) -> Result<(Vec<String>, Vec<String>), String> {
    Ok((
        side(&rule.source_matchers, &rule.source_match, &rule.source_match_re)?,
        side(&rule.target_matchers, &rule.target_match, &rule.target_match_re)?,
    ))
}

fn routes(
    route: &Route,
    above: &[String],
    intervals: &BTreeMap<&str, &[Interval]>,
    depth: usize,
    out: &mut Converted,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err("the routes are nested too deeply".to_owned());
    }
    let own = side(&route.matchers, &route.equal, &route.match_re).map_err(|what| format!("a route to {:?}: {what}", route.receiver))?;
    let all: Vec<String> = above.iter().cloned().chain(own).collect();
    let whose = if all.is_empty() { "every alert".to_owned() } else { all.join(", ") };
    out.left.push(format!("route {whose} → {:?}: alerts go to the team of the service that their label service names", route.receiver));
    if !route.group_by.is_empty() {
        out.left.push(format!("group_by {} of route {whose}: one incident is one service and one cause", route.group_by.join(", ")));
    }
    for name in &route.mute_time_intervals {
        let times = intervals.get(name.as_str()).map_or_else(|| "which is not defined".to_owned(), |found| words(found));
        out.left.push(format!("mute_time_intervals {name:?} of route {whose}: make a weekly silence of these matchers: {times}"));
    }
    for name in &route.active_time_intervals {
        let times = intervals.get(name.as_str()).map_or_else(|| "which is not defined".to_owned(), |found| words(found));
        out.left.push(format!("active_time_intervals {name:?} of route {whose}: make a weekly silence for the other times than {times}"));
    }
    for child in &route.routes {
        routes(child, &all, intervals, depth + 1, out)?;
    }
    Ok(())
}

/// Times in a line.
fn words(intervals: &[Interval]) -> String {
    let one = |interval: &Interval| {
        let times: Vec<String> = interval.times.iter().map(|span| format!("{}–{}", span.start_time, span.end_time)).collect();
        let zone = interval.location.as_deref().unwrap_or("UTC");
        let parts = [&interval.weekdays, &times, &interval.days_of_month, &interval.months, &interval.years];
        let said: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| part.join(", ")).collect();
        format!("{} ({zone})", said.join(" "))
    };
    intervals.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FILE: &str = r#"
global: { smtp_auth_password: hunter2 }
route:
  receiver: desk
  group_by: [alertname]
  routes:
    - { receiver: web, matchers: ['team="web"'], mute_time_intervals: [nights] }
receivers:
  - name: desk
    email_configs: [{ to: desk@example.org, auth_password: hunter3 }]
  - { name: web }
inhibit_rules:
  - { source_match: { severity: critical }, target_match_re: { severity: "warning|info" }, equal: [cluster] }
  - { source_matchers: ['alertname = "Down"'], target_matchers: ['alertname != "Down"', 'x =~ "a.*"'] }
  - { source_matchers: ['a=b'] }
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: "22:00", end_time: "24:00" }], weekdays: ["monday:friday"], location: Europe/Berlin }]
"#;

    #[test]
    fn what_is_taken_is_said_and_what_is_not_is_said_with_why_and_no_secret() {
        let config = serde_saphyr::from_str::<Config>(FILE).unwrap();
        let converted = convert(&config).unwrap();
        assert_eq!(converted.taken.len(), 2);
        let left = converted.left.join("\n");
        for part in [
            "inhibit_rules[2]",
            "receiver \"desk\" (email)",
            "team=\"web\" → \"web\"",
            "nights",
            "22:00–24:00",
            "Europe/Berlin",
            "group_by",
        ] {
            assert!(left.contains(part), "{part} in {left}");
        }
        assert!(!format!("{converted:?}").contains("hunter"));
        let file: crate::definition::File = serde_saphyr::from_str(&converted.yaml).unwrap();
        assert_eq!(file.inhibitions.len(), 2, "{}", converted.yaml);
    }

    #[test]
    fn a_file_that_alertmanager_would_not_take_is_refused() {
        let wrong = "inhibit_rules: [{ source_matchers: ['a=~\"(\"'], target_matchers: ['b=c'] }]";
        assert!(convert(&serde_saphyr::from_str::<Config>(wrong).unwrap()).unwrap_err().contains("inhibit_rules[0]"));
    }
}
