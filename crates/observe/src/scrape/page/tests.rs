#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]
use std::{path::Path, sync::Arc};

use evenkeel_core::time::ManualClock;
use evenkeel_tsdb::{
    exposition::{Options, parse},
    source::{Samples, Source as _, is_stale},
    store::{Config, TenantLimits},
};
use jiff::Timestamp;

use super::*;
use crate::scrape::config::read_text;

const START: i64 = 1_795_334_400_000;

struct House {
    store: Store,
    _folder: tempfile::TempDir,
    target: LabelSet,
    take: Take,
    memory: Memory,
    at_ms: i64,
}

fn take(lines: &str) -> Take {
    let text = format!("scrape_configs:\n- job_name: j\n{lines}");
    read_text(Path::new("p.yml"), &text).unwrap_or_else(|error| panic!("{error}")).jobs.remove(0).take
}

impl House {
    fn new(lines: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millisecond(START + 3_600_000).unwrap()));
        Self {
            store: Store::open(Config::new(folder.path()), clock).unwrap(),
            _folder: folder,
            target: LabelSet::new([("job", "j"), ("instance", "i")]),
            take: take(lines),
            memory: Memory::default(),
            at_ms: START,
        }
    }

    fn report(down: bool, counted: Counted) -> Report {
        Report { up: !down, duration_secs: 0.5, counted, extra: None }
    }

    /// Takes a page, 15 s after the one before; what it counted and why it was not taken.
    fn page(&mut self, text: &str) -> (Counted, Option<Down>) {
        let mut page = Batch::new();
        self.at_ms += 15_000;
        parse("text/plain", text.as_bytes(), self.at_ms, &Options::default(), &mut page).unwrap();
        let into = Into { store: &self.store, tenant: TenantId::named("t"), target: &self.target, take: &self.take };
        let mut seen = Counted::default();
        let (_, down) = self
            .memory
            .take(into, &page, self.at_ms, |counted, down| {
                seen = counted;
                Self::report(down.is_some(), counted)
            })
            .unwrap();
        (seen, down)
    }

    fn fail(&mut self) {
        self.at_ms += 15_000;
        let into = Into { store: &self.store, tenant: TenantId::named("t"), target: &self.target, take: &self.take };
        self.memory.fail(into, self.at_ms, Self::report(true, Counted::default())).unwrap();
    }

    fn end(&mut self) {
        self.at_ms += 15_000;
        let into = Into { store: &self.store, tenant: TenantId::named("t"), target: &self.target, take: &self.take };
        self.memory.end(into, self.at_ms).unwrap();
    }

    /// Every series but the reports as `name{labels} values`, a marker as `x`.
    fn all(&self) -> Vec<String> {
        self.kept().into_iter().filter(|line| !REPORTS.iter().any(|name| line.starts_with(&format!("{name}{{")))).collect()
    }

    fn kept(&self) -> Vec<String> {
        let mut samples = Samples::default();
        let mut lines = Vec::new();
        for mut cursor in self.store.select(TenantId::named("t"), &[], i64::MIN, i64::MAX, usize::MAX).unwrap() {
            cursor.read(&mut samples).unwrap();
            let labels =
                LabelSet::new(cursor.labels().iter().filter(|(name, _)| &***name != NAME).map(|(name, value)| (&**name, &**value)));
            let values: Vec<String> =
                samples.values.iter().map(|value| if is_stale(*value) { "x".to_owned() } else { value.to_string() }).collect();
            lines.push(format!("{}{labels} {}", cursor.labels().get(NAME), values.join(" ")));
        }
        lines.sort();
        lines
    }
}

#[test]
fn a_page_becomes_samples_with_the_targets_labels_and_its_reports() {
    let mut house = House::new("");
    let (counted, down) = house.page("a{x=\"1\"} 1\nb 2\n");
    assert_eq!((counted, down), (Counted { scraped: 2, kept: 2, added: 2 }, None));
    let (counted, _) = house.page("a{x=\"1\"} 3\nb 4\n");
    assert_eq!(counted.added, 0);
    assert_eq!(
        house.kept(),
        [
            r#"a{instance="i",job="j",x="1"} 1 3"#,
            r#"b{instance="i",job="j"} 2 4"#,
            r#"scrape_duration_seconds{instance="i",job="j"} 0.5 0.5"#,
            r#"scrape_samples_post_metric_relabeling{instance="i",job="j"} 2 2"#,
            r#"scrape_samples_scraped{instance="i",job="j"} 2 2"#,
            r#"scrape_series_added{instance="i",job="j"} 2 0"#,
            r#"up{instance="i",job="j"} 1 1"#,
        ]
    );
}

#[test]
fn a_series_that_vanished_is_marked_once_and_comes_back() {
    let mut house = House::new("");
    for page in ["a 1\nb 1\n", "a 2\n", "a 3\n", "b 4\na 4\n"] {
        house.page(page);
    }
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1 2 3 4"#, r#"b{instance="i",job="j"} 1 x 4"#]);
}

