//! Receivers: each becomes a team of its name whose members are its addresses, and a policy that tells all of them at once. Pure.
//!
//! An address of mail is declared of its member. An address of anything else holds a secret as a rule: it stands in no definition,
//! but is the way of its member over a gateway, where people's own ways lie. Keys and passwords go to files that gateways name.

mod chat;
mod made;
mod mail;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use evenkeel_observe::{
    page::gateway::{GatewayDefinition, SecretRef},
    scrape::config::units,
};
use serde_json::{Value, json};

use super::{
    super::plain_name,
    file::{Config, Receiver},
};
use crate::{fields::Fields, secret_from::SecretFrom};

pub(super) use made::{Receivers, Way, section};

/// Alertmanager's own `repeat_interval` where a file names none, seconds.
const REPEAT_SECS: u64 = 4 * 3_600;
/// What a step of a policy may wait, seconds.
const WAIT_SECS: std::ops::RangeInclusive<u64> = 30..=86_400;
/// Ways that send no word of the end unless they are asked to.
const QUIET_AT_THE_END: [&str; 3] = ["email", "slack", "wechat"];

/// What receivers are taken by.
#[derive(Debug)]
pub(super) struct Terms {
    /// The organisation that teams and members belong to; without one no receiver is taken.
    pub organisation: Option<String>,
    /// The language of the messages, `zh` or `en`; none = as people are declared who say none.
    pub locale: Option<String>,
    /// The folder of secrets.
    pub secrets: Option<PathBuf>,
    /// The folder that paths in the file begin at.
    pub base: PathBuf,
}

/// What is said of it.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub taken: Vec<String>,
    pub left: Vec<String>,
}

/// Converts the receivers.
pub(super) fn convert(config: &Config, terms: &Terms, said: &mut Said) -> Receivers {
    let mut out = Receivers::default();
    let Some(organisation) = &terms.organisation else {
        for receiver in &config.receivers {
            said.left.push(format!(
                "receiver {:?} ({}): say --organisation NAME, of which its team and its addresses are to be",
                receiver.name,
                kinds(receiver)
            ));
        }
        return out;
    };
    let mut work =
        Work { terms, organisation, global: &config.global, names: BTreeSet::new(), mails: BTreeMap::new(), out: &mut out, said };
    for receiver in &config.receivers {
        work.receiver(receiver, config.route.repeat_interval_of(&receiver.name));
    }
    let unused = config.global.keys().filter(|key| !known(key)).map(String::as_str).collect::<Vec<_>>();
    if !unused.is_empty() {
        work.said.left.push(format!("global {}: there is nothing like it here", unused.join(", ")));
    }
    out
}

/// What of the global part receivers are asked for.
fn known(key: &str) -> bool {
    matches!(key.strip_suffix("_file").unwrap_or(key), "slack_api_url" | "telegram_api_url" | "telegram_bot_token" | "resolve_timeout")
        || matches!(
            key,
            "smtp_smarthost" | "smtp_from" | "smtp_require_tls" | "smtp_auth_username" | "smtp_auth_password" | "smtp_auth_password_file"
        )
}

fn kinds(receiver: &Receiver) -> String {
    let kinds: Vec<&str> = receiver.ways.keys().map(|way| way.trim_end_matches("_configs")).collect();
    if kinds.is_empty() { "nobody".to_owned() } else { kinds.join(", ") }
}

struct Work<'a> {
    terms: &'a Terms,
    organisation: &'a str,
    global: &'a serde_json::Map<String, Value>,
    /// Names that are given.
    names: BTreeSet<String>,
    /// The member of an address of mail.
    mails: BTreeMap<String, String>,
    out: &'a mut Receivers,
    said: &'a mut Said,
}

