//! From names to ids, with every rule that needs no database but the names it knows. All findings, not only the first.

mod catalogue;
mod change;
mod chat;
mod mailbox;
mod order;
mod rota;
mod rules;
mod status;
mod voice;

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::{
    Failure,
    definition::{
        AgreementDefinition, CorrelationRules, EscalationTerms, InhibitionDefinition, OrganisationDefinition, ServiceDefinition,
        TeamDefinition,
    },
    id::{CalendarId, OrganisationId, PersonId, ServiceId, TeamId},
    priority::PriorityMatrix,
};
use evenkeel_manage::{
    automation::AutomationDefinition,
    catalogue::CatalogueItemDefinition,
    cause::{self, CausesDefinition},
    change::{ChangeRules, ChangeTemplateDefinition, FreezeDefinition},
    chat::ChatDefinition,
    complaint::rules::ComplaintRules,
    incident::rules::IncidentRules,
    mail::MailboxDefinition,
    maintenance::MaintenanceDefinition,
    party::PersonDefinition,
    review::rules::ReviewRules,
    status_page::StatusPageDefinition,
    survey::SurveyDefinition,
    voice::phrase::PhrasebookDefinition,
};
use evenkeel_observe::{
    alert::hook::HookDefinition, heartbeat::HeartbeatDefinition, oncall::RotaDefinition, page::policy::PolicyDefinition,
    probe::model::ProbeDefinition,
};
use evenkeel_sla::{Calendar, CalendarDefinition};
use serde_saphyr::{Location, Spanned};

use super::{
    File, Notification,
    file::{AgreementEntry, CalendarEntry, Name, PersonEntry, RetiredKind, ServiceEntry, TeamEntry},
    finding::{Finding, Findings, Place, Source},
    settings::ProbeRules,
};

/// Names that exist already, by kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub organisations: BTreeSet<String>,
    pub people: BTreeSet<String>,
    pub teams: BTreeSet<String>,
    pub calendars: BTreeSet<String>,
    pub services: BTreeSet<String>,
}

/// A definition with its name and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Declared<T> {
    pub name: String,
    pub body: T,
    pub place: Place,
}

/// Everything declared, in ids.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub organisations: Vec<Declared<OrganisationDefinition>>,
    pub calendars: Vec<Declared<CalendarDefinition>>,
    pub people: Vec<Declared<PersonDefinition>>,
    pub teams: Vec<Declared<TeamDefinition>>,
    pub services: Vec<Declared<ServiceDefinition>>,
    pub agreements: Vec<Declared<AgreementDefinition>>,
    pub catalogue: Vec<Declared<CatalogueItemDefinition>>,
    pub probes: Vec<Declared<ProbeDefinition>>,
    pub heartbeats: Vec<Declared<HeartbeatDefinition>>,
    pub rotas: Vec<Declared<RotaDefinition>>,
    pub policies: Vec<Declared<PolicyDefinition>>,
    pub notification: Option<Declared<Notification>>,
    pub probe_rules: Option<Declared<ProbeRules>>,
    pub incident_rules: Option<Declared<IncidentRules>>,
    pub rule_alerts: Option<Declared<evenkeel_observe::rule::Routing>>,
    pub matrix: Option<Declared<PriorityMatrix>>,
    pub maintenance: Vec<Declared<MaintenanceDefinition>>,
    pub change_templates: Vec<Declared<ChangeTemplateDefinition>>,
    pub freezes: Vec<Declared<FreezeDefinition>>,
    pub change_rules: Option<Declared<ChangeRules>>,
    pub correlation: Option<Declared<CorrelationRules>>,
    pub inhibitions: Vec<Declared<InhibitionDefinition>>,
    pub webhooks: Vec<Declared<HookDefinition>>,
    pub status_pages: Vec<Declared<StatusPageDefinition>>,
    pub mailboxes: Vec<Declared<MailboxDefinition>>,
    pub chats: Vec<Declared<ChatDefinition>>,
    pub complaint_rules: Option<Declared<ComplaintRules>>,
    pub review_rules: Option<Declared<ReviewRules>>,
    pub causes: Option<Declared<CausesDefinition>>,
    pub surveys: Vec<Declared<SurveyDefinition>>,
    pub phrasebooks: Vec<Declared<PhrasebookDefinition>>,
    pub automation: Vec<Declared<AutomationDefinition>>,
    pub retired: Vec<Declared<RetiredKind>>,
}

