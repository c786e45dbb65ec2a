//! Personal text: kept beside the ledger under a salted digest, so that it can be erased while events and hashes stay.

use std::collections::HashMap;

use evenkeel_core::id::TenantId;
use sha2::{Digest, Sha256};

use crate::{Result, Sql, StoreError, Tx, params, places, tuples};

fn digest(salt: &str, body: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(b"\0").chain_update(body).finalize())
}

impl Tx {
    /// Keeps `body`; answers its digest for the event's payload. The salt keeps a short text from being guessed after it is erased.
    ///
    /// # Errors
    /// As any statement.
    pub async fn put_text(&mut self, tenant: TenantId, body: &str) -> Result<String> {
        self.put_texts(tenant, &[body]).await?.pop().ok_or_else(|| StoreError::Defect("a text without a digest".to_owned()))
    }

    /// Keeps each of `bodies`; answers their digests in the same order.
    ///
    /// # Errors
    /// As any statement.
    pub async fn put_texts(&mut self, tenant: TenantId, bodies: &[&str]) -> Result<Vec<String>> {
        let mut digests = Vec::with_capacity(bodies.len());
        for some in bodies.chunks(500) {
            let mut rows = Vec::with_capacity(some.len());
            for body in some {
                let mut salt = [0u8; 16];
                self.rng().fill(&mut salt);
                let salt = hex::encode(salt);
                let digest = digest(&salt, body);
                rows.push(params![&digest, tenant, salt, *body]);
                digests.push(digest);
            }
            let mut params = Vec::new();
            let rows = tuples(&mut params, rows);
            self.execute(&format!("INSERT INTO ledger_text (digest, tenant_id, salt, body) VALUES {rows}"), params).await?;
        }
        Ok(digests)
    }

    /// Erases the body of a text, and the salt without which nobody can try what it may have been. The digest and every
    /// event stay. Whether there was a body.
    ///
    /// # Errors
    /// As any statement.
    pub async fn erase_text(&mut self, tenant: TenantId, digest: &str) -> Result<bool> {
        Ok(self
            .execute(
                "UPDATE ledger_text SET body = NULL, salt = '' WHERE digest = $1 AND tenant_id = $2 AND body IS NOT NULL",
                params![digest, tenant],
            )
            .await?
            > 0)
    }
}

pub(super) async fn read(sql: &mut dyn Sql, digests: &[String]) -> Result<HashMap<String, Option<String>>> {
    let mut found = HashMap::with_capacity(digests.len());
    for some in digests.chunks(500) {
        let mut params = Vec::new();
        let wanted = places(&mut params, some);
        for row in sql.rows(&format!("SELECT digest, body FROM ledger_text WHERE digest IN ({wanted})"), params).await? {
            found.insert(row.text("digest")?, row.opt_text("body")?);
        }
    }
    Ok(found)
}

/// Whether a kept text still matches its digest (an erased one always does).
pub(super) fn holds(expected: &str, salt: &str, body: Option<&str>) -> bool {
    body.is_none_or(|body| digest(salt, body) == expected)
}
