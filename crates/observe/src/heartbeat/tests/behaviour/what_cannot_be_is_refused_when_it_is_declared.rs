use super::*;

#[tokio::test]
async fn what_cannot_be_is_refused_when_it_is_declared() {
    on_both(|house| async move {
        let good = every_minute("backup");
        for (place, definition) in [
            ("/name", every_minute("")),
            ("/name", every_minute("no spaces")),
            ("/every_secs", HeartbeatDefinition { every_secs: None, ..good.clone() }),
            ("/every_secs", HeartbeatDefinition { every_secs: Some(0), ..good.clone() }),
            ("/every_secs", HeartbeatDefinition { cron: Some("* * * * *".to_owned()), ..good.clone() }),
            ("/zone", HeartbeatDefinition { zone: Some("UTC".to_owned()), ..good.clone() }),
            ("/zone", at_times("backup", "* * * * *", "Mars/Olympus")),
            ("/cron", at_times("backup", "* * * *", "UTC")),
            ("/cron", at_times("backup", "0 0 31 2 *", "UTC")),
            ("/grace_secs", HeartbeatDefinition { grace_secs: 0, ..good.clone() }),
            ("/run_limit_secs", HeartbeatDefinition { run_limit_secs: Some(u64::MAX), ..good.clone() }),
        ] {
            let StoreError::Failure(refused) = house.put(definition).await.unwrap_err() else { panic!() };
            assert_eq!(refused.at.as_deref(), Some(place), "{}", refused.detail);
        }
        assert!(house.put(good.clone()).await.unwrap().changed);
        assert!(!house.put(good).await.unwrap().changed, "what says what is in force makes no version");
    })
    .await;
}