/// Resolves all files together: an entry of one may refer to an entry of another.
pub(super) fn resolve(sources: &[Source], files: Vec<File>, known: Known) -> Result<Resolved, Findings> {
    let mut work = Work { sources, findings: Vec::new(), known, seen: BTreeMap::new() };
    for (source, file) in files.iter().enumerate() {
        work.collect(source, file);
    }
    let mut resolved = Resolved::default();
    for (source, file) in files.into_iter().enumerate() {
        work.file(source, file, &mut resolved);
    }
    work.in_order(&mut resolved.services);
    if work.findings.is_empty() { Ok(resolved) } else { Err(Findings(work.findings)) }
}

/// What they refer to is looked up when they are put: the hall knows their references by id and name.
fn automation<T>(
    source: usize,
    entries: Vec<Spanned<T>>,
    make: fn(T) -> AutomationDefinition,
) -> impl Iterator<Item = Declared<AutomationDefinition>> {
    entries.into_iter().map(move |entry| {
        let place = Place::at(source, entry.referenced);
        let body = make(entry.value);
        Declared { name: body.name().to_owned(), body, place }
    })
}

struct Work<'a> {
    sources: &'a [Source],
    findings: Vec<Finding>,
    known: Known,
    seen: BTreeMap<(&'static str, String), Place>,
}

