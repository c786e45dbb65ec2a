//! What a status page is declared to be. Pure.
//!
//! Nothing is shown that nobody asked for: a component has a name for outsiders, and says nothing of its service until the
//! page is told to follow it.

use std::collections::BTreeSet;

use evenkeel_core::{
    Failure,
    definition::Bilingual,
    id::{AgreementId, OrganisationId, ServiceId},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::subscriber::Channel;
use crate::refuse;

/// The word in `definition.put`.
pub const KIND: &str = "status_page";

/// The most characters of a title or a name.
const NAME_CHARS_MAX: usize = 80;
/// The most components of a page: it is read on a phone.
const COMPONENTS_MAX: usize = 60;
/// The most groups of a page.
const GROUPS_MAX: usize = 20;
/// The largest logo, as written, bytes: it travels inside every answer.
const LOGO_BYTES_MAX: usize = 48 * 1024;
/// Kinds of pictures that a logo may be. None of them runs a script as the source of an `<img>`.
const LOGO_KINDS: [&str; 4] =
    ["data:image/png;base64,", "data:image/svg+xml;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"];

/// Who may read a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    Public,
    /// The signed-in people of this organisation and of the provider, and whoever has the secret link.
    Customer(OrganisationId),
}

/// A status page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPageDefinition {
    /// Its title.
    pub title: Bilingual,
    /// Who may read it.
    pub audience: Audience,
    /// The IANA zone whose days and clock it is written in.
    pub zone: String,
    /// A picture above the title, as a `data:` address of PNG, SVG, JPEG or WebP; none = the title alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The colour of links and buttons, `#rrggbb`; none = ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Whether planned maintenance of the components' services is shown by itself: when, and of which components; never
    /// what it is called or why.
    #[serde(default)]
    pub maintenance: bool,
    /// How outsiders may be told of posts.
    #[serde(default)]
    pub subscribe: BTreeSet<Channel>,
    /// Its components, in order.
    pub groups: Vec<Group>,
}

/// Components under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusPageGroup)]
pub struct Group {
    /// The heading.
    pub name: Bilingual,
    /// Components, in order.
    pub components: Vec<Component>,
}

/// A part of what outsiders use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusPageComponent)]
pub struct Component {
    /// What posts name it by, for good: small letters, digits and hyphens.
    pub key: String,
    /// Its name for outsiders.
    pub name: Bilingual,
    /// The service behind it; never shown.
    pub service: ServiceId,
    /// Whether it shows how its service is; otherwise it says only what posts say.
    #[serde(default)]
    pub follows: bool,
    /// The agreement by whose method its last 90 days are counted and shown; none = no history is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<AgreementId>,
}

impl StatusPageDefinition {
    /// Every component, in order.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.groups.iter().flat_map(|group| &group.components)
    }

    /// The component of this key.
    pub fn component(&self, key: &str) -> Option<&Component> {
        self.components().find(|component| component.key == key)
    }

    /// The zone, UTC where the name means none any more.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// Whether everything is within its bounds.
    ///
    /// # Errors
    /// What is wrong, where, and what to do.
    pub fn check(&self) -> Result<(), Failure> {
        named("/title", &self.title)?;
        if TimeZone::get(&self.zone).is_err() {
            return Err(refuse::invalid("/zone", format!("{:?} is no IANA zone; write one such as Asia/Shanghai", self.zone)));
        }
        if let Some(colour) = &self.colour
            && !is_colour(colour)
        {
            return Err(refuse::invalid("/colour", "write a colour as # and six hexadecimal digits, such as #0b5fff"));
        }
        if let Some(logo) = &self.logo {
            check_logo(logo)?;
        }
        if self.groups.len() > GROUPS_MAX || self.components().count() > COMPONENTS_MAX {
            return Err(refuse::invalid("/groups", format!("a page has at most {GROUPS_MAX} groups and {COMPONENTS_MAX} components")));
        }
        let mut keys = BTreeSet::new();
        for (place, group) in self.groups.iter().enumerate() {
            named(&format!("/groups/{place}/name"), &group.name)?;
            for (index, component) in group.components.iter().enumerate() {
                let at = format!("/groups/{place}/components/{index}");
                named(&format!("{at}/name"), &component.name)?;
                slug(&format!("{at}/key"), &component.key)?;
                if !keys.insert(&component.key) {
                    return Err(refuse::invalid(&format!("{at}/key"), format!("{:?} is another component's key", component.key)));
                }
            }
        }
        Ok(())
    }
}

