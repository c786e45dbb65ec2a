//! Writes the corpus that fuzzing begins with, out of the project's own test data: `cargo run --example seed` in this folder.
//! Small on purpose; what a run finds worth keeping is in `corpus/` too, and is not committed unless it was a finding.

use std::{fs, path::Path};

use evenkeel_fuzz::{Taking as _, folder, one_block, open, samples};
use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, parse},
    remote::{Version, encode},
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/tsdb/tests/data");

fn write(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).join(target);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), bytes).expect("a file");
}

/// Bytes with their length before them, as a field.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).expect("short")];
    out.extend_from_slice(bytes);
    out
}

fn double(number: u8, value: f64) -> Vec<u8> {
    let mut out = vec![number << 3 | 1];
    out.extend_from_slice(&value.to_le_bytes());
    out
}

fn mails() {
    write("mail", "plain", b"From: a@b.org\r\nSubject: Re: [INC-1] x\r\nMessage-ID: <1@b.org>\r\n\r\nYes.\r\n\r\nOn x wrote:\r\n> old\r\n-- \r\nA\r\n");
    write("mail", "html", b"From: a@b.org\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>a<br>&nbsp;<blockquote>b</blockquote><script>c</script>");
    write("mail", "report", b"Return-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <1@b.org>\r\n\r\ny\r\n--b--");
    write("mail", "file", b"From: a@b.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=\"../a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEs=\r\n--b--");
}

fn pages() {
    for case in ["roundtrip", "histogram_exemplars", "label_escaping", "counter_unit", "info_timestamps", "simple_stateset", "summary_quantiles"] {
        let page = fs::read(format!("{DATA}/openmetrics/parsers/{case}/metrics")).expect("a case");
        write("openmetrics", case, &page);
        write("text", case, &page);
    }
    write("text", "quoted", b"# TYPE \"my.metric\" histogram\n{\"my.metric\",\"a.b\"=\"c\\n\",le=\"1\"} 1 1234\nup{a=\"b\",} NaN\n");
}

fn messages() {
    let label = field(1, &[field(1, b"job"), field(2, b"node")].concat());
    let histogram = [
        vec![1 << 3, 7],
        double(2, 1.5),
        field(3, &[vec![1 << 3, 2], double(2, 0.5)].concat()),
        vec![5 << 3, 4],
        double(6, 0.001),
        field(12, &[vec![1 << 3, 3], vec![2 << 3, 2]].concat()),
        vec![13 << 3, 2, 13 << 3, 2],
    ]
    .concat();
    let metric = [label, field(7, &histogram)].concat();
    let family = [field(1, b"h"), vec![3 << 3, 4], field(4, &metric)].concat();
    let mut page = vec![u8::try_from(family.len()).expect("short")];
    page.extend(family);
    write("protobuf", "histogram", &page);

    let attribute = |number| field(number, &[field(1, b"http.method"), field(2, &field(1, b"GET"))].concat());
    let instant = |number: u8| double(number, f64::from_bits(1_544_712_660_300_000_000));
    let point = [instant(3), double(4, 7.5), attribute(7)].concat();
    let sum = [field(1, b"requests"), field(7, &[field(1, &point), vec![2 << 3, 2, 3 << 3, 1]].concat())].concat();
    let point = [attribute(1), instant(3), instant(4), vec![6 << 3, 2], field(8, &[vec![1 << 3, 1], field(2, &[1, 0, 2])].concat())].concat();
    let exponential = [field(1, b"size"), field(10, &[field(1, &point), vec![2 << 3, 2]].concat())].concat();
    let request = field(1, &[field(1, &attribute(1)), field(2, &field(2, &sum)), field(2, &field(2, &exponential))].concat());
    write("otlp", "protobuf", &[vec![1], request].concat());
    let json = fs::read(format!("{DATA}/otlp/metrics.json")).expect("an example");
    let json = String::from_utf8(json).expect("text").replace("\"aggregationTemporality\": 1", "\"aggregationTemporality\": 2");
    write("otlp", "json", &[vec![0], json.into_bytes()].concat());

    let mut batch = Batch::new();
    let page = b"# TYPE c counter\n# HELP c Help.\nc_total{job=\"node\"} 1 5\nup 1 6\nup 0 7\n";
    parse("text/plain", page, 0, &Options::default(), &mut batch).expect("a page");
    let mixed = samples().into_iter().next().expect("one");
    for (name, batch) in [("page", batch), ("native", mixed)] {
        for version in [Version::V1, Version::V2] {
            let mut body = Vec::new();
            batch.with_incoming(|samples| encode(version, samples, batch.families(), &mut body));
            let message = snap::raw::Decoder::new().decompress_vec(&body).expect("what was packed");
            write("remote_write", &format!("{name}-{version:?}"), &message);
        }
    }
}

fn stores() {
    let place = folder();
    let store = open(place.path()).expect("a store");
    store.append_batch(&samples()[..20]);
    store.sync().expect("a disk");
    drop(store);
    for file in fs::read_dir(place.path().join("wal")).expect("a log") {
        write("wal", "segment", &fs::read(file.expect("a file").path()).expect("a segment"));
    }
    let place = folder();
    write("block", "block", &fs::read(one_block(place.path())).expect("a block"));
}

fn queries() {
    let mut seen = 0;
    for file in ["functions", "operators", "aggregators", "native_histograms", "subquery", "at_modifier", "duration_expression"] {
        let script = fs::read_to_string(format!("{DATA}/promqltest/{file}.test")).expect("a script");
        let queries = script.lines().filter_map(|line| line.trim().strip_prefix("eval instant at ")?.split_once(' ')).map(|(_, query)| query);
        for query in queries.step_by(5).take(20) {
            seen += 1;
            write("promql", &format!("{seen:03}"), query.as_bytes());
        }
    }
}

/// What servers say to looks.
fn answers() {
    let greeting = [&b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xff\x2d\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0"[..], b"caching_sha2_password\0"].concat();
    let said: [(&str, &[u8]); 8] = [
        ("redis", b"$11\r\nrole:master"),
        ("replication", b"role:slave\r\nmaster_link_status:down\r\n"),
        ("auth", b"\0\0\0\x0aSCRAM-SHA-256\0\0"),
        ("error", b"SFATAL\0C57P03\0Mstarting up\0\0"),
        ("greeting", &greeting),
        ("health", b"\0\0\0\0\x02\x08\x01"),
        ("scram", b"r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
        ("template", b"Bearer {{secret.shop}} {{token}}"),
    ];
    for (name, bytes) in said {
        write("probe", name, bytes);
    }
}

fn main() {
    answers();
    pages();
    mails();
    messages();
    stores();
    queries();
}
