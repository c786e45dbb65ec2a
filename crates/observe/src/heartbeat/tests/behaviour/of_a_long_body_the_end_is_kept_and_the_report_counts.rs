use super::*;

#[tokio::test]
async fn of_a_long_body_the_end_is_kept_and_the_report_counts() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        let long = "x".repeat(200_000) + "the last line";
        assert_eq!(house.report("POST", &token, long).await.0, 200);
        assert_eq!(house.state("backup").await, "up");
        let kept = house.runs("backup").await.remove(0).body.unwrap();
        assert!(kept.len() <= 10 << 10 && kept.ends_with("the last line"), "{}", kept.len());
    })
    .await;
}
