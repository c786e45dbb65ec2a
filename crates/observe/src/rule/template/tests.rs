#![allow(clippy::unwrap_used)]
//! What Go's `text/template` with Prometheus' functions writes. The promtool test compares with the real thing.

use super::*;

fn data<'a>(external: &'a LabelMap, ask: &'a Ask<'a>, value: f64) -> Data<'a> {
    let labels = [("instance", "db1.example:9100"), ("job", "node")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    Data { labels: labels.into(), external_labels: external, external_url: "http://keel.example/prom", value, now_ms: 1_500, ask }
}

fn found(expr: &str) -> Result<Vec<Sample>, String> {
    let sample = |host: &str, value| Sample { labels: [("host".to_owned(), host.to_owned())].into(), value };
    match expr {
        "up" => Ok(vec![sample("b", 1.0), sample("a", 0.5)]),
        "none" => Ok(Vec::new()),
        other => Err(format!("cannot ask {other}")),
    }
}

fn with(text: &str, value: f64) -> String {
    let external = [("cluster".to_owned(), "c1".to_owned())].into();
    match Template::parse(text) {
        Ok(template) => template.expand_or_say(&data(&external, &found, value)),
        Err(error) => format!("refused: {error}"),
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(with(text, 1234.5), expected, "{text}");
}

#[test]
fn labels_and_values_are_put_in() {
    check("plain", "plain");
    check("{{ $labels.instance }} is {{ $value }}", "db1.example:9100 is 1234.5");
    check("{{ .Labels.job }} {{ .Value }} {{ $externalLabels.cluster }} {{ .ExternalLabels.cluster }}", "node 1234.5 c1 c1");
    check("[{{ $labels.absent }}]", "[]");
    check("{{ $labels }}", "map[instance:db1.example:9100 job:node]");
    check("{{ externalURL }} {{ pathPrefix }} {{ $externalURL }}", "http://keel.example/prom /prom http://keel.example/prom");
    check("a {{- 1 -}} b {{/* gone */}}c {{- /* gone */ -}} d", "a1b cd");
}

#[test]
fn blocks_choose_and_repeat() {
    check("{{ if eq $labels.job \"node\" }}y{{ else }}n{{ end }}", "y");
    check("{{ if gt $value 2000.0 }}a{{ else if gt $value 1000.0 }}b{{ else }}c{{ end }}", "b");
    check("{{ range $name, $v := $labels }}{{ $name }}={{ $v }};{{ end }}", "instance=db1.example:9100;job=node;");
    check("{{ range query \"up\" }}{{ .Labels.host }}:{{ .Value }} {{ end }}", "b:1 a:0.5 ");
    check("{{ range query \"none\" }}x{{ else }}empty{{ end }}", "empty");
    check("{{ with query \"up\" }}{{ . | first | value }}{{ end }}", "1");
    check("{{ with query \"none\" }}x{{ else }}nothing{{ end }}", "nothing");
    check("{{ range $i, $s := query \"up\" | sortByLabel \"host\" }}{{ $i }}{{ label \"host\" $s }}{{ end }}", "0a1b");
    check("{{ range query \"up\" }}{{ .Value }}{{ break }}{{ end }}", "1");
    check("{{ $x := 1 }}{{ range query \"up\" }}{{ $x = 7 }}{{ end }}{{ $x }}", "7");
    check("{{ define \"t\" }}<{{ .arg0 }} {{ .arg1 }}>{{ end }}{{ template \"t\" (args \"a\" 2) }}", "<a 2>");
    check("{{ and true $labels.job }} {{ or \"\" \"b\" }} {{ not true }}", "node b false");
}

#[test]
fn numbers_are_printed_as_go_prints_them() {
    for (value, expected) in
        [(1e6, "1e+06"), (123_456.0, "123456"), (0.000_01, "1e-05"), (0.1, "0.1"), (f64::INFINITY, "+Inf"), (f64::NAN, "NaN")]
    {
        assert_eq!(with("{{ $value }}", value), expected);
    }
    check(
        "{{ printf \"%.2f|%8.1f|%-8s|%q|%d|%5d|%05d|%x|%t|%v|%%\" 1.005 2.25 \"ab\" \"c\" 7 7 7 255 true \"z\" }}",
        "1.00|     2.2|ab      |\"c\"|7|    7|00007|ff|true|z|%",
    );
    check("{{ printf \"%d\" $value }} {{ printf \"%s\" }} {{ printf \"a\" 1 }}", "%!d(float64=1234.5) %!s(MISSING) a%!(EXTRA int=1)");
    check("{{ printf \"%e %.3g %g %+.1f\" 1234.5 1234.5 1e21 2.0 }}", "1.234500e+03 1.23e+03 1e+21 +2.0");
}

#[test]
fn people_read_numbers() {
    for (value, expected) in
        [(0.0, "0"), (1.0, "1"), (1234.5, "1.234k"), (1e9, "1G"), (0.001_234, "1.234m"), (f64::NAN, "NaN"), (-1234.0, "-1.234k")]
    {
        assert_eq!(with("{{ humanize $value }}", value), expected);
    }
    for (value, expected) in [(1024.0, "1ki"), (1_048_576.0, "1Mi"), (12.0, "12"), (0.5, "0.5")] {
        assert_eq!(with("{{ humanize1024 $value }}", value), expected);
    }
    for (value, expected) in [
        (0.0, "0s"),
        (1.5, "1.5s"),
        (60.0, "1m 0s"),
        (3600.0, "1h 0m 0s"),
        (90_061.0, "1d 1h 1m 1s"),
        (0.1, "100ms"),
        (-1.0, "-1s"),
        (-90_061.0, "-1d 1h 1m 1s"),
    ] {
        assert_eq!(with("{{ humanizeDuration $value }}", value), expected);
    }
    assert_eq!(with("{{ humanizePercentage $value }}", 0.123_456), "12.35%");
    assert_eq!(
        with("{{ humanizeTimestamp $value }}", 1_435_065_584.128),
        "2015-06-23 13:19:44.127999999 +0000 UTC".replace("127999999", "128")
    );
    check("{{ humanize \"1000000\" }}", "1M");
}

#[test]
fn texts_are_changed() {
    check("{{ title \"aa bb CC\" }} {{ toUpper \"x\" }} {{ \"Y\" | toLower }}", "Aa Bb CC X y");
    check("{{ reReplaceAll \"(.*):.*\" \"$1\" $labels.instance }} {{ match \"d.1\" $labels.instance }}", "db1.example true");
    check(
        "{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }} {{ stripDomain \"10.0.0.1:80\" }} {{ stripPort \"[::1]:80\" }}",
        "db1.example db1:9100 10.0.0.1:80 ::1",
    );
    check("{{ parseDuration \"1h30m\" }} {{ len \"abc\" }} {{ index $labels \"job\" }} {{ slice \"abcd\" 1 3 }}", "5400 3 node bc");
    check("{{ print 1 2 \"a\" 3 }} {{ \"a b&c\" | urlquery }} {{ html \"<a>\" }}", "1 2a3 a+b%26c &lt;a&gt;");
}

#[test]
fn what_go_refuses_is_refused() {
    for (text, part) in [
        ("{{ nothing }}", "function \"nothing\" not defined"),
        ("{{ $nothing }}", "undefined variable \"$nothing\""),
        ("{{ if true }}", "without {{end}}"),
        ("{{ end }}", "unexpected {{end}}"),
        ("{{ $labels.a", "unclosed action"),
        ("{{ \"abc }}", "unterminated quoted string"),
        ("{{ }}", "missing value"),
        ("{{ $value | }}", "missing value"),
        ("{{ break }}", "inside {{range}}"),
        ("a\n{{ 1 | 2 }}", "line 2"),
    ] {
        assert!(with(text, 1.0).contains(part), "{text}: {}", with(text, 1.0));
    }
}

#[test]
fn what_fails_says_so_in_the_text() {
    for (text, part) in [
        ("{{ gt $value 5 }}", "incompatible types for comparison"),
        ("{{ query \"none\" | first }}", "first() called on vector with no elements"),
        ("{{ query \"other\" }}", "cannot ask other"),
        ("{{ toUpper 1 }}", "expected string"),
        ("{{ .Nothing }}", "can't evaluate field Nothing"),
        ("{{ template \"t\" }}", "not defined"),
        ("{{ reReplaceAll \"(\" \"\" \"\" }}", "cannot be read"),
    ] {
        let said = with(text, 1.0);
        assert!(said.starts_with("<error expanding template: ") && said.contains(part), "{text}: {said}");
    }
}

#[test]
fn nothing_runs_for_ever() {
    check(
        "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
        "<error expanding template: exceeded maximum template depth (64)>",
    );
    assert!(with(&format!("{{{{ range {} }}}}x{{{{ end }}}}", 1_000_000_000), 1.0).contains("steps"));
    assert!(with("{{ range 90000 }}{{ printf \"%999s\" \"x\" }}{{ end }}", 1.0).contains("bytes"));
    assert!(with(&"{{ if true }}".repeat(100), 1.0).contains("levels"));
    assert!(Template::parse(&"x".repeat(100_000)).is_err());
}

#[test]
fn no_text_makes_the_reader_panic() {
    use proptest::prelude::*;
    proptest!(|(text in "[{}$.|() \"`'a-z0-9:=/*\n-]{0,40}")| {
        let _ = with(&text, 1.0);
        let _ = with(&format!("{{{{{text}}}}}"), 1.0);
    });
}
