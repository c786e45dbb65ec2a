use super::{Encoding, Options, json, read};
use crate::{
    otlp::{Received, respond},
    proto::Writer,
};

fn fixed(out: &mut Writer<'_>, number: u32, value: u64) {
    out.present(number, f64::from_bits(value));
}

fn text_attribute(out: &mut Writer<'_>, number: u32, key: &str, value: &str) {
    out.message(number, |out| {
        out.text(1, key);
        out.message(2, |out| out.text(1, value));
    });
}

const AT: u64 = 1_544_712_660_300_000_000;

/// The same as [`SAME`] in JSON.
fn message() -> Vec<u8> {
    let mut body = Vec::new();
    Writer(&mut body).message(1, |out| {
        out.message(2, |out| {
            // The metrics stand before the scope, and each metric's data before its name: any order is right.
            out.message(2, |out| {
                out.message(7, |out| {
                    out.message(1, |out| {
                        fixed(out, 3, AT);
                        fixed(out, 6, 7);
                        text_attribute(out, 7, "http.method", "GET");
                        out.message(7, |out| {
                            out.text(1, "list");
                            out.message(2, |out| out.message(5, |out| out.message(1, |out| out.int(3, 4))));
                        });
                        out.message(5, |out| {
                            out.double(3, 0.5);
                            out.bytes(5, &[0xab; 16]);
                            fixed(out, 2, AT);
                        });
                    });
                    out.uint(2, 2);
                    out.uint(3, 1);
                });
                out.text(1, "requests");
            });
            out.message(2, |out| {
                out.text(1, "latency");
                out.text(3, "ms");
                out.message(9, |out| {
                    out.uint(2, 2);
                    out.message(1, |out| {
                        fixed(out, 3, AT);
                        fixed(out, 4, 3);
                        out.present(5, 0.0);
                        out.doubles(6, &[1, 2].map(f64::from_bits));
                        out.doubles(7, &[2.5]);
                    });
                });
            });
            out.message(2, |out| {
                out.text(1, "size");
                out.message(10, |out| {
                    out.uint(2, 2);
                    out.message(1, |out| {
                        text_attribute(out, 1, "a", "b");
                        fixed(out, 3, AT);
                        fixed(out, 4, 3);
                        out.sint(6, -1);
                        fixed(out, 7, 1);
                        out.message(8, |out| {
                            out.sint(1, -1);
                            out.bytes(2, &[2, 0, 1]);
                        });
                    });
                });
            });
            out.message(1, |out| out.text(1, "library"));
        });
        out.message(1, |out| text_attribute(out, 1, "service.name", "shop"));
    });
    body
}

const SAME: &str = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
  {"sum":{"dataPoints":[{"timeUnixNano":"1544712660300000000","asInt":"7","attributes":[{"key":"http.method","value":{"stringValue":"GET"}},
     {"key":"list","value":{"arrayValue":{"values":[{"intValue":"4"}]}}}]}],"aggregationTemporality":2,"isMonotonic":true},"name":"requests"},
  {"name":"latency","unit":"ms","histogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"1544712660300000000","count":"3","sum":0,
     "bucketCounts":["1","2"],"explicitBounds":[2.5]}]}},
  {"name":"size","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"1544712660300000000","count":"3","scale":-1,
     "zeroCount":"1","positive":{"offset":-1,"bucketCounts":["2","0","1"]},"attributes":[{"key":"a","value":{"stringValue":"b"}}]}]}}],
  "scope":{"name":"library"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"unknown":{"x":[1]}}]}"#;

#[test]
fn both_encodings_mean_the_same() {
    let (lines, received) = read(Encoding::Protobuf, &message(), &Options::default()).unwrap();
    assert_eq!(lines, json(SAME).0);
    assert_eq!(received, Received { accepted: 3, ..Received::default() });
    assert_eq!(lines[0], r#"requests_total{http_method="GET",job="shop",list="[4]"} 7.0 1544712660300"#);
    assert_eq!(lines.len(), 1 + 4 + 1);
}

#[test]
fn a_message_cut_anywhere_is_refused_or_has_fewer_points() {
    let message = message();
    for end in 0..message.len() {
        if let Ok((lines, _)) = read(Encoding::Protobuf, &message[..end], &Options::default()) {
            assert!(lines.is_empty(), "{end}");
        }
    }
}

#[test]
fn attributes_that_lie_too_deep_are_refused() {
    fn nested(out: &mut Writer<'_>, depth: usize) {
        if depth > 0 {
            out.message(5, |out| out.message(1, |out| nested(out, depth - 1)));
        }
    }
    let body = |depth| {
        let mut body = Vec::new();
        Writer(&mut body).message(1, |out| {
            out.message(1, |out| {
                out.message(1, |out| {
                    out.text(1, "deep");
                    out.message(2, |out| nested(out, depth));
                });
            });
        });
        read(Encoding::Protobuf, &body, &Options::default())
    };
    assert!(body(16).is_ok());
    assert_eq!(body(17).unwrap_err().status(), 400);
}

#[test]
fn attributes_that_hold_too_much_are_refused() {
    let body = |values: usize| {
        let mut body = Vec::new();
        Writer(&mut body).message(1, |out| {
            out.message(1, |out| {
                out.message(1, |out| {
                    out.text(1, "wide");
                    out.message(2, |out| out.message(5, |out| (0..values).for_each(|_| out.bytes(1, &[]))));
                });
            });
        });
        read(Encoding::Protobuf, &body, &Options::default())
    };
    assert!(body(4095).is_ok());
    assert_eq!(body(4096).unwrap_err().status(), 400);
}

#[test]
fn the_answer_tells_what_was_rejected() {
    let fine = Received { accepted: 3, ..Received::default() };
    assert_eq!((respond(Encoding::Protobuf, &fine), respond(Encoding::Json, &fine)), (vec![], b"{}".to_vec()));
    let partly = Received { accepted: 1, rejected: 2, message: "why".to_owned() };
    let json = String::from_utf8(respond(Encoding::Json, &partly)).unwrap();
    assert_eq!(json, r#"{"partialSuccess":{"errorMessage":"why","rejectedDataPoints":"2"}}"#);
    assert_eq!(respond(Encoding::Protobuf, &partly), b"\x0a\x07\x08\x02\x12\x03why");
}
