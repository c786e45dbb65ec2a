//! Services that can fail: one web server, one path each, and a record of when each began to fail.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::sync_channel,
    },
    thread,
    time::Instant,
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The services; every copy is the same ones.
#[derive(Clone)]
pub struct Services {
    pub address: SocketAddr,
    down: Arc<Vec<AtomicBool>>,
    began: Arc<Mutex<HashMap<usize, Instant>>>,
}

impl Services {
    /// So many, all well.
    pub fn start(count: usize) -> Self {
        let down: Arc<Vec<AtomicBool>> = Arc::new((0..count).map(|_| AtomicBool::new(false)).collect());
        let (tell, told) = sync_channel(1);
        let states = Arc::clone(&down);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
                while let Ok((mut stream, _)) = listener.accept().await {
                    let states = Arc::clone(&states);
                    tokio::spawn(async move {
                        let mut request = [0_u8; 2048];
                        let Ok(read) = stream.read(&mut request).await else { return };
                        let text = String::from_utf8_lossy(&request[..read]);
                        let number = text.split(' ').nth(1).and_then(|path| path.strip_prefix("/s/")?.parse::<usize>().ok());
                        let is_down = number.and_then(|number| states.get(number)).is_none_or(|down| down.load(Ordering::Relaxed));
                        let status = if is_down { "500 Internal Server Error" } else { "200 OK" };
                        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n");
                        let _ = stream.write_all(answer.as_bytes()).await;
                    });
                }
            });
        });
        Self { address: told.recv().expect("the services start"), down, began: Arc::default() }
    }

    pub fn url(&self, number: usize) -> String {
        format!("http://{}/s/{number}", self.address)
    }

    pub fn count(&self) -> usize {
        self.down.len()
    }

    /// The service begins to fail, now.
    pub fn fail(&self, number: usize) {
        self.began.lock().expect("no panic").insert(number, Instant::now());
        self.down[number].store(true, Ordering::Relaxed);
    }

    /// Since when the service fails.
    pub fn failed_at(&self, number: usize) -> Option<Instant> {
        self.began.lock().expect("no panic").get(&number).copied()
    }
}
