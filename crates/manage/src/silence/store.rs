//! Setting and ending silences.

use evenkeel_api::Grant;
use evenkeel_core::{
    event::manage::{SilenceEnded, SilenceSet, Window},
    id::{PersonId, SilenceId, TenantId},
    matcher::{MATCHERS_MAX, Matcher},
};
use evenkeel_store::{Sql, StoreError, Tx, ledger};
use jiff::{SignedDuration, Timestamp};

use super::{
    model::{Recurrence, Silence},
    table,
};
use crate::{Act, refuse, suppression};

/// The most silences that hold or will hold; each is compared with every alert that begins to fire.
const SILENCES_MAX: usize = 2000;
/// The longest a silence may last: nothing is silenced for ever.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);
/// The most characters of a comment or an author's name.
const WORDS_MAX: usize = 2000;

/// A silence to set.
#[derive(Debug, Clone)]
pub struct New {
    /// Of which alerts.
    pub matchers: Vec<Matcher>,
    /// First instant, and first instant after.
    pub span: Window,
    /// When it recurs within the span.
    pub recurring: Option<Recurrence>,
    /// Who makes it, when a person does.
    pub author_id: Option<PersonId>,
    /// Who makes it, in the words of the tool it is made with; empty = the person.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// The silence, when there is one.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: SilenceId) -> Result<Option<Silence>, StoreError> {
    table::find(sql, tenant, id).await
}

/// Silences that hold or will hold.
pub async fn unexpired(sql: &mut dyn Sql, tenant: TenantId, now: Timestamp) -> Result<Vec<Silence>, StoreError> {
    table::unexpired(sql, tenant, now, i64::try_from(SILENCES_MAX).unwrap_or(i64::MAX)).await
}

/// Sets a silence, anew or instead of what was said of it before; one that was ended holds again.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn set(tx: &mut Tx, _: &Grant, act: &Act, id: SilenceId, new: New) -> Result<Silence, StoreError> {
    check(act, &new)?;
    let before = table::find(tx, act.tenant, id).await?;
    if before.is_none() && unexpired(tx, act.tenant, act.at).await?.len() >= SILENCES_MAX {
        return Err(refuse::invalid("/matchers", format!("there are {SILENCES_MAX} silences already; end some first")).into());
    }
    let before = before.and_then(|before| before.comment);
    let comment = match new.comment.trim() {
        "" => None,
        words => Some(digest(tx, act, before, words).await?),
    };
    let silence = Silence {
        id,
        matchers: new.matchers,
        span: new.span,
        recurring: new.recurring,
        author_id: new.author_id,
        author: new.author,
        comment,
        updated_at: act.at,
        ended_at: None,
    };
    table::write(tx, act.tenant, &silence).await?;
    let body = SilenceSet {
        silence_id: id,
        matchers: silence.matchers.clone(),
        from: silence.span.from,
        to: silence.span.to,
        recurring: silence.recurring.as_ref().map(serde_json::to_value).transpose()?,
        comment: silence.comment.clone(),
    };
    tx.append(&act.event(id, &body)?).await?;
    suppression::wake_silence(tx, act, id).await?;
    Ok(silence)
}

/// The digest of a comment; that of before while the words are the same, for no digest is made twice.
async fn digest(tx: &mut Tx, act: &Act, before: Option<String>, words: &str) -> Result<String, StoreError> {
    if let Some(before) = before
        && ledger::texts(tx, std::slice::from_ref(&before)).await?.get(&before).is_some_and(|kept| kept.as_deref() == Some(words))
    {
        return Ok(before);
    }
    tx.put_text(act.tenant, words).await
}

fn check(act: &Act, new: &New) -> Result<(), StoreError> {
    let refused = |place: &str, what: String| Err(StoreError::from(refuse::invalid(place, what)));
    if new.matchers.is_empty() || new.matchers.len() > MATCHERS_MAX {
        return refused("/matchers", format!("a silence has 1 to {MATCHERS_MAX} matchers"));
    }
    if new.matchers.iter().all(|matcher| matcher.matches_value("")) {
        return refused("/matchers", "every matcher would match an alert without labels; at least one must ask for something".to_owned());
    }
    if new.span.from >= new.span.to {
        return refused("/to", format!("it ends at {}, which is not after its beginning at {}", new.span.to, new.span.from));
    }
    if new.span.to <= act.at {
        return refused("/to", "it is over already".to_owned());
    }
    if new.span.to.duration_since(new.span.from) > SPAN_MAX {
        return refused("/to", "a silence lasts five years at the longest".to_owned());
    }
    if new.comment.chars().count() > WORDS_MAX || new.author.chars().count() > WORDS_MAX {
        return refused("/comment", format!("at most {WORDS_MAX} characters"));
    }
    match new.recurring.as_ref().map(Recurrence::calendar) {
        Some(Err(what)) => refused("/recurring", what),
        _ => Ok(()),
    }
}

/// Ends a silence now. Answers whether it held or would have held.
pub async fn end(tx: &mut Tx, _: &Grant, act: &Act, id: SilenceId) -> Result<bool, StoreError> {
    let Some(silence) = table::find(tx, act.tenant, id).await? else { return Ok(false) };
    if silence.ended_at.is_some() || silence.span.to <= act.at {
        return Ok(false);
    }
    table::write(tx, act.tenant, &Silence { ended_at: Some(act.at), ..silence }).await?;
    tx.append(&act.event(id, &SilenceEnded { silence_id: id })?).await?;
    suppression::wake_silence(tx, act, id).await?;
    Ok(true)
}
