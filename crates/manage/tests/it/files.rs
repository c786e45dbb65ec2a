//! Files that go with what is said in the console.

use evenkeel_core::event::manage::FilesAttached;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{World, at, in_world};

/// Gives a file as a browser does: the body is the file.
async fn give(world: &World, name: &str, id: &str, file: &str, bytes: &[u8]) -> (u16, Value) {
    let mut request = http::Request::post(format!("/api/v1/incidents/{id}/attachments?name={file}"))
        .header("content-type", "image/png")
        .body(axum::body::Body::from(bytes.to_vec()))
        .unwrap();
    request.extensions_mut().insert(world.caller(name));
    let answer = world.router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_file_is_its_givers_until_a_note_has_it() {
    in_world(|world| async move {
        let (id, other) = (world.open("slow").await, world.open("slower").await);
        let (status, given) = give(&world, "dan", &id, "..%2Fscreen.png", b"\x89PNG dan").await;
        assert_eq!((status, &given["name"], &given["bytes"]), (201, &json!("screen.png"), &json!(8)));
        let note = |visibility: &str| json!({"visibility": visibility, "text": "See the file.", "attachments": [given["id"]]});
        let attachment = format!("/api/v1/attachments/{}", given["id"].as_str().unwrap());
        world.get("dan", &attachment).await.refused(404, "not_found");
        // Neither for somebody else, nor on another ticket.
        world.step("eve", &id, "notes", note("public")).await.refused(422, "invalid");
        world.step("dan", &other, "notes", note("public")).await.refused(422, "invalid");
        world.step("dan", &id, "notes", note("internal")).await.ok();
        world.step("dan", &id, "notes", note("public")).await.refused(422, "invalid");
        // As visible as its note.
        world.get("cora", &attachment).await.refused(404, "not_found");
        let seen = |name: &'static str| {
            let (world, id) = (world.clone(), id.clone());
            async move { world.get(name, &format!("/api/v1/incidents/{id}/mails")).await.ok()["files"].clone() }
        };
        assert_eq!((seen("eve").await[0]["name"].clone(), seen("cora").await), (json!("screen.png"), json!([])));
        let told = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        assert!(!told.to_string().contains("files_attached"), "{told}");
        let events = world.events(&id).await;
        let attached: FilesAttached = at::<FilesAttached>(&events)[0].read().unwrap().unwrap();
        assert_eq!(attached.files[0].bytes, 8);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_file_or_not_ones_to_give_is_refused() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        for (name, file, bytes, status) in
            [("dan", "x", &b""[..], 422), ("dan", "...", b"x", 422), ("carl", "x", b"x", 404), ("aud", "x", b"x", 403)]
        {
            assert_eq!(give(&world, name, &id, file, bytes).await.0, status, "{name} {file}");
        }
        // A day later what was not used is gone.
        let (_, given) = give(&world, "dan", &id, "x", b"x").await;
        world.pass(86_401);
        give(&world, "dan", &id, "y", b"y").await;
        let note = json!({"visibility": "public", "text": "x", "attachments": [given["id"]]});
        world.step("dan", &id, "notes", note).await.refused(422, "invalid");
    })
    .await;
}
