use std::sync::atomic::AtomicU8;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use super::*;

const ENDS_SOON: u8 = 0;
const AWAY: u8 = 1;
const RENEWED: u8 = 2;

fn acceptor(not_after: Timestamp) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
    let date = not_after.to_zoned(jiff::tz::TimeZone::UTC).date();
    params.not_after = rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs());
    let certificate = params.self_signed(&key).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A server whose certificate ends in five days, which can hang up on everybody, and get a certificate for a year.
async fn server(now: Timestamp) -> (SocketAddr, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mode = Arc::new(AtomicU8::new(ENDS_SOON));
    let state = Arc::clone(&mode);
    let soon = acceptor(now + SignedDuration::from_hours(24 * 5));
    let later = acceptor(now + SignedDuration::from_hours(24 * 365));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = match state.load(Ordering::SeqCst) {
                ENDS_SOON => soon.clone(),
                RENEWED => later.clone(),
                _ => continue,
            };
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0_u8; 64]).await;
            });
        }
    });
    (address, mode)
}

#[tokio::test]
async fn a_service_that_goes_away_while_its_certificate_ends_soon_is_an_alert_of_its_own() {
    on_each(async |house: House| {
        let (address, mode) = server(house.kit.now()).await;
        let definition = serde_json::from_value(serde_json::json!({
            "name": "shop-certificate", "service": house.service, "interval_ms": 300, "retry_interval_ms": 100, "timeout_secs": 0.3,
            "tls": { "address": address.to_string(), "server_name": "shop.example", "insecure": true }
        }));
        house.put(&definition.unwrap()).await;
        let running = house.start();
        let first = house.wait_for::<AlertFired>(1).await.remove(0);
        assert_eq!((first.cause.as_str(), first.look.code.as_str()), ("certificate", "certificate_expiring"));
        // Nobody is turned away yet.
        house.wait_for_state(SliState::Good).await;

        let away_at = house.kit.now();
        mode.store(AWAY, Ordering::SeqCst);
        let second = house.wait_for::<AlertFired>(2).await.remove(1);
        assert_eq!(second.cause, "unavailable");
        assert!(second.started_at >= away_at - SignedDuration::from_millis(300));
        house.wait_for_state(SliState::Bad).await;
        assert!(house.events::<AlertResolved>().await.is_empty(), "the certificate still ends soon, though nobody can see it");

        // Which of them fire is remembered.
        running.stop().await;
        let running = house.start();
        mode.store(ENDS_SOON, Ordering::SeqCst);
        let back = house.wait_for::<AlertResolved>(1).await.remove(0);
        assert_eq!((back.alert_id, back.cause.as_str(), back.reason.as_str()), (second.alert_id, "unavailable", "recovered"));
        house.wait_for_state(SliState::Good).await;

        mode.store(RENEWED, Ordering::SeqCst);
        let renewed = house.wait_for::<AlertResolved>(2).await.remove(1);
        assert_eq!((renewed.alert_id, renewed.reason.as_str()), (first.alert_id, "recovered"));
        running.stop().await;
        assert_eq!(house.events::<AlertFired>().await.len(), 2);
        let verdicts: Vec<_> = house.events::<VerdictChanged>().await.iter().map(|change| (change.from, change.to)).collect();
        assert!(verdicts.iter().all(|(from, to)| from != to), "another trouble is no other verdict: {verdicts:?}");
        let sealed = house.sealed().await;
        assert!(sealed.iter().filter(|stretch| stretch.state == SliState::Bad).all(|stretch| stretch.from >= second.started_at));
    })
    .await;
}
