//! What a message says: the envelope in the outbox holds ids only; the letter holds what was looked up when it leaves.

mod drill;
mod page;
mod reword;

use std::{collections::BTreeMap, sync::Arc};

use evenkeel_core::{
    definition::Bilingual,
    id::{ContactMethodId, IncidentId, PageId, PersonId, TeamId},
    priority::Priority,
    state::PageReason,
};
use evenkeel_store::{Db, Message, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::port::{Directory, Locale, PersonCard};
use super::push::Push;
pub use super::words::Words;

/// The payload in the outbox. No address, no name, no title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The page.
    pub page_id: PageId,
    /// Of which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// Whose rota.
    pub team_id: TeamId,
    /// In which round.
    pub round: i64,
    /// In which step.
    pub step: i64,
    /// What it tells.
    pub reason: PageReason,
    /// Why it is over, as a code, when it is.
    pub because: String,
    /// Over which way; none of messages of before there were ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_id: Option<ContactMethodId>,
    /// Further pages that go with this one, and their incidents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<(PageId, IncidentId)>,
}

impl Envelope {
    /// The further pages of a message, and their incidents.
    pub fn bundled(message: &Message) -> Vec<(PageId, IncidentId)> {
        serde_json::from_str::<Self>(&message.payload).map(|envelope| envelope.with).unwrap_or_default()
    }
}

/// One more incident in a bundle.
#[derive(Debug, Clone)]
pub struct Line {
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Title in the person's language.
    pub title: String,
    /// P1 to P5.
    pub priority: Priority,
    /// The one-use acknowledge link.
    pub acknowledge_url: String,
}

/// Everything a message may say.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What the outbox holds.
    pub envelope: Envelope,
    /// Idempotency key.
    pub key: String,
    /// To whom.
    pub person: PersonCard,
    /// Whose rota.
    pub team: Bilingual,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Title in the person's language; empty when it was erased.
    pub title: String,
    /// The service.
    pub service: Bilingual,
    /// P1 to P5.
    pub priority: Priority,
    /// When it was decided to tell.
    pub at: Timestamp,
    /// The zone of the team's rota, in which instants are written for people.
    pub zone: String,
    /// The incident's page in the console.
    pub incident_url: String,
    /// The one-use acknowledge link; firing messages only.
    pub acknowledge_url: Option<String>,
    /// The other incidents of the bundle.
    pub more: Vec<Line>,
}

/// A message as a channel sends it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Idempotency key.
    pub key: String,
    /// When it was decided.
    pub at: Timestamp,
    /// To whom, as shown; empty = the address alone.
    pub to: String,
    /// Their language.
    pub locale: Locale,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
    /// As the channel wants it.
    pub address: String,
    /// What it says.
    pub words: Words,
    /// The same, part by part, for templates: `number`, `title`, `service`, `priority`, `team`, `state`, `url`, `ack_url` …
    pub facts: BTreeMap<String, String>,
    /// Messages of one thread belong together.
    pub thread: Option<String>,
    /// Headers of a mail.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a webhook.
    pub payload: Value,
    /// Where the gateway may tell what became of it; none where no receipt is waited for.
    pub receipt_url: Option<String>,
    /// Whose signature the body of a webhook carries.
    pub signed: Signed,
    /// The same as a browser shows it; none of what is not sent to browsers.
    pub push: Option<Push>,
    /// Its place in a conversation by mail; none of what only tells.
    pub conversation: Option<Conversation>,
}

/// A mail's place in a conversation, where somebody answers and is answered.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Address and name of whom it is from.
    pub from: (String, String),
    /// Its Message-ID, without brackets.
    pub message_id: String,
    /// The mail it answers.
    pub in_reply_to: Option<String>,
    /// The mails before it, oldest first.
    pub references: Vec<String>,
    /// Whether a machine wrote it (RFC 3834: `auto-replied`), not one of ours.
    pub automatic: bool,
    /// The files that go with it.
    pub files: Vec<Enclosure>,
}

/// A file that goes with a mail.
#[derive(Clone)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// By which id the text shows it; none = it stands beside the text.
    pub shown_as: Option<String>,
}

// What is in it is not printed.
impl std::fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enclosure").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Whose signature the body of a webhook carries.
#[derive(Clone, PartialEq, Eq)]
pub enum Signed {
    /// The house's, when it has a key.
    House,
    /// By a key that the receiver gave; none = it wants no signature.
    Receiver(Option<String>),
}

// A key is not printed.
impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::House => "House",
            Self::Receiver(_) => "Receiver",
        })
    }
}

/// Looks up what a message says, and makes its acknowledge token.
#[derive(Clone)]
pub struct Composer {
    db: Db,
    directory: Arc<dyn Directory>,
}

/// Why a message cannot be composed.
#[derive(Debug)]
pub(super) enum Unfit {
    /// Trying again may help.
    Later(String),
    /// It never will.
    Never(String),
}

impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Self {
        Self::Later(error.to_string())
    }
}

impl Composer {
    /// Over this database and directory.
    pub fn new(db: Db, directory: Arc<dyn Directory>) -> Self {
        Self { db, directory }
    }

    /// Now, for signatures.
    pub(super) fn now(&self) -> Timestamp {
        self.db.clock().now()
    }

    /// The host part of the console's address, for Message-IDs.
    pub(super) fn host(&self) -> String {
        url::Url::parse(&self.directory.public_url())
            .ok()
            .and_then(|url| url.host_str().map(ToOwned::to_owned))
            .unwrap_or_else(|| "evenkeel.invalid".to_owned())
    }

    /// Where whoever runs a push service finds whoever runs this house.
    pub(super) fn contact(&self) -> String {
        let url = self.directory.public_url();
        if url.starts_with("https://") { url } else { format!("mailto:evenkeel@{}", self.host()) }
    }

    /// The letter of a message.
    pub(super) async fn letter(&self, message: &Message) -> Result<Letter, Unfit> {
        match message.subject_kind.as_str() {
            "page" => self.page(message).await,
            "drill" => self.drill(message).await,
            _ => self.foreign(message).await,
        }
    }

    /// The letter of another hall's message, which the directory knows how to write.
    async fn foreign(&self, message: &Message) -> Result<Letter, Unfit> {
        let letter = self.directory.letter(&self.db, message).await?;
        letter.ok_or_else(|| Unfit::Never("there is nobody any more to tell of this, or nothing".to_owned()))
    }
}
