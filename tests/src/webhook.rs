//! A real HTTP server that takes webhooks and keeps them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use serde_json::Value;

/// One call that was taken.
#[derive(Debug, Clone)]
pub struct Call {
    /// What was asked for.
    pub path: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Clone)]
pub struct Webhook {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Webhook {
    pub fn start() -> Self {
        Self::silent_at_first(0)
    }

    /// The same, but the first `silent` calls are taken and never answered.
    pub fn silent_at_first(silent: usize) -> Self {
        Self::saying("ok", silent)
    }

    /// The same, answering with this JSON.
    pub fn answering(words: &'static str) -> Self {
        Self::saying(words, 0)
    }

    fn saying(words: &'static str, silent: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let kept = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || {
                    let mut writer = stream.try_clone().unwrap();
                    let mut reader = BufReader::new(stream);
                    loop {
                        let (mut headers, mut length, mut line) = (Vec::new(), 0usize, String::new());
                        if reader.read_line(&mut line).unwrap_or(0) == 0 {
                            return;
                        }
                        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                        loop {
                            line.clear();
                            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                                return;
                            }
                            let Some((name, value)) = line.trim_end().split_once(':') else { break };
                            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
                            if name == "content-length" {
                                length = value.parse().unwrap_or(0);
                            }
                            headers.push((name, value));
                        }
                        let mut body = vec![0u8; length];
                        if reader.read_exact(&mut body).is_err() {
                            return;
                        }
                        let taken = {
                            let mut kept = kept.lock().unwrap();
                            kept.push(Call { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) });
                            kept.len()
                        };
                        if taken <= silent {
                            // Until the caller hangs up.
                            let _ = reader.read_line(&mut String::new());
                            return;
                        }
                        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{words}", words.len());
                        if writer.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, calls }
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}
