use super::*;

fn words(sealed: &[SliSealed]) -> Vec<&'static str> {
    sealed.iter().map(|stretch| stretch.state.as_str()).collect()
}

#[tokio::test]
async fn a_break_and_a_recovery_are_told_once_and_with_the_times_of_their_first_looks() {
    on_each(async |house: House| {
        let probe = house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;

        let broke_at = house.kit.now();
        house.target.set_healthy(false);
        let fired = house.wait_for::<AlertFired>(1).await.remove(0);
        // The first failing look, not the one that decided.
        assert!(fired.started_at >= broke_at - SignedDuration::from_millis(100) && fired.started_at <= fired.fired_at);
        assert_eq!((fired.probe.as_str(), fired.cause.as_str()), ("shop-web", "unavailable"));
        assert_eq!((fired.look.code.as_str(), fired.look.detail.as_str()), ("status", "HTTP 503"));
        assert_eq!(running.hub.status(probe).unwrap().verdict, Verdict::Down);

        let healed_at = house.kit.now();
        house.target.set_healthy(true);
        let resolved = house.wait_for::<AlertResolved>(1).await.remove(0);
        assert_eq!((resolved.alert_id, resolved.reason.as_str()), (fired.alert_id, "recovered"));
        assert!(resolved.recovered_at >= healed_at - SignedDuration::from_millis(100));
        running.stop().await;

        let changes = house.events::<VerdictChanged>().await;
        let verdicts: Vec<_> = changes.iter().map(|change| (change.from, change.to)).collect();
        assert_eq!(verdicts, [(Verdict::Inconclusive, Verdict::Up), (Verdict::Up, Verdict::Down), (Verdict::Down, Verdict::Up)]);
        assert_eq!((changes[1].since, changes[1].looks), (fired.started_at, 2));
        assert_eq!(changes[2].since, resolved.recovered_at);

        let sealed = house.sealed().await;
        assert_eq!(words(&sealed), ["unknown", "good", "bad"]);
        assert_eq!((sealed[2].from, sealed[2].to), (fired.started_at, resolved.recovered_at));
        assert!(sealed[2].query.contains("shop-web (http http://127.0.0.1"), "{}", sealed[2].query);
        assert_eq!(sealed[2].query_hash.len(), 64);

        let series = house.samples.latest(house.test.tenant, &Selector::metric("probe_success").with("probe", "shop-web"), 0);
        assert_eq!(series.len(), 1);
        let phases = SampleStore::label_values(house.samples.as_ref(), house.test.tenant, Some("probe_http_duration_seconds"), "phase");
        assert_eq!(phases, ["connect", "processing", "resolve", "transfer"]);
    })
    .await;
}

#[tokio::test]
async fn a_time_in_which_the_process_was_gone_is_unknown_and_no_news_of_the_probe() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        running.stop().await;
        let stopped_at = house.kit.now();
        let running = house.start();
        let sealed = wait("the gap", async || {
            let sealed = house.sealed().await;
            (words(&sealed) == ["unknown", "good", "unknown"]).then_some(sealed)
        })
        .await;
        assert!(sealed[1].to <= stopped_at, "good only as long as somebody looked");
        assert!(sealed[2].to >= stopped_at);
        running.stop().await;
        // Up before and up after: one verdict in the ledger, and no alert.
        assert_eq!(house.events::<VerdictChanged>().await.len(), 1);
        assert!(house.events::<AlertFired>().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_alert_outlives_a_crash_and_is_not_fired_twice() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        house.target.set_healthy(false);
        let fired = house.wait_for::<AlertFired>(1).await.remove(0);
        running.task.abort();
        let running = house.start();
        wait("the gap", async || (words(&house.sealed().await) == ["unknown", "good", "bad", "unknown"]).then_some(())).await;
        house.target.set_healthy(true);
        let resolved = house.wait_for::<AlertResolved>(1).await.remove(0);
        assert_eq!(resolved.alert_id, fired.alert_id);
        running.stop().await;
        assert_eq!(house.events::<AlertFired>().await.len(), 1);
        let sealed = house.sealed().await;
        assert_eq!(words(&sealed), ["unknown", "good", "bad", "unknown", "bad"]);
    })
    .await;
}

