//! Where pages arrive: a web server that notes what came and when.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Receives pages.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    pages: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Sink {
    /// On the runtime of the caller.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sink = Self { address: listener.local_addr().expect("an address"), pages: Arc::default() };
        let pages = Arc::clone(&sink.pages);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&pages)));
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("http://{}/page", self.address)
    }

    /// What came so far, and when it was whole.
    pub fn pages(&self) -> Vec<(Instant, String)> {
        self.pages.lock().expect("no panic").clone()
    }
}

async fn serve(mut stream: TcpStream, pages: Arc<Mutex<Vec<(Instant, String)>>>) {
    let mut bytes = Vec::new();
    loop {
        let (head, length) = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
                break (end + 4, length.unwrap_or(0));
            }
            if stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
                continue;
            }
            return;
        };
        while bytes.len() < head + length {
            if !stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
                return;
            }
        }
        let body = String::from_utf8_lossy(&bytes[head..head + length]).into_owned();
        pages.lock().expect("no panic").push((Instant::now(), body));
        bytes.drain(..head + length);
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.is_err() {
            return;
        }
    }
}
