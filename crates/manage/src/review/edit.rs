//! Correct the story: write, hide, comment, add, name what contributed.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::review::{Edit, Evidence, Factor, Line, Mark, Story},
    id::{FactorId, ReviewId, ReviewLineId},
    state::ReviewState,
};
use evenkeel_store::Tx;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    store::{self, Revision},
    story,
    view::{ReviewDetail, detail},
};
use crate::{
    Manage, cause, refuse,
    ticket::words::{put_said, text_at},
};

/// The most lines that are added to one review, and the most factors of one.
const LINES_MAX: usize = 200;
const FACTORS_MAX: usize = 50;
/// The most characters of an address.
const URL_CHARS_MAX: usize = 1_000;

/// What shows that a factor contributed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum EvidenceRequest {
    /// A line of the ledger that the review has.
    Event {
        /// Its position.
        seq: i64,
    },
    /// A place in the web.
    Link {
        /// http or https.
        url: String,
    },
    /// Words.
    Text {
        /// Which.
        text: String,
    },
}

/// One edit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ReviewEditRequest {
    /// Writes the story; Markdown.
    Story {
        /// What happened, in short.
        summary: Option<String>,
        /// What went well.
        went_well: Option<String>,
        /// What did not.
        went_badly: Option<String>,
        /// Where we were lucky.
        lucky: Option<String>,
    },
    /// Hides, shows or comments a line of the ledger.
    Mark {
        /// Its position.
        seq: i64,
        /// Whether it is left out.
        hidden: bool,
        /// What is to be said of it.
        comment: Option<String>,
    },
    /// Adds a line, or writes one anew that was added.
    Line {
        /// Which, when it is there.
        id: Option<ReviewLineId>,
        /// When it happened; not in the future.
        at: Timestamp,
        /// What happened.
        text: String,
    },
    /// Takes away a line that was added.
    LineRemoved {
        /// Which.
        id: ReviewLineId,
    },
    /// Names something that contributed, or names it otherwise.
    Factor {
        /// Which, when it is there.
        id: Option<FactorId>,
        /// The bone: its name, or any word for it.
        bone: String,
        /// The cause: its name, or any word for it.
        cause: String,
        /// Whether it is the primary one; another is so no longer then.
        primary: bool,
        /// What shows it.
        evidence: EvidenceRequest,
    },
    /// It did not contribute.
    FactorRemoved {
        /// Which.
        id: FactorId,
    },
}

/// Edits a review that is not published.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/edit", operation_id = "review_edit", tag = "review",
    params(("id" = ReviewId, Path)), request_body = ReviewEditRequest, responses((status = 200, body = ReviewDetail), Refusals))]
pub(super) async fn review_edit(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReviewId>,
    if_match: IfMatch,
    request: Result<Json<ReviewEditRequest>, Answer>,
) -> ApiResult<Tagged<ReviewDetail>> {
    caller.require(Permission::ReviewWrite)?;
    let Json(request) = request?;
    let (mut tx, mut revision) = Revision::begin(&manage, &caller, id, &if_match).await?;
    if revision.review.state == ReviewState::Published {
        let refused = Failure::new(ErrorCode::StateRefused, "what is published stays as it is; open it again and say why");
        return Err(refused.at("/state").allowed(["reopen"]).into());
    }
    let edit = resolve(&mut tx, &revision, request).await?;
    revision.edit(edit)?;
    let review = store::save(&mut tx, revision).await?;
    let body = detail(&mut tx, &caller, manage.kit.now(), review).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.review.version, body })
}

