//! Receivers by mail, and the mail server.

use serde_json::Value;

use super::{SecretFrom, SecretRef, Work};
use crate::{config::Tls, definition::Smtp, fields::Fields};

impl Work<'_> {
    /// The members of an `email_config`, each with its address.
    pub(super) fn mails(&mut self, whose: &str, fields: &mut Fields) -> Result<Vec<(String, String)>, String> {
        if let Err(why) = self.server(fields) {
            self.said.left.push(format!("{whose}: its mail server: {why}"));
        }
        let to = fields.text("to")?.ok_or("there is no address in `to`")?;
        if to.contains("{{") {
            return Err(format!("{to:?} is a template, which names other people for each alert"));
        }
        let mut members = Vec::new();
        for part in to.split(',') {
            // "Name <address>", or the address alone.
            let address = part.split_once('<').map_or(part, |(_, rest)| rest.split('>').next().unwrap_or(rest)).trim();
            if !address.contains('@') {
                self.said.left.push(format!("{whose}: {:?} is no mail address", part.trim()));
                continue;
            }
            let known = self.mails.get(address).cloned();
            let name = known.unwrap_or_else(|| {
                let name = self.unique(&format!("alertmanager-{address}"));
                self.member(&name, address, Some(address));
                self.mails.insert(address.to_owned(), name.clone());
                name
            });
            members.push((name, address.to_owned()));
        }
        Ok(members)
    }

    /// Takes the receiver's mail server for the house's: there is one.
    fn server(&mut self, fields: &mut Fields) -> Result<(), String> {
        let global = self.global;
        let global = |name: &str| global.get(name).and_then(Value::as_str).map(str::to_owned);
        let of = |own: Option<String>, name: &str| own.or_else(|| global(name));
        let smarthost = of(fields.text("smarthost")?, "smtp_smarthost");
        let from = of(fields.text("from")?, "smtp_from");
        let user = of(fields.text("auth_username")?, "smtp_auth_username");
        let must = fields.flag("require_tls")?.or_else(|| self.global.get("smtp_require_tls").and_then(Value::as_bool)).unwrap_or(true);
        let password = self.from(fields, "auth_password", "smtp_")?;
        let smarthost = smarthost.ok_or("it names none; mails leave by the house's")?;
        let (host, port) = smarthost.rsplit_once(':').ok_or_else(|| format!("smarthost {smarthost:?} names no port"))?;
        let port = port.parse().map_err(|_| format!("smarthost {smarthost:?} names no port"))?;
        let from = from.ok_or("nothing says whom mails come from (`from`)")?;
        let tls = match (port, must) {
            (465, _) => Tls::Implicit,
            (_, true) => Tls::Starttls,
            (_, false) => Tls::None,
        };
        let password_file = match (&user, password) {
            (Some(_), Some(password)) => self.password(password)?,
            _ => None,
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        let smtp = Smtp { host, port: Some(port), tls, user, password_env: None, password_file, from };
        match &self.out.notification.smtp {
            Some(other) if *other != smtp => Err(format!("the house has one, and {} is it already", other.host)),
            Some(_) => Ok(()),
            None => {
                self.said.taken.push(format!("mail server {smarthost}, unless the house has one"));
                self.out.notification.smtp = Some(smtp);
                Ok(())
            }
        }
    }

    fn password(&mut self, password: SecretFrom) -> Result<Option<String>, String> {
        Ok(match self.secret("alertmanager-smtp-password", password)? {
            SecretRef::File(file) => Some(file),
            SecretRef::Env(_) => None,
        })
    }
}
