//! A real node exporter, as Debian packages it (package prometheus-node-exporter).

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

use super::house::{House, tenant};

/// The exporter, ended with the test.
pub struct Exporter {
    child: Child,
    pub address: SocketAddr,
}

impl Exporter {
    /// Starts it; `None` when it is not installed.
    pub fn start() -> Option<Self> {
        // Nobody else gets this port within the moment until it is taken again.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new("prometheus-node-exporter")
            .arg(format!("--web.listen-address={address}"))
            // Debian leaves out more than the project itself; ours is compared with the project's.
            .arg("--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)")
            .arg("--collector.netdev.device-exclude=^$")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Self { child, address }),
            Err(error) => {
                eprintln!("not run: prometheus-node-exporter: {error}");
                None
            }
        }
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_real_node_exporter_is_scraped_whole() {
    let Some(exporter) = Exporter::start() else { return };
    let house = House::new(&format!(
        "global: {{scrape_interval: 500ms}}\nscrape_configs:\n- job_name: node\n  static_configs: [{{targets: ['{}'], labels: {{instance: i}}}}]\n",
        exporter.address
    ));
    house
        .until("two scrapes", |house| {
            house.values("node_load1").values().any(|values| values.iter().filter(|value| *value != "x").count() >= 2)
        })
        .await;
    let scraped: f64 = house.values("scrape_samples_scraped")["instance=i,job=node"].last().unwrap().parse().unwrap();
    assert!(scraped > 300.0, "{scraped}");
    assert_eq!(house.values("node_cpu_seconds_total").len() % 8, 0);
    let added = &house.values("scrape_series_added")["instance=i,job=node"];
    assert_eq!(added.iter().filter(|value| value.parse::<f64>().unwrap() > 100.0).count(), 1, "series are added once: {added:?}");
    assert!(house.scraper.metadata().len() > 100);
    assert!(house.store.tenant_stats(tenant()).series > 300);
}
