use super::house::{House, Shown};

#[tokio::test]
async fn a_new_file_takes_effect_and_a_bad_one_changes_nothing() {
    let shown = Shown::default();
    shown.set("a 1\n");
    let address = shown.serve().await;
    let text = |jobs: &[(&str, &str)]| {
        let job = |(name, more): &(&str, &str)| {
            format!("- job_name: {name}\n  static_configs: [{{targets: ['{address}'], labels: {{instance: i}}}}]\n{more}")
        };
        let jobs = jobs.iter().map(job).collect::<Vec<_>>().concat();
        format!("global: {{scrape_interval: 200ms}}\nscrape_configs:\n{jobs}")
    };
    let house = House::new(&text(&[("stays", ""), ("goes", ""), ("changes", "")]));
    house.until("three jobs", |house| house.values("a").len() == 3).await;
    let before = house.scraper.pools().iter().find(|pool| pool.job.name == "stays").unwrap().targets().remove(0);

    house.write("prometheus.yml", "scrape_configs:\n- job_name: x\n  scrape_intervall: 1s\n");
    let told = house.scraper.load().unwrap_err().to_string();
    assert!(told.contains("prometheus.yml:3"), "{told}");
    assert!(house.scraper.reloaded().error.is_some());
    assert_eq!(house.scraper.config().unwrap().jobs.len(), 3);

    house.write("prometheus.yml", &text(&[("stays", ""), ("changes", "  metrics_path: /other\n"), ("comes", "")]));
    house.scraper.load().unwrap();
    assert!(house.scraper.reloaded().error.is_none());
    house.until("the new job", |house| house.values("a").contains_key("instance=i,job=comes")).await;
    house.until("the end of the old one", |house| house.values("up")["instance=i,job=goes"].last().unwrap() == "x").await;
    assert_eq!(house.values("a")["instance=i,job=goes"].last().unwrap(), "x");
    let after = house.scraper.pools().iter().find(|pool| pool.job.name == "stays").unwrap().targets().remove(0);
    assert!(std::sync::Arc::ptr_eq(&before, &after), "a job that did not change is not disturbed");
    // A target that is asked in another way goes on with its series.
    let count = house.values("a")["instance=i,job=changes"].len();
    house.until("more of the changed job", |house| house.values("a")["instance=i,job=changes"].len() > count + 1).await;
    assert!(house.values("a")["instance=i,job=changes"].iter().all(|value| value == "1"), "{:?}", house.values("a"));
}