impl Work<'_> {
    fn receiver(&mut self, receiver: &Receiver, repeat: Option<&str>) {
        let name = &receiver.name;
        let (mut members, mut told, mut quiet) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (key, list) in &receiver.ways {
            let kind = key.trim_end_matches("_configs");
            let whose = format!("receiver {name:?} {kind}");
            for config in list.as_array().map(Vec::as_slice).unwrap_or_default() {
                let taken = Fields::of(Some(config.clone())).and_then(|mut fields| {
                    let sends_end = fields.flag("send_resolved")?.unwrap_or(!QUIET_AT_THE_END.contains(&kind));
                    let taken =
                        if kind == "email" { self.mails(&whose, &mut fields)? } else { self.chat(name, kind, &mut fields, &whose)? };
                    if !sends_end {
                        quiet.insert(kind);
                    }
                    let rest: Vec<String> = fields.rest().collect();
                    if !rest.is_empty() {
                        self.said
                            .left
                            .push(format!("{whose}: {}: not used here; the words are ours, or the house's texts", rest.join(", ")));
                    }
                    Ok(taken)
                });
                match taken {
                    Ok(taken) => {
                        for (member, way) in taken {
                            if !members.contains(&member) {
                                members.push(member);
                                told.push(way);
                            }
                        }
                    }
                    Err(why) => self.said.left.push(format!("{whose}: {why}")),
                }
            }
        }
        if members.is_empty() {
            self.said.left.push(format!("receiver {name:?}: it tells nobody that can be told here; no team is made of it"));
            return;
        }
        let team = self.unique(&format!("alertmanager-{name}"));
        let wait = self.wait(name, repeat);
        self.said
            .taken
            .push(format!("receiver {name:?} as team {team}, all at once and every {wait} s until somebody answers: {}", told.join(", ")));
        if !quiet.is_empty() {
            let kinds = quiet.into_iter().collect::<Vec<_>>().join(", ");
            self.said
                .left
                .push(format!("receiver {name:?} {kinds}: send_resolved is false; whoever is told of the beginning is told of the end"));
        }
        let display = json!({ "zh": name, "en": name });
        self.out.teams.push(json!({ "name": team, "display": display, "organisation": self.organisation, "members": members }));
        self.out.policies.push(json!({ "team": team, "steps": [{ "teams": [team], "wait_secs": wait }] }));
        self.out.team.insert(name.clone(), team);
    }

    /// How long a step waits: as long as Alertmanager would before it tells again.
    fn wait(&mut self, receiver: &str, repeat: Option<&str>) -> u64 {
        let secs = repeat.and_then(units::duration).map_or(REPEAT_SECS, |duration| duration.as_secs());
        let wait = secs.clamp(*WAIT_SECS.start(), *WAIT_SECS.end());
        if wait != secs {
            self.said.left.push(format!("receiver {receiver:?}: repeat_interval of {secs} s; it is {wait} s here"));
        }
        wait
    }

    /// A member over a gateway; answers its name and what is said of it.
    fn chat(&mut self, receiver: &str, kind: &str, fields: &mut Fields, whose: &str) -> Result<Vec<(String, String)>, String> {
        let (gateway, address) = chat::chat(self, kind, fields, whose)?;
        let gateway = self.gateway(gateway);
        let person = self.unique(&format!("alertmanager-{receiver}-{kind}"));
        self.member(&person, &format!("{receiver} ({kind})"), None);
        let shown = format!("{kind} ({})", shown(&address));
        self.out.ways.push(Way { person: person.clone(), gateway, address });
        Ok(vec![(person, shown)])
    }

    fn member(&mut self, name: &str, display: &str, email: Option<&str>) {
        let mut person = json!({ "name": name, "display": display, "organisation": self.organisation });
        if let Some(email) = email {
            person["email"] = json!(email);
        }
        if let Some(locale) = &self.terms.locale {
            person["locale"] = json!(locale);
        }
        self.out.people.push(person);
    }

    /// A name that nobody has yet.
    fn unique(&mut self, text: &str) -> String {
        let base = plain_name(text, 90);
        let mut name = base.clone();
        for number in 2.. {
            if self.names.insert(name.clone()) {
                break;
            }
            name = format!("{base}-{number}");
        }
        name
    }

    /// The name of the gateway: an equal one that there is, else a new one.
    fn gateway(&mut self, mut gateway: GatewayDefinition) -> String {
        let base = gateway.name.clone();
        for number in 2.. {
            match self.out.notification.gateways.iter().find(|other| other.name == gateway.name) {
                Some(other) if *other == gateway => return gateway.name,
                Some(_) => gateway.name = format!("{base}-{number}"),
                None => break,
            }
        }
        let name = gateway.name.clone();
        self.out.notification.gateways.push(gateway);
        name
    }

    /// Where a secret lies from now on: in its own file, or in one in the folder of secrets.
    fn secret(&mut self, name: &str, from: SecretFrom) -> Result<SecretRef, String> {
        let place = |path: &Path| SecretRef::File(path.display().to_string());
        if let SecretFrom::File(file) = &from {
            return Ok(place(file));
        }
        let folder = self.terms.secrets.as_ref();
        let folder = folder.ok_or("it has a secret, which no definition holds; name a folder for it with --secrets")?;
        let mut path = folder.join(name);
        for number in 2.. {
            if self.out.secrets.get(&path).is_none_or(|known| *known == from) {
                break;
            }
            path = folder.join(format!("{name}-{number}"));
        }
        let place = place(&path);
        self.out.secrets.insert(path, from);
        Ok(place)
    }

    /// What stands under `name` or in the file under `name`_file, of the receiver or else, with `prefix`, of the global part.
    fn from(&self, fields: &mut Fields, name: &str, prefix: &str) -> Result<Option<SecretFrom>, String> {
        let file = format!("{name}_file");
        let (own, own_file) = (fields.text(name)?, fields.text(&file)?);
        let global = |name: &str| self.global.get(&format!("{prefix}{name}")).and_then(Value::as_str).map(str::to_owned);
        let (text, path) = if own.is_some() || own_file.is_some() { (own, own_file) } else { (global(name), global(&file)) };
        if text.as_ref().is_some_and(|text| text.contains("{{")) {
            return Err(format!("{name} is a template, which names another place for each alert"));
        }
        Ok(text.map(|text| SecretFrom::Text(text.into())).or_else(|| path.map(|path| SecretFrom::File(self.terms.base.join(path)))))
    }
}

/// What of an address may be shown: a host.
fn shown(address: &SecretFrom) -> String {
    match address {
        SecretFrom::File(file) => file.display().to_string(),
        SecretFrom::Text(text) => {
            let host = url::Url::parse(text.reveal()).ok().and_then(|url| url.host_str().map(str::to_owned));
            host.unwrap_or_else(|| "kept secret".to_owned())
        }
    }
}
