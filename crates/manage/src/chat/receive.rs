//! Where providers call.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use evenkeel_api::{ApiResult, Json, Path, Problem, Refusals};
use evenkeel_core::ErrorCode;
use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    Chats, definition,
    provider::{self, Inbound},
    take,
};

/// The largest call, bytes: a message has a few thousand characters at every provider.
const BYTES_MAX: usize = 256 << 10;

/// Takes a call of a chat's provider. Its signature, or the word that the provider was given, is the proof; it needs no session.
/// What was taken before is answered like what is taken now, and changes nothing.
#[utoipa::path(post, path = "/api/v1/chats/{name}/events", operation_id = "chat_receive", tag = "desk", security(()),
    params(("name" = String, Path, description = "The chat, as it is declared.")),
    request_body = Object, responses((status = 200, body = Object), Refusals))]
pub(super) async fn chat_receive(
    State(chats): State<Chats>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<Json<Value>> {
    let too_large = || Problem::new(ErrorCode::TooLarge, format!("a call of a chat has at most {BYTES_MAX} bytes"));
    let body = body.map_err(|_| too_large())?;
    if body.len() > BYTES_MAX {
        return Err(too_large());
    }
    let kit = &chats.manage.kit;
    let mut sql = kit.db.read().await?;
    let chat = definition::find(&mut sql, chats.tenant, &name).await?.ok_or_else(|| Problem::not_found("chat", &name))?;
    drop(sql);
    let secret = chats.secrets.find(&chat.body.secret).map_err(|error| {
        tracing::error!(chat = name, %error, "a chat cannot be taken");
        Problem::new(ErrorCode::Internal, "this chat's secret is not there; the log has the details")
    })?;
    provider::prove(chat.body.provider, secret.reveal(), &headers, &body, kit.now())?;
    match provider::read(chat.body.provider, &body)? {
        Inbound::Answer(answer) => Ok(Json(answer)),
        Inbound::Nothing(why) => {
            tracing::debug!(chat = name, why, "a call of a chat is about nothing");
            Ok(Json(json!({})))
        }
        Inbound::Said(said) => {
            let mut tx = kit.db.write().await?;
            let standing = take::take(&mut tx, chats.tenant, &chat, said).await?;
            tx.commit().await?;
            tracing::info!(chat = name, standing, "a message came by chat");
            Ok(Json(json!({})))
        }
    }
}