#[tokio::test]
async fn pausing_ends_the_alert_and_the_time_is_unknown() {
    on_each(async |house: House| {
        let mut definition = house.definition("shop-web");
        let probe = house.put(&definition).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        house.target.set_healthy(false);
        house.wait_for::<AlertFired>(1).await;
        definition.paused = true;
        house.put(&definition).await;
        running.hub.reload();
        let resolved = house.wait_for::<AlertResolved>(1).await.remove(0);
        assert_eq!(resolved.reason, "probe_paused");
        house.wait_for_state(SliState::Unknown).await;
        assert_eq!(running.hub.status(probe), None);
        house.target.set_healthy(true);
        definition.paused = false;
        house.put(&definition).await;
        running.hub.reload();
        house.wait_for_state(SliState::Good).await;
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_retired_probe_ends_its_alert_also_when_it_was_retired_while_nobody_looked() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        house.target.set_healthy(false);
        house.wait_for::<AlertFired>(1).await;
        running.stop().await;
        assert!(house.retire("shop-web").await);
        assert!(!house.retire("shop-web").await);
        let running = house.start();
        let resolved = house.wait_for::<AlertResolved>(1).await.remove(0);
        assert_eq!(resolved.reason, "probe_removed");
        house.wait_for_state(SliState::Unknown).await;
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_definition_is_followed_and_the_old_rule_keeps_its_stretch() {
    on_each(async |house: House| {
        let mut definition = house.definition("shop-web");
        house.put(&definition).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        definition.http.as_mut().unwrap().expect_status = vec![404];
        house.put(&definition).await;
        running.hub.reload();
        house.wait_for::<AlertFired>(1).await;
        running.stop().await;
        // A put that changes nothing is no news.
        let mut tx = house.kit.db.write().await.unwrap();
        let grant = Grant::system(Permission::DefinitionWrite);
        let put = put_probe(&mut tx, &grant, house.test.tenant, &Actor::system("test"), &definition).await.unwrap();
        assert_eq!((put.changed, put.version), (false, 2));
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_while_the_database_was_away_keeps_its_times() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        // Nobody else can write while this transaction holds the run's row.
        let mut held = house.kit.db.write().await.unwrap();
        held.execute("UPDATE observe_run SET written = written", vec![]).await.unwrap();
        let probe = crate::probe::probe_id(house.test.tenant, "shop-web");
        house.target.set_healthy(false);
        wait("down", async || (running.hub.status(probe)?.verdict == Verdict::Down).then_some(())).await;
        house.target.set_healthy(true);
        wait("up", async || (running.hub.status(probe)?.verdict == Verdict::Up).then_some(())).await;
        let let_go_at = house.kit.now();
        assert!(house.events::<AlertFired>().await.is_empty());
        drop(held);
        let resolved = house.wait_for::<AlertResolved>(1).await.remove(0);
        let fired = house.wait_for::<AlertFired>(1).await.remove(0);
        assert!(fired.fired_at < let_go_at && resolved.recovered_at < let_go_at);
        running.stop().await;
        let sealed = house.sealed().await;
        assert_eq!((sealed[2].state, sealed[2].from, sealed[2].to), (SliState::Bad, fired.started_at, resolved.recovered_at));
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_taken_over_writes_nothing_more() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let first = house.start();
        house.wait_for_state(SliState::Good).await;
        let second = house.start();
        wait("the second to look", async || (second.hub.health().looks > 2).then_some(())).await;
        house.target.set_healthy(false);
        // The first has something to write, finds itself fenced off, and stands by.
        wait("the first to stand by", async || (first.hub.health().probes == 0).then_some(())).await;
        house.wait_for::<AlertFired>(1).await;
        // It can still tell what is sealed.
        let sealed_to = first.hub.seal_until(house.test.tenant, house.service, house.kit.now()).await.unwrap();
        assert!(sealed_to.is_some());
        first.stop().await;
        second.stop().await;
        assert_eq!(house.events::<AlertFired>().await.len(), 1);
        house.sealed().await;
    })
    .await;
}

#[tokio::test]
async fn who_stands_by_takes_over_when_the_other_falls_silent() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let first = house.start_with(ProbeOptions { silent_after: Duration::from_secs(1), ..ProbeOptions::default() });
        house.wait_for_state(SliState::Good).await;
        let second = house.start();
        wait("the first to stand by", async || (first.hub.health().probes == 0).then_some(())).await;
        second.stop().await;
        wait("the first to look again", async || (first.hub.health().probes == 1).then_some(())).await;
        house.target.set_healthy(false);
        house.wait_for::<AlertFired>(1).await;
        first.stop().await;
        house.sealed().await;
    })
    .await;
}

#[tokio::test]
async fn a_report_seals_the_stretch_in_force_and_the_next_one_goes_on_from_there() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        let at = house.kit.now();
        let sealed_to = running.hub.seal_until(house.test.tenant, house.service, at).await.unwrap().unwrap();
        assert!(sealed_to <= at);
        let sealed = house.sealed().await;
        assert_eq!(sealed.last().unwrap().to, sealed_to);
        let again = running.hub.seal_until(house.test.tenant, house.service, house.kit.now()).await.unwrap().unwrap();
        assert!(again >= sealed_to);
        let nobody = running.hub.seal_until(house.test.tenant, ServiceId::named("nobody"), at).await.unwrap();
        assert_eq!(nobody, None);
        running.stop().await;
        house.sealed().await;
    })
    .await;
}

#[tokio::test]
async fn two_probes_of_one_service_are_bad_together_from_the_earlier_to_the_later() {
    on_each(async |house: House| {
        house.put(&house.definition("shop-web")).await;
        house.put(&house.definition("shop-api")).await;
        let running = house.start();
        house.wait_for_state(SliState::Good).await;
        house.target.set_healthy(false);
        let fired = house.wait_for::<AlertFired>(2).await;
        house.target.set_healthy(true);
        let resolved = house.wait_for::<AlertResolved>(2).await;
        wait("the seal", async || words(&house.sealed().await).contains(&"bad").then_some(())).await;
        running.stop().await;
        let bad: Vec<_> = house.sealed().await.into_iter().filter(|stretch| stretch.state == SliState::Bad).collect();
        assert_eq!(bad.len(), 1);
        assert_eq!(bad[0].from, fired.iter().map(|event| event.started_at).min().unwrap());
        assert_eq!(bad[0].to, resolved.iter().map(|event| event.recovered_at).max().unwrap());
    })
    .await;
}
