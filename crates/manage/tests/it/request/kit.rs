//! Items to ask for, and short ways to ask.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::{
    event::Event,
    id::{CatalogueItemId, OrganisationId, RequestId},
};
use evenkeel_manage::{
    catalogue::{self, CatalogueItemDefinition},
    complaint, request, survey,
};
use evenkeel_store::{Channel, Delivery, Message, OutboxObserver, StoreError, ledger, outbox};
use serde_json::{Value, json};

use crate::world::{GRANT, World, acme, ops, person, provider, shop};

/// A laptop: a form, a manager's and the owner's word, three tasks in two stages.
pub fn laptop() -> Value {
    json!({
        "display": { "zh": "笔记本电脑", "en": "Laptop" }, "description": { "zh": "办公用", "en": "For the office" },
        "category": { "zh": "设备", "en": "Devices" }, "service": shop(), "team": ops(),
        "form": [
            { "key": "model", "label": { "zh": "型号", "en": "Model" }, "type": "choice", "required": true, "options": [
                { "key": "light", "label": { "zh": "轻薄", "en": "Light" } }, { "key": "fast", "label": { "zh": "高性能", "en": "Fast" } }] },
            { "key": "why", "label": { "zh": "理由", "en": "Why" }, "type": "long_text", "required": true,
              "shown_when": { "field": "model", "is": ["fast"] } },
            { "key": "count", "label": { "zh": "数量", "en": "How many" }, "type": "number", "whole": true, "min": 1, "max": 5, "required": true },
            { "key": "for", "label": { "zh": "给谁", "en": "For whom" }, "type": "person" },
        ],
        "price": { "amount_minor": 500_000, "currency": "CNY", "per": "count" },
        "expected": { "secs": 7200, "calendar": evenkeel_core::id::CalendarId::named("always") },
        "entitlement": { "organisations": [acme(), provider()] },
        "approvals": [
            { "by": "line_manager", "time_out": { "hours": 24, "escalate_to": ["service_owner"] } },
            { "by": "service_owner", "only_when": { "price": { "at_least_minor": 1_000_000 } } },
        ],
        "stages": [
            { "tasks": [{ "title": { "zh": "备货", "en": "Stock" }, "team": ops() }, { "title": { "zh": "建账号", "en": "Account" }, "team": ops() }] },
            { "tasks": [{ "title": { "zh": "交付", "en": "Hand over" }, "team": ops() }] },
        ],
        "accept_after_days": 3,
    })
}

/// The same with nobody to approve, and this work.
pub fn plain(stages: Value) -> Value {
    let mut item = laptop();
    item["approvals"] = json!([]);
    item["stages"] = stages;
    item
}

pub fn item_id(name: &str) -> CatalogueItemId {
    CatalogueItemId::named(name)
}

