use std::io::{Cursor, Read, Write};

use crate::command::import::{
    records::{RECORD_BYTES_MAX, Record, Records},
    source::{self, Encoding},
};

fn all(bytes: &[u8]) -> Vec<Record> {
    let mut records = Records::new(Cursor::new(bytes.to_vec()), b',');
    std::iter::from_fn(|| records.next().unwrap()).collect()
}

fn fields(line: u64, fields: &[&str]) -> Record {
    Record::Fields { line, fields: fields.iter().map(|field| field.as_bytes().to_vec()).collect() }
}

#[test]
fn quotes_commas_and_line_breaks_are_read_as_rfc_4180_says() {
    let text = b"a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\r\n\r\n,\nlast,\"\"\"\"";
    assert_eq!(
        all(text),
        [fields(1, &["a", "b"]), fields(2, &["x, \"y\"", "two\nlines"]), fields(5, &["", ""]), fields(6, &["last", "\""])]
    );
}

#[test]
fn a_quote_inside_a_field_is_only_a_quote() {
    assert_eq!(all(b"5\" pipe,x\nnext,y\n"), [fields(1, &["5\" pipe", "x"]), fields(2, &["next", "y"])]);
}

#[test]
fn one_endless_line_is_given_up_and_the_next_is_read() {
    let mut text = b"a,b\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 40 * RECORD_BYTES_MAX));
    text.extend(b"\nc,d\n");
    let records = all(&text);
    assert_eq!(records.len(), 3);
    assert!(matches!(&records[1], Record::Broken { line: 2, why, start } if why.contains("longer") && start.len() == 200));
    assert_eq!(records[2], fields(3, &["c", "d"]));
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_line_alone() {
    let mut text = b"a,b\n\"open,1\n".to_vec();
    for _ in 0..60_000 {
        text.extend(b"good,line\n");
    }
    let records = all(&text);
    assert!(matches!(&records[1], Record::Broken { line: 2, start, .. } if start == b"\"open,1"));
    assert_eq!(records.len(), 60_002);
    assert_eq!(records.last(), Some(&fields(60_002, &["good", "line"])));
    let short = all(b"\"open,1\nc,d\n");
    assert!(matches!(&short[0], Record::Broken { line: 1, .. }));
    assert_eq!(short[1], fields(2, &["c", "d"]));
}

#[test]
fn each_line_is_text_in_its_own_encoding() {
    let gb = [0xbd, 0xf0, 0xcb, 0xae]; // 金水 in GB18030
    assert_eq!(Encoding::Auto.decode("金水".as_bytes()).unwrap(), "金水");
    assert_eq!(Encoding::Auto.decode(&gb).unwrap(), "金水");
    assert_eq!(Encoding::Utf8.decode(&gb), None);
    assert_eq!(Encoding::Auto.decode(&[0xff, 0xff]), None);
}

fn read(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    std::fs::write(&path, bytes).unwrap();
    let mut text = String::new();
    source::open(&path).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn plain_gzip_zip_and_utf_16_give_the_same_text() {
    let text = "key,标题\n1,金水\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("data/history.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> { std::iter::once(0xfeffu16).chain(text.encode_utf16()).flat_map(order).collect() };
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        gzip.finish().unwrap(),
        zip.finish().unwrap().into_inner(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        assert_eq!(read(&bytes), text);
    }
}
