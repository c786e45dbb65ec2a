//! The channel `chat`: manage knows what goes into which thread, observe sends it.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_manage::chat::post::{self, Ready};
use evenkeel_observe::page::{ChatCall, ChatDesk, ChatReady};
use evenkeel_store::{Db, Message, StoreError};

use super::secrets::Secrets;

/// What a message of a chat is, with the secrets of this process.
#[derive(Debug)]
pub(super) struct ManageChats {
    pub(super) secrets: Arc<Secrets>,
}

#[async_trait]
impl ChatDesk for ManageChats {
    async fn call(&self, db: &Db, message: &Message) -> Result<ChatReady, StoreError> {
        let id = message.subject_id.parse().map_err(|_| StoreError::Corrupt(format!("message {} is about no chat", message.id)))?;
        let now = db.clock().now();
        Ok(match post::post(&mut db.read().await?, message.tenant, id, self.secrets.as_ref(), now).await? {
            Ready::Post(post) => ChatReady::Call(Box::new(ChatCall {
                url: post.url,
                headers: post.headers,
                body: post.body,
                taken: post.taken,
                receipt: post.receipt,
                token: post.token.map(|fetch| (fetch.url, fetch.body, fetch.at)),
            })),
            Ready::Gone(why) => ChatReady::Gone(why.to_owned()),
            Ready::Later(why) => ChatReady::Later(why),
        })
    }
}
