//! How numbers and texts lie in our files: LEB128 varints, zigzag for signed ones, little-endian words.
//!
//! Reading never trusts the bytes: what does not fit is `None`, and the caller says what is damaged.

/// Whether bytes are those that were written, by their CRC32C. When fuzzing everything is: what lies behind the checksums must
/// bear any bytes too.
pub fn intact(bytes: &[u8], sum: u32) -> bool {
    cfg!(fuzzing) || crc32c::crc32c(bytes) == sum
}

/// Writes an unsigned varint.
pub fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

/// Writes a signed varint.
pub fn put_int(out: &mut Vec<u8>, value: i64) {
    put_uint(out, zigzag(value));
}

/// Writes bytes with their length before them.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a word without its low zero bytes: length, then the high bytes. Round floats take two or three.
pub fn put_trimmed(out: &mut Vec<u8>, bits: u64) {
    let zero = (bits.trailing_zeros() / 8).min(8) as usize;
    out.push(low_byte(8 - zero as u64));
    out.extend_from_slice(&bits.to_be_bytes()[..8 - zero]);
}

/// The lowest byte.
#[expect(clippy::cast_possible_truncation, reason = "the lowest byte is what is wanted")]
pub const fn low_byte(value: u64) -> u8 {
    value as u8
}

/// Signed to unsigned, small magnitudes first.
#[expect(clippy::cast_sign_loss, reason = "the bits are moved, not the number")]
pub const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Back from [`zigzag`].
#[expect(clippy::cast_possible_wrap, reason = "the bits are moved, not the number")]
pub const fn unzigzag(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}

/// Bytes being read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned varint.
    pub fn uint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// An unsigned varint that must fit 32 bits.
    pub fn uint32(&mut self) -> Option<u32> {
        u32::try_from(self.uint()?).ok()
    }

    /// An unsigned varint used as a length or index.
    pub fn size(&mut self) -> Option<usize> {
        usize::try_from(self.uint()?).ok()
    }

    /// A signed varint.
    pub fn int(&mut self) -> Option<i64> {
        self.uint().map(unzigzag)
    }

    /// Bytes with their length before them.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.size()?;
        self.take(count)
    }

    /// Text with its length before it.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// What [`put_trimmed`] wrote.
    pub fn trimmed(&mut self) -> Option<u64> {
        let count = usize::from(self.byte()?);
        if count > 8 {
            return None;
        }
        let mut word = [0u8; 8];
        word[..count].copy_from_slice(self.take(count)?);
        Some(u64::from_be_bytes(word))
    }

    /// A little-endian word.
    pub fn word(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// A little-endian half word.
    pub fn half(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
