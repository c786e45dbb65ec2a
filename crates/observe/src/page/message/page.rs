//! The letter of a page: of one incident, or of several that go together.

use std::collections::BTreeMap;

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PageId, TenantId},
    state::PageReason,
    title,
};
use evenkeel_store::Message;
use serde_json::{Value, json};

use super::{Composer, Envelope, Letter, Line, Notice, Signed, Unfit};
use crate::{
    contact, oncall,
    page::{
        acknowledge,
        port::{IncidentCard, PersonCard},
        push::Push,
        receipt,
        words::{self, Words},
    },
};

/// The version of the webhook's shape. A field may be added; a changed meaning is a new number.
const VERSION: u32 = 1;

impl Composer {
    async fn acknowledge_url(&self, tenant: TenantId, person: &PersonCard, page: PageId, incident: IncidentId) -> Result<String, Unfit> {
        let rng = self.db.rng().clone();
        let token = acknowledge::mint(&self.db, rng.as_ref(), tenant, page, incident, person.id).await?;
        Ok(format!("{}/ack?token={token}", self.directory.public_url()))
    }

    /// The letter of a page.
    pub(super) async fn page(&self, message: &Message) -> Result<Letter, Unfit> {
        let envelope: Envelope =
            serde_json::from_str(&message.payload).map_err(|error| Unfit::Never(format!("the message cannot be read: {error}")))?;
        let tenant = message.tenant;
        let (person, incident, team, rota, method) = {
            let mut sql = self.db.read().await?;
            let method = match envelope.method_id {
                Some(id) => contact::find_method(&mut sql, self.directory.as_ref(), tenant, envelope.person_id, id).await?,
                None => None,
            };
            (
                self.directory.person(&mut sql, tenant, envelope.person_id).await?,
                self.directory.incident(&mut sql, tenant, envelope.incident_id).await?,
                self.directory.team(&mut sql, tenant, envelope.team_id).await?,
                oncall::current(&mut sql, tenant, envelope.team_id).await?,
                method,
            )
        };
        let person = person.filter(|person| person.active).ok_or_else(|| Unfit::Never("the person is not active any more".to_owned()))?;
        let incident = incident.ok_or_else(|| Unfit::Never("the incident is gone".to_owned()))?;
        let (channel, address) = match (method, envelope.method_id, message.channel.as_str()) {
            (Some(method), _, _) => (method.channel, method.address),
            (None, Some(_), _) => return Err(Unfit::Never("the person does not have this way any more".to_owned())),
            (None, None, "mail") => ("mail".to_owned(), person.mail.clone().unwrap_or_default()),
            (None, None, channel) => (channel.to_owned(), person.webhook.clone().unwrap_or_default()),
        };
        let firing = envelope.reason == PageReason::Firing;
        let acknowledge_url =
            if firing { Some(self.acknowledge_url(tenant, &person, envelope.page_id, envelope.incident_id).await?) } else { None };
        let mut more = Vec::with_capacity(envelope.with.len());
        for (page, id) in &envelope.with {
            let card = {
                let mut sql = self.db.read().await?;
                self.directory.incident(&mut sql, tenant, *id).await?
            };
            let Some(IncidentCard { number, title, priority, .. }) = card else { continue };
            let title = title::in_language(&title, person.locale).to_owned();
            more.push(Line { number, title, priority, acknowledge_url: self.acknowledge_url(tenant, &person, *page, *id).await? });
        }
        let notice = Notice {
            incident_url: format!("{}/incidents/{}", self.directory.public_url(), envelope.incident_id),
            key: message.key.clone(),
            team: team.map_or_else(|| Bilingual { zh: String::new(), en: String::new() }, |team| team.display),
            number: incident.number,
            title: title::in_language(&incident.title, person.locale).to_owned(),
            service: incident.service,
            priority: incident.priority,
            at: message.queued_at,
            zone: rota.map_or_else(|| "UTC".to_owned(), |rota| rota.definition.zone),
            acknowledge_url,
            more,
            person,
            envelope,
        };
        let facts = facts(&notice);
        let words = self.words(tenant, &notice, &channel, &facts).await?;
        let receipt_url = self.receipt_url(tenant, &channel, notice.envelope.page_id).await?;
        let push = Some(Push::page(&notice, &words, receipt_url.as_deref()));
        Ok(Letter {
            payload: payload(&notice),
            thread: Some(format!("incident.{}", notice.envelope.incident_id)),
            headers: vec![
                ("X-Evenkeel-Key", notice.key.clone()),
                ("X-Evenkeel-Incident", format!("INC-{}", notice.number)),
                ("X-Evenkeel-Reason", notice.envelope.reason.to_string()),
            ],
            key: notice.key,
            at: notice.at,
            to: notice.person.display,
            locale: notice.person.locale,
            channel,
            address,
            words,
            facts,
            receipt_url,
            signed: Signed::House,
            push,
            conversation: None,
        })
    }

