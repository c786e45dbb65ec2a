#![allow(clippy::unwrap_used)]
use evenkeel_core::random::SeededRng;
use jiff::Timestamp;

use super::*;

fn caller(roles: &[Role], organisation: Option<OrganisationId>) -> Caller {
    Caller {
        tenant: TenantId::named("t"),
        actor: Actor::system("test"),
        person: None,
        organisation,
        roles: roles.iter().copied().collect(),
        scopes: None,
        language: evenkeel_core::Language::En,
    }
}

fn organisations() -> (OrganisationId, OrganisationId) {
    let rng = SeededRng::new(1);
    (OrganisationId::at(Timestamp::UNIX_EPOCH, &rng), OrganisationId::at(Timestamp::UNIX_EPOCH, &rng))
}

#[test]
fn another_organisations_thing_does_not_exist_for_a_customer() {
    let (own, other) = organisations();
    let customer = caller(&[Role::Customer], Some(own));
    assert!(customer.authorise(Permission::IncidentRead, &[Some(own)], ("thing", 1), ()).is_ok());
    let refused = customer.authorise(Permission::IncidentRead, &[Some(other), None], ("thing", 1), ()).unwrap_err();
    assert_eq!(refused.failure().code, ErrorCode::NotFound);
    let refused = customer.authorise(Permission::IncidentWrite, &[Some(own)], ("thing", 1), ()).unwrap_err();
    assert_eq!(refused.failure().code, ErrorCode::Forbidden);
}

#[test]
fn a_customer_without_an_organisation_sees_nothing() {
    assert!(caller(&[Role::Customer], None).scope(Permission::IncidentRead).is_err());
}

#[test]
fn the_widest_role_decides_the_scope_permission_by_permission() {
    let (own, _) = organisations();
    let both = caller(&[Role::Customer, Role::Desk], Some(own));
    assert_eq!(both.scope(Permission::IncidentRead).unwrap(), Scope::All);
    assert_eq!(both.scope(Permission::ReportComment).unwrap(), Scope::Organisation(own));
}

#[test]
fn a_tokens_scopes_only_ever_take_away() {
    let mut token = caller(&[Role::Auditor], None);
    token.scopes = Some([Permission::IncidentRead, Permission::IncidentWrite].into());
    assert!(token.may(Permission::IncidentRead));
    assert!(!token.may(Permission::IncidentWrite));
    assert!(!token.may(Permission::ReportRead));
    assert_eq!(token.permissions().len(), 1);
}

#[test]
fn no_role_is_no_permission() {
    let nobody = caller(&[], None);
    assert!(Permission::ALL.iter().all(|permission| !nobody.may(*permission)));
}
