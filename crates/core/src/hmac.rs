//! HMAC-SHA256 (RFC 2104) over the SHA-256 we have already.

use sha2::{Digest, Sha256};

const BLOCK_BYTES: usize = 64;

/// The code of `parts`, one after the other, under `key`, in hex.
pub fn hex(key: &[u8], parts: &[&[u8]]) -> String {
    ::hex::encode(code(key, parts))
}

/// The code of `parts`, one after the other, under `key`.
pub fn code(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0u8; BLOCK_BYTES];
    if key.len() > BLOCK_BYTES {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    for part in parts {
        inner.update(part);
    }
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::hex;

    /// RFC 4231, cases 1, 2, 6 and 7.
    #[test]
    fn the_vectors_of_rfc_4231_hold() {
        let long = [0xaa; 131];
        for (key, text, code) in [
            (&[0x0b; 20][..], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                &long,
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &long,
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            let (head, tail) = text.split_at(text.len() / 3);
            assert_eq!(hex(key, &[head.as_bytes(), tail.as_bytes()]), code);
        }
    }
}
