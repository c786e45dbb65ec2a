//! The manual's table of the 51 names tests that exist, all of them, in both languages.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_one_of_the_51_has_a_test_and_the_manual_names_it() {
    // Tests run in their package's folder. Where it lay when this was compiled is no matter: a build cache serves many clones.
    let root = Path::new("../..");
    let mut written = BTreeSet::new();
    for file in rust_files(&root.join("crates")) {
        let text = fs::read_to_string(file).unwrap();
        written.extend(text.lines().filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn pitfall_")).map(name));
    }
    for number in 1..=51 {
        let prefix = format!("pitfall_{number:02}_");
        assert!(written.iter().any(|test| test.starts_with(&prefix)), "no test for number {number}");
    }
    for language in ["en", "zh"] {
        let page = fs::read_to_string(root.join(format!("docs/{language}/pitfalls.md"))).unwrap();
        let rows = page.lines().filter(|line| line.starts_with("| "));
        let named: BTreeSet<String> = rows.flat_map(|row| row.split("`pitfall_").skip(1).map(name).collect::<Vec<_>>()).collect();
        assert_eq!(named, written, "docs/{language}/pitfalls.md");
    }
}

/// The whole name of a test, from what follows its prefix.
fn name(rest: &str) -> String {
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
    format!("pitfall_{}", &rest[..end])
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                return rust_files(&path);
            }
            path.extension().is_some_and(|ending| ending == "rs").then_some(path).into_iter().collect()
        })
        .collect()
}
