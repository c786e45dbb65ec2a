#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth1\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
";

#[test]
fn the_default_route_with_the_lowest_metric_counts() {
    if cfg!(target_endian = "little") {
        assert_eq!(default_route(ROUTES), Some(("eth0".to_owned(), Ipv4Addr::new(10, 0, 2, 1))));
    }
    assert_eq!(default_route("Iface\tDestination\n"), None);
}

#[test]
fn neighbours_need_no_uplink() {
    if cfg!(target_endian = "little") {
        assert!(is_on_link(ROUTES, "10.0.2.77".parse().unwrap()));
        assert!(is_on_link(ROUTES, "::ffff:10.0.2.77".parse().unwrap()));
        assert!(!is_on_link(ROUTES, "10.0.3.1".parse().unwrap()));
        assert!(!is_on_link(ROUTES, "8.8.8.8".parse().unwrap()));
    }
}

#[test]
fn silence_is_a_no_only_of_canaries_that_ever_answered() {
    let canary = |ever, answers| Canary { ever, answers };
    assert_eq!(word(&[]), None);
    assert_eq!(word(&[canary(false, false)]), None);
    assert_eq!(word(&[canary(true, false)]), Some(false));
    assert_eq!(word(&[canary(true, false), canary(false, false)]), Some(false));
    assert_eq!(word(&[canary(true, false), canary(true, true)]), Some(true));
}

#[test]
fn which_loss_excuses_which_target() {
    let line = |site, internet| Line { site, internet };
    for (line, local, site, internet) in [
        (line(None, None), false, false, false),
        (line(Some(true), None), false, false, false),
        (line(Some(true), Some(true)), false, false, false),
        // Behind the gateway all is dark: private targets are still ours to judge.
        (line(Some(true), Some(false)), false, false, true),
        (line(Some(false), None), false, true, true),
        (line(Some(false), Some(false)), false, true, true),
        (line(None, Some(false)), false, false, true),
        // A gateway that no longer answers itself, but lets through.
        (line(Some(false), Some(true)), false, false, false),
    ] {
        assert_eq!(line.is_lost_for(Distance::Local), local, "{line:?}");
        assert_eq!(line.is_lost_for(Distance::Site), site, "{line:?}");
        assert_eq!(line.is_lost_for(Distance::Internet), internet, "{line:?}");
    }
}

fn sentinel(canaries: Vec<SocketAddr>) -> Uplink {
    Uplink::new(UplinkOptions { canaries, gateway: false, ..UplinkOptions::default() })
}

#[tokio::test]
async fn a_canary_that_accepts_or_refuses_answers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(sentinel(vec![address]).check(Instant::now()).await.internet, Some(true));
    drop(listener);
    assert_eq!(sentinel(vec![address]).check(Instant::now()).await.internet, Some(true));
}

#[tokio::test]
async fn loopback_targets_do_not_depend_on_the_uplink() {
    let uplink = sentinel(Vec::new());
    assert!(!uplink.is_lost_for(Some("127.0.0.1".parse().unwrap()), Instant::now()).await);
    // Nobody was asked for it.
    assert!(uplink.checked.lock().await.is_none());
}

#[tokio::test]
async fn looks_that_failed_before_a_check_began_share_it() {
    let uplink = sentinel(Vec::new());
    let since = Instant::now();
    uplink.check(since).await;
    let first = *uplink.checked.lock().await;
    uplink.check(since).await;
    assert_eq!(*uplink.checked.lock().await, first);
    uplink.check(Instant::now()).await;
    assert_ne!(*uplink.checked.lock().await, first);
}
