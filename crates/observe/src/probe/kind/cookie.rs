//! Cookies of one journey (RFC 6265, section 5), kept as long as the look.

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use url::{Host, Url};

/// Cookies, and bytes of one, at most.
const COOKIES_MAX: usize = 50;
const COOKIE_BYTES_MAX: usize = 4 << 10;

#[derive(Debug, Clone)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// For `domain` alone, not for what lies below it.
    is_host_only: bool,
    path: String,
    is_secure: bool,
}

/// The cookies.
#[derive(Debug, Default)]
pub(super) struct Jar(Vec<Cookie>);

impl Jar {
    /// Takes in what an answer sets.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap, now: Timestamp) {
        for value in headers.get_all(header::SET_COOKIE) {
            let Some((cookie, ends)) = value.to_str().ok().and_then(|text| parse(text, url, now)) else { continue };
            self.0.retain(|known| (&known.name, &known.domain, &known.path) != (&cookie.name, &cookie.domain, &cookie.path));
            if !ends && self.0.len() < COOKIES_MAX {
                self.0.push(cookie);
            }
        }
    }

    /// The header for a request; `None` without cookies.
    pub fn header(&self, url: &Url) -> Option<HeaderValue> {
        let mut fitting: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.fits(url)).collect();
        // Those of longer paths first; section 5.4.
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let text = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ");
        if text.is_empty() { None } else { HeaderValue::from_str(&text).ok() }
    }

    /// The value of a cookie of this name, the newest one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str())
    }

    /// Every value.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|cookie| cookie.value.as_str())
    }
}

impl Cookie {
    fn fits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let of_host = if self.is_host_only { host == self.domain } else { lies_in(host, &self.domain) };
        let path = url.path();
        let of_path =
            path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        of_host && of_path && (!self.is_secure || url.scheme() == "https")
    }
}

fn lies_in(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// A cookie, and whether it ends at once.
fn parse(text: &str, url: &Url, now: Timestamp) -> Option<(Cookie, bool)> {
    if text.len() > COOKIE_BYTES_MAX {
        return None;
    }
    let host = url.host_str()?.to_owned();
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    // Section 5.1.4: up to the last slash of the request's path.
    let own = url.path();
    let default = own.rfind('/').filter(|at| *at > 0).map_or("/", |at| &own[..at]);
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.trim().to_owned(),
        domain: host.clone(),
        is_host_only: true,
        path: default.to_owned(),
        is_secure: false,
    };
    let (mut ends, mut has_age) = (false, false);
    for part in parts {
        let (key, value) = part.split_once('=').map_or((part.trim(), ""), |(key, value)| (key.trim(), value.trim()));
        match key.to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                // A whole top-level domain, or somebody else's, cannot be meant; of an address there is nothing below.
                let can_be = domain.contains('.') && lies_in(&host, &domain) && matches!(url.host(), Some(Host::Domain(_)));
                if domain != host && !can_be {
                    return None;
                }
                cookie.is_host_only = !matches!(url.host(), Some(Host::Domain(_)));
                cookie.domain = domain;
            }
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.is_secure = true,
            "max-age" => {
                has_age = true;
                ends = value.parse::<i64>().is_ok_and(|secs| secs <= 0);
            }
            "expires" if !has_age => {
                let at = jiff::fmt::rfc2822::parse(value).map(|at| at.timestamp());
                // Dates with dashes (RFC 850) are read by their year alone: they serve to delete a cookie.
                ends = at.map_or_else(|_| value.contains("1970"), |at| at <= now);
            }
            _ => {}
        }
    }
    Some((cookie, ends))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn jar(at: &str, cookies: &[&str]) -> Jar {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        let mut jar = Jar::default();
        jar.take(&Url::parse(at).unwrap(), &headers, Timestamp::from_second(1_800_000_000).unwrap());
        jar
    }

    fn sent(jar: &Jar, to: &str) -> Option<String> {
        jar.header(&Url::parse(to).unwrap()).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_cookie_goes_back_to_whom_it_is_from() {
        let jar = jar("https://shop.example.org/a/b", &["s=1; Path=/; Secure", "t=2; Domain=example.org; Path=/", "u=3"]);
        assert_eq!(sent(&jar, "https://shop.example.org/a/c").as_deref(), Some("u=3; s=1; t=2"));
        assert_eq!(sent(&jar, "http://shop.example.org/").as_deref(), Some("t=2"));
        assert_eq!(sent(&jar, "https://other.example.org/a/b").as_deref(), Some("t=2"));
        assert_eq!(sent(&jar, "https://shop.example.com/a/b"), None);
        assert_eq!(sent(&jar, "https://notexample.org/"), None);
    }

    #[test]
    fn nobody_sets_cookies_for_others() {
        for cookie in ["s=1; Domain=bank.example", "s=1; Domain=org", "=1", "none"] {
            assert_eq!(sent(&jar("http://shop.example.org/", &[cookie]), "http://shop.example.org/"), None, "{cookie}");
        }
    }

    #[test]
    fn a_cookie_that_ends_is_gone() {
        for end in ["Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=Thu, 01-Jan-1970 00:00:00 GMT"] {
            let jar = jar("http://shop.example/", &["s=1", &format!("s=; {end}")]);
            assert_eq!(sent(&jar, "http://shop.example/"), None, "{end}");
        }
    }

    #[test]
    fn there_is_an_end_to_how_many_are_kept() {
        let many: Vec<String> = (0..200).map(|number| format!("c{number}=x")).collect();
        let jar = jar("http://shop.example/", &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(jar.values().count(), COOKIES_MAX);
    }
}
