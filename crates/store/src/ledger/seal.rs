//! Sealing: each batch of decided events gets a Merkle root that is chained to the seal before. Writers never wait for it.

use super::{hash, hash::Seal, horizon, scan};
use crate::{Db, Dialect, Result, Row, Sql, params};

/// The most events in one seal.
pub const EVENTS_MAX: i64 = 4096;

/// The `previous` of the first seal.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(super) fn read(row: &Row) -> Result<(Seal, String)> {
    Ok((
        Seal {
            number: row.int("number")?,
            first_seq: row.int("first_seq")?,
            last_seq: row.int("last_seq")?,
            events: row.int("events")?,
            root: row.text("root")?,
            previous: row.text("previous")?,
            sealed_at: row.int("sealed_at")?,
        },
        row.text("hash")?,
    ))
}

/// The seal that holds position `seq`, with its hash; `None` while it is not sealed.
///
/// # Errors
/// As any statement.
pub async fn of(sql: &mut dyn Sql, seq: i64) -> Result<Option<(Seal, String)>> {
    sql.row("SELECT * FROM ledger_seal WHERE last_seq >= $1 ORDER BY number LIMIT 1", params![seq])
        .await?
        .as_ref()
        .map(read)
        .transpose()
        .map(|found| found.filter(|(seal, _)| seal.first_seq <= seq))
}

/// The newest seal with its hash.
///
/// # Errors
/// As any statement.
pub async fn last(sql: &mut dyn Sql) -> Result<Option<(Seal, String)>> {
    sql.row("SELECT * FROM ledger_seal ORDER BY number DESC LIMIT 1", params![]).await?.as_ref().map(read).transpose()
}

/// Seals at most one batch; answers its seal, or `None` when there is nothing to seal or another replica is at it.
///
/// # Errors
/// As any statement.
pub async fn seal_next(db: &Db) -> Result<Option<Seal>> {
    let (after, up_to, events) = {
        let mut read = db.read().await?;
        let after = last(&mut read).await?.map_or(0, |(seal, _)| seal.last_seq);
        let up_to = horizon(&mut read).await?;
        if up_to <= after {
            return Ok(None);
        }
        (after, up_to, scan(&mut read, None, after, up_to, EVENTS_MAX, &[]).await?)
    };
    let Some(newest) = events.last().map(|event| event.seq) else {
        return Ok(None);
    };
    // A batch that is not full reaches to the horizon: the numbers between are gaps of transactions that were rolled back.
    let last_seq = if i64::try_from(events.len()).unwrap_or(i64::MAX) < EVENTS_MAX { up_to } else { newest };
    let hashes: Vec<_> = events.iter().map(hash::event).collect();
    let mut tx = db.write().await?;
    if tx.dialect() == Dialect::Postgres {
        tx.rows("SELECT pg_advisory_xact_lock(47110001)", params![]).await?;
    }
    let before = last(&mut tx).await?;
    if before.as_ref().map_or(0, |(seal, _)| seal.last_seq) != after {
        return Ok(None);
    }
    let (number, previous) = before.map_or((1, GENESIS.to_owned()), |(seal, hash)| (seal.number + 1, hash));
    let seal = Seal {
        number,
        first_seq: after + 1,
        last_seq,
        events: i64::try_from(events.len()).unwrap_or(i64::MAX),
        root: hex::encode(hash::root(&hashes)),
        previous,
        sealed_at: db.clock().now().as_microsecond(),
    };
    tx.execute(
        "INSERT INTO ledger_seal (number, first_seq, last_seq, events, root, previous, hash, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![seal.number, seal.first_seq, seal.last_seq, seal.events, &seal.root, &seal.previous, seal.hash(), seal.sealed_at],
    )
    .await?;
    tx.commit().await?;
    Ok(Some(seal))
}

/// Seals until nothing is left; answers how many seals were made.
///
/// # Errors
/// As any statement.
pub async fn seal_all(db: &Db) -> Result<u64> {
    let mut made = 0;
    while seal_next(db).await?.is_some() {
        made += 1;
    }
    Ok(made)
}
