//! Reading and writing ways and quiet hours.

use evenkeel_core::{
    ErrorCode, Failure, Id,
    id::{ContactMethodId, PersonId, TenantId},
    priority::Priority,
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use sha2::{Digest, Sha256};

use super::{BROWSER, MAIL, Method, QuietHours, WEBHOOK};
use crate::page::{
    port::{Directory, PersonCard},
    push::Subscription,
};

/// Ways of one person at most.
const METHODS_MAX: usize = 10;
/// The last place.
const PLACE_MAX: i64 = 20;
/// Bytes of an address at most.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// SHA-256 of an address, hex.
pub(super) fn digest(address: &str) -> String {
    hex::encode(Sha256::digest(address.as_bytes()))
}

/// The id of a way that configuration declares.
fn declared_id(person: PersonId, channel: &str) -> ContactMethodId {
    ContactMethodId::named(&format!("{person}:{channel}"))
}

fn declared(card: &PersonCard, channel: &str) -> Option<String> {
    let address = if channel == MAIL { &card.mail } else { &card.webhook };
    address.clone().filter(|address| !address.trim().is_empty())
}

/// The ways to a person that can be used, by place: what they set themselves, else what is declared of them. None for who is
/// not active.
pub async fn methods(sql: &mut dyn Sql, directory: &dyn Directory, tenant: TenantId, person: PersonId) -> Result<Vec<Method>, StoreError> {
    let mut found = all_methods(sql, directory, tenant, person).await?;
    found.retain(|method| method.gone_at.is_none());
    Ok(found)
}

/// The same, with those that take nothing any more.
pub async fn all_methods(
    sql: &mut dyn Sql,
    directory: &dyn Directory,
    tenant: TenantId,
    person: PersonId,
) -> Result<Vec<Method>, StoreError> {
    let Some(card) = directory.person(sql, tenant, person).await?.filter(|card| card.active) else { return Ok(Vec::new()) };
    let rows = sql
        .rows(
            "SELECT id, channel, address, place, up_to, gone_at FROM contact_method WHERE tenant_id = $1 AND person_id = $2 ORDER BY place, id",
            params![tenant, person],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len() + 2);
    let mut none_usable = true;
    for row in &rows {
        let (id, channel): (ContactMethodId, String) = (row.id("id")?, row.text("channel")?);
        let is_declared = id == declared_id(person, &channel);
        // What is declared has the address that stands in the configuration today; when that is gone, so is the way.
        let address = if is_declared { declared(&card, &channel) } else { Some(row.text("address")?) };
        let up_to = u8::try_from(row.int("up_to")?).ok().and_then(|number| Priority::try_from(number).ok()).unwrap_or(Priority::ALL[4]);
        let (place, gone_at) = (row.int("place")?, row.opt_at("gone_at")?);
        let way = |address| Method { id, person, channel, address, place, up_to, proven_at: None, declared: is_declared, gone_at };
        found.extend(address.map(way));
        none_usable &= gone_at.is_some();
    }
    // Also for who set browsers alone, all of which are gone.
    if none_usable {
        for channel in [MAIL, WEBHOOK] {
            found.extend(declared(&card, channel).map(|address| Method {
                id: declared_id(person, channel),
                person,
                channel: channel.to_owned(),
                address,
                place: 1,
                up_to: Priority::ALL[4],
                proven_at: None,
                declared: true,
                gone_at: None,
            }));
        }
    }
    for method in found.iter_mut().filter(|method| method.gone_at.is_none()) {
        let proof = sql
            .row("SELECT address_digest, proven_at FROM contact_proof WHERE tenant_id = $1 AND method_id = $2", params![tenant, method.id])
            .await?;
        if let Some(proof) = proof
            && proof.text("address_digest")? == digest(&method.address)
        {
            method.proven_at = Some(proof.at("proven_at")?);
        }
    }
    Ok(found)
}

/// One way of a person, when it still stands.
pub async fn find_method(
    sql: &mut dyn Sql,
    directory: &dyn Directory,
    tenant: TenantId,
    person: PersonId,
    id: ContactMethodId,
) -> Result<Option<Method>, StoreError> {
    Ok(methods(sql, directory, tenant, person).await?.into_iter().find(|method| method.id == id))
}

/// A way to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMethod {
    /// One that stands; none = a new one.
    pub id: Option<ContactMethodId>,
    /// `mail`, `webhook`, `browser`, or the name of a gateway.
    pub channel: String,
    /// As the channel wants it; of a declared way it is left as it is declared.
    pub address: String,
    /// Tried from the lowest up.
    pub place: i64,
    /// For this priority and graver ones.
    pub up_to: Priority,
}

fn refuse(place: usize, detail: impl Into<String>) -> StoreError {
    Failure::new(ErrorCode::Invalid, detail.into()).at(format!("/methods/{place}")).into()
}

