//! A small client of the API that keeps its session.

use std::fmt::Write as _;

use serde_json::Value;

/// An HTTP client with a cookie jar of its own.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap()
}

/// A text for a query string or a form.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// A signed-in (or not yet signed-in) caller.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), http: http() }
    }

    /// Any request; status and body, JSON when it is JSON.
    pub async fn try_send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value), reqwest::Error> {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base)).header("X-Evenkeel-Request", "1");
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.try_send(method, path, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, None).await;
        assert!(status < 300, "GET {path}: {status} {body}");
        body
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send("POST", path, Some(body)).await;
        assert!(status < 300, "POST {path} {body}: {status} {answer}");
        answer
    }

    pub async fn put(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send("PUT", path, Some(body)).await;
        assert!(status < 300, "PUT {path} {body}: {status} {answer}");
        answer
    }

    /// Gives a file: the body is the file.
    pub async fn give(&self, path: &str, media_type: &str, file: Vec<u8>) -> Value {
        let request = self.http.post(format!("{}{path}", self.base)).header("X-Evenkeel-Request", "1").header("content-type", media_type);
        let answer = request.body(file).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert!(status < 300, "POST {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert!(answer.status().is_success(), "GET {path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }
}
