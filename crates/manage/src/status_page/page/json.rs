//! The page for programs.

use serde_json::{Value, json};

use super::Document;
use crate::status_page::board::{PostView, Snapshot};

/// Draws it.
pub fn json(snapshot: &Snapshot) -> Document {
    let groups: Vec<Value> = snapshot
        .groups
        .iter()
        .map(|group| {
            let components: Vec<Value> = group
                .components
                .iter()
                .map(|component| json!({ "key": component.key, "name": component.name, "state": component.state, "history": component.record }))
                .collect();
            json!({ "name": group.name, "components": components })
        })
        .collect();
    let planned: Vec<Value> = snapshot
        .planned
        .iter()
        .map(|planned| json!({ "window": planned.window, "components": planned.components, "post": planned.post.as_ref().map(post) }))
        .collect();
    let body = json!({
        "version": 1,
        "title": snapshot.title,
        "state": snapshot.overall(),
        "as_of": snapshot.as_of,
        "stale": snapshot.stale,
        "groups": groups,
        "open": snapshot.open.iter().map(post).collect::<Vec<_>>(),
        "planned": planned,
        "past": snapshot.past.iter().map(post).collect::<Vec<_>>(),
    });
    Document::new(body.to_string())
}

fn post(post: &PostView) -> Value {
    let updates: Vec<Value> = post
        .updates
        .iter()
        .map(|said| json!({ "state": said.state, "text": said.text, "at": said.at, "edited_at": said.edited_at }))
        .collect();
    json!({
        "id": post.id, "title": post.title, "state": post.state, "window": post.window, "components": post.components,
        "started_at": post.started_at, "ended_at": post.ended_at, "updates": updates,
    })
}
