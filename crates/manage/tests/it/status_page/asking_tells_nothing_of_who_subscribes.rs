//! The answer is the same whoever subscribes already.

use super::kit::with_page;

#[tokio::test]
async fn asking_tells_nothing_of_who_subscribes() {
    with_page(|house| async move {
        house.subscribed("ann@example.org", &[]).await;
        let (known, stranger) = (house.subscribe("ann@example.org", &[]).await, house.subscribe("new@example.org", &[]).await);
        assert_eq!((known.status, known.text), (stranger.status, stranger.text));
        // A stranger's word changes nothing of who subscribes: they are still told of everything.
        house.world.pass(3600);
        house.subscribe("ann@example.org", &["storefront"]).await;
        let list = house.world.get("mia", "/api/v1/status-pages/acme/subscribers").await.ok();
        assert_eq!((list["items"].as_array().unwrap().len(), list["items"][0]["components"].as_array().unwrap().len()), (1, 0));
        assert_eq!(list["items"][0]["address"], "a***@example.org", "those who keep the page see it masked");
        house.world.get("eve", "/api/v1/status-pages/acme/subscribers").await.refused(403, "forbidden");
        for wrong in ["nonsense", "a b@example.org", "x@example.org%0d%0aBcc:y@example.org"] {
            assert_eq!(house.subscribe(wrong, &[]).await.status, 422, "{wrong}");
        }
    })
    .await;
}
