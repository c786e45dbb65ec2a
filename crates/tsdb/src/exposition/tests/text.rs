use super::{lines, read};
use crate::batch::{Family, Kind};

const TEXT: &str = "text/plain; version=0.0.4";

fn ok(page: &str) -> Vec<String> {
    lines(&read(TEXT, page).unwrap_or_else(|error| panic!("{page:?}: {error}")))
}

fn refused(page: impl AsRef<[u8]>) -> String {
    read(TEXT, page).map(|batch| lines(&batch)).expect_err("a refused page").to_string()
}

#[test]
fn samples_with_and_without_labels_and_instants() {
    let page = "# HELP up Is it up?\n# TYPE up gauge\nup 1\n\n  up{job=\"node\"} 0 1234\nup { a = \"x\" , b=\"y\", } +Inf\nlast NaN";
    assert_eq!(ok(page), ["up{} 1.0 1000", "up{job=\"node\"} 0.0 1234*", "up{a=\"x\",b=\"y\"} inf 1000", "last{} NaN 1000"]);
}

#[test]
fn escapes_in_values_mean_what_they_mean_and_others_stand_for_themselves() {
    assert_eq!(ok(r#"a{b="x\"y\\z\n",c="\d"} 1"#), [r#"a{b="x\"y\\z\n",c="\\d"} 1.0 1000"#]);
    assert_eq!(ok("a{b=\"two\nlines\"} 1\n"), ["a{b=\"two\\nlines\"} 1.0 1000"]);
}

#[test]
fn names_in_quotes_may_be_any_utf8() {
    let page = "# TYPE \"my.metric\" counter\n{\"my.metric\",\"a.b\"=\"c\"} 1\n{\"my.metric\"} 2\n{job=\"x\",\"名\"} 3\n";
    assert_eq!(ok(page), ["my.metric{a.b=\"c\"} 1.0 1000", "my.metric{} 2.0 1000", "名{job=\"x\"} 3.0 1000"]);
    for wrong in ["{a=\"b\"} 1", "{\"x\",\"y\"} 1", "a{\"b\"} 1", "{\"\"} 1", "{\"a\",\"\"=\"b\"} 1", "{} 1"] {
        refused(wrong);
    }
}

#[test]
fn metadata_is_kept_with_its_escapes_resolved() {
    let batch = read(TEXT, "# HELP a one\\ntwo \\\\ \\\"three\n# TYPE a counter\n#TYPE b gauge\n# a comment\n# HELP c\na 1\n").unwrap();
    let families: Vec<Family<'_>> = batch.families().collect();
    assert_eq!(families[0], Family { name: "a", kind: Kind::Counter, help: "one\ntwo \\ \\\"three", unit: "" });
    assert_eq!(families[1], Family { name: "c", kind: Kind::Unknown, help: "", unit: "" });
    assert_eq!(families.len(), 2);
}

#[test]
fn bounds_and_quantiles_are_spelled_alike_in_every_format() {
    let page = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"1e-07\"} 1\nh_bucket{le=\"2.50\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_bucket{le=\"0.00001\"} 1\n# TYPE s summary\ns{quantile=\"1\",le=\"1\"} 1\n# TYPE g gauge\ng{le=\"1\"} 1\n";
    let les: Vec<String> = ok(page).iter().map(|line| line.split('{').nth(1).unwrap().split('}').next().unwrap().to_owned()).collect();
    assert_eq!(
        les,
        ["le=\"1.0\"", "le=\"0.5\"", "le=\"1e-07\"", "le=\"2.5\"", "le=\"+Inf\"", "le=\"1e-05\"", "le=\"1\",quantile=\"1.0\"", "le=\"1\""]
    );
}

#[test]
fn what_prometheus_refuses_is_refused_with_its_line() {
    let wrong: &[&str] = &[
        "a",
        "a ",
        "a 1 b",
        "a 1 -5",
        "a 1 1.5",
        "a 0x1",
        "a 1_000",
        "a 1e999",
        "a +NaN",
        "a one",
        "1a 1",
        "a.b 1",
        "a{b} 1",
        "a{b=c} 1",
        "a{b=\"c\" 1",
        "a{b=\"c} 1",
        "a{1b=\"c\"} 1",
        "a{b='c'} 1",
        "a{,} 1",
        "a{b=\"c\",,} 1",
        "a{b=\"1\",b=\"2\"} 1",
        "a{__name__=\"b\"} 1",
        "# TYPE a meter",
        "# TYPE a",
        "# TYPE a counter ",
        "# TYPE 1 counter",
        "a 1\r",
        "a 1 99999999999999999999",
    ];
    for page in wrong {
        let error = refused(format!("fine 1\n{page}\n"));
        assert!(error.starts_with("line 2: ") || error.starts_with("line 3: "), "{page:?}: {error}");
    }
}

#[test]
fn what_prometheus_lets_pass_passes() {
    for page in [
        "",
        "\n\n",
        "# EOF",
        "#\n",
        "# \u{0}\n",
        "a{} 1",
        "a\t1\t5",
        "a{b=\"c\" d=\"e\"} 1",
        "a 1 5 ",
        "a infinity",
        "a 1e3",
        "a .5",
        "# HELP",
        "#HELP a",
    ] {
        ok(page);
    }
}

#[test]
fn only_comments_may_hold_what_is_not_utf8() {
    assert_eq!(lines(&read(TEXT, b"# \xff\na 1\n").unwrap()), ["a{} 1.0 1000"]);
    assert!(refused(b"ok 1\na{b=\"\xff\"} 1\n").contains("line 2: this is not UTF-8"));
    refused(b"# HELP a \xff\n");
}

#[test]
fn a_page_has_bounds() {
    use crate::{
        batch::Batch,
        exposition::{Bounds, Options, parse},
    };
    let page = "a{b=\"1\",c=\"2\"} 1\na{b=\"1\"} 1\n";
    let with =
        |bounds: Bounds| parse(TEXT, page.as_bytes(), 0, &Options { bounds, ..Options::default() }, &mut Batch::new()).unwrap_err().what;
    let fine = Bounds::default();
    assert!(with(Bounds { body_bytes_max: 10, ..fine }).contains("body_bytes_max"));
    assert!(with(Bounds { samples_max: 1, ..fine }).contains("samples_max"));
    assert!(with(Bounds { labels_max: 2, ..fine }).contains("labels_max"));
    assert!(with(Bounds { line_bytes_max: 12, ..fine }).contains("line_bytes_max"));
}
