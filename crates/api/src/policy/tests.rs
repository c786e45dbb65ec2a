use super::*;

#[test]
fn the_auditor_reads_and_writes_nothing() {
    for permission in permissions(Role::Auditor) {
        assert!(
            permission.as_str().split_once('.').is_some_and(|(_, verb)| verb == "read") || permission == Permission::IncidentNoteInternal,
            "{permission}"
        );
    }
}

#[test]
fn every_role_has_a_row_and_the_admin_has_everything() {
    for role in Role::ALL {
        assert!(!permissions(*role).is_empty(), "{role}");
    }
    assert_eq!(permissions(Role::Admin).len(), Permission::ALL.len());
}

#[test]
fn customers_and_vendors_never_get_what_holds_other_peoples_data() {
    for role in [Role::Customer, Role::Vendor] {
        let has = permissions(role);
        for never in [
            P::EventRead,
            P::PartyRead,
            P::PageRead,
            P::OutboxRead,
            P::DefinitionWrite,
            P::HostRead,
            P::IncidentNoteInternal,
            P::AutomationRead,
        ] {
            assert!(!has.contains(&never), "{role} has {never}");
        }
    }
}
