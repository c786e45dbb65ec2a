//! The house rule as a test: which room may know which. Reads `cargo metadata`; also the licences of all dependencies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// `core ← sla, tsdb, store ← api ← {observe, manage, analyze} ← server`; halls never import each other.
const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("sla", &["core"]),
    ("tsdb", &["core"]),
    ("store", &["core"]),
    ("api", &["core", "store"]),
    ("observe", &["core", "sla", "tsdb", "store", "api"]),
    ("manage", &["core", "sla", "tsdb", "store", "api"]),
    ("analyze", &["core", "sla", "tsdb", "store", "api"]),
    ("server", &["core", "sla", "tsdb", "store", "api", "observe", "manage", "analyze"]),
];

fn metadata() -> Value {
    let root = "../Cargo.toml";
    let out =
        Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--locked", "--manifest-path", root]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn rooms_know_only_the_rooms_below_them() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let mut seen = 0;
    for package in metadata["packages"].as_array().unwrap().iter().filter(|p| members.contains(p["id"].as_str().unwrap())) {
        let room = package["name"].as_str().unwrap().trim_start_matches("evenkeel-");
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            assert!(["stories", "bench"].contains(&room), "the room {room} has no rule: add it to ARROWS and to ARCHITECTURE.md");
            continue;
        };
        seen += 1;
        for dependency in package["dependencies"].as_array().unwrap() {
            // A room's own test harness may stand among its dev-dependencies.
            let kind = dependency["kind"].as_str();
            if let Some(target) = dependency["name"].as_str().unwrap().strip_prefix("evenkeel-") {
                assert!(allowed.contains(&target) || (kind == Some("dev") && target == room), "{room} may not know {target}");
            }
        }
    }
    assert_eq!(seen, ARROWS.len(), "a room of the rule is missing from the workspace");
}

#[test]
fn the_pure_rooms_do_no_input_or_output() {
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        if !["evenkeel-core", "evenkeel-sla"].contains(&package["name"].as_str().unwrap()) {
            continue;
        }
        for dependency in package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null()) {
            let name = dependency["name"].as_str().unwrap();
            assert!(
                !["tokio", "reqwest", "axum", "sqlx", "hyper", "getrandom", "rand"].contains(&name),
                "{} may not use {name}",
                package["name"]
            );
        }
    }
}

#[test]
fn every_dependency_has_a_licence_that_deny_toml_allows() {
    let deny = std::fs::read_to_string("../deny.toml").unwrap();
    let list = deny.split("allow = [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let mut refused = Vec::new();
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(licence) = package["license"].as_str() else {
            if package["license_file"].is_null() {
                refused.push(format!("{name}: none"));
            }
            continue;
        };
        // "A OR B" needs one, "A AND B" both; the older "A/B" means OR. Good enough without a parser: no nesting beyond one level occurs.
        let clean = licence.replace('/', " OR ").replace(['(', ')'], "");
        let fine = clean.split(" OR ").any(|choice| choice.split(" AND ").all(|one| allowed.contains(one.trim())));
        let mixed = clean.contains(" AND ") && clean.split(" AND ").all(|part| part.split(" OR ").any(|one| allowed.contains(one.trim())));
        if !fine && !mixed {
            refused.push(format!("{name}: {licence}"));
        }
    }
    assert!(refused.is_empty(), "licences not in deny.toml: {refused:#?}");
}
