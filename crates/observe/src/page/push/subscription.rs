//! Where a browser takes pushes, and the keys it reads them with. Checked once, so that what is one can be used.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::{
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    rand::SystemRandom,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{Host, Url};
use utoipa::ToSchema;

/// Base64url; browsers write it without padding, libraries with it.
pub(super) const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of an endpoint at most; those of the large services have 200 to 700.
const ENDPOINT_BYTES_MAX: usize = 1_500;
/// Characters of a key at most, as it is written.
const KEY_CHARS_MAX: usize = 200;
/// Bytes of a point of P-256, uncompressed.
pub const POINT_BYTES: usize = 65;
/// Bytes of the browser's secret (RFC 8291, 3.2).
pub const AUTH_BYTES: usize = 16;

/// A subscription as a browser hands it over (`PushSubscription`); also how it lies in the address of a way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrowserSubscription)]
pub struct SubscriptionDraft {
    /// Where the push service takes messages: `https`, at most 1500 bytes.
    pub endpoint: String,
    /// The browser's public key: a point of P-256, uncompressed, base64url.
    pub p256dh: String,
    /// The browser's secret: 16 bytes, base64url.
    pub auth: String,
}

/// A subscription that can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    endpoint: Url,
    p256dh: [u8; POINT_BYTES],
    auth: [u8; AUTH_BYTES],
}

// Whoever knows the endpoint and the keys can send to the browser: they are not printed.
impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("host", &self.host()).finish_non_exhaustive()
    }
}

fn bytes<const N: usize>(name: &str, text: &str) -> Result<[u8; N], String> {
    let wrong = || format!("{name} is {N} bytes as base64url");
    if text.len() > KEY_CHARS_MAX {
        return Err(wrong());
    }
    BASE64URL.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)
}

/// `https`, or on this machine `http`.
fn endpoint(text: &str) -> Result<Url, String> {
    if text.len() > ENDPOINT_BYTES_MAX {
        return Err(format!("an endpoint has at most {ENDPOINT_BYTES_MAX} bytes"));
    }
    let url = Url::parse(text).map_err(|error| format!("the endpoint is no address: {error}"))?;
    let here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if !(url.scheme() == "https" || url.scheme() == "http" && here) {
        return Err("an endpoint begins with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("an endpoint has no user, no password and no fragment".to_owned());
    }
    Ok(url)
}

/// Whether a point lies on the curve: agreeing with it is the only question that is answered about one.
fn usable(point: &[u8; POINT_BYTES]) -> bool {
    let agreed = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())
        .and_then(|ours| agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, point), |_| ()));
    agreed.is_ok()
}

impl TryFrom<SubscriptionDraft> for Subscription {
    type Error = String;

    fn try_from(draft: SubscriptionDraft) -> Result<Self, String> {
        let (endpoint, p256dh, auth) = (endpoint(&draft.endpoint)?, bytes("p256dh", &draft.p256dh)?, bytes("auth", &draft.auth)?);
        if !usable(&p256dh) {
            return Err("p256dh is no point of the curve P-256".to_owned());
        }
        Ok(Self { endpoint, p256dh, auth })
    }
}

impl Subscription {
    /// From the address of a way.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it and not what it is.
    pub fn parse(address: &str) -> Result<Self, String> {
        let draft: SubscriptionDraft =
            serde_json::from_str(address).map_err(|_| "a browser is added from the browser itself".to_owned())?;
        draft.try_into()
    }

    /// As it lies in the address of a way: the same subscription is always the same text.
    pub fn address(&self) -> String {
        let draft = SubscriptionDraft {
            endpoint: self.endpoint.to_string(),
            p256dh: BASE64URL.encode(self.p256dh),
            auth: BASE64URL.encode(self.auth),
        };
        serde_json::to_string(&draft).unwrap_or_default()
    }

    /// Where to send.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Whose push service it is: all of the endpoint that is shown.
    pub fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }

    /// SHA-256 of the endpoint, hex: by this a browser knows which way is itself.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.endpoint.as_str()))
    }

    pub(super) fn p256dh(&self) -> &[u8; POINT_BYTES] {
        &self.p256dh
    }

    pub(super) fn auth(&self) -> &[u8; AUTH_BYTES] {
        &self.auth
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub fn point() -> String {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        BASE64URL.encode(key.compute_public_key().unwrap())
    }

    pub fn draft(endpoint: &str) -> SubscriptionDraft {
        SubscriptionDraft { endpoint: endpoint.to_owned(), p256dh: point(), auth: BASE64URL.encode([7u8; AUTH_BYTES]) }
    }

    pub fn browser() -> Subscription {
        draft("https://push.example/v1/abc").try_into().unwrap()
    }

    #[test]
    fn a_subscription_is_the_same_after_it_was_an_address() {
        let subscription = browser();
        assert_eq!(Subscription::parse(&subscription.address()), Ok(subscription.clone()));
        assert!(!format!("{subscription:?}").contains("abc"), "the endpoint is a secret");
        let padded = SubscriptionDraft { auth: format!("{}==", BASE64URL.encode([7u8; 16])), ..draft("https://push.example/") };
        assert!(Subscription::try_from(padded).is_ok());
    }

    #[test]
    fn an_endpoint_is_https_or_on_this_machine() {
        for good in ["https://push.example/x", "http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"] {
            assert!(Subscription::try_from(draft(good)).is_ok(), "{good}");
        }
        let long = format!("https://push.example/{}", "x".repeat(ENDPOINT_BYTES_MAX));
        for bad in [
            "http://push.example/x",
            "http://10.0.0.1/x",
            "http://localhost.example/x",
            "file:///etc/passwd",
            "ftp://push.example/",
            "https://user@push.example/x",
            "https://push.example/x#y",
            "push.example",
            "",
            &long,
        ] {
            assert!(Subscription::try_from(draft(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_that_cannot_be_used_are_refused() {
        let good = draft("https://push.example/x");
        let off_the_curve = BASE64URL.encode([&[4u8][..], &[1u8; 64]].concat());
        let compressed = BASE64URL.encode([&[2u8][..], &[1u8; 32]].concat());
        for p256dh in ["", "not base64 !", &off_the_curve, &compressed, &BASE64URL.encode([4u8; 66]), &"A".repeat(10_000)] {
            assert!(Subscription::try_from(SubscriptionDraft { p256dh: p256dh.to_owned(), ..good.clone() }).is_err(), "{p256dh}");
        }
        for auth in [String::new(), BASE64URL.encode([1u8; 15]), BASE64URL.encode([1u8; 17])] {
            assert!(Subscription::try_from(SubscriptionDraft { auth, ..good.clone() }).is_err());
        }
        for address in ["", "{}", "https://push.example/x", r#"{"endpoint":"https://push.example/x"}"#] {
            assert!(Subscription::parse(address).is_err(), "{address}");
        }
    }
}
