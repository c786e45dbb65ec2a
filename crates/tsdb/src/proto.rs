//! Protocol Buffers on the wire: fields read one after the other without copying, and written.
//!
//! The formats have few messages and most bytes are in two of them, so that they are read by hand: no generated code, no
//! struct per label. Nothing here trusts a length: what does not fit ends the reading with [`Broken`].

use crate::store::wire::{put_bytes, put_uint, unzigzag, zigzag};

/// The bytes are not what they claim to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message is cut short or not the protobuf message it should be")]
pub struct Broken;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A number, also a signed or zigzag one.
    Varint(u64),
    /// Eight bytes: a double, or a fixed number.
    Fixed64(u64),
    /// Four bytes.
    Fixed32(u32),
    /// A text, a message, or a packed list.
    Bytes(&'a [u8]),
}

/// A message being read.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a>(pub &'a [u8]);

impl<'a> Message<'a> {
    fn varint(&mut self) -> Result<u64, Broken> {
        // Most are one byte long.
        if let [first @ ..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u64::from(*first));
        }
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(Broken)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Broken)?;
        self.0 = rest;
        Ok(head)
    }

    fn fixed64(&mut self) -> Result<u64, Broken> {
        self.take(8)?.try_into().map(u64::from_le_bytes).map_err(|_| Broken)
    }

    fn fixed32(&mut self) -> Result<u32, Broken> {
        self.take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| Broken)
    }

    /// Bytes with their length before them, without a field's number: how delimited messages follow each other.
    pub fn delimited(&mut self) -> Result<&'a [u8], Broken> {
        let count = self.varint()?;
        self.take(usize::try_from(count).map_err(|_| Broken)?)
    }

    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next field: number and value; `None` at the end. Groups, which nobody writes any more, are refused.
    pub fn field(&mut self) -> Result<Option<(u32, Value<'a>)>, Broken> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| Broken)?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.fixed64()?),
            2 => Value::Bytes(self.delimited()?),
            5 => Value::Fixed32(self.fixed32()?),
            _ => return Err(Broken),
        };
        if number == 0 { Err(Broken) } else { Ok(Some((number, value))) }
    }
}

impl<'a> Value<'a> {
    /// A number.
    pub fn uint(self) -> Result<u64, Broken> {
        match self {
            Self::Varint(value) => Ok(value),
            _ => Err(Broken),
        }
    }

    /// A number of 32 bits; longer ones lose their high bits, as the specification wants it.
    #[expect(clippy::cast_possible_truncation, reason = "the specification truncates")]
    pub fn uint32(self) -> Result<u32, Broken> {
        self.uint().map(|value| value as u32)
    }

    /// A signed number written as it is.
    #[expect(clippy::cast_possible_wrap, reason = "the bits are moved, not the number")]
    pub fn int(self) -> Result<i64, Broken> {
        self.uint().map(|value| value as i64)
    }

    /// A signed number in zigzag.
    pub fn sint(self) -> Result<i64, Broken> {
        self.uint().map(unzigzag)
    }

    /// A signed number of 32 bits in zigzag.
    pub fn sint32(self) -> Result<i32, Broken> {
        i32::try_from(self.sint()?).map_err(|_| Broken)
    }

    /// A double.
    pub fn double(self) -> Result<f64, Broken> {
        self.fixed64().map(f64::from_bits)
    }

    /// Eight bytes.
    pub fn fixed64(self) -> Result<u64, Broken> {
        match self {
            Self::Fixed64(bits) => Ok(bits),
            _ => Err(Broken),
        }
    }

    /// Bytes.
    pub fn bytes(self) -> Result<&'a [u8], Broken> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Broken),
        }
    }

    /// A message.
    pub fn message(self) -> Result<Message<'a>, Broken> {
        self.bytes().map(Message)
    }

    /// A text.
    pub fn text(self) -> Result<&'a str, Broken> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Broken)
    }

    /// Each number of a repeated field, packed or not.
    pub fn each(self, mut give: impl FnMut(Self) -> Result<(), Broken>) -> Result<(), Broken> {
        match self {
            Self::Bytes(bytes) => {
                let mut list = Message(bytes);
                while !list.is_empty() {
                    give(Self::Varint(list.varint()?))?;
                }
                Ok(())
            }
            one => give(one),
        }
    }

    /// Each double (or fixed number) of a repeated field, packed or not.
    pub fn each_fixed64(self, mut give: impl FnMut(u64)) -> Result<(), Broken> {
        match self {
            Self::Bytes(bytes) => {
                let words = bytes.chunks_exact(8);
                if !words.remainder().is_empty() {
                    return Err(Broken);
                }
                for word in words {
                    give(word.try_into().map(u64::from_le_bytes).map_err(|_| Broken)?);
                }
                Ok(())
            }
            one => one.fixed64().map(give),
        }
    }
}

/// A message being written; a value that is zero or empty is left out, as proto3 has it.
#[derive(Debug)]
pub struct Writer<'a>(pub &'a mut Vec<u8>);

impl Writer<'_> {
    fn key(&mut self, number: u32, wire: u64) {
        put_uint(self.0, u64::from(number) << 3 | wire);
    }

    /// An unsigned number.
    pub fn uint(&mut self, number: u32, value: u64) {
        if value != 0 {
            self.key(number, 0);
            put_uint(self.0, value);
        }
    }

    /// A signed number as it is.
    #[expect(clippy::cast_sign_loss, reason = "the bits are moved, not the number")]
    pub fn int(&mut self, number: u32, value: i64) {
        self.uint(number, value as u64);
    }

    /// A signed number in zigzag.
    pub fn sint(&mut self, number: u32, value: i64) {
        self.uint(number, zigzag(value));
    }

    /// A double; only +0 is left out.
    pub fn double(&mut self, number: u32, value: f64) {
        if value.to_bits() != 0 {
            self.present(number, value);
        }
    }

    /// A double of a `oneof`, which is written also when it is zero.
    pub fn present(&mut self, number: u32, value: f64) {
        self.key(number, 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// A text.
    pub fn text(&mut self, number: u32, value: &str) {
        if !value.is_empty() {
            self.bytes(number, value.as_bytes());
        }
    }

    /// A text, a message or a packed list, also when it is empty.
    pub fn bytes(&mut self, number: u32, value: &[u8]) {
        self.key(number, 2);
        put_bytes(self.0, value);
    }

    /// Packed doubles.
    pub fn doubles(&mut self, number: u32, values: &[f64]) {
        if !values.is_empty() {
            self.key(number, 2);
            put_uint(self.0, values.len() as u64 * 8);
            for value in values {
                self.0.extend_from_slice(&value.to_le_bytes());
            }
        }
    }

    /// A message that `fill` writes. Its length is not known before, so that its bytes are moved once.
    pub fn message(&mut self, number: u32, fill: impl FnOnce(&mut Writer<'_>)) {
        self.key(number, 2);
        let from = self.0.len();
        fill(&mut Writer(self.0));
        let mut length = Vec::with_capacity(5);
        put_uint(&mut length, (self.0.len() - from) as u64);
        self.0.splice(from..from, length);
    }
}