    /// The house's own words where it has some that can be used, else ours.
    async fn words(&self, tenant: TenantId, notice: &Notice, channel: &str, facts: &BTreeMap<String, String>) -> Result<Words, Unfit> {
        let ours = words::words(notice);
        let template = {
            let mut sql = self.db.read().await?;
            self.directory.texts(&mut sql, tenant).await?
        };
        let Some(template) = template.map(|texts| words::pick_text(notice.person.locale, texts)) else { return Ok(ours) };
        match super::reword::run(&template, facts, self.now()) {
            Ok(text) => Ok(Words { html: words::as_html(notice, &text), brief: text.clone(), text, ..ours }),
            Err(error) => {
                // The page leaves all the same, in our words, and it is told that the house's could not be used.
                super::reword::tell(&self.db, tenant, notice, channel, &error).await?;
                let text = format!("{}\n[{error}]\n", ours.text);
                Ok(Words { text, ..ours })
            }
        }
    }

    async fn receipt_url(&self, tenant: TenantId, channel: &str, page: PageId) -> Result<Option<String>, Unfit> {
        let gateways = {
            let mut sql = self.db.read().await?;
            self.directory.gateways(&mut sql, tenant).await?
        };
        if receipt::within_secs(&gateways, channel).is_none() {
            return Ok(None);
        }
        let token = receipt::mint(&self.db, tenant, page).await?;
        Ok(Some(format!("{}/api/v1/page-receipts/{token}", self.directory.public_url())))
    }
}

/// What a message is about, part by part.
fn facts(notice: &Notice) -> BTreeMap<String, String> {
    let locale = notice.person.locale;
    let of = |name: &Bilingual| words::pick_text(locale, name.clone());
    BTreeMap::from(
        [
            ("number", format!("INC-{}", notice.number)),
            ("title", notice.title.clone()),
            ("service", of(&notice.service)),
            ("team", of(&notice.team)),
            ("priority", format!("P{}", notice.priority.get())),
            ("reason", notice.envelope.reason.to_string()),
            ("because", notice.envelope.because.clone()),
            ("person", notice.person.display.clone()),
            ("url", notice.incident_url.clone()),
            ("ack_url", notice.acknowledge_url.clone().unwrap_or_default()),
            ("at", notice.at.to_string()),
            ("count", (1 + notice.more.len()).to_string()),
            ("step", notice.envelope.step.to_string()),
            ("round", notice.envelope.round.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

/// The payload of a webhook. Keys are in the order of the alphabet, as `serde_json` writes maps.
fn payload(notice: &Notice) -> Value {
    let envelope = &notice.envelope;
    let mut body = json!({
        "version": VERSION,
        "type": format!("page.{}", envelope.reason),
        "key": notice.key,
        "at": notice.at,
        "because": (!envelope.because.is_empty()).then_some(&envelope.because),
        "step": envelope.step,
        "round": envelope.round,
        "incident": {
            "id": envelope.incident_id,
            "number": notice.number,
            "title": notice.title,
            "priority": notice.priority,
            "url": notice.incident_url,
        },
        "service": notice.service,
        "team": { "id": envelope.team_id, "display": notice.team },
        "person": { "id": envelope.person_id, "display": notice.person.display },
        "acknowledge_url": notice.acknowledge_url,
    });
    if !notice.more.is_empty() {
        body["with"] = notice
            .more
            .iter()
            .map(|line| json!({ "number": line.number, "title": line.title, "priority": line.priority, "acknowledge_url": line.acknowledge_url }))
            .collect();
    }
    body
}