#[test]
fn a_target_that_is_down_ends_its_series_and_says_so() {
    let mut house = House::new("");
    house.page("a 1\n");
    house.fail();
    house.fail();
    house.page("a 2\n");
    house.end();
    house.end();
    let kept = house.kept();
    assert_eq!(kept[0], r#"a{instance="i",job="j"} 1 x 2 x"#);
    assert!(kept.contains(&r#"up{instance="i",job="j"} 1 0 0 1 x"#.to_owned()), "{kept:?}");
}

#[test]
fn labels_that_clash_are_renamed_or_honoured() {
    let page = "a{job=\"own\",exported_job=\"old\",instance=\"\"} 1\n";
    let mut house = House::new("");
    house.page(page);
    assert_eq!(house.all(), [r#"a{exported_exported_job="own",exported_job="old",instance="i",job="j"} 1"#]);
    let mut house = House::new("  honor_labels: true\n");
    house.page(page);
    assert_eq!(house.all(), [r#"a{exported_job="old",instance="i",job="own"} 1"#]);
}

#[test]
fn instants_of_the_page_count_unless_the_job_says_otherwise_and_their_series_are_not_marked() {
    let page = format!("a 1 {}\n", START + 1000);
    let mut house = House::new("");
    house.page(&page);
    house.page("b 1\n");
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1"#, r#"b{instance="i",job="j"} 1"#]);
    let mut house = House::new("  track_timestamps_staleness: true\n");
    house.page(&page);
    house.page("b 1\n");
    assert_eq!(house.all()[0], r#"a{instance="i",job="j"} 1 x"#);
    let mut house = House::new("  honor_timestamps: false\n");
    house.page(&page);
    house.page(&page);
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1 1"#]);
}

#[test]
fn samples_are_relabelled_and_dropped() {
    let mut house = House::new(
        "  metric_relabel_configs:\n  - {source_labels: [__name__], regex: go_.*, action: drop}\n  - {source_labels: [__name__], regex: old_(.*), target_label: __name__, replacement: new_$1}\n  - {regex: secret, action: labeldrop}\n",
    );
    let page = "go_x 1\nold_a{secret=\"s\"} 2\nb 3\n";
    let (counted, _) = house.page(page);
    assert_eq!((counted.scraped, counted.kept, counted.added), (3, 2, 2));
    let (counted, _) = house.page(page);
    assert_eq!((counted.scraped, counted.kept, counted.added), (3, 2, 0));
    assert_eq!(house.all(), [r#"b{instance="i",job="j"} 3 3"#, r#"new_a{instance="i",job="j"} 2 2"#]);
}

#[test]
fn a_page_over_a_limit_is_not_taken_at_all_and_its_series_end() {
    let mut house = House::new("  sample_limit: 2\n");
    house.page("a 1\nb 1\n");
    let (counted, down) = house.page("a 2\nb 2\nc 2\n");
    assert_eq!(counted.kept, 3);
    let down = down.unwrap();
    assert_eq!(down.code, "sample_limit");
    assert!(down.text.contains("3 samples") && down.text.contains("(2)"), "{down}");
    house.page("a 3\n");
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1 x 3"#, r#"b{instance="i",job="j"} 1 x"#]);
    assert!(house.kept().contains(&r#"up{instance="i",job="j"} 1 0 1"#.to_owned()));
    for (limit, page) in [
        ("label_limit: 3", "a{x=\"1\"} 1\n"),
        ("label_name_length_limit: 8", "a{long_name=\"1\"} 1\n"),
        ("label_value_length_limit: 3", "a{x=\"long\"} 1\n"),
        ("metric_name_validation_scheme: legacy", "{\"dots.in.it\"} 1\n"),
    ] {
        let mut house = House::new(&format!("  {limit}\n"));
        assert!(house.page(page).1.is_some(), "{limit}");
        assert!(house.all().is_empty(), "{limit}");
    }
}

#[test]
fn a_series_twice_on_a_page_counts_once() {
    let mut house = House::new("");
    let (counted, down) = house.page("a 1\na 2\n");
    assert_eq!((counted.kept, down), (2, None));
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1"#]);
}

#[test]
fn two_names_of_one_series_do_not_mark_each_other() {
    let mut house = House::new("  metric_relabel_configs: [{regex: pod, action: labeldrop}]\n");
    house.page("a{pod=\"1\"} 1\n");
    house.page("a{pod=\"2\"} 2\n");
    house.page("a{pod=\"2\"} 3\n");
    assert_eq!(house.all(), [r#"a{instance="i",job="j"} 1 2 3"#]);
}

#[test]
fn series_that_the_store_will_not_have_are_told() {
    let mut house = House::new("");
    house.store.set_limits(TenantId::named("t"), TenantLimits { series_max: 7, ..TenantLimits::default() });
    house.page("a 1\nb 1\n");
    assert_eq!(house.memory.refusal(), None);
    house.page("a 2\nb 2\nc 2\n");
    assert!(house.memory.refusal().unwrap().starts_with("1 series were turned away: the tenant has as many"));
    assert_eq!(house.all().len(), 2);
}

#[test]
fn memory_does_not_grow_with_series_that_come_and_go() {
    let mut house = House::new("");
    for round in 0..50 {
        let page = (0..100).map(|at| format!("a{{x=\"{round}-{at}\"}} 1\n")).collect::<Vec<_>>().concat();
        house.page(&page);
    }
    assert!(house.memory.len() <= 400, "{}", house.memory.len());
    assert!(house.all().iter().filter(|line| line.ends_with(" 1 x")).count() == 4900);
}
