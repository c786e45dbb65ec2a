//! The letter of a drill.

use std::collections::BTreeMap;

use evenkeel_store::Message;
use serde_json::json;

use super::{Composer, Letter, Signed, Unfit};
use crate::{
    contact::{self, Drill},
    page::{push::Push, words},
};

impl Composer {
    /// The letter of a drill.
    pub(super) async fn drill(&self, message: &Message) -> Result<Letter, Unfit> {
        let drill: Drill =
            serde_json::from_str(&message.payload).map_err(|error| Unfit::Never(format!("the message cannot be read: {error}")))?;
        let (person, method) = {
            let mut sql = self.db.read().await?;
            (
                self.directory.person(&mut sql, message.tenant, drill.person_id).await?,
                contact::find_method(&mut sql, self.directory.as_ref(), message.tenant, drill.person_id, drill.method_id).await?,
            )
        };
        let (Some(person), Some(method)) = (person, method) else {
            return Err(Unfit::Never("the person does not have this way any more".to_owned()));
        };
        let rng = self.db.rng().clone();
        let token = contact::mint_drill(&self.db, rng.as_ref(), message.tenant, drill.drill_id).await?;
        let url = format!("{}/drill?token={token}", self.directory.public_url());
        let words = words::drill(person.locale, &url);
        let push = Some(Push::drill(person.locale, &words, &url));
        Ok(Letter {
            facts: BTreeMap::from([("url".to_owned(), url.clone()), ("person".to_owned(), person.display.clone())]),
            payload: json!({
                "version": 1, "type": "drill", "key": message.key, "at": message.queued_at, "answer_url": url,
                "person": { "id": person.id, "display": person.display },
            }),
            key: message.key.clone(),
            at: message.queued_at,
            to: person.display,
            locale: person.locale,
            channel: method.channel,
            address: method.address,
            words,
            thread: None,
            headers: vec![("X-Evenkeel-Key", message.key.clone())],
            receipt_url: None,
            signed: Signed::House,
            push,
            conversation: None,
        })
    }
}
