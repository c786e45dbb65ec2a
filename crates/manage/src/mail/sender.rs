//! Who sent a mail: a person we know by their address, and whether our own mail server vouches for it.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{Actor, id::TenantId, state::OrganisationKind};
use evenkeel_store::{Sql, StoreError, params};

use super::model::{Address, Incoming};
use crate::party::{self, Person};

/// Somebody we know.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Who.
    pub person: Person,
    /// Whether their organisation is a customer's.
    pub of_customer: bool,
}

impl Sender {
    /// The same as if they called: what they may do here is what they may do there.
    pub fn caller(&self, tenant: TenantId) -> Caller {
        let person = &self.person;
        Caller {
            tenant,
            actor: Actor::person(person.id),
            person: Some(person.id),
            organisation: Some(person.definition.organisation),
            roles: person.definition.roles.clone(),
            scopes: None,
            language: person.definition.locale,
        }
    }

    /// Whether they may.
    pub fn may(&self, tenant: TenantId, permission: Permission) -> bool {
        self.caller(tenant).may(permission)
    }
}

/// Whether the topmost word of our own mail server on who sent this is good (RFC 8601). What stands below was written by
/// whoever handed the mail to it, and says nothing.
pub fn is_vouched_for(mail: &Incoming, by: &str) -> bool {
    let Some(results) = mail.authentication.iter().find(|results| {
        let id = results.split(';').next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        id.eq_ignore_ascii_case(by)
    }) else {
        return false;
    };
    results.split(';').skip(1).any(|result| {
        let result = result.trim_start().to_ascii_lowercase();
        result.strip_prefix("dmarc=pass").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '(']))
    })
}

/// The active person with this address, the first by name when several share it.
pub async fn known(sql: &mut dyn Sql, tenant: TenantId, address: &Address) -> Result<Option<Sender>, StoreError> {
    let Some(person) = party::find_person_by_email(sql, tenant, address.as_str()).await? else { return Ok(None) };
    let organisation = party::find_organisation(sql, tenant, person.definition.organisation).await?;
    let of_customer = organisation.is_some_and(|organisation| organisation.kind == OrganisationKind::Customer);
    Ok(Some(Sender { person, of_customer }))
}

/// Whether the address wrote or was written to on a ticket.
pub async fn takes_part(sql: &mut dyn Sql, tenant: TenantId, ticket: super::TicketRef, address: &Address) -> Result<bool, StoreError> {
    Ok(sql
        .row(
            "SELECT 1 AS found FROM mail_participant WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 AND address = $4",
            params![tenant, ticket.kind(), ticket.id(), address.as_str()],
        )
        .await?
        .is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn only_our_own_servers_topmost_word_counts() {
        let vouched = |results: &str| is_vouched_for(&parse(format!("From: a@b.org\r\n{results}\r\n\r\nx").as_bytes()), "mx.example.org");
        assert!(vouched("Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=b.org; dmarc=pass header.from=b.org"));
        assert!(vouched("Authentication-Results: MX.example.org 1;\r\n dkim=fail; DMARC=pass (p=none)"));
        assert!(!vouched("Authentication-Results: mx.example.org; dmarc=fail"));
        assert!(!vouched("Authentication-Results: mx.example.org; dmarc=passed"));
        assert!(!vouched("Authentication-Results: evil.example; dmarc=pass"));
        assert!(!vouched("Authentication-Results: mx.example.org; dmarc=fail\r\nAuthentication-Results: mx.example.org; dmarc=pass"));
        assert!(!vouched("Subject: none"));
    }
}
