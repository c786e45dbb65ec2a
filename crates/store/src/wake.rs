//! Who is woken by a commit. A transaction says what it leaves behind for the loops of this process, and only those that it
//! concerns look again: with a loop for each consumer and channel, waking them all would cost more than the work itself.
//!
//! What another replica wrote wakes nobody here; every loop looks again after a while on its own.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

/// What a loop waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interest {
    /// Events of these kinds; none named = any.
    Events(Vec<&'static str>),
    /// A timer that was set.
    Timers,
    /// A message that waits on this channel.
    Messages(String),
}

/// What a transaction leaves behind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Left {
    kinds: Vec<&'static str>,
    has_timer: bool,
    channels: Vec<String>,
}

impl Left {
    pub(crate) fn event(&mut self, kind: &'static str) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    pub(crate) fn timer(&mut self) {
        self.has_timer = true;
    }

    pub(crate) fn message(&mut self, channel: &str) {
        if !self.channels.iter().any(|known| known == channel) {
            self.channels.push(channel.to_owned());
        }
    }

    /// Whether it left anything that `interest` is in. Where `any_kind`, an event of one kind may be what another waited for.
    fn concerns(&self, interest: &Interest, any_kind: bool) -> bool {
        match interest {
            Interest::Events(kinds) if kinds.is_empty() || any_kind => !self.kinds.is_empty(),
            Interest::Events(kinds) => self.kinds.iter().any(|kind| kinds.contains(kind)),
            Interest::Timers => self.has_timer,
            Interest::Messages(channel) => self.channels.contains(channel),
        }
    }
}

/// The loops that wait, by what they wait for.
#[derive(Debug, Default)]
pub(crate) struct Bell(Mutex<Vec<(Interest, Weak<Notify>)>>);

/// Hears what a loop waits for; what happens between two waits is not missed.
#[derive(Debug)]
pub struct Ear(Arc<Notify>);

impl Ear {
    /// Waits until something of interest was committed here since the last wait.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}

impl Bell {
    pub(crate) fn listen(&self, interest: Interest) -> Ear {
        let notify = Arc::new(Notify::new());
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|(_, known)| known.strong_count() > 0);
        listeners.push((interest, Arc::downgrade(&notify)));
        Ear(notify)
    }

    /// Wakes those whom it concerns.
    pub(crate) fn ring(&self, left: &Left, any_kind: bool) {
        self.each(|interest| left.concerns(interest, any_kind));
    }

    /// Wakes everybody.
    pub(crate) fn ring_all(&self) {
        self.each(|_| true);
    }

    fn each(&self, concerns: impl Fn(&Interest) -> bool) {
        for (interest, listener) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if concerns(interest)
                && let Some(listener) = listener.upgrade()
            {
                listener.notify_one();
            }
        }
    }
}
