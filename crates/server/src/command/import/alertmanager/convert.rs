//! From Alertmanager's configuration to ours, with what is taken and what is not. Pure.

use std::collections::BTreeMap;

use evenkeel_core::matcher::{MatchOp, Matcher};
use evenkeel_observe::rule::Route as ServiceRoute;
use serde_json::{Value, json};

use crate::definition::Notification;

use super::{
    file::{Config, InhibitRule, Interval, Route},
    receiver::{self, Receivers, Said, Terms},
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
    /// Rules of inhibition, as entries of our configuration.
    pub inhibitions: Vec<Value>,
    /// Which alerts hurt which service, in order.
    pub routes: Vec<ServiceRoute>,
    /// The service of all others.
    pub default_service: Option<String>,
    /// Weekly silences.
    pub quiet: Vec<Quiet>,
    /// Who is told.
    pub receivers: Receivers,
    /// The team that runs a service from then on.
    pub run_by: BTreeMap<String, String>,
    pub said: Said,
}

impl Converted {
    /// What of it is a definition, without the policies, which come last; `notification` is how messages leave.
    pub fn yaml(&self, notification: &Notification) -> String {
        let notification = if self.receivers.is_empty() { &Notification::default() } else { notification };
        format!("version: 1\n{}{}", receiver::section("inhibitions", &self.inhibitions), self.receivers.parties(notification))
    }
}

/// Converts; `services` says which service of ours a receiver's alerts hurt, `terms` by what receivers are taken.
///
/// # Errors
/// In words, when a matcher cannot be read: such a file Alertmanager would not start with either.
pub(super) fn convert(config: &Config, services: &BTreeMap<String, String>, terms: &Terms) -> Result<Converted, String> {
    let mut out = Converted::default();
    for (index, rule) in config.inhibit_rules.iter().enumerate() {
        let name = format!("alertmanager-{}", index + 1);
        let (source, target) = sides(rule).map_err(|what| format!("inhibit_rules[{index}]: {what}"))?;
        if source.is_empty() || target.is_empty() {
            out.said.left.push(format!("inhibit_rules[{index}]: a side without matchers would mean every alert; write what it means"));
            continue;
        }
        out.inhibitions.push(json!({ "name": name, "source": source, "target": target, "equal": rule.equal }));
        out.said.taken.push(format!("inhibit_rules[{index}] as inhibition {name}: {} keeps back {}", source.join(", "), target.join(", ")));
    }
    out.receivers = receiver::convert(config, terms, &mut out.said);
    let mut walk = Walk { services, intervals: intervals(config), out: &mut out };
    walk.route(&config.route, &[], &[], 0)?;
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
                .said
                .left
                .push(format!("continue of route {whose}: an alert is one service's trouble; the first route that names one counts"));
        }
        if !route.group_by.is_empty() {
            self.out
                .said
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
                self.out.said.taken.push(format!("{what} as weekly silence of {}", whose(&quiet.matchers)));
                self.out.quiet.push(quiet);
            }
            Err(why) => self.out.said.left.push(format!("{what}: {why}; make a silence of what you mean")),
        }
    }

    fn service(&mut self, route: &Route, all: &[Matcher], whose: &str) {
        let receiver = &route.receiver;
        let Some(service) = self.services.get(receiver) else {
            self.out.said.left.push(format!(
                "route {whose} → {receiver:?}: alerts go to the team of the service that their label service names; \
                 if these hurt one service, say --service {receiver}=SERVICE"
            ));
            return;
        };
        self.out.said.taken.push(format!("route {whose} → {receiver:?} as trouble of service {service}"));
        self.run_by(receiver, service);
        if all.is_empty() {
            self.out.default_service = Some(service.clone());
        } else {
            self.out.routes.push(ServiceRoute { matchers: all.to_vec(), service: service.clone() });
        }
    }

    /// Who runs a service is told of it: the receiver's team.
    fn run_by(&mut self, receiver: &str, service: &str) {
        let Some(team) = self.out.receivers.team.get(receiver).cloned() else { return };
        let first = self.out.run_by.entry(service.to_owned()).or_insert_with(|| team.clone());
        if *first == team {
            self.out.said.taken.push(format!("service {service} is run by team {team}"));
        } else {
            let what = format!("receiver {receiver:?} of service {service}: a service has one team, and {first} is it already");
            self.out.said.left.push(what);
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
mod tests;
