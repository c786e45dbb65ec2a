//! What can be found, as it is in the database now: its words by who may read them, and the marks of who may find it.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use evenkeel_core::{
    event::{
        Body as _,
        major::MajorTransitioned,
        manage::{Located, Noted},
        problem::ProblemTransitioned,
        release::ReleaseTransitioned,
        request::RequestNoted,
    },
    id::{IncidentId, ServiceId, TenantId},
    state::{Findable, Visibility},
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;

use super::audience;
use crate::{automation::field, catalogue, incident, knowledge, problem, release, request};

/// The most bytes of one field that are found by; of what is longer the beginning.
const FIELD_BYTES_MAX: usize = 512 * 1024;
/// Incidents whose histories are read in one go.
pub(super) const TOGETHER: usize = 50;

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    pub tenant: TenantId,
    pub kind: Findable,
    pub id: String,
    pub number: i64,
    /// As [`evenkeel_core::title`] keeps it.
    pub title: String,
    /// What everybody reads who may see it at all.
    pub body: String,
    /// What staff alone reads.
    pub inner: String,
    /// Who may find it.
    pub marks: Vec<String>,
    pub services: Vec<ServiceId>,
    pub state: String,
    pub at: Timestamp,
}

impl Document {
    /// `inc-1042`.
    pub fn short(&self) -> String {
        let prefix = match self.kind {
            Findable::Article => "kb",
            Findable::Incident => "inc",
            Findable::Request => "req",
            Findable::Problem => "prb",
            Findable::Release => "rel",
        };
        format!("{prefix}-{}", self.number)
    }
}

/// A thing as it is now; none when it is not there, or nobody is to find it.
pub(super) async fn load(sql: &mut dyn Sql, tenant: TenantId, kind: Findable, id: &str) -> Result<Option<Document>, StoreError> {
    Ok(load_all(sql, tenant, &[(kind, id.to_owned())]).await?.pop())
}

/// Those of these things that somebody may find, as they are now and in this order. Incidents, which are the most, are read
/// together.
pub(super) async fn load_all(sql: &mut dyn Sql, tenant: TenantId, keys: &[(Findable, String)]) -> Result<Vec<Document>, StoreError> {
    let ids: Vec<&str> = keys.iter().filter(|(kind, _)| *kind == Findable::Incident).map(|(_, id)| id.as_str()).collect();
    let mut incidents = HashMap::with_capacity(ids.len());
    for some in ids.chunks(TOGETHER) {
        incidents.extend(incidents_of(sql, tenant, some).await?.into_iter().map(|found| (found.id.clone(), found)));
    }
    let mut found = Vec::with_capacity(keys.len());
    for (kind, id) in keys {
        found.extend(match kind {
            Findable::Incident => incidents.remove(id),
            Findable::Request => request_of(sql, tenant, id).await?,
            Findable::Problem => problem_of(sql, tenant, id).await?,
            Findable::Release => release_of(sql, tenant, id).await?,
            Findable::Article => article_of(sql, tenant, id).await?,
        });
    }
    for one in &mut found {
        cut(&mut one.body);
        cut(&mut one.inner);
    }
    Ok(found)
}

