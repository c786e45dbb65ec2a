use super::*;

#[tokio::test]
async fn many_that_report_at_once_are_all_taken() {
    on_both(|house| async move {
        let mut tokens = Vec::new();
        for number in 0..50 {
            tokens.push(house.declare(every_minute(&format!("job-{number:02}"))).await);
        }
        futures::future::join_all(tokens.iter().map(|token| house.ping(token))).await;
        let mut sql = house.test.db.read().await.unwrap();
        let all = table::all(&mut sql, house.test.tenant).await.unwrap();
        assert_eq!(all.iter().filter(|row| row.machine.last_at() == Some(house.now())).count(), 50, "what was answered is durable");
    })
    .await;
}
