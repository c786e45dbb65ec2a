//! `ledger verify`: reads every event and every seal again and names the first seal that does not hold.

use super::{hash, scan, seal, text};
use crate::{Db, Result, Sql, params};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything holds.
    Holds {
        /// Sealed events read.
        events: i64,
        /// Seals read.
        seals: i64,
        /// Events not yet sealed.
        unsealed: i64,
        /// The hash of the newest seal: write it down elsewhere, and nobody can cut the ledger's end unseen.
        head: Option<String>,
    },
    /// The first seal that does not hold.
    Broken {
        /// Its number.
        seal: i64,
        /// The positions it covers.
        first_seq: i64,
        /// See above.
        last_seq: i64,
        /// Why, in words.
        why: String,
    },
    /// A kept text does not match its digest.
    TextChanged {
        /// The digest under which it is kept.
        digest: String,
    },
}

/// Verifies the whole ledger, a seal at a time: memory stays flat.
///
/// # Errors
/// As any statement; an event that cannot be read at all is an error naming it.
pub async fn verify(db: &Db) -> Result<Outcome> {
    let mut read = db.read().await?;
    let mut previous = seal::GENESIS.to_owned();
    let (mut number, mut position, mut events, mut seals) = (0, 0, 0, 0);
    while let Some(row) = read.row("SELECT * FROM ledger_seal WHERE number > $1 ORDER BY number LIMIT 1", params![number]).await? {
        let (seal, stored) = seal::read(&row)?;
        let broken = |why: String| Outcome::Broken { seal: seal.number, first_seq: seal.first_seq, last_seq: seal.last_seq, why };
        if seal.number != number + 1 {
            return Ok(broken(format!("seal {} is missing", number + 1)));
        }
        if seal.hash() != stored {
            return Ok(broken("the seal itself was changed".to_owned()));
        }
        if seal.previous != previous {
            return Ok(broken("it does not follow the seal before it".to_owned()));
        }
        if seal.first_seq != position + 1 {
            return Ok(broken(format!("it begins at {} where {} was expected", seal.first_seq, position + 1)));
        }
        let covered = match scan(&mut read, None, position, seal.last_seq, i64::MAX, &[]).await {
            Ok(covered) => covered,
            Err(crate::StoreError::Corrupt(why)) => {
                return Ok(broken(format!("an event in it cannot be read: {why}")));
            }
            Err(other) => return Err(other),
        };
        if i64::try_from(covered.len()).unwrap_or(i64::MAX) != seal.events {
            return Ok(broken(format!("it covers {} events, but {} are there", seal.events, covered.len())));
        }
        let hashes: Vec<_> = covered.iter().map(hash::event).collect();
        if hex::encode(hash::root(&hashes)) != seal.root {
            return Ok(broken("an event in it was changed".to_owned()));
        }
        events += seal.events;
        seals += 1;
        number = seal.number;
        position = seal.last_seq;
        previous = stored;
    }
    if let Some(digest) = changed_text(&mut read).await? {
        return Ok(Outcome::TextChanged { digest });
    }
    let unsealed =
        read.row("SELECT COUNT(*) AS n FROM ledger_event WHERE seq > $1", params![position]).await?.map_or(Ok(0), |row| row.int("n"))?;
    Ok(Outcome::Holds { events, seals, unsealed, head: (seals > 0).then_some(previous) })
}

async fn changed_text(sql: &mut dyn Sql) -> Result<Option<String>> {
    let mut after = String::new();
    loop {
        let rows =
            sql.rows("SELECT digest, salt, body FROM ledger_text WHERE digest > $1 ORDER BY digest LIMIT 1000", params![&after]).await?;
        let Some(newest) = rows.last() else {
            return Ok(None);
        };
        for row in &rows {
            let digest = row.text("digest")?;
            if !text::holds(&digest, &row.text("salt")?, row.opt_text("body")?.as_deref()) {
                return Ok(Some(digest));
            }
        }
        after = newest.text("digest")?;
    }
}