fn cut(text: &mut String) {
    if text.len() > FIELD_BYTES_MAX {
        let mut end = FIELD_BYTES_MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}

fn parsed<K: evenkeel_core::id::Kind>(id: &str) -> Result<evenkeel_core::Id<K>, StoreError> {
    id.parse().map_err(|error| StoreError::Corrupt(format!("{} {id:?}: {error}", K::NAME)))
}

/// Digests in the order in which they were said, each with whether staff alone reads it.
type Said = Vec<(String, bool)>;

/// The words of these digests: what everybody reads, and what staff alone does.
async fn texts(sql: &mut dyn Sql, said: &Said) -> Result<(String, String), StoreError> {
    let digests: Vec<String> = said.iter().map(|(digest, _)| digest.clone()).collect();
    Ok(sides(&ledger::texts(sql, &digests).await?, said))
}

/// What was said, on its two sides. Said twice it stands there once.
fn sides(texts: &HashMap<String, Option<String>>, said: &Said) -> (String, String) {
    let (mut body, mut inner) = (String::new(), String::new());
    let mut seen = HashSet::new();
    for (digest, is_inner) in said {
        if let Some(text) = texts.get(digest).and_then(Option::as_ref).filter(|_| seen.insert(digest)) {
            let side = if *is_inner { &mut inner } else { &mut body };
            side.push_str(text);
            side.push('\n');
        }
    }
    (body, inner)
}

async fn incidents_of(sql: &mut dyn Sql, tenant: TenantId, ids: &[&str]) -> Result<Vec<Document>, StoreError> {
    let parsed: Vec<IncidentId> = ids.iter().map(|id| parsed(id)).collect::<Result<_, _>>()?;
    let found = incident::find_all(sql, tenant, &parsed).await?;
    let mut said: HashMap<String, Said> = HashMap::new();
    for event in ledger::events_of_all(sql, tenant, "incident", ids, &[Noted::KIND, Located::KIND, MajorTransitioned::KIND]).await? {
        let texts = if let Some(noted) = event.read::<Noted>().transpose()? {
            Some((noted.text, noted.visibility == Visibility::Internal))
        } else if let Some(located) = event.read::<Located>().transpose()? {
            located.text.map(|text| (text, true))
        } else {
            event.read::<MajorTransitioned>().transpose()?.and_then(|moved| moved.text).map(|text| (text, true))
        };
        said.entry(event.subject.id).or_default().extend(texts);
    }
    let digests: Vec<String> = said.values().flatten().map(|(digest, _)| digest.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut fields = field::words(sql, tenant, &parsed).await?;
    let document = |found: incident::Incident| {
        let id = found.id.to_string();
        let (mut body, mut inner) = said.get(&id).map(|said| sides(&texts, said)).unwrap_or_default();
        for (words, is_inner) in fields.remove(&found.id).unwrap_or_default() {
            let side = if is_inner { &mut inner } else { &mut body };
            side.push_str(&words);
            side.push('\n');
        }
        let organisations = found.organisations().into_iter().flatten().map(audience::organisation);
        Document {
            tenant,
            kind: Findable::Incident,
            id,
            number: found.number,
            title: found.title.clone(),
            body,
            inner,
            marks: std::iter::once(audience::STAFF.to_owned()).chain(organisations).collect(),
            services: vec![found.service_id],
            state: found.state.to_string(),
            at: found.opened_at,
        }
    };
    Ok(found.into_iter().map(document).collect())
}

/// The words among answers to a form: lines that people wrote, not ids.
fn lines(answers: &serde_json::Value, out: &mut String) {
    match answers {
        serde_json::Value::String(text) if uuid::Uuid::try_parse(text).is_err() => {
            out.push_str(text);
            out.push('\n');
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| lines(one, out)),
        serde_json::Value::Object(all) => all.values().for_each(|one| lines(one, out)),
        _ => {}
    }
}

async fn request_of(sql: &mut dyn Sql, tenant: TenantId, id: &str) -> Result<Option<Document>, StoreError> {
    let Some(found) = request::find(sql, tenant, parsed(id)?).await? else { return Ok(None) };
    let item = catalogue::version(sql, tenant, found.item_id, found.item_version).await?.body;
    let mut said = Said::new();
    for event in ledger::events_of(sql, tenant, "request", id).await? {
        if let Some(noted) = event.read::<RequestNoted>() {
            let noted = noted?;
            said.push((noted.text, noted.visibility == Visibility::Internal));
        }
    }
    let (notes, inner) = texts(sql, &said).await?;
    let answers = match &found.answers {
        Some(digest) => ledger::texts(sql, std::slice::from_ref(digest)).await?.remove(digest).flatten(),
        None => None,
    };
    let mut body = String::new();
    if let Some(answers) = answers {
        lines(&serde_json::from_str(&answers)?, &mut body);
    }
    body.push_str(&notes);
    Ok(Some(Document {
        tenant,
        kind: Findable::Request,
        id: id.to_owned(),
        number: found.number,
        title: evenkeel_core::title::both(&item.display),
        body,
        inner,
        marks: request::marks(sql, &found).await?,
        services: vec![found.service_id],
        state: found.state.to_string(),
        at: found.submitted_at.unwrap_or(found.drafted_at),
    }))
}

async fn problem_of(sql: &mut dyn Sql, tenant: TenantId, id: &str) -> Result<Option<Document>, StoreError> {
    let Some(found) = problem::find(sql, tenant, parsed(id)?).await? else { return Ok(None) };
    let mut said = Said::new();
    for event in ledger::events_of(sql, tenant, "problem", id).await? {
        if let Some(step) = event.read::<ProblemTransitioned>() {
            let step = step?;
            said.extend(step.text.into_iter().chain(step.workaround).map(|text| (text, false)));
        }
    }
    let (body, inner) = texts(sql, &said).await?;
    Ok(Some(Document {
        tenant,
        kind: Findable::Problem,
        id: id.to_owned(),
        number: found.number,
        title: found.title.clone(),
        body,
        inner,
        marks: vec![audience::STAFF.to_owned()],
        services: vec![found.service_id],
        state: found.state.to_string(),
        at: found.opened_at,
    }))
}

/// A release: what its users are told is for those who may see that there is one, the rest for staff.
async fn release_of(sql: &mut dyn Sql, tenant: TenantId, id: &str) -> Result<Option<Document>, StoreError> {
    let Some(found) = release::find(sql, tenant, parsed(id)?).await? else { return Ok(None) };
    let content = &found.content;
    let notes = [&content.notes_zh, &content.notes_en].map(Option::as_ref);
    let mut said: Said = notes.iter().copied().flatten().map(|digest| (digest.clone(), false)).collect();
    said.extend(content.digests().into_iter().filter(|digest| !notes.contains(&Some(digest))).map(|digest| (digest, true)));
    for event in ledger::events_of(sql, tenant, "release", id).await? {
        if let Some(step) = event.read::<ReleaseTransitioned>() {
            let step = step?;
            said.extend(step.text.into_iter().chain(step.outcome).map(|text| (text, true)));
        }
    }
    let (mut body, mut inner) = texts(sql, &said).await?;
    body.push_str(&content.name);
    for artefact in &content.artefacts {
        let _ = writeln!(inner, "{} {} {}", artefact.name, artefact.version, artefact.digest);
    }
    let told = release::is_told(found.state);
    let organisations = found.organisations().into_iter().flatten().filter(|_| told).map(audience::organisation);
    Ok(Some(Document {
        tenant,
        kind: Findable::Release,
        id: id.to_owned(),
        number: found.number,
        title: found.title.clone(),
        body,
        inner,
        marks: std::iter::once(audience::STAFF.to_owned()).chain(organisations).collect(),
        // A hit names the first of these to whoever finds it: of several, that may be another customer's.
        services: Some(found.service_ids()).filter(|services| services.len() == 1).unwrap_or_default(),
        state: found.state.to_string(),
        at: found.planned_at,
    }))
}

/// An article by the version that readers see; staff finds that one too, never a draft by its words.
async fn article_of(sql: &mut dyn Sql, tenant: TenantId, id: &str) -> Result<Option<Document>, StoreError> {
    let id_of = parsed(id)?;
    let Some(found) = knowledge::find(sql, tenant, id_of).await? else { return Ok(None) };
    let Some(no) = found.live_no else { return Ok(None) };
    let Some(live) = knowledge::version(sql, tenant, id_of, no).await? else { return Ok(None) };
    let mut texts = ledger::texts(sql, &[live.title.clone(), live.body.clone()]).await?;
    let mut take = |digest: &str| texts.remove(digest).flatten().unwrap_or_default();
    Ok(Some(Document {
        tenant,
        kind: Findable::Article,
        id: id.to_owned(),
        number: found.number,
        title: take(&live.title),
        body: take(&live.body),
        inner: String::new(),
        marks: knowledge::marks_of(&live),
        services: live.services.clone(),
        state: live.kind.to_string(),
        at: found.published_at.unwrap_or(found.updated_at),
    }))
}