/// Sets all ways of a person; none = what is declared of them counts again.
///
/// # Errors
/// `invalid` at `/methods/N` for a channel that the house has not, or an address that cannot be one.
pub async fn set_methods(
    tx: &mut Tx,
    directory: &dyn Directory,
    tenant: TenantId,
    person: PersonId,
    list: &[NewMethod],
) -> Result<(), StoreError> {
    if list.len() > METHODS_MAX {
        return Err(refuse(METHODS_MAX, "a person has at most 10 ways"));
    }
    let standing = all_methods(tx, directory, tenant, person).await?;
    let gateways = directory.gateways(tx, tenant).await?;
    let mut rows = Vec::with_capacity(list.len());
    for (place, new) in list.iter().enumerate() {
        let known = new.id.and_then(|id| standing.iter().find(|method| method.id == id));
        if new.id.is_some() && known.is_none() {
            return Err(refuse(place, "there is no such way any more; load the page again"));
        }
        if !(1..=PLACE_MAX).contains(&new.place) {
            return Err(refuse(place, "a place is 1 to 20"));
        }
        let (channel, address) = match known {
            Some(known) if known.declared => (known.channel.as_str(), ""),
            _ => (new.channel.as_str(), new.address.trim()),
        };
        if known.is_none_or(|known| !known.declared) {
            let gateway = gateways.iter().any(|gateway| gateway.name == channel);
            check(channel, gateway, address).map_err(|detail| refuse(place, detail))?;
        }
        let id = new.id.unwrap_or_else(|| Id::at(tx.now(), tx.rng().as_ref()));
        // A way stays gone until it has another address.
        let gone_at = known.filter(|known| known.address == address).and_then(|known| known.gone_at);
        rows.push((id, channel.to_owned(), address.to_owned(), new.place, new.up_to, gone_at));
    }
    tx.execute("DELETE FROM contact_method WHERE tenant_id = $1 AND person_id = $2", params![tenant, person]).await?;
    for (id, channel, address, place, up_to, gone_at) in rows {
        tx.execute(
            "INSERT INTO contact_method (tenant_id, id, person_id, channel, address, place, up_to, gone_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![tenant, id, person, channel, address, place, i64::from(up_to.get()), gone_at],
        )
        .await?;
    }
    Ok(())
}

/// Whether an address can be one of its channel: enough to catch slips; the other side has the last word.
fn check(channel: &str, gateway: bool, address: &str) -> Result<(), String> {
    if address.len() > ADDRESS_BYTES_MAX || address.chars().any(char::is_control) {
        return Err("an address has no control characters and at most 2000 bytes".to_owned());
    }
    match channel {
        MAIL => address.parse::<lettre::Address>().map(|_| ()).map_err(|_| format!("{address:?} is no mail address")),
        WEBHOOK if address.starts_with("https://") || address.starts_with("http://") => Ok(()),
        WEBHOOK => Err("a webhook begins with http:// or https://".to_owned()),
        BROWSER => Subscription::parse(address).map(|_| ()),
        _ if !gateway => Err(format!("this house has no channel {channel:?}")),
        _ if address.is_empty() => Err("an address is missing".to_owned()),
        _ => Ok(()),
    }
}

/// When a person is left in peace.
pub async fn quiet_hours(sql: &mut dyn Sql, tenant: TenantId, person: PersonId) -> Result<Option<QuietHours>, StoreError> {
    let row = sql.row("SELECT body FROM contact_quiet WHERE tenant_id = $1 AND person_id = $2", params![tenant, person]).await?;
    row.map(|row| row.json("body")).transpose()
}

/// Sets when a person is left in peace; none = never.
///
/// # Errors
/// `invalid` for a zone that is none, or no or too many hours.
pub async fn set_quiet_hours(tx: &mut Tx, tenant: TenantId, person: PersonId, quiet: Option<&QuietHours>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM contact_quiet WHERE tenant_id = $1 AND person_id = $2", params![tenant, person]).await?;
    let Some(quiet) = quiet else { return Ok(()) };
    let refuse = |detail: String| -> StoreError { Failure::new(ErrorCode::Invalid, detail).at("/quiet").into() };
    if jiff::tz::TimeZone::get(&quiet.zone).is_err() {
        return Err(refuse(format!("there is no time zone {:?}; give an IANA name such as Asia/Shanghai", quiet.zone)));
    }
    if !(1..=20).contains(&quiet.hours.len()) {
        return Err(refuse("quiet hours are 1 to 20 windows".to_owned()));
    }
    let body = serde_json::to_string(quiet)?;
    tx.execute("INSERT INTO contact_quiet (tenant_id, person_id, body) VALUES ($1, $2, $3)", params![tenant, person, body])
        .await
        .map(|_| ())
}

/// How many ways a person has named.
///
/// # Errors
/// As any statement.
pub async fn named_ways(sql: &mut dyn Sql, tenant: TenantId, person: PersonId) -> Result<i64, StoreError> {
    let text = "SELECT COUNT(*) AS n FROM contact_method WHERE tenant_id = $1 AND person_id = $2";
    sql.row(text, params![tenant, person]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Forgets the ways of a person with their proofs, drills and quiet hours. From then on the person is told over what is declared.
///
/// # Errors
/// As any statement.
pub async fn forget(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<(), StoreError> {
    for text in [
        "DELETE FROM contact_proof WHERE tenant_id = $1 AND method_id IN (SELECT id FROM contact_method WHERE tenant_id = $1 AND person_id = $2)",
        "DELETE FROM contact_drill WHERE tenant_id = $1 AND person_id = $2",
        "DELETE FROM contact_quiet WHERE tenant_id = $1 AND person_id = $2",
        "DELETE FROM contact_method WHERE tenant_id = $1 AND person_id = $2",
    ] {
        tx.execute(text, params![tenant, person]).await?;
    }
    Ok(())
}
