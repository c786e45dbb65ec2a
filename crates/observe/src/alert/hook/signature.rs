//! Signed bodies: `Evenkeel-Signature: t=<unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>", hex>`, the same as on our own
//! webhooks. A body is taken within five minutes of its signature, and once.

use evenkeel_api::Problem;
use evenkeel_core::{ErrorCode, id::TenantId};
use evenkeel_store::{Migration, Tx, params};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use evenkeel_core::hmac;

/// Rows of signatures that were seen, while they could be sent again.
pub(in crate::alert) const MIGRATIONS: &[Migration] = &[Migration {
    name: "observe.alert.0002",
    sql: &["CREATE TABLE observe_hook_seen (tenant_id TEXT NOT NULL, signature TEXT NOT NULL, seen_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, signature))"],
}];

const HEADER: &str = "evenkeel-signature";
/// So far may a sender's clock be from ours, and so long may a body be on its way.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// When and with what it was signed.
fn parsed(header: &str) -> Option<(i64, &str)> {
    let mut at = None;
    let mut code = None;
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("t", secs) => at = secs.parse().ok(),
            ("v1", hex) => code = Some(hex),
            _ => {}
        }
    }
    Some((at?, code?))
}

/// Whether two texts are the same, in a time that does not tell where they differ: their digests are compared.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}

fn forged(what: &str) -> Problem {
    Problem::new(ErrorCode::Forbidden, format!("{what}; nothing was taken"))
}

/// Takes a body's signature.
///
/// # Errors
/// 403 when it is missing, not ours or too old; 409 when it was taken already.
pub(super) async fn check(
    tx: &mut Tx,
    tenant: TenantId,
    secret: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Problem> {
    let header = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let (secs, code) =
        header.and_then(parsed).ok_or_else(|| forged("this webhook takes signed bodies only: Evenkeel-Signature is missing"))?;
    let wanted = hmac::hex(secret.as_bytes(), &[secs.to_string().as_bytes(), b".", body]);
    if !same(&wanted, &code.to_lowercase()) {
        return Err(forged("the signature is not of this body"));
    }
    let signed_at = Timestamp::from_second(secs).map_err(|_| forged("the signature's time is none"))?;
    if now.duration_since(signed_at).abs() > WINDOW {
        return Err(forged("the signature is older than five minutes, or the clocks differ by as much"));
    }
    // A signature from the far end of the window can be sent again for twice its length.
    let old = now.saturating_sub(WINDOW).and_then(|at| at.checked_sub(WINDOW)).unwrap_or(Timestamp::MIN);
    tx.execute("DELETE FROM observe_hook_seen WHERE tenant_id = $1 AND seen_at < $2", params![tenant, old]).await?;
    let fresh = tx
        .execute(
            "INSERT INTO observe_hook_seen (tenant_id, signature, seen_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, signature) DO NOTHING",
            params![tenant, wanted, now],
        )
        .await?;
    if fresh == 0 {
        return Err(Problem::new(ErrorCode::Conflict, "this signed body was taken already; sign each anew"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_store::testing::for_each_database;

    use super::*;

    fn signed(secret: &str, secs: i64, body: &[u8]) -> HeaderMap {
        let code = hmac::hex(secret.as_bytes(), &[secs.to_string().as_bytes(), b".", body]);
        HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), format!("t={secs},v1={code}").parse().unwrap())])
    }

    #[tokio::test]
    async fn a_body_is_taken_once_and_only_with_a_fresh_signature_of_its_own() {
        for_each_database(crate::migrations(), |test| async move {
            let now = evenkeel_core::Clock::now(test.clock.as_ref());
            let status = async |headers: HeaderMap, body: &[u8]| {
                let mut tx = test.db.write().await.unwrap();
                let checked = check(&mut tx, test.tenant, "key", &headers, body, now).await;
                tx.commit().await.unwrap();
                checked.err().map(|problem| axum::response::IntoResponse::into_response(problem).status().as_u16())
            };
            let (body, secs) = (b"{}".as_slice(), now.as_second());
            assert_eq!(status(HeaderMap::new(), body).await, Some(403), "not signed");
            assert_eq!(status(signed("another", secs, body), body).await, Some(403), "forged");
            assert_eq!(status(signed("key", secs, b"[]"), body).await, Some(403), "of another body");
            assert_eq!(status(signed("key", secs - 301, body), body).await, Some(403), "too old");
            assert_eq!(status(signed("key", secs + 301, body), body).await, Some(403), "from the future");
            assert_eq!(status(signed("key", secs, body), body).await, None);
            assert_eq!(status(signed("key", secs, body), body).await, Some(409), "sent again");
            assert_eq!(status(signed("key", secs + 1, body), body).await, None, "signed anew");
        })
        .await;
    }
}
