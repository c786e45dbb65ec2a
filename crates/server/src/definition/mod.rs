//! Configuration as code: YAML that declares organisations, people, teams, calendars, services, agreements, probes, rotas,
//! maintenance, the priority matrix, how messages leave and the rules of the house.
//!
//! Things refer to one another by name; ids follow from names. One engine serves `evenkeel apply`, `serve --config` and
//! `POST /api/v1/definitions`: read → resolve → put, all files in one transaction, all or nothing. What says what is in
//! force already makes no version. A dry run does the same and does not commit.

mod calendars;
mod file;
mod finding;
mod maintenance;
mod notification;
mod put;
mod read;
mod resolve;
mod route;
mod schema;
mod settings;
mod text;

pub use calendars::calendars;
pub use file::File;
pub use finding::{Finding, Findings, Source};
pub use notification::{Notification, Smtp, Webhook, current as notification};
pub use put::{Action, Change, apply};
pub use route::router;
pub use schema::schema;
pub use settings::{HOOK, ProbeRules, RULE_ALERTS, current as probe_rules, routing};

#[cfg(test)]
mod tests;
