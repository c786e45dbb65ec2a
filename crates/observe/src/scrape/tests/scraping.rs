use super::house::{House, Shown};

fn job(address: std::net::SocketAddr, more: &str) -> String {
    format!(
        "global: {{scrape_interval: 200ms, scrape_timeout: 150ms}}\nscrape_configs:\n- job_name: j\n  static_configs: [{{targets: ['{address}'], labels: {{instance: i}}}}]\n{more}"
    )
}

#[tokio::test]
async fn a_target_is_asked_again_and_again_and_what_vanishes_is_marked() {
    let shown = Shown::default();
    shown.set("a 1\nb 1\n");
    let mut house = House::new(&job(shown.serve().await, ""));
    house.until("three scrapes", |house| house.values("up").values().any(|values| values.len() >= 3)).await;
    assert!(house.values("up")["instance=i,job=j"].iter().all(|value| value == "1"));
    shown.set("a 2\n");
    house.until("a marker for b", |house| house.values("b")["instance=i,job=j"].last().unwrap() == "x").await;
    house.until("the new value of a", |house| house.values("a")["instance=i,job=j"].last().unwrap() == "2").await;
    shown.hang_up();
    house.until("down", |house| house.values("up")["instance=i,job=j"].last().unwrap() == "0").await;
    assert_eq!(house.values("a")["instance=i,job=j"].last().unwrap(), "x");
    shown.set("a 3\n");
    house.until("up again", |house| house.values("a")["instance=i,job=j"].last().unwrap() == "3").await;
    house.stop().await;
    // The process ended and not the target: its series go on after the next start.
    assert_eq!(house.values("a")["instance=i,job=j"].last().unwrap(), "3");
}

#[tokio::test]
async fn more_targets_than_allowed_are_not_asked_at_all() {
    let shown = Shown::default();
    shown.set("a 1\n");
    let address = shown.serve().await;
    let text = format!(
        "global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: j\n  target_limit: 1\n  static_configs: [{{targets: ['{address}', '{address}']}}, {{targets: ['{address}'], labels: {{x: y}}}}]\n"
    );
    let house = House::new(&text);
    house.until("both are down", |house| house.values("up").len() == 2).await;
    assert!(house.values("a").is_empty());
    assert!(house.health().values().all(|(health, error)| *health == "down" && error.contains("target_limit (1)")), "{:?}", house.health());
}

#[tokio::test]
async fn a_target_under_two_jobs_is_two_targets() {
    let shown = Shown::default();
    shown.set("a 1\n");
    let address = shown.serve().await;
    let text = format!(
        "global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: j\n  static_configs: [{{targets: ['{address}']}}]\n- job_name: k\n  static_configs: [{{targets: ['{address}']}}]\n"
    );
    let house = House::new(&text);
    house.until("both", |house| house.values("a").len() == 2).await;
}

#[tokio::test]
async fn metadata_is_what_targets_say() {
    let shown = Shown::default();
    shown.set("# HELP a What it is.\n# TYPE a counter\na 1\n");
    let house = House::new(&job(shown.serve().await, ""));
    house.until("metadata", |house| house.scraper.metadata().contains_key("a")).await;
    let known = &house.scraper.metadata()["a"][0];
    assert_eq!((known.kind, known.help.as_str()), ("counter", "What it is."));
}
