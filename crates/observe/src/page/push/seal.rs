//! Sealing for one browser: RFC 8291 over the content coding `aes128gcm` of RFC 8188, in one record.

use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    rand::{SecureRandom as _, SystemRandom},
};

use super::{
    Subscription, Unsealed,
    subscription::{AUTH_BYTES, POINT_BYTES},
};

/// Bytes of a message at most: every push service takes 4096 (RFC 8030, 7.2), of which the header has 86, the tag 16 and the
/// delimiter one.
pub const PLAIN_BYTES_MAX: usize = RECORD_BYTES as usize - HEADER_BYTES - 16 - 1;
const RECORD_BYTES: u32 = 4_096;
const SALT_BYTES: usize = 16;
const HEADER_BYTES: usize = SALT_BYTES + 4 + 1 + POINT_BYTES;
/// Ends the last record (RFC 8188, 2).
const LAST_RECORD: u8 = 2;

/// The body of a push for this browser.
///
/// # Errors
/// When the message is longer than [`PLAIN_BYTES_MAX`], or the system has no randomness.
pub fn seal(to: &Subscription, plain: &[u8]) -> Result<Vec<u8>, Unsealed> {
    let random = SystemRandom::new();
    let mut salt = [0u8; SALT_BYTES];
    random.fill(&mut salt)?;
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
    let point = ours.compute_public_key()?;
    let sender = point.as_ref().try_into().map_err(|_| Unsealed)?;
    agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, to.p256dh()), |shared| {
        Exchange { shared, receiver: to.p256dh(), auth: to.auth(), sender: &sender, salt: &salt }.seal(plain)
    })?
}

/// What both sides know once the keys are exchanged.
struct Exchange<'a> {
    shared: &'a [u8],
    receiver: &'a [u8; POINT_BYTES],
    auth: &'a [u8; AUTH_BYTES],
    sender: &'a [u8; POINT_BYTES],
    salt: &'a [u8; SALT_BYTES],
}

/// How many bytes are derived.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(key: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unsealed> {
    let mut out = [0u8; N];
    key.expand(info, Bytes(N))?.fill(&mut out)?;
    Ok(out)
}

impl Exchange<'_> {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Unsealed> {
        if plain.len() > PLAIN_BYTES_MAX {
            return Err(Unsealed);
        }
        let exchanged = Salt::new(HKDF_SHA256, self.auth).extract(self.shared);
        let input: [u8; 32] = derive(&exchanged, &[b"WebPush: info\0", self.receiver, self.sender])?;
        let key = Salt::new(HKDF_SHA256, self.salt).extract(&input);
        let content: [u8; 16] = derive(&key, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = derive(&key, &[b"Content-Encoding: nonce\0"])?;

        let mut record = plain.to_vec();
        record.push(LAST_RECORD);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content)?);
        // The one record of this key: the nonce is that of sequence number 0.
        cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;

        let mut body = Vec::with_capacity(HEADER_BYTES + record.len());
        body.extend_from_slice(self.salt);
        body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "65")]
        body.push(POINT_BYTES as u8);
        body.extend_from_slice(self.sender);
        body.append(&mut record);
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use base64::Engine as _;

    use super::{super::subscription::BASE64URL, *};

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64URL.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_vector_of_rfc_8291_holds() {
        let exchange = Exchange {
            shared: &bytes::<32>("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"),
            receiver: &bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            auth: &bytes("BTBZMqHH6r4Tts7J_aSIgg"),
            sender: &bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"),
            salt: &bytes("DGv6ra1nlYgDCS1FRnbzlw"),
        };
        let body = exchange.seal(b"When I grow up, I want to be a watermelon").unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64URL.encode(body), expected);
    }

    #[test]
    fn the_longest_message_fills_4096_bytes_and_a_longer_one_is_refused() {
        assert_eq!(PLAIN_BYTES_MAX, 3_993);
        let to = super::super::subscription::tests::browser();
        let body = seal(&to, &vec![b'x'; PLAIN_BYTES_MAX]).unwrap();
        assert_eq!(body.len(), 4_096);
        assert_eq!(seal(&to, &vec![b'x'; PLAIN_BYTES_MAX + 1]), Err(Unsealed));
    }
}
