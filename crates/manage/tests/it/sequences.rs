//! Whatever people and machines do, in whatever order: what was told has its end told, and what was held back is accounted for.

use std::collections::BTreeMap;

use evenkeel_core::{
    definition::InhibitionDefinition,
    event::{
        Body as _, Event,
        manage::{AlertHeld, AlertReleased, ReleaseOutcome},
    },
    id::{AlertId, ServiceId},
    matcher::Matcher,
};
use evenkeel_manage::inhibition;
use evenkeel_store::{Sql as _, params};
use http::Method;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{GRANT, World, in_world};

/// Core, two that depend on it, one that depends on the second, one that stands alone.
const SERVICES: [&str; 5] = ["core", "left", "right", "leaf", "alone"];

#[derive(Debug, Clone)]
enum Step {
    Fire(usize),
    Clear(usize),
    Silence {
        service: usize,
        secs: i64,
    },
    EndSilence(usize),
    Inhibit {
        source: usize,
        target: usize,
    },
    StopInhibiting,
    Pass(i64),
    /// The process ends and begins again: what is due fires, and the last events are handed over once more.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let service = 0..SERVICES.len();
    prop_oneof![
        4 => service.clone().prop_map(Step::Fire),
        3 => any::<prop::sample::Index>().prop_map(|index| Step::Clear(index.index(1000))),
        2 => (service.clone(), 10i64..2000).prop_map(|(service, secs)| Step::Silence { service, secs }),
        1 => any::<prop::sample::Index>().prop_map(|index| Step::EndSilence(index.index(1000))),
        1 => (service.clone(), service).prop_map(|(source, target)| Step::Inhibit { source, target }),
        1 => Just(Step::StopInhibiting),
        3 => (1i64..400).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// What happened in a world so far.
#[derive(Default)]
struct Story {
    firing: BTreeMap<AlertId, (ServiceId, String)>,
    all: Vec<AlertId>,
    silences: Vec<String>,
    last: Option<Event>,
}

impl Story {
    async fn clear(&mut self, world: &World, id: AlertId) {
        if let Some((service, probe)) = self.firing.remove(&id) {
            self.last = Some(world.clears(id, service, &probe, 0, "recovered").await);
        }
    }

    async fn take(&mut self, world: &World, step: Step) {
        match step {
            Step::Fire(service) => {
                let probe = format!("{}-{}", SERVICES[service], self.all.len());
                let service = ServiceId::named(SERVICES[service]);
                let (id, event) = world.fires(service, &probe, 1).await;
                self.firing.insert(id, (service, probe));
                self.all.push(id);
                self.last = Some(event);
            }
            Step::Clear(index) if !self.firing.is_empty() => {
                let id = *self.firing.keys().nth(index % self.firing.len()).unwrap();
                self.clear(world, id).await;
            }
            Step::Silence { service, secs } => {
                let matchers = json!([{"name": "service", "op": "=", "value": SERVICES[service]}]);
                let body = json!({"matchers": matchers, "to": world.now() + SignedDuration::from_secs(secs)});
                let made: Value = world.post("eve", "/api/v1/silences", body).await.ok();
                self.silences.push(made["id"].as_str().unwrap().to_owned());
            }
            Step::EndSilence(index) if !self.silences.is_empty() => {
                let path = format!("/api/v1/silences/{}", self.silences[index % self.silences.len()]);
                world.send(Some(world.caller("eve")), Method::DELETE, &path, None, None).await.ok();
            }
            Step::Inhibit { source, target } => {
                let of = |service: usize| Matcher::parse_list(&format!("service={}", SERVICES[service])).unwrap();
                let rule = InhibitionDefinition { source: of(source), target: of(target), equal: vec!["severity".to_owned()] };
                let mut tx = world.test.db.write().await.unwrap();
                inhibition::put(&mut tx, &GRANT, &world.act(), "rule", &rule).await.unwrap();
                tx.commit().await.unwrap();
            }
            Step::StopInhibiting => {
                let mut tx = world.test.db.write().await.unwrap();
                inhibition::retire(&mut tx, &GRANT, &world.act(), "rule").await.unwrap();
                tx.commit().await.unwrap();
            }
            Step::Pass(secs) => world.pass(secs),
            Step::Restart => {
                if let Some(event) = self.last.clone() {
                    world.replay(&event).await;
                }
            }
            Step::Clear(_) | Step::EndSilence(_) => {}
        }
        world.ring().await;
    }
}

async fn count(world: &World, what: &str) -> i64 {
    let mut read = world.test.db.read().await.unwrap();
    read.row(&format!("SELECT COUNT(*) AS n FROM {what}"), params![]).await.unwrap().unwrap().int("n").unwrap()
}

/// What holds at every moment.
async fn check(world: &World) {
    let both = "suppression s JOIN incident_alert i ON i.alert_id = s.alert_id WHERE s.ended_at IS NULL";
    assert_eq!(count(world, both).await, 0, "an alert is told or held back, never both");
    let neither = "firing_alert f WHERE f.over_at IS NULL AND NOT EXISTS (SELECT 1 FROM incident_alert i WHERE i.alert_id = f.alert_id)
        AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.alert_id = f.alert_id AND s.ended_at IS NULL)";
    assert_eq!(count(world, neither).await, 0, "an alert that fires is told or held back");
}

async fn tell(world: World, steps: Vec<Step>) {
    for (name, parents) in [("core", vec![]), ("left", vec!["core"]), ("right", vec!["core"]), ("leaf", vec!["right"]), ("alone", vec![])] {
        let parents: Vec<ServiceId> = parents.into_iter().map(ServiceId::named).collect();
        world.declare(name, &parents).await.unwrap();
    }
    let mut story = Story::default();
    for step in steps {
        story.take(&world, step).await;
        check(&world).await;
    }
    // Everything recovers, and time goes by.
    for id in story.firing.keys().copied().collect::<Vec<_>>() {
        story.clear(&world, id).await;
    }
    world.pass(4000);
    world.ring().await;
    check(&world).await;
    assert_eq!(count(&world, "suppression WHERE ended_at IS NULL").await, 0, "nothing is held back any more");
    for incident in world.incidents().await {
        assert_eq!(
            (&incident["firing"], &incident["state"]),
            (&json!(0), &json!("resolved")),
            "whose beginning was told, its end was: {incident}"
        );
    }
    for id in &story.all {
        let events = world.alert(*id).await;
        let was_held = events.iter().any(|event| event.kind == AlertHeld::KIND);
        let released: Vec<AlertReleased> = events.iter().filter_map(Event::read::<AlertReleased>).map(Result::unwrap).collect();
        assert_eq!(released.len(), usize::from(was_held), "held back once, let go once");
        let mut read = world.test.db.read().await.unwrap();
        let told = evenkeel_manage::incident::incidents_of(&mut read, world.test.tenant, &[*id]).await.unwrap().contains_key(id);
        let avoided = released.iter().any(|released| released.outcome == ReleaseOutcome::Avoided);
        assert_eq!(told, !avoided, "told, or accounted for as avoided");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn whoever_was_told_of_a_beginning_is_told_of_its_end(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(in_world(|world| tell(world, steps.clone())));
    }
}
