//! Who a ticket's mail goes to, and who takes part in it.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Row, Sql, StoreError, Tx, params};

use super::model::{Address, Party, TicketRef};

/// To whom answers on a ticket go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The ticket that the mail opened.
    pub ticket: TicketRef,
    /// From which mailbox.
    pub mailbox: String,
    /// To whom.
    pub to: Party,
}

fn conversation(row: &Row) -> Result<Option<Conversation>, StoreError> {
    let (ticket, address) = (super::table::ticket_of(row)?, row.text("address")?.parse::<Address>());
    // An address that was erased is nobody's.
    let (Some(ticket), Ok(address)) = (ticket, address) else { return Ok(None) };
    Ok(Some(Conversation { ticket, mailbox: row.text("mailbox")?, to: Party { address, name: row.text("name")? } }))
}

/// Begins a ticket's conversation with whoever wrote the mail that opened it, or begins it anew with its successor.
pub async fn begin(tx: &mut Tx, tenant: TenantId, ticket: TicketRef, mailbox: &str, with: &Party) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail_conversation (tenant_id, ticket_kind, ticket_id, mailbox, address, name) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, ticket_kind, ticket_id) DO NOTHING",
        params![tenant, ticket.kind(), ticket.id(), mailbox, with.address.as_str(), &with.name],
    )
    .await
    .map(|_| ())
}

/// Writes down who takes part.
pub async fn join(tx: &mut Tx, tenant: TenantId, ticket: TicketRef, parties: &[Party]) -> Result<(), StoreError> {
    for party in parties {
        tx.execute(
            "INSERT INTO mail_participant (tenant_id, ticket_kind, ticket_id, address) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, ticket_kind, ticket_id, address) DO NOTHING",
            params![tenant, ticket.kind(), ticket.id(), party.address.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// The name of whoever wrote the mail that opened an incident, empty when it gave none, and the language of the mailbox that took
/// it; none = no mail did.
///
/// # Errors
/// As any statement.
pub(crate) async fn correspondent(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: evenkeel_core::id::IncidentId,
) -> Result<Option<(String, Option<evenkeel_core::Language>)>, StoreError> {
    let own = TicketRef::Incident(id);
    let Some(found) = of_ticket(sql, tenant, own).await?.into_iter().find(|one| one.ticket == own) else { return Ok(None) };
    let mailbox = super::definition::find(sql, tenant, &found.mailbox).await?;
    Ok(Some((found.to.name, mailbox.map(|mailbox| mailbox.body.language))))
}

/// The conversations of a ticket: its own, and those of incidents that became part of it. One address is told once.
pub async fn of_ticket(sql: &mut dyn Sql, tenant: TenantId, ticket: TicketRef) -> Result<Vec<Conversation>, StoreError> {
    let TicketRef::Incident(id) = ticket;
    let rows = sql
        .rows(
            "SELECT ticket_kind, ticket_id, mailbox, address, name FROM mail_conversation WHERE tenant_id = $1 AND ticket_kind = 'incident' \
             AND (ticket_id = $2 OR ticket_id IN (SELECT id FROM incident WHERE tenant_id = $1 AND merged_into = $2)) \
             ORDER BY ticket_id LIMIT 200",
            params![tenant, id],
        )
        .await?;
    let mut found: Vec<Conversation> = Vec::new();
    for row in &rows {
        if let Some(one) = conversation(row)?
            && !found.iter().any(|known| known.to.address == one.to.address)
        {
            found.push(one);
        }
    }
    Ok(found)
}
