//! Secrets of a configuration file: sent to whom they are for, shown to nobody.

pub use evenkeel_core::secret::Secret;

/// What is shown in place of a secret.
pub const HIDDEN: &str = "<secret>";

/// Whether a parameter of this name holds a secret as a rule.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "passw", "api_key", "apikey", "access_key", "auth", "credential", "signature"]
        .iter()
        .any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed_and_parameters_that_hold_one_are_known() {
        assert_eq!(format!("{:?}", Secret::from("hunter2".to_owned())), "(secret)");
        assert!(is_secret_name("API_TOKEN") && is_secret_name("password") && !is_secret_name("module") && !is_secret_name("target"));
    }
}
