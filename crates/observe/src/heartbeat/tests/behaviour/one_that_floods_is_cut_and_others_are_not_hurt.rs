use super::*;

#[tokio::test]
async fn one_that_floods_is_cut_and_others_are_not_hurt() {
    on_both(|house| async move {
        let (loud, quiet) = (house.declare(every_minute("loud")).await, house.declare(every_minute("quiet")).await);
        let mut answers = Vec::new();
        for _ in 0..100 {
            answers.push(house.report("POST", &loud, "").await.0);
        }
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 60);
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 40);
        house.ping(&quiet).await;
    })
    .await;
}
