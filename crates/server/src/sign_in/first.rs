//! The first start: somebody must be able to come in, and nobody else.

use evenkeel_api::{Grant, Permission, Role};
use evenkeel_core::{
    Actor,
    definition::{Bilingual, OrganisationDefinition},
    id::PersonId,
    state::OrganisationKind,
};
use evenkeel_manage::{
    Act,
    party::{self, Locale, PersonDefinition},
};
use evenkeel_store::{Result, Tx};

use super::{link, session};
use crate::app::App;

/// The most people looked through for an admin.
const PEOPLE_MAX: i64 = 10_000;

/// Until somebody has come in: makes an admin when there is none, and a fresh one-time link for them. Answers the link.
///
/// # Errors
/// As any statement.
pub async fn first_start(app: &App) -> Result<Option<(String, String)>> {
    let mut tx = app.kit.db.write().await?;
    if session::anybody_ever(&mut tx, app.tenant).await? {
        return Ok(None);
    }
    let (id, name) = admin(app, &mut tx).await?;
    let (clock, rng) = (app.kit.clock.as_ref(), app.kit.rng.as_ref());
    let token = link::make_link(&mut tx, clock, rng, Actor::system("first_start"), (app.tenant, id), link::LINK_FIRST_SECS).await?;
    tx.commit().await?;
    Ok(Some((name, app.settings.sign_in_url(&token))))
}

async fn admin(app: &App, tx: &mut Tx) -> Result<(PersonId, String)> {
    let people = party::list_people(tx, app.tenant, None, "", PEOPLE_MAX).await?;
    if let Some(person) = people.into_iter().find(|person| person.definition.active && person.definition.roles.contains(&Role::Admin)) {
        return Ok((person.id, person.name));
    }
    let act = Act::system(app.tenant, "first_start", app.kit.now());
    let grant = Grant::system(Permission::PartyWrite);
    let known = party::list_organisations(tx, app.tenant, None, "", PEOPLE_MAX).await?;
    let organisation = match known.into_iter().find(|organisation| organisation.kind == OrganisationKind::Provider) {
        Some(provider) => provider.id,
        None => {
            let display = Bilingual { zh: "运维方".to_owned(), en: "Provider".to_owned() };
            let definition = OrganisationDefinition { display, kind: OrganisationKind::Provider };
            party::put_organisation(tx, &grant, &act, "provider", &definition).await?.0
        }
    };
    let definition = PersonDefinition {
        display: "Admin".to_owned(),
        organisation,
        email: None,
        phone: None,
        webhook_url: None,
        locale: Locale::default(),
        manager: None,
        active: true,
        roles: [Role::Admin].into(),
    };
    let (id, _) = party::put_person(tx, &grant, &act, "admin", &definition).await?;
    Ok((id, "admin".to_owned()))
}
