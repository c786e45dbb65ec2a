//! Three sites look at one service, each a network namespace of its own behind a virtual cable. Cables and ways are really cut.
//!
//! The test runs itself again in a namespace that is the internet of the story: the server lives in it and every site has its
//! cable to it. Each site is a process that sleeps in a namespace of its own.

use std::{
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    process::{Process, Setup},
    proxy::Proxy,
    smtp::Smtp,
    until,
};
use serde_json::{Value, json};

use crate::kit;

const NAME: &str = "vantages::three_sites_agree_and_what_a_cut_off_site_saw_is_not_lost";
const ROLE: &str = "EVENKEEL_TEST_SITES";
/// An address for documents (RFC 5737): the service, one hop beyond every site's gateway.
const TARGET: &str = "198.51.100.7";
const SITES: [&str; 3] = ["amsterdam", "beijing", "cairo"];
const LIMIT: Duration = Duration::from_secs(30);

#[track_caller]
fn ip(args: &str) {
    let done = Command::new("ip").args(args.split(' ')).status().unwrap();
    assert!(done.success(), "ip {args}");
}

/// A namespace of its own; gone with it.
struct Site {
    child: Child,
    number: usize,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Site {
    /// Starts it and lays its cable: `10.88.n.1` is the internet's end and its gateway, `10.88.n.2` its own.
    fn begin(number: usize) -> Self {
        let child = Command::new("unshare").args(["--net", "--", "sleep", "infinity"]).spawn().unwrap();
        let site = Self { child, number };
        let namespace = |who: &str| std::fs::read_link(PathBuf::from(format!("/proc/{who}/ns/net"))).ok();
        let pid = site.child.id().to_string();
        while namespace(&pid) == namespace("self") {
            std::thread::sleep(Duration::from_millis(5));
        }
        ip(&format!("link add cable{number} type veth peer name line netns {pid}"));
        ip(&format!("addr add 10.88.{number}.1/24 dev cable{number}"));
        ip(&format!("link set cable{number} up"));
        for command in ["link set lo up", &format!("addr add 10.88.{number}.2/24 dev line"), "link set line up"] {
            site.ip(command);
        }
        site.ip(&format!("route add default via 10.88.{number}.1"));
        site
    }

    #[track_caller]
    fn ip(&self, args: &str) {
        let done = Command::new("nsenter").args(["-t", &self.child.id().to_string(), "-n", "ip"]).args(args.split(' ')).status().unwrap();
        assert!(done.success(), "ip {args}, at {}", SITES[self.number]);
    }

    /// Its cable is pulled out, or put in again.
    fn cable(&self, state: &str) {
        ip(&format!("link set cable{} {state}", self.number));
    }

    /// The way back to it from the service is lost on the internet, its own line stands; or it is there again.
    fn way(&self, lost: bool) {
        ip(&format!("rule {} from {TARGET} to 10.88.{}.2 blackhole", if lost { "add" } else { "del" }, self.number));
    }

    fn look(&self, setup: &Setup, port: u16, token: &str) -> Process {
        let (server, canary) = (format!("http://10.88.{}.1:{port}", self.number), format!("10.88.{}.1:9", self.number));
        let data = setup.folder.path().join(SITES[self.number]).display().to_string();
        let args = ["probe", "--server", &server, "--name", SITES[self.number], "--data", &data, "--canary", &canary];
        Process::start_within(self.child.id(), &args, &[("EVENKEEL_TOKEN", token)])
    }
}

/// What the probe and its vantage points say, by name.
async fn said(client: &Client) -> (String, Vec<(String, String)>) {
    let probe = client.get("/api/v1/probes").await["items"][0].clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = probe["vantages"].as_array().unwrap().iter().map(|seen| (text(&seen["vantage"]), text(&seen["verdict"]))).collect();
    (text(&probe["verdict"]), each)
}

async fn until_said(client: &Client, together: &str, each: [&str; 3]) {
    let wanted: Vec<(String, String)> = SITES.iter().zip(each).map(|(site, verdict)| ((*site).to_owned(), verdict.to_owned())).collect();
    let wanted = (together.to_owned(), wanted);
    let began = Instant::now();
    loop {
        let now = said(client).await;
        if now == wanted {
            return;
        }
        assert!(
            began.elapsed() < LIMIT,
            "waited in vain for {wanted:?}; it is {now:?}: {}",
            client.get("/api/v1/probes").await["items"][0]
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn told(smtp: &Smtp) -> usize {
    smtp.mails().len()
}

async fn story() {
    ip("link set lo up");
    ip(&format!("addr add {TARGET}/32 dev lo"));
    std::fs::write("/proc/sys/net/ipv4/ip_forward", "1").unwrap();
    let sites: Vec<Site> = (0..SITES.len()).map(Site::begin).collect();
    let smtp = Smtp::start();
    let _shop = kit::start_shop(format!("{TARGET}:8080").parse().unwrap()).await;
    let mut setup = Setup::new(None);
    setup.smtp_port = Some(smtp.port);
    let config =
        kit::config(format!("{TARGET}:8080").parse().unwrap(), "http://127.0.0.1:9/").replace(", webhook_url: \"http://127.0.0.1:9/\"", "");
    setup.config(&config.replace("    service: shop\n", &format!("    service: shop\n    vantages: [{}]\n", SITES.join(", "))));
    let server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    let token = client.post("/api/v1/tokens", &json!({ "name": "sites", "permissions": ["vantage.report"], "expires_at": null })).await;
    let token = token["secret"].as_str().unwrap().to_owned();
    let proxy = Proxy::start_on("0.0.0.0:0", format!("127.0.0.1:{}", setup.port).parse().unwrap()).await;
    let _agents: Vec<Process> = sites.iter().map(|site| site.look(&setup, proxy.address.port(), &token)).collect();
    until_said(&client, "up", ["up", "up", "up"]).await;

    // One site's own line is lost: it cannot tell, the others can, and nobody is woken.
    sites[0].cable("down");
    until_said(&client, "up", ["inconclusive", "up", "up"]).await;
    sites[0].cable("up");
    sites[0].ip("route replace default via 10.88.0.1");
    until_said(&client, "up", ["up", "up", "up"]).await;
    assert_eq!(told(&smtp), 0);

    // One site cannot reach the service, and its own line stands: partial, which wakes nobody either.
    sites[1].way(true);
    until_said(&client, "partial", ["up", "down", "up"]).await;
    assert_eq!(told(&smtp), 0);

    // A second one: the quorum.
    let cut = Instant::now();
    sites[2].way(true);
    until("the page", LIMIT, || async { (told(&smtp) > 0).then_some(()) }).await;
    println!("paged {:?} after the second site lost its way, at an interval of {} ms", cut.elapsed(), kit::INTERVAL_MS);
    until_said(&client, "down", ["up", "down", "down"]).await;
    let events = client.get("/api/v1/events?kind=probe.verdict_changed").await;
    let evidence =
        events["items"].as_array().unwrap().iter().map(|event| &event["payload"]).find(|change| change["to"] == "down").unwrap().clone();
    assert_eq!(evidence["vantages"].as_array().unwrap().len(), 3, "{evidence}");
    assert!(evidence["last"]["detail"].as_str().unwrap().starts_with("2 of 3 (beijing, cairo): "), "{evidence}");
    for site in &sites[1..] {
        site.way(false);
    }
    until_said(&client, "up", ["up", "up", "up"]).await;
    until("the end to be told", LIMIT, || async { (told(&smtp) == 2).then_some(()) }).await;

    // The server is cut off, and meanwhile the service fails for two sites and comes back: it learns of all of it, in order.
    // For some seconds; for longer where somebody asks for it.
    let cut_secs: u64 = std::env::var("EVENKEEL_CUT_SECS").map_or(6, |secs| secs.parse().unwrap());
    let from = now();
    proxy.cut();
    until_said(&client, "inconclusive", ["inconclusive", "inconclusive", "inconclusive"]).await;
    for lost in [true, false] {
        for site in &sites[1..] {
            site.way(lost);
        }
        tokio::time::sleep(Duration::from_secs(cut_secs / 2)).await;
    }
    assert_eq!(told(&smtp), 2, "silence wakes nobody");
    proxy.heal();
    until_said(&client, "up", ["up", "up", "up"]).await;
    let to = now();
    let service = client.get("/api/v1/services").await["items"][0]["id"].as_str().unwrap().to_owned();
    let pieces = until("all of it to be sealed", LIMIT, || async {
        let sli = client.get(&format!("/api/v1/services/{service}/sli?from={from}&to={to}")).await;
        let pieces = sli["intervals"].as_array().unwrap().clone();
        // A seal of what goes on comes when it ends, or is asked for; what was bad has ended.
        let sealed_bad = pieces.iter().any(|piece| piece["state"] == "bad" && !piece["seq"].is_null());
        sealed_bad.then_some(pieces)
    })
    .await;
    let states: Vec<&str> = pieces.iter().map(|piece| piece["state"].as_str().unwrap()).collect();
    assert!(!states.contains(&"unknown"), "no gap: {states:?}");
    assert_eq!(told(&smtp), 2, "what was over before we learned of it wakes nobody");
    let vantages = client.get("/api/v1/vantages").await;
    for vantage in vantages.as_array().unwrap() {
        assert_eq!((&vantage["probes"], &vantage["dropped"], &vantage["uplink_lost"]), (&json!(1), &json!(0), &json!(false)), "{vantage}");
    }
    let measured = client.get("/prometheus/api/v1/query?query=count(probe_success)").await;
    assert_eq!(measured["data"]["result"][0]["value"][1], "3", "{measured}");
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

#[test]
fn three_sites_agree_and_what_a_cut_off_site_saw_is_not_lost() {
    if std::env::var_os(ROLE).is_some() {
        return tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(story());
    }
    let own = std::env::current_exe().unwrap();
    let done = Command::new("unshare").args(["--net", "--"]).arg(own).args(["--exact", NAME, "--nocapture"]).env(ROLE, "1").status();
    assert!(done.unwrap().success());
}
