//! A page over the shop and the bank, what outsiders ask of it, and how services are as a test says.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use evenkeel_api::Kit;
use evenkeel_core::{
    event::Event,
    id::{ServiceId, TenantId},
    state::SliState,
};
use evenkeel_manage::{
    Manage,
    status_page::{self, Ask, Condition, Day, Pages, Record, Services, Visitor, Visitors},
};
use evenkeel_store::{Db, Sql as _, StoreError, ledger, outbox, params};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{World, acme, bank, in_world, shop};

/// How services are, as a test says.
#[derive(Default)]
pub struct Seen(Mutex<BTreeMap<ServiceId, Condition>>);

#[async_trait]
impl Services for Seen {
    async fn conditions(&self, _: &Db, _: TenantId, _: &[ServiceId]) -> Result<BTreeMap<ServiceId, Condition>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }
    async fn records(
        &self,
        _: &Db,
        _: TenantId,
        _: &TimeZone,
        (first, last): (Date, Date),
        _: Timestamp,
        asks: &[(Ask, Option<Condition>)],
    ) -> Result<Vec<Record>, StoreError> {
        let days = [(first, 86_400, 0), (last, 80_000, 400)].map(|(date, good_secs, down_secs)| Day {
            date,
            good_secs,
            down_secs,
            unknown_secs: 0,
        });
        let record = Record { share: Some(0.995), low: Some(0.995), high: Some(0.995), days: days.to_vec() };
        Ok(asks.iter().map(|_| record.clone()).collect())
    }
}

/// Who is signed in, by a header of the test.
struct Badge;

#[async_trait]
impl Visitors for Badge {
    async fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        match headers.get("badge")?.to_str().unwrap() {
            "staff" => Some(Visitor::Staff),
            name => Some(Visitor::Of(evenkeel_core::id::OrganisationId::named(name))),
        }
    }
}

#[derive(Clone)]
pub struct House {
    pub world: World,
    pub seen: Arc<Seen>,
    manage: Manage,
    outside: Router,
}

pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
    /// The state of the component of this key.
    pub fn state(&self, key: &str) -> String {
        let page = self.json();
        let groups = page["groups"].as_array().unwrap();
        let components = groups.iter().flat_map(|group| group["components"].as_array().unwrap());
        components.filter(|one| one["key"] == key).map(|one| one["state"].as_str().unwrap().to_owned()).next().unwrap()
    }
}

/// The page that tests begin with.
pub fn definition() -> Value {
    json!({
        "title": {"zh": "示例状态", "en": "Acme status"}, "audience": "public", "zone": "Asia/Shanghai", "maintenance": true,
        "subscribe": ["mail", "webhook"],
        "groups": [{"name": {"zh": "购物", "en": "Shopping"}, "components": [
            {"key": "storefront", "name": {"zh": "店面", "en": "Storefront"}, "service": shop(), "follows": true,
             "history": evenkeel_core::id::AgreementId::named("gold")},
            {"key": "payments", "name": {"zh": "支付", "en": "Payments"}, "service": bank()}
        ]}]
    })
}

/// Runs `body` with a page named `acme` on every database.
pub async fn with_page<F, Fut>(body: F)
where
    F: Fn(House) -> Fut,
    Fut: Future<Output = ()>,
{
    in_world(|world| async {
        let seen = Arc::new(Seen::default());
        let pages = Pages::new(seen.clone(), "https://keel.example".to_owned());
        let manage = Manage::new(Kit::new(world.test.db.clone()), crate::world::blobs()).with_pages(pages);
        let outside = status_page::public(manage.clone(), world.test.tenant, Arc::new(Badge));
        let house = House { world, seen, manage, outside };
        house.put("acme", definition()).await;
        body(house).await;
    })
    .await;
}

impl House {
    pub async fn put(&self, name: &str, definition: Value) {
        let caller = Some(self.world.caller("mia"));
        self.world.send(caller, Method::PUT, &format!("/api/v1/status-pages/{name}"), Some(definition), None).await.ok();
        self.draw().await;
    }

