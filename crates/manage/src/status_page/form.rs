//! Forms as browsers send them. Pure.

use axum::body::Bytes;

/// A form: `application/x-www-form-urlencoded`, a name may come several times.
pub fn form(body: &Bytes) -> Vec<(String, String)> {
    let decode = |text: &str| percent(&text.replace('+', " "));
    let text = String::from_utf8_lossy(body);
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

/// Percent-encoding undone; what is none stays as it is.
fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// The first value of a field; empty when it is not there.
pub fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let read = form(&Bytes::from_static(b"address=a%40b.org&component=x&component=y+z&bad=%zz%E5%BA%97&nothing"));
        let told: Vec<(&str, &str)> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(told, [("address", "a@b.org"), ("component", "x"), ("component", "y z"), ("bad", "%zz店")]);
    }
}
