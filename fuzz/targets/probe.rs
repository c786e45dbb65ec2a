//! What servers say to looks, and the references in definitions.
#![no_main]
use evenkeel_observe::probe::{
    kind::{grpc, mysql, postgres, redis, scram},
    template::{Part, parts},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = redis::reply(bytes);
    let _ = postgres::auth(bytes);
    let _ = postgres::error_said(bytes);
    let _ = mysql::error_said(bytes);
    let _ = grpc::response(bytes);
    if let Ok(said) = mysql::greeting(bytes) {
        assert!(said.salt.len() >= 20);
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = redis::replication(&text);
    // One round of hashing: how many is not what is looked for here.
    let _ = scram::Client::new("pencil", "abc").last(&text.replace("i=", "i=1,x="));
    // Nothing of a text is lost.
    let whole: usize = parts(&text).map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
    assert!(whole <= text.len());
    if !text.contains("{{") {
        assert_eq!(whole, text.len());
    }
});