    pub fn is(&self, service: ServiceId, state: SliState) {
        self.seen.0.lock().unwrap().insert(service, Condition { state, sealed_to: self.world.now() });
    }

    pub async fn draw(&self) {
        status_page::draw(&self.manage, self.world.test.tenant).await.unwrap();
    }

    pub fn manage(&self) -> &Manage {
        &self.manage
    }

    /// What an outsider is answered.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.outside.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Page { status: parts.status.as_u16(), headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.ask(Method::GET, path, &[], "").await
    }

    /// The page as JSON, drawn now.
    pub async fn page(&self) -> Page {
        self.draw().await;
        self.get("/status/acme/status.json").await
    }

    /// Tells outsiders of a disturbance; answers the post.
    pub async fn post(&self, state: &str, components: Value) -> Value {
        let body = json!({"title": {"zh": "付不了款", "en": "Payments fail"}, "state": state, "text": {"zh": "正在看", "en": "Looking"}, "components": components});
        self.world.post("eve", "/api/v1/status-pages/acme/posts", body).await.ok()
    }

    pub async fn go_on(&self, post: &Value, state: &str, components: Value) -> Value {
        let body = json!({"state": state, "text": {"zh": "好了", "en": "It is back"}, "components": components});
        self.world.post("dan", &format!("/api/v1/status-posts/{}/updates", post["id"].as_str().unwrap()), body).await.ok()
    }

    /// Somebody asks to be told by mail.
    pub async fn subscribe(&self, address: &str, components: &[&str]) -> Page {
        let mut form = format!("channel=mail&address={}", address.replace('@', "%40"));
        for component in components {
            form.extend(["&component=", component]);
        }
        self.ask(Method::POST, "/status/acme/subscribe?lang=en", &[], &form).await
    }

    /// The token in the row of an address.
    pub async fn token(&self, address: &str) -> String {
        let mut sql = self.world.test.db.read().await.unwrap();
        let row = sql.row("SELECT token FROM status_subscriber WHERE address = $1", params![address]).await.unwrap().unwrap();
        row.text("token").unwrap()
    }

    /// Asks and confirms.
    pub async fn subscribed(&self, address: &str, components: &[&str]) {
        assert_eq!(self.subscribe(address, components).await.status, 200);
        let path = format!("/status/acme/subscription?token={}", self.token(address).await);
        assert_eq!(self.ask(Method::POST, &path, &[], "do=confirm").await.status, 200);
    }

    /// What lies in the outbox, oldest first.
    pub async fn outbox(&self) -> Vec<outbox::Message> {
        let mut sql = self.world.test.db.read().await.unwrap();
        let mut all = outbox::page(&mut sql, self.world.test.tenant, None, None, 200).await.unwrap();
        all.reverse();
        all
    }

    /// Letters of words of posts that would leave now: to whom, and the subject.
    pub async fn letters(&self) -> Vec<(String, String)> {
        let mut told = Vec::new();
        for message in self.outbox().await {
            let mut sql = self.world.test.db.read().await.unwrap();
            let letter = status_page::subscriber::letter(&mut sql, message.tenant, &message.payload, "https://keel.example").await.unwrap();
            if message.key.starts_with("status:") {
                told.extend(letter.map(|letter| (letter.address, letter.subject)));
            }
        }
        told.sort();
        told
    }

    /// Every event of these bodies.
    pub async fn events<B: evenkeel_core::event::Body>(&self) -> Vec<(Event, B)> {
        let mut sql = self.world.test.db.read().await.unwrap();
        let up_to = ledger::horizon(&mut sql).await.unwrap();
        let events = ledger::scan(&mut sql, Some(self.world.test.tenant), 0, up_to, 10_000, &[B::KIND]).await.unwrap();
        events.into_iter().map(|event| (event.clone(), event.read::<B>().unwrap().unwrap())).collect()
    }
}

pub fn hurt(component: &str, effect: &str) -> Value {
    json!([{"component": component, "effect": effect}])
}

/// A page for the people of acme alone.
pub fn for_customer() -> Value {
    let mut page = definition();
    page["audience"] = json!({"customer": acme()});
    page
}
