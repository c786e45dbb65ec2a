//! Samples out to a file while the server runs, and months of them in from one.

use evenkeel_stories::{
    process::{Setup, said},
    until,
};
use serde_json::Value;
use std::{fmt::Write as _, time::Duration};

fn now() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// The values of the one series that a query over the console's session finds.
async fn asked(client: &evenkeel_stories::client::Client, query: &str) -> Option<f64> {
    let body: Value = client.get(&format!("/prometheus/api/v1/query?query={query}")).await;
    body["data"]["result"][0]["value"][1].as_str()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_come_in_from_a_file_and_go_out_to_one() {
    let setup = Setup::new(None);
    let (file, out) = (setup.folder.path().join("weeks.om"), setup.folder.path().join("out.om"));
    let (file, out) = (file.display().to_string(), out.display().to_string());
    // Two weeks, a sample an hour; the last is too old to be kept.
    let start = now() / 3600 * 3600 - 14 * 86_400;
    let mut text = String::from("# TYPE orders counter\n");
    for hour in 0..14 * 24 {
        writeln!(text, "orders_total{{shop=\"a\"}} {hour} {}", start + hour * 3600).unwrap();
    }
    writeln!(text, "orders_total{{shop=\"b\"}} 1 {}\n# EOF", start - 40 * 86_400).unwrap();
    std::fs::write(&file, text).unwrap();

    let rehearsed = setup.run(&["metrics", "import", "--dry-run", &file]);
    assert!(rehearsed.status.success() && said(&rehearsed).contains("337 samples"), "{}", said(&rehearsed));
    assert!(!setup.data().exists(), "a dry run makes nothing");
    for _ in 0..2 {
        let done = setup.run(&["metrics", "import", &file]);
        assert!(done.status.success() && said(&done).contains("336 samples taken"), "{}", said(&done));
        assert!(said(&done).contains("1 samples were not taken"), "{}", said(&done));
    }

    let mut server = setup.serve().await;
    let client = setup.sign_in(&server).await;
    assert_eq!(asked(&client, "count_over_time(orders_total[20d])").await, Some(336.0));
    let range = format!("increase(orders_total[7d])&time={}", start + 10 * 86_400);
    let week = asked(&client, &range).await.unwrap();
    assert!((week - 168.0).abs() < 1.0, "{week}");
    // What a server has cannot be imported into, and can be read.
    let refused = setup.run(&["metrics", "import", &file]);
    assert!(!refused.status.success() && said(&refused).contains("in use"), "{}", said(&refused));
    until("this host to be measured", Duration::from_secs(30), || async { asked(&client, "node_load1").await }).await;
    let done = setup.run(&["metrics", "export", "--match", "{__name__=~\"orders_total|node_load1\"}", "-o", &out]);
    assert!(done.status.success(), "{}", said(&done));
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.ends_with("# EOF\n") && text.contains("node_load1{"), "{text}");
    assert_eq!(text.matches("orders_total{shop=\"a\"} ").count(), 336);
    let wrong = setup.run(&["metrics", "export", "--match", "{"]);
    assert!(!wrong.status.success() && said(&wrong).contains("--match"), "{}", said(&wrong));
    assert!(server.stop());

    // The file is one that Prometheus' own tool takes.
    let blocks = setup.folder.path().join("blocks");
    let promtool = std::process::Command::new("promtool").args(["tsdb", "create-blocks-from", "openmetrics", &out]).arg(&blocks).output();
    let promtool = promtool.expect("promtool is installed (apt-get install prometheus)");
    assert!(promtool.status.success(), "{}", said(&promtool));

    // Half a file: what is good of it is taken, and it is said what is wrong.
    std::fs::write(&file, "# TYPE orders counter\norders_total 1 1700000000\norders_total nonsense\n").unwrap();
    let torn = setup.run(&["metrics", "import", &file]);
    assert!(!torn.status.success() && said(&torn).contains("not OpenMetrics"), "{}", said(&torn));
}
