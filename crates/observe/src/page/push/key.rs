//! The house's own key, by which push services know who sends (RFC 8292). Made once, when somebody first asks for it; browsers
//! subscribe with its public half, so another key ends every subscription.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evenkeel_core::id::TenantId;
use evenkeel_store::{Db, Sql, StoreError, Tx, params};
use jiff::{SignedDuration, Timestamp};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::json;
use url::Url;

use super::{Unsealed, subscription::BASE64URL};

/// How long a token is good, hours; push services take 24 at most.
const VALID_HOURS: i64 = 12;

/// The pair of keys.
#[derive(Clone)]
pub struct HouseKey(Arc<EcdsaKeyPair>);

// The private half is not printed.
impl std::fmt::Debug for HouseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("HouseKey").field(&self.public()).finish()
    }
}

impl HouseKey {
    /// The house's key, made now when there is none yet.
    ///
    /// # Errors
    /// As any statement.
    pub async fn of(db: &Db, tenant: TenantId) -> Result<Self, StoreError> {
        let mut sql = db.read().await?;
        if let Some(key) = find(&mut sql, tenant).await? {
            return Ok(key);
        }
        drop(sql);
        let mut tx = db.write().await?;
        let fresh = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).map_err(|_| broken())?;
        let now = tx.now();
        // Two who ask at once get one key.
        tx.execute(
            "INSERT INTO push_key (tenant_id, private_key, made_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO NOTHING",
            params![tenant, STANDARD.encode(fresh.as_ref()), now],
        )
        .await?;
        let key = find(&mut tx, tenant).await?.ok_or_else(broken)?;
        tx.commit().await?;
        Ok(key)
    }

    /// Forgets the key: the next who asks gets another, and who has the old one can send nothing any more.
    ///
    /// # Errors
    /// As any statement.
    pub async fn forget(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
        tx.execute("DELETE FROM push_key WHERE tenant_id = $1", params![tenant]).await.map(|_| ())
    }

    /// The public half as browsers want it: a point of P-256, uncompressed, base64url.
    pub fn public(&self) -> String {
        BASE64URL.encode(self.0.public_key())
    }

    /// The value of `Authorization` for one message to `endpoint`; `subject` is where the push service finds us when something
    /// is wrong, an `https:` or `mailto:` address.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn authorization(&self, endpoint: &Url, subject: &str, now: Timestamp) -> Result<String, Unsealed> {
        let until = now.checked_add(SignedDuration::from_hours(VALID_HOURS)).unwrap_or(Timestamp::MAX);
        let claims = json!({ "aud": endpoint.origin().ascii_serialization(), "exp": until.as_second(), "sub": subject });
        let part = |value: &serde_json::Value| BASE64URL.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("vapid t={signed}.{}, k={}", BASE64URL.encode(signature), self.public()))
    }
}

fn broken() -> StoreError {
    StoreError::Defect("the key for push services could not be made or read".to_owned())
}

async fn find(sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<HouseKey>, StoreError> {
    let Some(row) = sql.row("SELECT private_key FROM push_key WHERE tenant_id = $1", params![tenant]).await? else { return Ok(None) };
    let pkcs8 = STANDARD.decode(row.text("private_key")?).map_err(|_| broken())?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &SystemRandom::new()).map_err(|_| broken())?;
    Ok(Some(HouseKey(Arc::new(pair))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_token_is_for_one_push_service_for_half_a_day_and_its_signature_holds() {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &SystemRandom::new()).unwrap();
        let key = HouseKey(Arc::new(pair));
        let endpoint = Url::parse("https://push.example:8443/a/b?c=d").unwrap();
        let header = key.authorization(&endpoint, "https://keel.example", Timestamp::UNIX_EPOCH).unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let claims: Value = serde_json::from_slice(&BASE64URL.decode(signed.split_once('.').unwrap().1).unwrap()).unwrap();
        assert_eq!(claims, json!({ "aud": "https://push.example:8443", "exp": 43_200, "sub": "https://keel.example" }));
        let point = BASE64URL.decode(public).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &BASE64URL.decode(signature).unwrap()).unwrap();
        let private = STANDARD.encode(pkcs8.as_ref());
        assert!(!private.is_empty() && !format!("{key:?}").contains(&private[40..]), "the private half is not printed");
    }
}
