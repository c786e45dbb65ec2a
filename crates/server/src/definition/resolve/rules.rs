//! What the platform is told beside its definitions: maintenance windows and settings.

use evenkeel_core::{
    definition::{CorrelationRules, InhibitionDefinition},
    id::{PersonId, ServiceId},
    matcher::Matcher,
    priority::Severity,
};
use evenkeel_manage::{
    complaint::{self, rules::ComplaintRules},
    incident::{self, rules::IncidentRules},
    maintenance::MaintenanceDefinition,
    review::{self, rules::ReviewRules},
    suppression::CORRELATION_NAME,
};
use evenkeel_observe::{
    alert::hook::{HookDefinition, HookFormat},
    probe::network::Network,
    rule::{Grade, Route, Routing},
};
use serde_saphyr::Spanned;

use super::{Declared, Resolved, Work};
use crate::definition::{
    file::{GradeEntry, InhibitionEntry, MaintenanceEntry, Name, RuleAlertsEntry, SettingsEntry, SeverityWord, WebhookEntry},
    finding::Place,
    maintenance,
    settings::{self, ProbeRules},
};

impl Work<'_> {
    /// A word of the file that something else has to read: what was read, or nothing and a finding.
    fn parse<T>(&mut self, source: usize, word: &Name, read: impl Fn(&str) -> Result<T, String>, fix: &str) -> Option<T> {
        match read(&word.value) {
            Ok(value) => Some(value),
            Err(what) => {
                let finding = self.find(Place::at(source, word.referenced), what).fix(fix);
                self.findings.push(finding);
                None
            }
        }
    }

    pub(super) fn maintenance(&mut self, source: usize, entry: MaintenanceEntry) -> Declared<MaintenanceDefinition> {
        const INSTANT: &str = "write it with its offset, such as 2026-12-01T02:00:00+08:00";
        let place = Place::at(source, entry.name.referenced);
        let name = entry.name.value;
        for service in &entry.services {
            self.refer("service", |known| &known.services, source, service);
        }
        if let Some(person) = &entry.approved_by {
            self.refer("person", |known| &known.people, source, person);
        }
        let announced_at = entry.announced_at.as_ref().and_then(|at| self.parse(source, at, maintenance::instant, INSTANT));
        let from = entry.from.as_ref().and_then(|at| self.parse(source, at, maintenance::instant, INSTANT));
        let to = entry.to.as_ref().and_then(|at| self.parse(source, at, maintenance::instant, INSTANT));
        let once = entry.from.is_some() && entry.to.is_some() && entry.weekly.is_empty();
        let every_week = entry.from.is_none() && entry.to.is_none() && !entry.weekly.is_empty();
        let windows = match (once, every_week, from, to, &entry.zone, entry.starts_on, entry.until) {
            (true, _, Some(from), Some(to), None, None, None) => maintenance::once(from, to),
            // What cannot be read is found already.
            (true, _, None, ..) | (true, _, _, None, ..) => Ok(Vec::new()),
            (_, true, _, _, Some(zone), Some(first), Some(last)) => maintenance::weekly(&entry.weekly, zone, first, last),
            _ => Err("its time is not whole: write from and to, or weekly with zone, starts_on and until".to_owned()),
        };
        let windows = windows.unwrap_or_else(|what| {
            let finding = self.find(place, format!("maintenance {name:?}: {what}"));
            self.findings.push(finding);
            Vec::new()
        });
        if entry.services.is_empty() {
            let finding = self.find(place, format!("maintenance {name:?} names no service")).fix("write services: [name, …]");
            self.findings.push(finding);
        }
        let mut services: Vec<ServiceId> = entry.services.iter().map(|name| ServiceId::named(&name.value)).collect();
        services.sort_unstable();
        services.dedup();
        let body = MaintenanceDefinition {
            services,
            windows,
            approved_by: entry.approved_by.map(|name| PersonId::named(&name.value)),
            announced_at,
            reason: entry.reason,
        };
        Declared { name, body, place }
    }

    pub(super) fn webhook(&mut self, source: usize, entry: WebhookEntry) -> Declared<HookDefinition> {
        let place = Place::at(source, entry.name.referenced);
        let name = entry.name.value;
        let is_place = |text: &String| text.is_empty() || text.starts_with('/');
        let generic = entry.format == HookFormat::Generic;
        let trouble = match &entry.mapping {
            None if generic => Some("generic needs a mapping"),
            Some(_) if !generic => Some("only generic has a mapping"),
            Some(mapping) if !mapping.labels.contains_key("alertname") && !mapping.constant.contains_key("alertname") => {
                Some("the mapping names no label alertname")
            }
            Some(mapping)
                if !mapping.labels.values().chain(mapping.annotations.values()).all(is_place)
                    || ![&mapping.alerts, &mapping.status, &mapping.starts_at].into_iter().all(is_place) =>
            {
                Some("a place in the mapping does not begin with /")
            }
            _ => None,
        };
        if let Some(what) = trouble {
            let finding = self.find(place, format!("webhook {name:?}: {what}"));
            self.findings.push(finding.fix("places are JSON pointers such as /alert/title; see the documents"));
        }
        Declared { name, body: HookDefinition { format: entry.format, secret_env: entry.secret_env, mapping: entry.mapping }, place }
    }

    pub(super) fn inhibition(&mut self, source: usize, entry: InhibitionEntry) -> Declared<InhibitionDefinition> {
        let place = Place::at(source, entry.name.referenced);
        let (from, target) = (self.matchers(source, &entry.source), self.matchers(source, &entry.target));
        let body = InhibitionDefinition { source: from, target, equal: entry.equal };
        Declared { name: entry.name.value, body, place }
    }

    fn matchers(&mut self, source: usize, words: &[Name]) -> Vec<Matcher> {
        let fix = "write label=\"value\", or with !=, =~, !~";
        words.iter().filter_map(|word| self.parse(source, word, Matcher::parse_list, fix)).flatten().collect()
    }

    pub(super) fn settings(&mut self, source: usize, entry: Spanned<SettingsEntry>, resolved: &mut Resolved) {
        const CANARIES_MAX: usize = 16;
        let place = Place::at(source, entry.referenced);
        let entry = entry.value;
        let canary = |text: &str| {
            text.parse::<std::net::SocketAddr>().map(|_| text.to_owned()).map_err(|_| format!("{text:?} is no address and port"))
        };
        let network = |text: &str| text.parse::<Network>().map(|network| network.to_string());
        let mut rules = ProbeRules { gateway: entry.uplink.gateway, ..ProbeRules::default() };
        for word in &entry.uplink.canaries {
            rules.canaries.extend(self.parse(source, word, canary, "write an IP address and a port, such as 192.0.2.1:443"));
        }
        if rules.canaries.len() > CANARIES_MAX {
            let finding = self.find(place, format!("{} canaries", rules.canaries.len())).fix(format!("write at most {CANARIES_MAX}"));
            self.findings.push(finding);
        }
        for (words, networks) in [(&entry.probe_addresses.allow, &mut rules.allow), (&entry.probe_addresses.deny, &mut rules.deny)] {
            for word in words {
                networks.extend(self.parse(source, word, network, "several are several entries of the list"));
            }
        }
        if let Some(days) = entry.close_after_days.as_ref().filter(|days| !(1..=365).contains(&days.value)) {
            let finding = self.find(Place::at(source, days.referenced), format!("close_after_days is {}", days.value));
            self.findings.push(finding.fix("write 1 to 365, or leave it out: then a person closes"));
        }
        let close_after_days = entry.close_after_days.map(|days| days.value);
        resolved.probe_rules = Some(Declared { name: settings::NAME.to_owned(), body: rules, place });
        self.rule_alerts(source, place, entry.rule_alerts, resolved);
        self.change_rules(source, place, &entry.changes, resolved);
        let correlation = CorrelationRules { window_secs: entry.correlation.window_secs, settle_secs: entry.correlation.settle_secs };
        resolved.correlation = Some(Declared { name: CORRELATION_NAME.to_owned(), body: correlation, place });
        let complaints = ComplaintRules { grievance_secs: entry.complaints.grievance_secs, reply_secs: entry.complaints.reply_secs };
        for (key, secs) in [("grievance_secs", complaints.grievance_secs), ("reply_secs", complaints.reply_secs)] {
            if !(1..=31_536_000).contains(&secs) {
                let finding = self.find(place, format!("complaints.{key} is {secs}")).fix("write 1 to 31536000");
                self.findings.push(finding);
            }
        }
        resolved.complaint_rules = Some(Declared { name: complaint::rules::NAME.to_owned(), body: complaints, place });
        let reviews = ReviewRules { within_days: entry.reviews.within_days };
        if !(1..=366).contains(&reviews.within_days) {
            let finding = self.find(place, format!("reviews.within_days is {}", reviews.within_days)).fix("write 1 to 366");
            self.findings.push(finding);
        }
        resolved.review_rules = Some(Declared { name: review::rules::NAME.to_owned(), body: reviews, place });
        let body = IncidentRules { close_after_days };
        resolved.incident_rules = Some(Declared { name: incident::rules::NAME.to_owned(), body, place });
    }

    fn rule_alerts(&mut self, source: usize, place: Place, entry: RuleAlertsEntry, resolved: &mut Resolved) {
        if entry.service_label.is_empty() {
            let finding = self.find(place, "rule_alerts: service_label is empty".to_owned()).fix("name a label, such as service");
            self.findings.push(finding);
        }
        let mut routes = Vec::with_capacity(entry.routes.len());
        for route in entry.routes {
            self.refer("service", |known| &known.services, source, &route.service);
            if route.matchers.is_empty() {
                let place = Place::at(source, route.service.referenced);
                let finding = self.find(place, "rule_alerts: a route without matchers takes every alert".to_owned());
                self.findings.push(finding.fix("write matchers, or default_service for all others"));
            }
            routes.push(Route { matchers: self.matchers(source, &route.matchers), service: route.service.value });
        }
        if let Some(service) = &entry.default_service {
            self.refer("service", |known| &known.services, source, service);
        }
        let grade = |entry: GradeEntry| Grade {
            severity: match entry.severity {
                SeverityWord::Critical => Some(Severity::Critical),
                SeverityWord::Warning => Some(Severity::Warning),
                SeverityWord::Info => Some(Severity::Info),
                SeverityWord::None => None,
            },
            impact: entry.impact,
            urgency: entry.urgency,
        };
        let body = Routing {
            service_label: entry.service_label,
            routes,
            default_service: entry.default_service.map(|name| name.value),
            severities: entry.severities.into_iter().map(|(word, entry)| (word.to_lowercase(), grade(entry))).collect(),
        };
        resolved.rule_alerts = Some(Declared { name: settings::RULE_ALERTS.to_owned(), body, place });
    }
}
