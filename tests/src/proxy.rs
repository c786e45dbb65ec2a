//! A TCP proxy that can be cut: the network between a server and its database.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub struct Proxy {
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
    epoch: watch::Sender<u64>,
}

impl Proxy {
    /// Listens on a free port and passes everything on to `target`.
    pub async fn start(target: SocketAddr) -> Self {
        Self::start_on("127.0.0.1:0", target).await
    }

    /// The same, listening where it is said.
    pub async fn start_on(listen: &str, target: SocketAddr) -> Self {
        let listener = TcpListener::bind(listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let cut = Arc::new(AtomicBool::new(false));
        let (epoch, _) = watch::channel(0);
        let (is_cut, cuts) = (Arc::clone(&cut), epoch.clone());
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                // First this, then the question: a cut between the two would be heard by nobody.
                let mut cuts = cuts.subscribe();
                if is_cut.load(Ordering::SeqCst) {
                    continue; // dropped: the caller sees a reset
                }
                tokio::spawn(async move {
                    let Ok(mut to) = TcpStream::connect(target).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { address, cut, epoch }
    }

    /// Cuts every connection and lets no new one through.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.epoch.send_modify(|epoch| *epoch += 1);
    }

    /// Lets new ones through again.
    pub fn heal(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}
