//! Planned work is shown by itself when the page says so, without its name or reason, and explains what is seen.

use evenkeel_core::{event::manage::Window, state::SliState};
use evenkeel_manage::maintenance::{self, MaintenanceDefinition};
use jiff::SignedDuration;
use serde_json::json;

use super::kit::{definition, hurt, with_page};
use crate::world::{GRANT, shop};

#[tokio::test]
async fn maintenance_is_shown_before_it_begins() {
    with_page(|house| async move {
        let begins = house.world.now() + SignedDuration::from_hours(2);
        let window = Window { from: begins, to: begins + SignedDuration::from_hours(1) };
        let declared = MaintenanceDefinition {
            services: vec![shop()],
            windows: vec![window],
            approved_by: None,
            announced_at: None,
            reason: Some("swap the leaky switch".to_owned()),
        };
        let mut tx = house.world.test.db.write().await.unwrap();
        maintenance::put(&mut tx, &GRANT, &house.world.act(), "switch-swap", declared).await.unwrap();
        tx.commit().await.unwrap();
        house.is(shop(), SliState::Good);
        let page = house.page().await;
        assert_eq!(page.state("storefront"), "operational", "it has not begun");
        let planned = page.json()["planned"].clone();
        assert_eq!((planned.as_array().unwrap().len(), &planned[0]["components"][0]["en"]), (1, &json!("Storefront")));
        assert!(!page.text.contains("switch"), "neither its name nor its reason is shown");
        house.world.pass(2 * 3600 + 60);
        house.is(shop(), SliState::Bad);
        assert_eq!(house.page().await.state("storefront"), "maintenance");
        // A post of the same window takes the place of what is shown by itself.
        house.world.pass(3600);
        assert_eq!(house.page().await.state("storefront"), "major_outage", "the window is over");
        let later =
            Window { from: house.world.now() + SignedDuration::from_hours(24), to: house.world.now() + SignedDuration::from_hours(25) };
        let body = json!({"title": {"zh": "升级", "en": "Upgrade"}, "state": "scheduled", "text": {"zh": "会停", "en": "It will be out"},
            "window": later, "components": hurt("payments", "maintenance")});
        house.world.post("eve", "/api/v1/status-pages/acme/posts", body).await.ok();
        let page = house.page().await;
        assert_eq!(
            (page.json()["planned"][0]["post"]["title"]["en"].clone(), page.state("payments")),
            (json!("Upgrade"), "nothing_reported".to_owned())
        );
        house.world.pass(24 * 3600 + 60);
        assert_eq!(house.page().await.state("payments"), "maintenance");
        house.world.pass(3600);
        let page = house.page().await;
        assert_eq!((page.state("payments").as_str(), page.json()["past"].as_array().unwrap().len()), ("nothing_reported", 1));
        // A page that does not ask for it shows none.
        let mut quiet = definition();
        quiet["maintenance"] = json!(false);
        house.put("acme", quiet).await;
        assert!(house.page().await.json()["planned"].as_array().unwrap().is_empty());
    })
    .await;
}
