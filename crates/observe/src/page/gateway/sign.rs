//! How providers want a request signed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{GatewayDefinition, Request, Shape};
use evenkeel_core::hmac;

/// Signs a request as its shape wants it.
pub(super) fn sign(gateway: &GatewayDefinition, secret: &str, request: &mut Request, now: Timestamp) {
    match gateway.shape {
        Shape::Dingtalk => {
            // The key signs "<milliseconds>\n<key>".
            let at = now.as_millisecond().to_string();
            let code = hmac::code(secret.as_bytes(), &[at.as_bytes(), b"\n", secret.as_bytes()]);
            if let Ok(mut url) = Url::parse(&request.url) {
                url.query_pairs_mut().append_pair("timestamp", &at).append_pair("sign", &STANDARD.encode(code));
                request.url = url.into();
            }
        }
        Shape::Feishu => {
            // "<seconds>\n<key>" is the key, and what is signed is nothing.
            let at = now.as_second().to_string();
            let code = hmac::code(format!("{at}\n{secret}").as_bytes(), &[]);
            if let Ok(Value::Object(mut body)) = serde_json::from_str::<Value>(&request.body) {
                body.insert("timestamp".to_owned(), json!(at));
                body.insert("sign".to_owned(), json!(STANDARD.encode(code)));
                request.body = Value::Object(body).to_string();
            }
        }
        Shape::TencentSms => tencent(gateway, secret, request, now),
        _ => {}
    }
}

/// TC3-HMAC-SHA256, of the headers `content-type` and `host`.
fn tencent(gateway: &GatewayDefinition, secret: &str, request: &mut Request, now: Timestamp) {
    let host = Url::parse(&request.url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_default();
    let setting = |name: &str| gateway.settings.get(name).cloned().unwrap_or_default();
    let (at, date) = (now.as_second().to_string(), now.strftime("%Y-%m-%d").to_string());
    let digest = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let (kind, signed) = ("application/json", "content-type;host");
    let canonical = format!("POST\n/\n\ncontent-type:{kind}\nhost:{host}\n\n{signed}\n{}", digest(&request.body));
    let scope = format!("{date}/sms/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", digest(&canonical));
    let mut key = hmac::code(format!("TC3{secret}").as_bytes(), &[date.as_bytes()]);
    for part in ["sms", "tc3_request"] {
        key = hmac::code(&key, &[part.as_bytes()]);
    }
    let code = hmac::hex(&key, &[text.as_bytes()]);
    let credential = format!("{}/{scope}", setting("secret_id"));
    request.headers.extend(
        [
            ("Authorization", format!("TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={code}")),
            ("X-TC-Action", "SendSms".to_owned()),
            ("X-TC-Version", "2021-01-11".to_owned()),
            ("X-TC-Timestamp", at),
            ("X-TC-Region", setting("region")),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
}
