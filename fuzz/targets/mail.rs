//! Mails, as anybody may send them to the desk.
#![no_main]
use evenkeel_manage::mail::{judge, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let (mail, _, text) = judge(raw);
    assert!(mail.body.len() <= parse::BODY_BYTES_MAX && mail.files.len() <= parse::FILES_MAX);
    assert!(!mail.subject.contains(char::is_control) && !text.contains('\0'));
});
