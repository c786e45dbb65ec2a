use super::*;

#[tokio::test]
async fn a_report_is_a_get_a_head_or_a_post() {
    on_both(|house| async move {
        let token = house.declare(every_minute("backup")).await;
        for (method, said) in [("GET", "ok\n"), ("HEAD", ""), ("POST", "ok\n")] {
            assert_eq!(house.report(method, &token, "").await, (200, said.to_owned()), "{method}");
            assert_eq!(house.report(method, &format!("{token}/start"), "").await.0, 200, "{method}");
        }
        assert_eq!(house.report("PUT", &token, "").await.0, 405);
        assert_eq!(house.runs("backup").await.len(), 4);
    })
    .await;
}
