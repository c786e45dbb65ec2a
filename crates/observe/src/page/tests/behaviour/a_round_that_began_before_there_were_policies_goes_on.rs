use super::*;

#[tokio::test]
async fn a_round_that_began_before_there_were_policies_goes_on() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let people = serde_json::to_string(&[person("an"), person("bo"), person("owner")]).unwrap();
        let mut tx = house.test.db.write().await.unwrap();
        tx.execute("UPDATE page_run SET people = $1", evenkeel_store::params![people]).await.unwrap();
        tx.commit().await.unwrap();
        house.wait(300).await;
        assert_eq!(house.story().await.last().unwrap(), "1.2 bo mail firing queued");
    })
    .await;
}