impl World {
    pub async fn offer(&self, name: &str, item: Value) -> Result<CatalogueItemId, StoreError> {
        let definition: CatalogueItemDefinition = serde_json::from_value(item).unwrap();
        let mut tx = self.test.db.write().await?;
        let (id, _) = catalogue::put(&mut tx, &GRANT, &self.act(), name, &definition).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Where putting this item is refused.
    pub async fn refused_at(&self, item: Value) -> String {
        match self.offer("wrong", item).await.unwrap_err() {
            StoreError::Failure(failure) => failure.at.unwrap_or_default(),
            other => panic!("{other}"),
        }
    }

    /// Asks for an item at once; answers the request's id.
    pub async fn ask(&self, name: &str, item: &str, answers: Value) -> String {
        let body = json!({ "item_id": item_id(item), "answers": answers, "submit": true });
        let made = self.post(name, "/api/v1/requests", body).await.ok();
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn request(&self, name: &str, id: &str) -> Value {
        self.get(name, &format!("/api/v1/requests/{id}")).await.ok()
    }

    pub async fn state(&self, id: &str) -> String {
        let id: RequestId = id.parse().unwrap();
        let mut sql = self.test.db.read().await.unwrap();
        request::find(&mut sql, self.test.tenant, id).await.unwrap().unwrap().state.to_string()
    }

    pub async fn request_events(&self, id: &str) -> Vec<Event> {
        let mut read = self.test.db.read().await.unwrap();
        ledger::events_of(&mut read, self.test.tenant, "request", id).await.unwrap()
    }

    /// The id of the step that asks this person now.
    pub async fn asked(&self, name: &str) -> Option<String> {
        let open = self.get(name, "/api/v1/approvals").await.ok();
        open[0]["id"].as_str().map(ToOwned::to_owned)
    }

    /// Answers the only step that asks this person.
    pub async fn decide(&self, name: &str, approved: bool) -> Value {
        let id = self.asked(name).await.expect("nothing to approve");
        let body = json!({ "approved": approved, "text": "because" });
        self.post(name, &format!("/api/v1/approvals/{id}/answer"), body).await.ok()
    }

    /// Ids of the tasks of a request in these states, in order.
    pub async fn tasks(&self, id: &str, states: &[&str]) -> Vec<String> {
        let detail = self.request("ada", id).await;
        let tasks = detail["tasks"].as_array().unwrap().clone();
        let wanted = |task: &&Value| states.contains(&task["state"].as_str().unwrap());
        tasks.iter().filter(wanted).map(|task| task["id"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn work(&self, name: &str, task: &str, step: &str) -> crate::world::Answer {
        self.post(name, &format!("/api/v1/request-tasks/{task}/{step}"), json!({})).await
    }

    /// Finishes whatever is open until nothing is.
    pub async fn finish_work(&self, id: &str) {
        loop {
            let open = self.tasks(id, &["open"]).await;
            if open.is_empty() {
                return;
            }
            for task in open {
                self.work("eve", &task, "complete").await.ok();
            }
        }
    }

    /// Everything that waits in the outbox for this channel, as messages.
    pub async fn waiting(&self, channel: &str) -> Vec<Message> {
        let mut sql = self.test.db.read().await.unwrap();
        let rows = outbox::page(&mut sql, self.test.tenant, Some("queued"), None, 200).await.unwrap();
        let mut of: Vec<Message> = rows.into_iter().filter(|message| message.channel == channel).collect();
        of.reverse();
        of
    }

    /// What the mails that wait say: address, subject, text.
    pub async fn mails(&self) -> Vec<(String, String, String)> {
        let mut said = Vec::new();
        for message in self.waiting("mail").await {
            let (db, url) = (&self.test.db, "https://keel.example");
            let letter = match message.subject_kind.as_str() {
                complaint::SUBJECT => complaint::letter(db, &message, url).await,
                survey::SUBJECT => survey::letter(db, &message, url).await,
                _ => request::letter(db, &message, url).await,
            };
            let letter = letter.unwrap();
            said.extend(letter.map(|letter| (letter.address, letter.subject, letter.text)));
        }
        said
    }

    /// Delivers what waits for this channel by `says`, and lets the observer know, as the worker does.
    pub async fn deliver(&self, channel: &'static str, says: fn(&Message) -> Delivery) {
        struct Says(&'static str, fn(&Message) -> Delivery);
        #[async_trait]
        impl Channel for Says {
            fn name(&self) -> &'static str {
                self.0
            }
            async fn deliver(&self, message: &Message) -> Delivery {
                (self.1)(message)
            }
        }
        let mut observers: Vec<Arc<dyn OutboxObserver>> = vec![Arc::new(request::Settled)];
        observers.extend(self.observers());
        let way = Says(channel, says);
        for message in outbox::claim(&self.test.db, channel, "test", 100).await.unwrap() {
            let delivery = way.deliver(&message).await;
            outbox::settle(&self.test.db, &message, "test", delivery, &observers).await.unwrap();
        }
    }
}

/// An organisation nobody entitled.
pub fn nobody() -> OrganisationId {
    OrganisationId::named("fixit")
}

pub fn of_person(name: &str) -> Value {
    json!({ "person": person(name) })
}
