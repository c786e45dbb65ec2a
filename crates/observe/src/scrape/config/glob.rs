//! Patterns of paths: `*`, `?` and `[…]` within one part of a path.

use std::path::{Component, Path, PathBuf};

/// Paths that one pattern may name.
const PATHS_MAX: usize = 10_000;

/// The files that exist and that the pattern names, sorted.
pub fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let Component::Normal(name) = part else {
            for path in &mut found {
                path.push(part);
            }
            continue;
        };
        let Some(wanted) = name.to_str().filter(|name| name.contains(['*', '?', '['])) else {
            for path in &mut found {
                path.push(name);
            }
            continue;
        };
        let mut deeper = Vec::new();
        for folder in found {
            let readable = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.clone() };
            for entry in std::fs::read_dir(readable).into_iter().flatten().flatten() {
                if deeper.len() < PATHS_MAX && entry.file_name().to_str().is_some_and(|name| matches(wanted.as_bytes(), name.as_bytes())) {
                    deeper.push(folder.join(entry.file_name()));
                }
            }
        }
        found = deeper;
    }
    found.retain(|path| path.is_file());
    found.sort();
    found
}

/// Whether a name matches a pattern. Steps back to the last `*` only, so that it ends soon whatever the pattern.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while place < name.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, place));
            at += 1;
        } else if let Some(length) = one(&pattern[at..], name[place]) {
            at += length;
            place += 1;
        } else if let Some((star_at, from)) = star {
            star = Some((star_at, from + 1));
            (at, place) = (star_at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// The length of what matches one character at the pattern's start; `None` when it does not match.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match *pattern.first()? {
        b'?' => Some(1),
        b'\\' => (*pattern.get(1)? == byte).then_some(2),
        b'[' => {
            let end = pattern.iter().skip(2).position(|byte| *byte == b']')? + 2;
            let set = &pattern[1..end];
            let (negated, set) = match set.split_first() {
                Some((b'^' | b'!', rest)) => (true, rest),
                _ => (false, set),
            };
            let mut rest = set;
            let mut hit = false;
            while let [first, tail @ ..] = rest {
                if let [b'-', last, tail @ ..] = tail {
                    hit |= (*first..=*last).contains(&byte);
                    rest = tail;
                } else {
                    hit |= *first == byte;
                    rest = tail;
                }
            }
            (hit != negated).then_some(end + 1)
        }
        literal => (literal == byte).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pattern_names_the_files_that_match_it() {
        for (pattern, name, expected) in [
            ("*.yml", "a.yml", true),
            ("*.yml", "a.yaml", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1b2", false),
            ("?[0-9]x", "n7x", true),
            ("[^a]x", "ax", false),
            ("**", "", true),
            ("a", "ab", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        for name in ["rules/b.yml", "rules/a.yml", "rules/a.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = expand(&folder.path().join("ru*/*.yml"));
        assert_eq!(found, [folder.path().join("rules/a.yml"), folder.path().join("rules/b.yml")]);
        assert!(expand(&folder.path().join("none/*.yml")).is_empty());
        assert_eq!(expand(&folder.path().join("rules/a.txt")).len(), 1);
    }
}
