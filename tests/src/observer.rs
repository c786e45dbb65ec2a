//! An observer that knows nothing of Evenkeel: asks the service every 100 ms over a bare socket and adds up the time in
//! which it did not answer 200.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime},
};

/// What was seen: when, and whether it answered.
pub type Sight = (SystemTime, bool);

pub struct Observer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Sight>>,
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let look = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(90))?;
        stream.set_read_timeout(Some(Duration::from_millis(90)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")?;
        let mut head = [0u8; 12];
        stream.read_exact(&mut head)?;
        Ok(&head[9..] == b"200")
    };
    look().unwrap_or(false)
}

impl Observer {
    pub fn start(address: SocketAddr, path: &'static str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut sights = Vec::new();
            let mut next = Instant::now();
            while !told.load(Ordering::Relaxed) {
                sights.push((SystemTime::now(), answers(address, path)));
                next += Duration::from_millis(100);
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
            sights
        });
        Self { stop, thread }
    }

    /// Stops looking; seconds of downtime, each outage counted from its first failed look to the first good one after it.
    pub fn downtime_secs(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        let sights = self.thread.join().unwrap();
        let mut total = Duration::ZERO;
        let mut since: Option<SystemTime> = None;
        for (at, up) in sights {
            match (up, since) {
                (false, None) => since = Some(at),
                (true, Some(start)) => {
                    total += at.duration_since(start).unwrap_or_default();
                    since = None;
                }
                _ => {}
            }
        }
        total.as_secs_f64()
    }
}