impl Work<'_> {
    fn find(&self, place: Place, what: impl Into<String>) -> Finding {
        Finding::new(self.sources, place, what)
    }

    /// First the names, so that the order of sections and files does not matter.
    fn collect(&mut self, source: usize, file: &File) {
        if let Some(version) = file.version.as_ref().filter(|version| version.value != 1) {
            let finding = self.find(
                Place::at(source, version.referenced),
                format!("version {} of this format is not known to this binary", version.value),
            );
            self.findings.push(finding.fix("write `version: 1`, or use the binary that the file was written for"));
        }
        for entry in &file.organisations {
            self.name("organisation", source, &entry.name);
            self.known.organisations.insert(entry.name.value.clone());
        }
        for entry in &file.calendars {
            self.name("calendar", source, &entry.name);
            self.known.calendars.insert(entry.name.value.clone());
        }
        for entry in &file.people {
            self.name("person", source, &entry.name);
            self.known.people.insert(entry.name.value.clone());
        }
        for entry in &file.teams {
            self.name("team", source, &entry.name);
            self.known.teams.insert(entry.name.value.clone());
        }
        for entry in &file.services {
            self.name("service", source, &entry.name);
            self.known.services.insert(entry.name.value.clone());
        }
        for entry in &file.agreements {
            self.name("agreement", source, &entry.name);
        }
        for entry in &file.catalogue {
            self.name("catalogue_item", source, &entry.name);
        }
        for entry in &file.probes {
            self.once("probe", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.heartbeats {
            self.once("heartbeat", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.rotas {
            self.once("rota of team", entry.team.value.clone(), Place::at(source, entry.team.referenced));
        }
        for entry in &file.escalation_policies {
            self.once("escalation policy of team", entry.team.value.clone(), Place::at(source, entry.team.referenced));
        }
        if let Some(entry) = &file.notification {
            self.once("section", "notification".to_owned(), Place::at(source, entry.referenced));
        }
        if let Some(entry) = &file.settings {
            self.once("section", "settings".to_owned(), Place::at(source, entry.referenced));
        }
        if let Some(entry) = &file.priority_matrix {
            self.once("section", "priority_matrix".to_owned(), Place::at(source, entry.referenced));
        }
        if let Some(entry) = &file.causes {
            self.once("section", "causes".to_owned(), Place::at(source, entry.referenced));
        }
        for entry in &file.maintenance {
            self.name("maintenance", source, &entry.name);
        }
        for entry in &file.change_templates {
            self.name("change_template", source, &entry.name);
        }
        for entry in &file.freezes {
            self.name("freeze", source, &entry.name);
        }
        for entry in &file.webhooks {
            self.name("webhook", source, &entry.name);
        }
        for entry in &file.inhibitions {
            self.name("inhibition", source, &entry.name);
        }
        for entry in &file.mailboxes {
            self.name("mailbox", source, &entry.name);
        }
        for entry in &file.chats {
            self.name("chat", source, &entry.name);
        }
        for entry in &file.surveys {
            self.name("survey", source, &entry.name);
        }
        for entry in &file.phrasebooks {
            self.name("phrasebook", source, &entry.name);
        }
        for entry in &file.ticket_fields {
            self.once("ticket_field", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.ticket_statuses {
            self.once("ticket_status", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.replies {
            self.once("reply", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.macros {
            self.once("macro", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.ticket_rules {
            self.once("ticket_rule", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.ticket_templates {
            self.once("ticket_template", entry.value.name.clone(), Place::at(source, entry.referenced));
        }
        for entry in &file.status_pages {
            self.once("status_page", entry.name.value.clone(), Place::at(source, entry.name.referenced));
        }
    }

    fn name(&mut self, kind: &'static str, source: usize, name: &Name) {
        let place = Place::at(source, name.referenced);
        let text = &name.value;
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
        if text.is_empty() || text.chars().count() > 100 || !text.chars().all(plain) {
            let finding = self.find(place, format!("{text:?} cannot be a name"));
            self.findings
                .push(finding.fix("names have 1 to 100 letters, digits, '-', '_', '.' or '@'; what people read goes into `display`"));
        }
        self.once(kind, text.clone(), place);
    }

    fn once(&mut self, kind: &'static str, name: String, place: Place) {
        if let Some(first) = self.seen.get(&(kind, name.clone())) {
            let file = self.sources.get(first.source).map_or("", |source| source.name.as_str());
            let at = format!("{file}:{}", first.line);
            let finding = self
                .find(place, format!("the {kind} {name:?} stands here a second time"))
                .fix(format!("the first is at {at}; remove one or rename it"));
            self.findings.push(finding);
        } else {
            self.seen.insert((kind, name), place);
        }
    }

    /// Checks that a referred name exists.
    fn refer(&mut self, kind: &str, known: fn(&Known) -> &BTreeSet<String>, source: usize, name: &Name) {
        let names = known(&self.known);
        if !names.contains(&name.value) {
            let finding = self
                .find(Place::at(source, name.referenced), format!("there is no {kind} {:?}", name.value))
                .fix("declare it, or write one that exists")
                .allowed(&name.value, names.iter().cloned());
            self.findings.push(finding);
        }
    }

    fn file(&mut self, source: usize, file: File, resolved: &mut Resolved) {
        for entry in file.organisations {
            let place = Place::at(source, entry.name.referenced);
            let body = OrganisationDefinition { display: entry.display, kind: entry.kind };
            resolved.organisations.push(Declared { name: entry.name.value, body, place });
        }
        for entry in file.calendars {
            resolved.calendars.push(self.calendar(source, entry));
        }
        for entry in file.people {
            resolved.people.push(self.person(source, entry));
        }
        for entry in file.teams {
            resolved.teams.push(self.team(source, entry));
        }
        for entry in file.services {
            resolved.services.push(self.service(source, entry));
        }
        for entry in file.agreements {
            resolved.agreements.push(self.agreement(source, entry));
        }
        for entry in file.catalogue {
            resolved.catalogue.push(self.catalogue_item(source, entry));
        }
        for entry in file.probes {
            let declared = self.probe(source, entry);
            resolved.probes.push(declared);
        }
        for entry in file.heartbeats {
            let declared = self.heartbeat(source, entry);
            resolved.heartbeats.push(declared);
        }
        for entry in file.rotas {
            resolved.rotas.extend(self.rota(source, entry));
        }
        for entry in file.escalation_policies {
            resolved.policies.extend(self.policy(source, entry));
        }
        for entry in file.retired {
            let place = Place::at(source, entry.name.referenced);
            let declared = match entry.kind {
                RetiredKind::Rota => ("rota of team", entry.name.value.clone()),
                RetiredKind::EscalationPolicy => ("escalation policy of team", entry.name.value.clone()),
                kind => (kind.as_str(), entry.name.value.clone()),
            };
            if self.seen.contains_key(&declared) {
                let what = format!("the {} {:?} is declared and retired at once", entry.kind.as_str(), entry.name.value);
                let finding = self.find(place, what).fix("remove one of the two");
                self.findings.push(finding);
            }
            resolved.retired.push(Declared { name: entry.name.value, body: entry.kind, place });
        }
        for entry in file.maintenance {
            resolved.maintenance.push(self.maintenance(source, entry));
        }
        for entry in file.change_templates {
            resolved.change_templates.push(self.change_template(source, entry));
        }
        for entry in file.freezes {
            resolved.freezes.push(self.freeze(source, entry));
        }
        for entry in file.webhooks {
            resolved.webhooks.push(self.webhook(source, entry));
        }
        for entry in file.inhibitions {
            resolved.inhibitions.push(self.inhibition(source, entry));
        }
        for entry in file.mailboxes {
            resolved.mailboxes.extend(self.mailbox(source, entry));
        }
        for entry in file.chats {
            resolved.chats.extend(self.chat(source, entry));
        }
        for entry in file.surveys {
            resolved.surveys.push(self.survey(source, entry));
        }
        for entry in file.phrasebooks {
            resolved.phrasebooks.push(self.phrasebook(source, entry));
        }
        resolved.automation.extend(automation(source, file.ticket_fields, AutomationDefinition::TicketField));
        resolved.automation.extend(automation(source, file.ticket_statuses, AutomationDefinition::TicketStatus));
        resolved.automation.extend(automation(source, file.replies, AutomationDefinition::Reply));
        resolved.automation.extend(automation(source, file.macros, AutomationDefinition::Macro));
        resolved.automation.extend(automation(source, file.ticket_rules, AutomationDefinition::TicketRule));
        resolved.automation.extend(automation(source, file.ticket_templates, AutomationDefinition::TicketTemplate));
        for entry in file.status_pages {
            resolved.status_pages.push(self.status_page(source, entry));
        }
        if let Some(entry) = file.causes {
            let (place, body) = (Place::at(source, entry.referenced), entry.value);
            self.valid("causes", place, body.check());
            resolved.causes = Some(Declared { name: cause::NAME.to_owned(), body, place });
        }
        if let Some(entry) = file.settings {
            self.settings(source, entry, resolved);
        }
        if let Some(entry) = file.priority_matrix {
            let place = Place::at(source, entry.referenced);
            resolved.matrix = Some(Declared { name: "default".to_owned(), body: PriorityMatrix { cells: entry.value }, place });
        }
        if let Some(entry) = file.notification {
            let place = Place::at(source, entry.referenced);
            let stranger = entry.value.canary.as_ref().filter(|canary| !self.known.people.contains(&canary.person));
            let stranger = stranger.map(|canary| format!("canary: there is no person {:?}", canary.person));
            if let Some(wrong) = entry.value.wrong().or(stranger) {
                let finding = self.find(place, wrong);
                self.findings.push(finding);
            }
            resolved.notification = Some(Declared { name: super::notification::NAME.to_owned(), body: entry.value, place });
        }
    }

    fn calendar(&mut self, source: usize, entry: CalendarEntry) -> Declared<CalendarDefinition> {
        let place = Place::at(source, entry.name.referenced);
        let zone = entry.zone.as_ref().map(|zone| zone.referenced);
        let weekly: Vec<Location> = entry.weekly.iter().map(|item| item.referenced).collect();
        let exceptions: Vec<Location> = entry.exceptions.iter().map(|item| item.referenced).collect();
        let always = CalendarDefinition::always();
        let body = CalendarDefinition {
            zone: entry.zone.map_or(always.zone, |zone| zone.value),
            always: entry.always,
            weekly: entry.weekly.into_iter().map(|item| item.value).collect(),
            holidays: entry.holidays,
            make_up_days_as: entry.make_up_days_as,
            exceptions: entry.exceptions.into_iter().map(|item| item.value).collect(),
        };
        if let Err(error) = Calendar::compile(&body) {
            for issue in error.issues {
                // `weekly[2].from` → where the third entry of `weekly` stands.
                let index = || issue.field.split_once('[')?.1.split_once(']')?.0.parse::<usize>().ok();
                let near = match issue.field.split(['[', '.']).next() {
                    Some("zone") => zone,
                    Some("weekly") => index().and_then(|index| weekly.get(index).copied()),
                    Some("exceptions") => index().and_then(|index| exceptions.get(index).copied()),
                    _ => None,
                };
                let at = near.map_or(place, |near| Place::at(source, near));
                let mut finding =
                    self.find(at, format!("calendar {:?}: {}: {}", entry.name.value, issue.field, issue.problem)).fix(issue.fix);
                if !issue.allowed.is_empty() {
                    finding = finding.allowed(&body.zone, issue.allowed);
                }
                self.findings.push(finding);
            }
        }
        Declared { name: entry.name.value, body, place }
    }

    fn person(&mut self, source: usize, entry: PersonEntry) -> Declared<PersonDefinition> {
        self.refer("organisation", |known| &known.organisations, source, &entry.organisation);
        if let Some(email) = entry.email.as_ref().filter(|email| !is_address(&email.value)) {
            let finding = self
                .find(Place::at(source, email.referenced), format!("{:?} is not a mail address", email.value))
                .fix("write one such as name@example.org");
            self.findings.push(finding);
        }
        if let Some(phone) = entry.phone.as_ref().filter(|phone| !evenkeel_manage::party::is_phone(&phone.value)) {
            let finding = self
                .find(Place::at(source, phone.referenced), format!("{:?} is not a telephone number", phone.value))
                .fix("write 3 to 20 digits, such as +86 138 0013 8000, in quotes");
            self.findings.push(finding);
        }
        if let Some(address) = &entry.webhook_url
            && !url::Url::parse(&address.value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        {
            let finding = self
                .find(Place::at(source, address.referenced), "this is not an http:// or https:// address")
                .fix("write the whole address of the webhook");
            self.findings.push(finding);
        }
        if let Some(manager) = &entry.manager {
            self.refer("person", |known| &known.people, source, manager);
        }
        let body = PersonDefinition {
            display: entry.display,
            organisation: OrganisationId::named(&entry.organisation.value),
            email: entry.email.map(|email| email.value),
            phone: entry.phone.map(|phone| phone.value),
            webhook_url: entry.webhook_url.map(|address| address.value),
            locale: entry.locale,
            manager: entry.manager.map(|name| PersonId::named(&name.value)),
            active: entry.active,
            roles: entry.roles.into_iter().collect(),
        };
        Declared { place: Place::at(source, entry.name.referenced), name: entry.name.value, body }
    }

    fn team(&mut self, source: usize, entry: TeamEntry) -> Declared<TeamDefinition> {
        self.refer("organisation", |known| &known.organisations, source, &entry.organisation);
        for member in &entry.members {
            self.refer("person", |known| &known.people, source, member);
        }
        let body = TeamDefinition {
            display: entry.display,
            organisation: OrganisationId::named(&entry.organisation.value),
            members: entry.members.iter().map(|member| PersonId::named(&member.value)).collect(),
        };
        Declared { place: Place::at(source, entry.name.referenced), name: entry.name.value, body }
    }

    fn service(&mut self, source: usize, entry: ServiceEntry) -> Declared<ServiceDefinition> {
        self.refer("team", |known| &known.teams, source, &entry.team);
        self.refer("person", |known| &known.people, source, &entry.owner);
        if let Some(customer) = &entry.customer {
            self.refer("organisation", |known| &known.organisations, source, customer);
        }
        if let Some(hours) = &entry.hours {
            self.refer("calendar", |known| &known.calendars, source, hours);
        }
        for parent in &entry.depends_on {
            self.refer("service", |known| &known.services, source, parent);
        }
        let body = ServiceDefinition {
            depends_on: entry.depends_on.iter().map(|name| ServiceId::named(&name.value)).collect(),
            mode: entry.mode,
            display: entry.display,
            customer: entry.customer.map(|name| OrganisationId::named(&name.value)),
            team: TeamId::named(&entry.team.value),
            owner: PersonId::named(&entry.owner.value),
            criticality: entry.criticality,
            hours: entry.hours.map(|name| CalendarId::named(&name.value)),
            rto_secs: entry.rto_secs,
            verify_secs: entry.verify_secs,
            auto_resolve: entry.auto_resolve,
        };
        Declared { place: Place::at(source, entry.name.referenced), name: entry.name.value, body }
    }

    fn agreement(&mut self, source: usize, entry: AgreementEntry) -> Declared<AgreementDefinition> {
        self.refer("calendar", |known| &known.calendars, source, &entry.calendar);
        if let Some(customer) = &entry.customer {
            self.refer("organisation", |known| &known.organisations, source, customer);
        }
        for service in &entry.services {
            self.refer("service", |known| &known.services, source, service);
        }
        self.goals(source, &entry);
        for target in [&entry.availability_target, &entry.attainment_target].into_iter().flatten() {
            if !(target.value > 0.0 && target.value <= 100.0) {
                let finding = self
                    .find(Place::at(source, target.referenced), format!("{} is no percentage that can be promised", target.value))
                    .fix("write more than 0 and at most 100, such as 99.9");
                self.findings.push(finding);
            }
        }
        if let Some(terms) = &entry.maintenance
            && (terms.value.notice_secs < 0 || terms.value.monthly_quota_secs.is_some_and(|secs| secs < 0))
        {
            let finding = self.find(Place::at(source, terms.referenced), "seconds of notice and quota cannot be negative");
            self.findings.push(finding.fix("write 0 or more"));
        }
        if let Some(terms) = &entry.escalation
            && !((0..100).contains(&terms.value.at_risk_percent)
                && (0..=EscalationTerms::OVERDUE_MAX).contains(&terms.value.overdue_percent))
        {
            let finding = self.find(Place::at(source, terms.referenced), "these percentages of a target cannot be");
            self.findings.push(finding.fix("write at_risk_percent from 0 to 99 and overdue_percent from 0 to 1000; 0 = never"));
        }
        let body = AgreementDefinition {
            display: entry.display,
            layer: entry.layer,
            customer: entry.customer.map(|name| OrganisationId::named(&name.value)),
            services: entry.services.iter().map(|name| ServiceId::named(&name.value)).collect(),
            calendar: CalendarId::named(&entry.calendar.value),
            goals: entry.goals.into_iter().map(|goal| goal.value).collect(),
            pauses: entry.pauses,
            retarget: entry.retarget,
            reopen_within_days: entry.reopen_within_days,
            availability_target: entry.availability_target.map(|target| target.value),
            attainment_target: entry.attainment_target.map(|target| target.value),
            maintenance: entry.maintenance.map(|terms| terms.value),
            escalation: entry.escalation.map(|terms| terms.value),
        };
        Declared { place: Place::at(source, entry.name.referenced), name: entry.name.value, body }
    }

    fn goals(&mut self, source: usize, entry: &AgreementEntry) {
        let mut seen = BTreeSet::new();
        for goal in &entry.goals {
            let place = Place::at(source, goal.referenced);
            if goal.value.target_secs <= 0 {
                let finding =
                    self.find(place, format!("target_secs is {}", goal.value.target_secs)).fix("write a whole number of seconds above 0");
                self.findings.push(finding);
            }
            if !seen.insert((goal.value.priority, goal.value.goal)) {
                let what = format!("P{} has a second target for {}", goal.value.priority.get(), goal.value.goal);
                let finding = self.find(place, what).fix("remove one of the two");
                self.findings.push(finding);
            }
        }
    }

    fn probe(&mut self, source: usize, entry: Spanned<ProbeDefinition<Name>>) -> Declared<ProbeDefinition> {
        let place = Place::at(source, entry.referenced);
        let definition = entry.value;
        self.refer("service", |known| &known.services, source, &definition.service);
        self.valid(&format!("probe {:?}", definition.name), place, definition.validate());
        let service = ServiceId::named(&definition.service.value);
        Declared { name: definition.name.clone(), body: definition.with_service(service), place }
    }

    fn heartbeat(&mut self, source: usize, entry: Spanned<HeartbeatDefinition<Name>>) -> Declared<HeartbeatDefinition> {
        let place = Place::at(source, entry.referenced);
        let definition = entry.value;
        self.refer("service", |known| &known.services, source, &definition.service);
        self.valid(&format!("heartbeat {:?}", definition.name), place, definition.validate());
        let service = ServiceId::named(&definition.service.value);
        Declared { name: definition.name.clone(), body: definition.with_service(service), place }
    }

    /// A hall's refusal as a finding.
    fn valid(&mut self, what: &str, place: Place, checked: Result<(), Failure>) {
        let Err(failure) = checked else { return };
        let at = failure.at.as_deref().filter(|at| !at.is_empty());
        let at = at.map_or_else(String::new, |at| format!(" {}", at.trim_start_matches('/').replace('/', ".")));
        let finding = self.find(place, format!("{what}{at}: {}", failure.detail)).allowed("", failure.allowed);
        self.findings.push(finding);
    }
}

/// Enough to catch slips; the mail server has the last word.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','))
    })
}
