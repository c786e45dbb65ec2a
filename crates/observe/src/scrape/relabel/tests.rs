#![allow(clippy::unwrap_used)]
use super::*;

fn rule(action: &str, sources: &[&str], regex: &str, target: &str, replacement: &str) -> Rule {
    Rule {
        source_labels: sources.iter().map(|name| (*name).to_owned()).collect(),
        separator: ";".into(),
        regex: Pattern::new(regex).unwrap(),
        modulus: 1000,
        target_label: target.into(),
        replacement: replacement.into(),
        action: Action::parse(action).unwrap(),
    }
}

fn set(pairs: &[(&str, &str)]) -> LabelSet {
    LabelSet::new(pairs.iter().copied())
}

#[track_caller]
fn becomes(rules: &[Rule], input: &[(&str, &str)], output: &[(&str, &str)]) {
    let mut labels = set(input);
    assert!(apply(rules, &mut labels), "dropped");
    assert_eq!(labels, set(output));
}

#[track_caller]
fn dropped(rules: &[Rule], input: &[(&str, &str)]) {
    assert!(!apply(rules, &mut set(input)), "kept");
}

#[test]
fn replace_joins_its_sources_and_writes_captures() {
    becomes(
        &[rule("replace", &["a", "b"], "w(.*);(.*)n", "c", "<${1}-$2>")],
        &[("a", "web"), ("b", "green")],
        &[("a", "web"), ("b", "green"), ("c", "<eb-gree>")],
    );
    // The name of a capture is as long as it can be: there is no capture "1x".
    becomes(&[rule("replace", &["a"], "(.*)", "b", "$1x")], &[("a", "v")], &[("a", "v")]);
    becomes(&[rule("replace", &["a"], "(?P<word>.*)", "b", "${word}x")], &[("a", "v")], &[("a", "v"), ("b", "vx")]);
    becomes(&[rule("replace", &["a"], "v", "b", "10$$")], &[("a", "v")], &[("a", "v"), ("b", "10$")]);
}

#[test]
fn replace_does_nothing_where_nothing_matches_and_removes_with_an_empty_result() {
    becomes(&[rule("replace", &["a"], "x", "b", "y")], &[("a", "v"), ("b", "old")], &[("a", "v"), ("b", "old")]);
    becomes(&[rule("replace", &["a"], "(.*)", "b", "")], &[("a", "v"), ("b", "old")], &[("a", "v")]);
    // An absent label is an empty text, which "(.*)" matches.
    becomes(&[rule("replace", &["none"], "(.*)", "b", "set")], &[("a", "v")], &[("a", "v"), ("b", "set")]);
    // No sources at all: the rule writes a constant.
    becomes(&[rule("replace", &[], "(.*)", "b", "set")], &[], &[("b", "set")]);
}

#[test]
fn the_target_may_be_made_of_captures() {
    becomes(&[rule("replace", &["a"], "([^=]+)=(.*)", "${1}", "${2}")], &[("a", "zone=north")], &[("a", "zone=north"), ("zone", "north")]);
    becomes(&[rule("replace", &["a"], "(.*)", "${7}", "x")], &[("a", "v")], &[("a", "v")]);
}

#[test]
fn expressions_are_anchored_and_a_dot_matches_a_line_break() {
    dropped(&[rule("keep", &["a"], "oo", "", "")], &[("a", "foo")]);
    becomes(&[rule("drop", &["a"], "f|o", "", "")], &[("a", "foo")], &[("a", "foo")]);
    becomes(&[rule("keep", &["a"], "one.two", "", "")], &[("a", "one\ntwo")], &[("a", "one\ntwo")]);
}

#[test]
fn keep_and_drop_decide_and_later_rules_do_not_see_what_was_dropped() {
    dropped(&[rule("drop", &["a"], "f.*", "", ""), rule("replace", &["a"], "(.*)", "b", "x")], &[("a", "foo")]);
    dropped(&[rule("keep", &["a"], "g.*", "", "")], &[("a", "foo")]);
    becomes(&[rule("keep", &["a", "b"], "foo;", "", "")], &[("a", "foo")], &[("a", "foo")]);
}

#[test]
fn keepequal_and_dropequal_compare_two_labels() {
    let input = [("port", "80"), ("one", "80"), ("two", "81")];
    becomes(&[rule("keepequal", &["port"], "(.*)", "one", "$1")], &input, &input);
    dropped(&[rule("keepequal", &["port"], "(.*)", "two", "$1")], &input);
    dropped(&[rule("dropequal", &["port"], "(.*)", "one", "$1")], &input);
    becomes(&[rule("dropequal", &["port"], "(.*)", "two", "$1")], &input, &input);
}

#[test]
fn shards_are_those_of_prometheus() {
    // Values of its own tests (model/relabel/relabel_test.go).
    becomes(&[rule("hashmod", &["c"], "(.*)", "d", "$1")], &[("c", "baz")], &[("c", "baz"), ("d", "976")]);
    becomes(&[rule("hashmod", &["a"], "(.*)", "b", "$1")], &[("a", "foo\nbar")], &[("a", "foo\nbar"), ("b", "734")]);
}

#[test]
fn labels_are_mapped_dropped_and_kept_by_name() {
    becomes(
        &[rule("labelmap", &[], "__meta_(.+)", "", "from_$1"), rule("labeldrop", &[], "__.*", "", "")],
        &[("__meta_zone", "a"), ("__meta_rack", "b"), ("x", "y")],
        &[("from_zone", "a"), ("from_rack", "b"), ("x", "y")],
    );
    becomes(&[rule("labelkeep", &[], "x|y", "", "")], &[("x", "1"), ("y", "2"), ("xy", "3")], &[("x", "1"), ("y", "2")]);
}

#[test]
fn case_is_changed() {
    becomes(
        &[rule("uppercase", &["a"], "(.*)", "up", "$1"), rule("lowercase", &["a"], "(.*)", "low", "$1")],
        &[("a", "bAr1")],
        &[("a", "bAr1"), ("up", "BAR1"), ("low", "bar1")],
    );
}
