//! From Alertmanager's configuration to ours, with what is taken and what is not. Pure.

use std::{collections::BTreeMap, fmt::Write as _};

use evenkeel_core::matcher::{MatchOp, Matcher};
use evenkeel_observe::rule::Route as ServiceRoute;
use serde_json::json;

use super::{
    file::{Config, InhibitRule, Interval, Route},
    week::Week,
};

/// Routes that are followed; a guard against a tree without end.
const DEPTH_MAX: usize = 50;

/// Times of a route at which nobody is told.
#[derive(Debug, Clone)]
pub(super) struct Quiet {
    /// The interval's name there.
    pub name: String,
    pub matchers: Vec<Matcher>,
    pub week: Week,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Converted {
    /// Rules of inhibition, as our configuration.
    pub yaml: String,
    /// Which alerts hurt which service, in order.
    pub routes: Vec<ServiceRoute>,
    /// The service of all others.
    pub default_service: Option<String>,
    /// Weekly silences.
    pub quiet: Vec<Quiet>,
    pub taken: Vec<String>,
    pub left: Vec<String>,
}

/// Converts; `services` says which service of ours a receiver's alerts hurt.
///
/// # Errors
/// In words, when a matcher cannot be read: such a file Alertmanager would not start with either.
pub(super) fn convert(config: &Config, services: &BTreeMap<String, String>) -> Result<Converted, String> {
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
    let mut walk = Walk { services, intervals: intervals(config), out: &mut out };
    walk.route(&config.route, &[], &[], 0)?;
    for receiver in &config.receivers {
        let ways: Vec<&str> = receiver.ways.keys().map(|way| way.trim_end_matches("_configs")).collect();
        let ways = if ways.is_empty() { "nobody".to_owned() } else { ways.join(", ") };
        out.left.push(format!(
            "receiver {:?} ({ways}): who is told follows from the team of the alert's service, its rota and its people's addresses; declare those",
            receiver.name
        ));
    }
    Ok(out)
}

fn intervals(config: &Config) -> BTreeMap<&str, &[Interval]> {
    let all = config.time_intervals.iter().chain(&config.mute_time_intervals);
    all.map(|interval| (interval.name.as_str(), interval.time_intervals.as_slice())).collect()
}

fn side(matchers: &[String], equal: &BTreeMap<String, String>, patterns: &BTreeMap<String, String>) -> Result<Vec<Matcher>, String> {
    let mut found = Vec::new();
    for text in matchers {
        found.extend(Matcher::parse_list(text)?);
    }
    for (map, op) in [(equal, MatchOp::Equal), (patterns, MatchOp::Matches)] {
        for (name, value) in map {
            found.push(Matcher::new(name.clone(), op, value.clone())?);
        }
    }
    Ok(found)
}

fn sides(rule: &InhibitRule) -> Result<(Vec<String>, Vec<String>), String> {
    let words = |matchers: Vec<Matcher>| matchers.iter().map(ToString::to_string).collect();
    Ok((
        side(&rule.source_matchers, &rule.source_match, &rule.source_match_re).map(words)?,
        side(&rule.target_matchers, &rule.target_match, &rule.target_match_re).map(words)?,
    ))
}

/// A matcher that says the opposite.
fn opposite(matcher: &Matcher) -> Result<Matcher, String> {
    let op = MatchOp::of(matcher.op().is_regex(), !matcher.op().is_equal());
    Matcher::new(matcher.name(), op, matcher.value())
}

/// Goes through the routes in the order in which Alertmanager asks them: what is nested first, and the first that matches.
struct Walk<'a> {
    services: &'a BTreeMap<String, String>,
    intervals: BTreeMap<&'a str, &'a [Interval]>,
    out: &'a mut Converted,
}

impl Walk<'_> {
    /// `above` matches whatever comes here; of `before` each list takes alerts away before they do.
    fn route(&mut self, route: &Route, above: &[Matcher], before: &[Vec<Matcher>], depth: usize) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("the routes are nested too deeply".to_owned());
        }
        let own = matchers_of(route)?;
        let all: Vec<Matcher> = above.iter().cloned().chain(own).collect();
        let mut taken_away = before.to_vec();
        for child in &route.routes {
            self.route(child, &all, &taken_away, depth + 1)?;
            if !child.goes_on {
                taken_away.push(matchers_of(child)?);
            }
        }
        let whose = whose(&all);
        self.service(route, &all, &whose);
        if route.goes_on {
            self.out
                .left
                .push(format!("continue of route {whose}: an alert is one service's trouble; the first route that names one counts"));
        }
        if !route.group_by.is_empty() {
            self.out
                .left
                .push(format!("group_by {} of route {whose}: one incident is one service and one cause", route.group_by.join(", ")));
        }
        for name in &route.mute_time_intervals {
            let quiet = self.quiet(std::slice::from_ref(name), false, &all, &taken_away);
            self.say(&format!("mute_time_intervals {name:?} of route {whose}"), quiet);
        }
        // Of several it is enough to be in one.
        if !route.active_time_intervals.is_empty() {
            let quiet = self.quiet(&route.active_time_intervals, true, &all, &taken_away);
            self.say(&format!("active_time_intervals {} of route {whose}", route.active_time_intervals.join(", ")), quiet);
        }
        Ok(())
    }

    fn say(&mut self, what: &str, quiet: Result<Quiet, String>) {
        match quiet {
            Ok(quiet) => {
                self.out.taken.push(format!("{what} as weekly silence of {}", whose(&quiet.matchers)));
                self.out.quiet.push(quiet);
            }
            Err(why) => self.out.left.push(format!("{what}: {why}; make a silence of what you mean")),
        }
    }

    fn service(&mut self, route: &Route, all: &[Matcher], whose: &str) {
        let receiver = &route.receiver;
        let Some(service) = self.services.get(receiver) else {
            self.out.left.push(format!(
                "route {whose} → {receiver:?}: alerts go to the team of the service that their label service names; \
                 if these hurt one service, say --service {receiver}=SERVICE"
            ));
            return;
        };
        self.out.taken.push(format!("route {whose} → {receiver:?} as trouble of service {service}"));
        if all.is_empty() {
            self.out.default_service = Some(service.clone());
        } else {
            self.out.routes.push(ServiceRoute { matchers: all.to_vec(), service: service.clone() });
        }
    }

    /// The times at which nobody is told of a route's alerts: exactly of those that Alertmanager would take there.
    fn quiet(&self, names: &[String], others: bool, all: &[Matcher], taken_away: &[Vec<Matcher>]) -> Result<Quiet, String> {
        let mut intervals: Vec<&Interval> = Vec::new();
        for name in names {
            intervals.extend(self.intervals.get(name.as_str()).ok_or_else(|| format!("{name:?} is not defined"))?.iter());
        }
        let week = Week::of(&intervals)?;
        let mut matchers = all.to_vec();
        for other in taken_away {
            match other.as_slice() {
                [one] => matchers.push(opposite(one)?),
                _ => return Err(format!("another route takes {} before, and a silence cannot leave those out", whose(other))),
            }
        }
        if matchers.iter().all(|matcher| matcher.matches_value("")) {
            return Err("a silence needs a matcher that asks for something".to_owned());
        }
        Ok(Quiet { name: names.join(", "), matchers, week: if others { week.others() } else { week } })
    }
}

