//! Numbers of OTLP's JSON: as numbers, or as texts, which 64-bit ones and `NaN` must be.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// A kind of number.
pub(super) trait Number: FromStr + Sized {
    fn from_unsigned(value: u64) -> Option<Self>;
    fn from_signed(value: i64) -> Option<Self>;
    fn from_float(value: f64) -> Option<Self>;
}

macro_rules! whole {
    ($($kind:ty),*) => { $(
        impl Number for $kind {
            fn from_unsigned(value: u64) -> Option<Self> {
                value.try_into().ok()
            }
            fn from_signed(value: i64) -> Option<Self> {
                value.try_into().ok()
            }
            fn from_float(value: f64) -> Option<Self> {
                // 1.0 and 1e3 are whole numbers too.
                format!("{value}").parse().ok()
            }
        }
    )* };
}
whole!(u32, u64, i32, i64);

impl Number for f64 {
    #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are floats")]
    fn from_unsigned(value: u64) -> Option<Self> {
        Some(value as Self)
    }
    #[expect(clippy::cast_precision_loss, reason = "JSON's numbers are floats")]
    fn from_signed(value: i64) -> Option<Self> {
        Some(value as Self)
    }
    fn from_float(value: f64) -> Option<Self> {
        Some(value)
    }
}

struct Seen<T>(PhantomData<T>);

impl<T: Number> Visitor<'_> for Seen<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a number as a text")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        T::from_unsigned(value).map(Some).ok_or_else(|| E::custom(format!("the number {value} does not fit")))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        T::from_signed(value).map(Some).ok_or_else(|| E::custom(format!("the number {value} does not fit")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<T>, E> {
        T::from_float(value).map(Some).ok_or_else(|| E::custom(format!("the number {value} does not fit")))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<T>, E> {
        value.parse().map(Some).map_err(|_| E::custom(format!("{value:?} is no number that fits")))
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// A number, or nothing.
pub(super) fn some<'de, D: Deserializer<'de>, T: Number>(from: D) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Seen(PhantomData))
}

/// A number; nothing is zero.
pub(super) fn any<'de, D: Deserializer<'de>, T: Number + Default>(from: D) -> Result<T, D::Error> {
    some(from).map(Option::unwrap_or_default)
}

struct One<T>(T);

impl<'de, T: Number + Default> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        any(from).map(Self)
    }
}

/// A list of numbers.
pub(super) fn list<'de, D: Deserializer<'de>, T: Number + Default>(from: D) -> Result<Vec<T>, D::Error> {
    let list: Vec<One<T>> = Vec::deserialize(from)?;
    Ok(list.into_iter().map(|one| one.0).collect())
}