/// Whether this can be a part of an address: small letters, digits and hyphens.
///
/// # Errors
/// A refusal at `place`.
pub fn slug(place: &str, text: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 60 || text.starts_with('-') || !text.chars().all(plain) {
        return Err(refuse::invalid(place, format!("{text:?}: write 1 to 60 small letters, digits and hyphens")));
    }
    Ok(())
}

fn named(place: &str, name: &Bilingual) -> Result<(), Failure> {
    for text in [&name.zh, &name.en] {
        let chars = text.trim().chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX || text.chars().any(char::is_control) {
            return Err(refuse::invalid(place, format!("give 1 to {NAME_CHARS_MAX} characters in Chinese and in English")));
        }
    }
    Ok(())
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

fn check_logo(logo: &str) -> Result<(), Failure> {
    let body = LOGO_KINDS.iter().find_map(|kind| logo.strip_prefix(kind));
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    match body {
        Some(body) if !body.is_empty() && logo.len() <= LOGO_BYTES_MAX && body.chars().all(base64) => Ok(()),
        _ => Err(refuse::invalid(
            "/logo",
            format!("a logo is a data: address of PNG, SVG, JPEG or WebP in base64, of at most {LOGO_BYTES_MAX} bytes"),
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn both(text: &str) -> Bilingual {
        Bilingual { zh: text.to_owned(), en: text.to_owned() }
    }

    fn page() -> StatusPageDefinition {
        let component = |key: &str| Component {
            key: key.to_owned(),
            name: both("Shop"),
            service: ServiceId::named("shop"),
            follows: false,
            history: None,
        };
        StatusPageDefinition {
            title: both("Acme"),
            audience: Audience::Public,
            zone: "Asia/Shanghai".to_owned(),
            logo: None,
            colour: Some("#0b5fff".to_owned()),
            maintenance: false,
            subscribe: BTreeSet::new(),
            groups: vec![Group { name: both("All"), components: vec![component("shop"), component("pay")] }],
        }
    }

    #[test]
    fn what_cannot_be_shown_is_refused_where_it_stands() {
        assert!(page().check().is_ok());
        let wrong = |change: fn(&mut StatusPageDefinition)| {
            let mut page = page();
            change(&mut page);
            page.check().unwrap_err().at.unwrap()
        };
        assert_eq!(wrong(|page| page.title.zh.clear()), "/title");
        assert_eq!(wrong(|page| page.zone = "Mars/Phobos".to_owned()), "/zone");
        assert_eq!(wrong(|page| page.colour = Some("red;}body{display:none".to_owned())), "/colour");
        assert_eq!(wrong(|page| page.logo = Some("https://example.org/spy.png".to_owned())), "/logo");
        assert_eq!(wrong(|page| page.logo = Some("data:image/png;base64,\"><script>".to_owned())), "/logo");
        assert_eq!(wrong(|page| page.groups[0].components[1].key = "shop".to_owned()), "/groups/0/components/1/key");
        assert_eq!(wrong(|page| page.groups[0].components[0].key = "Shop Front".to_owned()), "/groups/0/components/0/key");
        assert_eq!(wrong(|page| page.groups[0].name.en = "x".repeat(81)), "/groups/0/name");
    }

    #[test]
    fn the_audience_reads_as_it_is_written() {
        let id = OrganisationId::named("acme");
        let text = serde_json::to_string(&Audience::Customer(id)).unwrap();
        assert_eq!(text, format!("{{\"customer\":\"{id}\"}}"));
        assert_eq!(serde_json::from_str::<Audience>("\"public\"").unwrap(), Audience::Public);
    }
}
