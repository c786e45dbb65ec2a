//! References of definitions: an id, or the name that an id follows from. What is stored is the id.

use evenkeel_core::{Id, id::Kind};
use serde::{Deserialize, Deserializer, de::Error};

/// The most characters of a name.
const NAME_CHARS_MAX: usize = 100;

fn read<K: Kind, E: Error>(text: &str) -> Result<Id<K>, E> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if text.is_empty() || text.chars().count() > NAME_CHARS_MAX {
        return Err(E::custom(format!("name a {} by its name or id", K::NAME)));
    }
    Ok(Id::named(text))
}

/// One.
pub(super) fn one<'de, K: Kind, D: Deserializer<'de>>(deserializer: D) -> Result<Id<K>, D::Error> {
    read(&String::deserialize(deserializer)?)
}

/// One, or none.
pub(super) fn optional<'de, K: Kind, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id<K>>, D::Error> {
    Option::<String>::deserialize(deserializer)?.as_deref().map(read).transpose()
}

/// Several.
pub(super) fn many<'de, K: Kind, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Id<K>>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| read(text)).collect()
}
