use super::*;

#[tokio::test]
async fn without_its_policy_the_team_has_what_its_rota_says() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.policy(&[(&["owner"], 60)], json!({ "times": 1 }), Value::Null).await.unwrap();
        let mut tx = house.test.db.write().await.unwrap();
        let grant = Grant::system(Permission::OnCallWrite);
        assert!(policy::retire_policy(&mut tx, &grant, house.test.tenant, &Actor::system("test"), "desk").await.unwrap());
        tx.commit().await.unwrap();
        house.opens().await;
        assert_eq!(house.story().await, ["1.1 an mail firing queued"]);
    })
    .await;
}