/// The edit that is asked for, when it makes sense; its words are kept.
async fn resolve(tx: &mut Tx, revision: &Revision, request: ReviewEditRequest) -> ApiResult<Edit> {
    let (review, tenant) = (&revision.review, revision.act.tenant);
    let content = &review.content;
    Ok(match request {
        ReviewEditRequest::Story { summary, went_well, went_badly, lucky } => Edit::Story(Story {
            summary: put_said(tx, tenant, summary.as_deref()).await?,
            went_well: put_said(tx, tenant, went_well.as_deref()).await?,
            went_badly: put_said(tx, tenant, went_badly.as_deref()).await?,
            lucky: put_said(tx, tenant, lucky.as_deref()).await?,
        }),
        ReviewEditRequest::Mark { seq, hidden, comment } => {
            of_the_story(tx, revision, seq).await?;
            Edit::Mark { seq, mark: Mark { hidden, comment: put_said(tx, tenant, comment.as_deref()).await? } }
        }
        ReviewEditRequest::Line { id, at, text } => {
            if at > revision.act.at {
                return Err(refuse::invalid("/at", format!("nothing has happened at {at} yet")).into());
            }
            let id = match id {
                Some(id) if content.lines.iter().any(|line| line.id == id) => id,
                Some(id) => return Err(Answer::not_found("line", id)),
                None if content.lines.len() >= LINES_MAX => {
                    return Err(refuse::invalid("/text", format!("at most {LINES_MAX} lines are added to a review")).into());
                }
                None => ReviewLineId::at(revision.act.at, tx.rng().as_ref()),
            };
            Edit::Line(Line { id, at: evenkeel_core::time::truncate(at), text: tx.put_text(tenant, text_at("/text", &text)?).await? })
        }
        ReviewEditRequest::LineRemoved { id } if content.lines.iter().any(|line| line.id == id) => Edit::LineRemoved { id },
        ReviewEditRequest::LineRemoved { id } => return Err(Answer::not_found("line", id)),
        ReviewEditRequest::Factor { id, bone, cause, primary, evidence } => {
            let id = match id {
                Some(id) if content.factors.iter().any(|factor| factor.id == id) => id,
                Some(id) => return Err(Answer::not_found("factor", id)),
                None if content.factors.len() >= FACTORS_MAX => {
                    return Err(refuse::invalid("/cause", format!("a review has at most {FACTORS_MAX} factors")).into());
                }
                None => FactorId::at(revision.act.at, tx.rng().as_ref()),
            };
            let (causes, causes_version) = cause::current(tx, tenant).await?;
            let (bone, cause) = (causes.bone(&bone)?.name.clone(), causes.cause(&cause)?.name.clone());
            let evidence = shows(tx, revision, evidence).await?;
            Edit::Factor { factor: Factor { id, bone, cause, causes_version, evidence }, primary }
        }
        ReviewEditRequest::FactorRemoved { id } if content.factors.iter().any(|factor| factor.id == id) => Edit::FactorRemoved { id },
        ReviewEditRequest::FactorRemoved { id } => return Err(Answer::not_found("factor", id)),
    })
}

async fn shows(tx: &mut Tx, revision: &Revision, evidence: EvidenceRequest) -> ApiResult<Evidence> {
    Ok(match evidence {
        EvidenceRequest::Event { seq } => {
            of_the_story(tx, revision, seq).await?;
            Evidence::Event { seq }
        }
        EvidenceRequest::Link { url } => Evidence::Link { url: address(&url)? },
        EvidenceRequest::Text { text } => {
            let text = text_at("/evidence/text", &text)?;
            Evidence::Text { text: tx.put_text(revision.act.tenant, text).await? }
        }
    })
}

/// Refuses a position of the ledger that is no line of this story.
async fn of_the_story(tx: &mut Tx, revision: &Revision, seq: i64) -> ApiResult<()> {
    let events = story::events(tx, &revision.review, revision.act.at).await?;
    if events.iter().any(|event| event.seq == seq) {
        return Ok(());
    }
    Err(refuse::invalid("/seq", format!("event {seq} is no line of this review")).into())
}

fn address(url: &str) -> Result<String, Failure> {
    let url = url.trim();
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control();
    let whole = ["https://", "http://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if whole && url.chars().all(plain) && url.chars().count() <= URL_CHARS_MAX {
        return Ok(url.to_owned());
    }
    Err(refuse::invalid("/evidence/url", format!("a link begins with https:// or http:// and has at most {URL_CHARS_MAX} characters")))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_link_leads_to_the_web_and_nowhere_else() {
        assert_eq!(address(" https://x.example/a?b=1 ").ok().as_deref(), Some("https://x.example/a?b=1"));
        for bad in ["javascript:alert(1)", "https://", "//x.example", "https://x.example/a b", "ftp://x.example"] {
            assert!(address(bad).is_err(), "{bad}");
        }
        assert!(address(&format!("https://{}", "x".repeat(1_000))).is_err());
    }
}
