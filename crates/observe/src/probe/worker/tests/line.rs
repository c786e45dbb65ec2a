//! Our own line, really cut: the test runs itself again in a network namespace of its own, whose only way out is a virtual
//! cable to a second one, where the target lives.

use std::{
    path::PathBuf,
    process::{Child, Command},
};

use super::*;
use crate::probe::uplink::UplinkOptions;

const NAME: &str = "probe::worker::tests::line::a_cut_line_makes_probes_unsure_and_never_down";
const ROLE: &str = "EVENKEEL_TEST_LINE";
/// An address for documents (RFC 5737): beyond the gateway, as anything on the internet.
const TARGET: &str = "198.51.100.7:8080";
/// Nobody listens there: the machine refuses, which is an answer too.
const CANARY: &str = "198.51.100.7:9";

fn again(role: &str) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    // The other database cannot be reached from in there.
    command.args(["--net", "--"]).arg(own).args(["--exact", NAME, "--nocapture"]).env(ROLE, role).env_remove("EVENKEEL_TEST_POSTGRES");
    command
}

#[track_caller]
fn ip(args: &str) {
    let done = Command::new("ip").args(args.split(' ')).status().unwrap();
    assert!(done.success(), "ip {args}");
}

/// The namespace beyond the cable; gone with it.
struct Beyond(Child);

impl Drop for Beyond {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Beyond {
    /// Starts it, waits until it is a namespace of its own, and lays the cable.
    fn begin() -> Self {
        let beyond = Self(again("beyond").spawn().unwrap());
        let namespace = |who: &str| std::fs::read_link(PathBuf::from(format!("/proc/{who}/ns/net"))).ok();
        let pid = beyond.0.id().to_string();
        while namespace(&pid) == namespace("self") {
            std::thread::sleep(Duration::from_millis(5));
        }
        ip("link set lo up");
        ip(&format!("link add near0 type veth peer name far0 netns {pid}"));
        ip("addr add 10.77.0.2/24 dev near0");
        ip("link set near0 up");
        for command in ["link set lo up", "addr add 10.77.0.1/24 dev far0", "link set far0 up", "addr add 198.51.100.7/32 dev lo"] {
            beyond.ip(command);
        }
        ip("route add default via 10.77.0.1");
        beyond
    }

    #[track_caller]
    fn ip(&self, args: &str) {
        let done = Command::new("nsenter").args(["-t", &self.0.id().to_string(), "-n", "ip"]).args(args.split(' ')).status().unwrap();
        assert!(done.success(), "ip {args}, beyond");
    }
}

async fn serve_for_ever() {
    let listener = TcpListener::bind("0.0.0.0:8080").await.unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream);
    }
}

async fn cut_and_mend() {
    let beyond = Beyond::begin();
    on_each(async |house: House| {
        let definition = serde_json::from_value(serde_json::json!({
            "name": "far", "service": house.service, "interval_ms": 100, "retry_interval_ms": 50, "timeout_secs": 0.1,
            "tcp": { "address": TARGET }
        }));
        let probe = house.put(&definition.unwrap()).await;
        let uplink = UplinkOptions { canaries: vec![CANARY.parse().unwrap()], ..UplinkOptions::default() };
        let running = house.start_with(ProbeOptions { uplink, ..ProbeOptions::default() });
        house.wait_for_state(SliState::Good).await;

        // The cable is pulled at the other end: routes stay, nothing gets through.
        beyond.ip("link set far0 down");
        house.wait_for_state(SliState::Unknown).await;
        let status = running.hub.status(probe).unwrap();
        assert_eq!(status.verdict, Verdict::Inconclusive);
        assert_eq!(status.last.unwrap().code, "uplink_lost");

        beyond.ip("link set far0 up");
        house.wait_for_state(SliState::Good).await;
        running.stop().await;
        assert!(house.events::<AlertFired>().await.is_empty(), "a line of ours that is cut is nobody's outage");
        let changes = house.events::<VerdictChanged>().await;
        assert!(changes.iter().all(|change| change.to != Verdict::Down), "{changes:?}");
    })
    .await;
}

#[test]
fn a_cut_line_makes_probes_unsure_and_never_down() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match std::env::var(ROLE).as_deref() {
        Ok("beyond") => runtime().block_on(serve_for_ever()),
        Ok(_) => runtime().block_on(cut_and_mend()),
        Err(_) => {
            let allowed = Command::new("unshare").args(["--net", "--", "ip", "link", "set", "lo", "up"]).output();
            if !allowed.is_ok_and(|done| done.status.success()) {
                println!("skipped: this machine gives us no network namespaces (root, unshare and ip are needed)");
                return;
            }
            let done = again("inside").output().unwrap();
            assert!(done.status.success(), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        }
    }
}