fn matchers_of(route: &Route) -> Result<Vec<Matcher>, String> {
    side(&route.matchers, &route.equal, &route.match_re).map_err(|what| format!("a route to {:?}: {what}", route.receiver))
}

fn whose(matchers: &[Matcher]) -> String {
    let words: Vec<String> = matchers.iter().map(ToString::to_string).collect();
    if words.is_empty() { "every alert".to_owned() } else { words.join(", ") }
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
    - { receiver: web, matchers: ['team="web"'], mute_time_intervals: [nights, xmas], routes: [{ receiver: shop, match: { app: shop } }] }
    - { receiver: db, match: { team: db }, active_time_intervals: [nights] }
    - { receiver: both, matchers: ['a="1"', 'b="2"'], continue: true }
    - { receiver: rest, match_re: { team: ".+" }, mute_time_intervals: [nights] }
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
  - { name: xmas, time_intervals: [{ months: [december], days_of_month: ["24:26"] }] }
"#;

    fn converted() -> Converted {
        let services = [("desk", "house"), ("shop", "shop"), ("web", "site")];
        let services = services.map(|(receiver, service)| (receiver.to_owned(), service.to_owned())).into();
        convert(&serde_saphyr::from_str::<Config>(FILE).unwrap(), &services).unwrap()
    }

    #[test]
    fn what_is_taken_is_said_and_what_is_not_is_said_with_why_and_no_secret() {
        let converted = converted();
        let left = converted.left.join("\n");
        for part in [
            "inhibit_rules[2]",
            "receiver \"desk\" (email)",
            "team=\"db\" → \"db\"",
            "--service db=SERVICE",
            "\"xmas\" of route team=\"web\": a week has no days of the month",
            "group_by",
            "continue of route a=\"1\", b=\"2\"",
        ] {
            assert!(left.contains(part), "{part} in {left}");
        }
        assert!(!format!("{converted:?}").contains("hunter"));
        let file: crate::definition::File = serde_saphyr::from_str(&converted.yaml).unwrap();
        assert_eq!(file.inhibitions.len(), 2, "{}", converted.yaml);
    }

    #[test]
    fn routes_come_in_the_order_in_which_they_are_asked() {
        let converted = converted();
        let routes: Vec<String> = converted.routes.iter().map(|route| format!("{} → {}", whose(&route.matchers), route.service)).collect();
        assert_eq!(routes, ["team=\"web\", app=\"shop\" → shop", "team=\"web\" → site"]);
        assert_eq!(converted.default_service.as_deref(), Some("house"));
    }

    #[test]
    fn a_route_is_quiet_for_what_no_other_route_takes() {
        let quiet: Vec<String> = converted().quiet.iter().map(|quiet| format!("{}: {}", quiet.name, whose(&quiet.matchers))).collect();
        assert_eq!(
            quiet,
            [
                "nights: team=\"web\", app!=\"shop\"",
                "nights: team=\"db\", team!=\"web\"",
                "nights: team=~\".+\", team!=\"web\", team!=\"db\""
            ],
            "and what goes on is not taken away"
        );
    }

    #[test]
    fn what_cannot_be_left_out_is_not_silenced() {
        let text = "{ route: { receiver: a, routes: [{ receiver: b, matchers: ['x=1', 'y=2'] }, { receiver: c, matchers: ['z=3'], mute_time_intervals: [n] }] },
            time_intervals: [{ name: n, time_intervals: [{ weekdays: [sunday] }] }] }";
        let converted = convert(&serde_saphyr::from_str::<Config>(text).unwrap(), &BTreeMap::new()).unwrap();
        assert!(converted.quiet.is_empty());
        assert!(converted.left.join("\n").contains("another route takes x=\"1\", y=\"2\" before"), "{:?}", converted.left);
    }

    #[test]
    fn a_file_that_alertmanager_would_not_take_is_refused() {
        let wrong = "inhibit_rules: [{ source_matchers: ['a=~\"(\"'], target_matchers: ['b=c'] }]";
        assert!(convert(&serde_saphyr::from_str::<Config>(wrong).unwrap(), &BTreeMap::new()).unwrap_err().contains("inhibit_rules[0]"));
    }
}
