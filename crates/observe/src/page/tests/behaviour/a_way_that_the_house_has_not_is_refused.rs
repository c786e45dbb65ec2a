use super::*;

#[tokio::test]
async fn a_way_that_the_house_has_not_is_refused() {
    on_both(|house| async move {
        let new = |channel: &str, address: &str| NewMethod {
            id: None,
            channel: channel.to_owned(),
            address: address.to_owned(),
            place: 1,
            up_to: p(5),
        };
        for (channel, address) in [("sms", "+861"), ("mail", "nobody"), ("webhook", "ftp://x"), ("mail", "a@b.example\nBcc: c@d.example")] {
            let mut tx = house.test.db.write().await.unwrap();
            let list = [new("mail", "an@home.example"), new(channel, address)];
            let refused = contact::set_methods(&mut tx, house.book.as_ref(), house.test.tenant, person("an"), &list).await.unwrap_err();
            assert_eq!(refused.to_failure().at.as_deref(), Some("/methods/1"), "{channel} {address}");
        }
    })
    .await;
}
