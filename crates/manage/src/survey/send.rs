//! It leaves at its time, reaches somebody or not, and expires.

use async_trait::async_trait;
use evenkeel_store::{Message, OutboxObserver, Outcome, StoreError, Timer, TimerHandler, Tx};

use super::{
    letter::{self, SUBJECT},
    machine::Step,
    store::{self, Answered},
};
use crate::{Act, party};
use evenkeel_core::{id::SurveyAskId, state::SurveyState};

/// The timers' kinds; their key is the id of who is asked what.
pub(super) const SEND: &str = "survey.send";
pub(super) const EXPIRE: &str = "survey.expire";

/// Sends what is to be sent: by mail, or, to whoever has no address, into their portal.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Send;

#[async_trait]
impl TimerHandler for Send {
    fn kind(&self) -> &'static str {
        SEND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Some(ask) = store::find_held(tx, timer.tenant, timer.subject::<SurveyAskId>()?).await? else { return Ok(()) };
        if ask.state != SurveyState::Waiting {
            return Ok(());
        }
        let act = Act::system(timer.tenant, "survey", tx.now());
        let person = party::find_person(tx, timer.tenant, ask.person_id).await?.filter(|person| person.definition.active);
        match person {
            None => store::take(tx, &act, ask, Step::Fail, Answered::default()).await.map(|_| ()),
            Some(person) if person.definition.email.is_none() => {
                store::take(tx, &act, ask, Step::Send, Answered::default()).await.map(|_| ())
            }
            Some(_) => letter::send(tx, &ask).await,
        }
    }
}

/// Ends what nobody answered. A mail that is still on its way then was never delivered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expire;

#[async_trait]
impl TimerHandler for Expire {
    fn kind(&self) -> &'static str {
        EXPIRE
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Some(ask) = store::find_held(tx, timer.tenant, timer.subject::<SurveyAskId>()?).await? else { return Ok(()) };
        let step = match ask.state {
            SurveyState::Waiting => Step::Fail,
            SurveyState::Sent => Step::Expire,
            SurveyState::Answered | SurveyState::Declined | SurveyState::Expired | SurveyState::Undelivered => return Ok(()),
        };
        let act = Act::system(timer.tenant, "survey", tx.now());
        store::take(tx, &act, ask, step, Answered::default()).await.map(|_| ())
    }
}

/// Notes what became of the mail. Told twice, it notes once.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settled;

#[async_trait]
impl OutboxObserver for Settled {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != SUBJECT {
            return Ok(());
        }
        let Ok(id) = message.subject_id.parse() else { return Ok(()) };
        let Some(ask) = store::find_held(tx, message.tenant, id).await? else { return Ok(()) };
        if ask.state != SurveyState::Waiting {
            return Ok(());
        }
        let step = if matches!(outcome, Outcome::Sent { .. }) { Step::Send } else { Step::Fail };
        let act = Act::system(message.tenant, "mail", tx.now());
        store::take(tx, &act, ask, step, Answered::default()).await.map(|_| ())
    }
}
