//! Read a feed. Its address is the proof.

use axum::{extract::State, response::IntoResponse};
use evenkeel_api::{ApiResult, Caller, Path, Permission, Problem as Answer, Refusals, ical::calendar};
use evenkeel_core::{Actor, Language, event::manage::Window};
use http::header;
use jiff::SignedDuration;

use super::{digest, entries::entries, table};
use crate::{Manage, change, party, release};

/// What lies back and ahead in a feed, days.
const DAYS_BACK: i64 = 30;
/// See above.
const DAYS_AHEAD: i64 = 180;

/// A calendar of changes and releases, as whose it is may see them. Its address is the proof; it needs no session.
#[utoipa::path(get, path = "/api/v1/calendar-feeds/{file}", operation_id = "calendar_feed", tag = "change", security(()),
    params(("file" = String, Path, description = "The secret part of the address, with `.ics`.")),
    responses((status = 200, body = String, content_type = "text/calendar"), Refusals))]
pub(super) async fn calendar_feed(State(manage): State<Manage>, Path(file): Path<String>) -> ApiResult<impl IntoResponse> {
    let unknown = || Answer::not_found("calendar feed", "of this address");
    let token = file.strip_suffix(".ics").filter(|token| token.len() == 64).ok_or_else(unknown)?;
    let mut sql = manage.kit.db.read().await?;
    let (tenant, id) = table::whose(&mut sql, &digest(token)).await?.ok_or_else(unknown)?;
    // Whoever has left, or may not any more, reads nothing.
    let person = party::find_person(&mut sql, tenant, id).await?.filter(|person| person.definition.active).ok_or_else(unknown)?;
    let reader = Caller {
        tenant,
        actor: Actor::person(id),
        person: Some(id),
        organisation: Some(person.definition.organisation),
        roles: person.definition.roles,
        scopes: None,
        language: person.definition.locale,
    };
    let scope = reader.scope(Permission::ChangeRead).map_err(|_| unknown())?;
    let now = manage.kit.now();
    let shift = |days: i64| now.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(now);
    let span = Window { from: shift(-DAYS_BACK), to: shift(DAYS_AHEAD) };
    let changes = change::planned_within(&mut sql, tenant, scope.organisation(), span).await?;
    let releases = match reader.scope(Permission::ReleaseRead) {
        Ok(scope) => {
            let found = release::ahead_within(&mut sql, tenant, scope.organisation(), (span.from, span.to)).await?;
            let mut named = Vec::with_capacity(found.len());
            for release in found {
                // What stages are called is the provider's own.
                let names = if scope.organisation().is_none() { release::stage_names(&mut sql, &release).await? } else { Vec::new() };
                named.push((release, names));
            }
            named
        }
        Err(_) => Vec::new(),
    };
    let all = entries(&changes, &releases, &manage.pages.public_url);
    let name = if reader.language == Language::Zh { "稳舵：变更与发布" } else { "Evenkeel: changes and releases" };
    let body = calendar("Changes", name, &all, now);
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=300")], body))
}
