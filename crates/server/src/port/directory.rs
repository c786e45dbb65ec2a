//! Observe asks who people are and what incidents are called; manage knows.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, TeamId, TenantId},
};
use evenkeel_manage::{
    automation, change, complaint, follow_up,
    incident::{self, major},
    knowledge, mail, party, release, request, review, service,
    status_page::subscriber,
    survey, watch,
};
use evenkeel_observe::{
    contact::CanaryPlan,
    page::{
        gateway::{GatewayDefinition, SecretRef},
        message::{Conversation, Enclosure, Letter, Signed, Words},
        port::{Directory, IncidentCard, PersonCard, TeamCard},
    },
};
use evenkeel_store::{Db, Message, Sql, StoreError, blob::Blobs};

use crate::definition;

/// The directory over manage.
#[derive(Debug, Clone)]
pub(crate) struct ManageDirectory {
    pub(crate) public_url: String,
    /// Where files of mails lie; none where nothing is sent.
    pub(crate) blobs: Option<Blobs>,
}

#[async_trait]
impl Directory for ManageDirectory {
    async fn person(&self, sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<Option<PersonCard>, StoreError> {
        let found = party::find_person(sql, tenant, id).await?;
        Ok(found.map(|person| PersonCard {
            id,
            display: person.definition.display,
            mail: person.definition.email,
            webhook: person.definition.webhook_url,
            locale: person.definition.locale,
            active: person.definition.active,
        }))
    }

    async fn team(&self, sql: &mut dyn Sql, tenant: TenantId, id: TeamId) -> Result<Option<TeamCard>, StoreError> {
        let found = party::find_team(sql, tenant, id).await?;
        Ok(found.map(|team| TeamCard { id, name: team.name, display: team.display, members: team.members }))
    }

    async fn incident(&self, sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Option<IncidentCard>, StoreError> {
        let Some(found) = incident::find(sql, tenant, id).await? else { return Ok(None) };
        let Some(service) = service::find(sql, tenant, found.service_id).await? else { return Ok(None) };
        Ok(Some(IncidentCard {
            number: found.number,
            title: found.title,
            service: service.definition.display,
            priority: found.priority,
            owner: found.owner_id,
        }))
    }

    async fn gateways(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<GatewayDefinition>, StoreError> {
        Ok(definition::notification(sql, tenant).await?.map(|declared| declared.gateways).unwrap_or_default())
    }

    async fn texts(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<Bilingual>, StoreError> {
        Ok(definition::notification(sql, tenant).await?.and_then(|declared| declared.texts))
    }

    async fn canary(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<CanaryPlan>, StoreError> {
        let declared = definition::notification(sql, tenant).await?.and_then(|declared| declared.canary);
        Ok(declared.map(|canary| CanaryPlan {
            person: PersonId::named(&canary.person),
            every_secs: canary.every_secs,
            within_secs: canary.within_secs,
        }))
    }

    async fn letter(&self, db: &Db, message: &Message) -> Result<Option<Letter>, StoreError> {
        if message.subject_kind == mail::SUBJECT {
            return self.desk_letter(&mut db.read().await?, message).await;
        }
        let letter = match message.subject_kind.as_str() {
            subscriber::SUBJECT => subscriber::letter(&mut db.read().await?, message.tenant, &message.payload, &self.public_url).await?,
            change::SUBJECT => change::letter(db, message, &self.public_url).await?,
            release::SUBJECT => release::letter(db, message, &self.public_url).await?,
            major::letter::SUBJECT => major::letter::letter(db, message, &self.public_url).await?,
            knowledge::SUBJECT => knowledge::letter(db, message, &self.public_url).await?,
            automation::SUBJECT => automation::letter(db, message, &self.public_url).await?,
            complaint::SUBJECT => complaint::letter(db, message, &self.public_url).await?,
            review::SUBJECT => review::letter(db, message, &self.public_url).await?,
            follow_up::SUBJECT => follow_up::letter(db, message, &self.public_url).await?,
            survey::SUBJECT => survey::letter(db, message, &self.public_url).await?,
            watch::SUBJECT => watch::letter(db, message, &self.public_url).await?,
            _ => request::letter(db, message, &self.public_url).await?,
        };
        // Subscribers give a key of their own; what we ask machines to do is signed by the house.
        let house = message.subject_kind == request::TASK_SUBJECT;
        Ok(letter.map(|letter| Letter {
            key: message.key.clone(),
            at: message.queued_at,
            to: String::new(),
            locale: letter.language,
            channel: letter.channel.to_owned(),
            address: letter.address,
            words: Words { brief: letter.subject.clone(), subject: letter.subject, text: letter.text, html: letter.html },
            facts: BTreeMap::new(),
            thread: letter.thread,
            headers: letter.headers,
            payload: letter.payload,
            receipt_url: None,
            signed: if house { Signed::House } else { Signed::Receiver(letter.secret) },
            push: None,
            conversation: None,
        }))
    }

    fn secret(&self, secret: &SecretRef) -> Result<String, String> {
        match secret {
            SecretRef::Env(variable) => super::mail::secret(variable),
            SecretRef::File(file) => std::fs::read_to_string(file)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|error| format!("the configuration names the file {file} for a secret, and it cannot be read: {error}")),
        }
    }

    fn public_url(&self) -> String {
        self.public_url.clone()
    }
}

impl ManageDirectory {
    /// A mail of the desk, as the channel sends it.
    async fn desk_letter(&self, sql: &mut dyn Sql, message: &Message) -> Result<Option<Letter>, StoreError> {
        let id = message.subject_id.parse().map_err(|_| StoreError::Corrupt(format!("message {} is about no mail", message.id)))?;
        let Some(letter) = mail::letter::letter(sql, message.tenant, id, &self.public_url).await? else { return Ok(None) };
        let files = self.enclosures(&letter.files).await?;
        Ok(Some(Letter {
            key: message.key.clone(),
            at: message.queued_at,
            to: letter.to.1,
            locale: letter.language,
            channel: message.channel.clone(),
            address: letter.to.0,
            words: Words { brief: letter.subject.clone(), subject: letter.subject, text: letter.text, html: letter.html },
            facts: BTreeMap::new(),
            thread: None,
            headers: vec![(mail::parse::LOOP_HEADER, letter.loop_mark), ("X-Auto-Response-Suppress", "All".to_owned())],
            payload: serde_json::Value::Null,
            receipt_url: None,
            signed: Signed::Receiver(None),
            push: None,
            conversation: Some(Conversation {
                from: letter.from,
                message_id: letter.message_id,
                in_reply_to: letter.in_reply_to,
                references: letter.references,
                automatic: letter.automatic,
                files,
            }),
        }))
    }

    async fn enclosures(&self, files: &[mail::Enclosed]) -> Result<Vec<Enclosure>, StoreError> {
        let mut enclosures = Vec::with_capacity(files.len());
        for file in files {
            let bytes = match &self.blobs {
                Some(blobs) => blobs.find(&file.digest).await?,
                None => None,
            };
            let bytes = bytes.ok_or_else(|| StoreError::Corrupt(format!("the blob of the file {:?} is not there", file.name)))?;
            let (name, media_type, shown_as) = (file.name.clone(), file.media_type.clone(), file.shown_as.clone());
            enclosures.push(Enclosure { name, media_type, bytes, shown_as });
        }
        Ok(enclosures)
    }
}
