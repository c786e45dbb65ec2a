//! Secrets that probes and mailboxes name: an environment variable or a file of one folder. Nothing else can be named.

use std::{io::Read as _, path::PathBuf};

use evenkeel_observe::probe::secret::{SECRET_BYTES_MAX, Secret, SecretName, SecretSource};

/// Secrets of this process.
#[derive(Debug)]
pub(crate) struct Secrets {
    folder: Option<PathBuf>,
}

impl Secrets {
    /// From the environment, and from `folder` when there is one.
    pub(crate) const fn in_folder(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }
}

fn variable(name: &SecretName) -> String {
    format!("EVENKEEL_SECRET_{}", name.as_str().to_ascii_uppercase().replace('-', "_"))
}

impl evenkeel_manage::mail::Passwords for Secrets {
    fn find(&self, name: &SecretName) -> Result<Secret, String> {
        match SecretSource::find(self, name) {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(format!("there is no secret {name}: {}", SecretSource::advice(self, name))),
            Err(error) => Err(format!("the secret {name} cannot be read: {error}")),
        }
    }
}

impl SecretSource for Secrets {
    fn find(&self, name: &SecretName) -> Result<Option<Secret>, String> {
        if let Ok(value) = std::env::var(variable(name)) {
            return Ok(Some(Secret::from(value)));
        }
        let Some(folder) = &self.folder else { return Ok(None) };
        // A name has neither dots nor slashes: it stays in the folder.
        let file = match std::fs::File::open(folder.join(name.as_str())) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mut text = String::new();
        file.take(SECRET_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
        if text.len() > SECRET_BYTES_MAX {
            return Err(format!("it is longer than {SECRET_BYTES_MAX} bytes"));
        }
        Ok(Some(Secret::from(text.trim_end_matches(['\r', '\n']).to_owned())))
    }

    fn advice(&self, name: &SecretName) -> String {
        match &self.folder {
            Some(_) => format!("set {} for the process that uses it, or put the file {name} into its folder of secrets", variable(name)),
            None => {
                format!("set {} for the process that uses it, or start with --secrets DIR and put the file {name} there", variable(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_is_a_file_of_the_folder_and_nothing_beyond_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("shop"), "hunter2\n").unwrap();
        std::fs::write(folder.path().join("large"), "x".repeat(SECRET_BYTES_MAX + 1)).unwrap();
        let name = |text: &str| SecretName::try_from(text.to_owned()).unwrap();
        let secrets = Secrets::in_folder(Some(folder.path().to_owned()));
        assert_eq!(secrets.find(&name("shop")).unwrap().unwrap().reveal(), "hunter2");
        assert!(secrets.find(&name("none")).unwrap().is_none());
        assert!(secrets.find(&name("large")).is_err());
        assert!(SecretName::try_from("../shop".to_owned()).is_err());
        assert!(secrets.advice(&name("shop-db")).contains("EVENKEEL_SECRET_SHOP_DB"));
    }
}
