//! Rules of the whole house, as declared: where probes may look and how our own line is watched.

use evenkeel_core::id::TenantId;
use evenkeel_manage::definition;
use evenkeel_observe::{
    probe::{address::AddressPolicy, uplink::UplinkOptions},
    rule::Routing,
};
use evenkeel_store::{Result, Sql};
use serde::{Deserialize, Serialize};

/// The word in `definition.put`.
pub const KIND: &str = "probe_rules";
/// There is one.
pub const NAME: &str = "probe_rules";

/// The word in `definition.put` for how alerts of rules become incidents; there is one.
pub const RULE_ALERTS: &str = "rule_alerts";

/// The word in `definition.put` for webhooks that come in.
pub const HOOK: &str = "webhook";

/// Rules of probes, checked: every address and network can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRules {
    /// `address:port` of machines outside that tell whether our own line stands.
    pub canaries: Vec<String>,
    /// Whether the default gateway tells too.
    pub gateway: bool,
    /// Networks that looks may go to.
    pub allow: Vec<String>,
    /// Networks that looks must not go to.
    pub deny: Vec<String>,
}

impl Default for ProbeRules {
    fn default() -> Self {
        Self { canaries: Vec::new(), gateway: true, allow: Vec::new(), deny: Vec::new() }
    }
}

impl ProbeRules {
    /// Where looks and webhooks may go.
    pub fn addresses(&self) -> AddressPolicy {
        let read = |networks: &[String]| networks.iter().filter_map(|network| network.parse().ok()).collect();
        AddressPolicy { allow: read(&self.allow), deny: read(&self.deny), ..AddressPolicy::default() }
    }

    /// How our own line is watched.
    pub fn uplink(&self) -> UplinkOptions {
        let canaries = self.canaries.iter().filter_map(|canary| canary.parse().ok()).collect();
        UplinkOptions { canaries, gateway: self.gateway, ..UplinkOptions::default() }
    }
}

/// What is in force.
///
/// # Errors
/// As any statement.
pub async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<ProbeRules> {
    Ok(definition::current::<ProbeRules>(sql, tenant, KIND, NAME).await?.map(|version| version.body).unwrap_or_default())
}

/// How alerts of rules become incidents.
///
/// # Errors
/// As any statement.
pub async fn routing(sql: &mut dyn Sql, tenant: TenantId) -> Result<Routing> {
    Ok(definition::current::<Routing>(sql, tenant, RULE_ALERTS, RULE_ALERTS).await?.map(|version| version.body).unwrap_or_default())
}
