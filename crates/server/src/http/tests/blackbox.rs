//! What a Prometheus that asks a `blackbox_exporter` gets from us.

use evenkeel_store::testing::for_each_database;

use crate::{
    app::migrations,
    testing::{Server, code},
};

const MODULES: &str =
    "modules: {site: {prober: http, http: {fail_if_body_not_matches_regexp: [hello]}}, inside: {prober: tcp}, socket: {prober: unix}}";

#[tokio::test]
async fn a_module_and_a_target_give_its_metrics() {
    for_each_database(migrations(), |test| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("blackbox.yml");
        std::fs::write(&file, MODULES).unwrap();
        let server = Server::with(&test, |settings| settings.blackbox = Some(file));
        let mut admin = server.admin().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(|| async { "hello" })).await });

        let answer = admin.get(&format!("/probe?module=site&target={target}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
        for line in
            ["probe_success 1", "probe_http_status_code 200", "probe_http_duration_seconds{phase=\"connect\"} ", "probe_duration_seconds "]
        {
            assert!(answer.text.contains(&format!("\n{line}")), "{line}: {}", answer.text);
        }
        // Cloud metadata is out of reach here as everywhere.
        let inwards = admin.get("/probe?module=inside&target=169.254.169.254:80").await;
        assert!(inwards.status == 200 && inwards.text.contains("probe_success 0"), "{inwards:?}");
        for wrong in ["module=none&target=x", "module=site", "target=x", "module=socket&target=x", "module=inside&target=x"] {
            assert_eq!(code(&admin.get(&format!("/probe?{wrong}")).await), "invalid", "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_modules_it_is_not_there() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let answer = server.admin().await.get("/probe?module=site&target=127.0.0.1").await;
        assert_eq!((answer.status, code(&answer)), (404, "not_found"));
    })
    .await;
}
