//! The shop's state: orders, counters and switches, all in memory.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    catalogue,
    fault::{FaultChange, Faults},
    metrics::Metrics,
};

/// How many orders are remembered; the count goes on.
const RECENT_MAX: usize = 50;
/// Most pieces of one article in an order.
const QUANTITY_MAX: u64 = 99;

/// An order as a client sends it: article → pieces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Article name → pieces.
    pub items: BTreeMap<String, u64>,
}

/// An order taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    /// 1, 2, 3 … since the process began.
    pub number: u64,
    /// Article name → pieces.
    pub items: BTreeMap<String, u64>,
    /// What it costs, hundredths of a yuan.
    pub total_fen: u64,
}

/// The shop.
#[derive(Debug)]
pub struct Shop {
    /// Counters.
    pub metrics: Metrics,
    requests: AtomicU64,
    recent: Mutex<VecDeque<Order>>,
    faults: watch::Sender<Faults>,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            metrics: Metrics::default(),
            requests: AtomicU64::new(0),
            recent: Mutex::default(),
            faults: watch::Sender::new(Faults::default()),
        }
    }
}

impl Shop {
    /// What an order of these articles costs, hundredths of a yuan.
    pub fn price(items: &BTreeMap<String, u64>) -> Result<u64, String> {
        if items.is_empty() {
            return Err("an order needs at least one article in items".to_owned());
        }
        let mut total_fen = 0;
        for (sku, quantity) in items {
            let product = catalogue::find(sku).ok_or_else(|| {
                let names: Vec<_> = catalogue::PRODUCTS.iter().map(|p| p.sku).collect();
                format!("there is no article {sku:?}; there are {}", names.join(", "))
            })?;
            if !(1..=QUANTITY_MAX).contains(quantity) {
                return Err(format!("{sku}: give 1 to {QUANTITY_MAX} pieces"));
            }
            total_fen += product.price_fen * quantity;
        }
        Ok(total_fen)
    }

    /// Takes an order.
    pub fn order(&self, order: NewOrder) -> Result<Order, String> {
        let total_fen = Self::price(&order.items)?;
        let taken = Order { number: self.metrics.order(total_fen), items: order.items, total_fen };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == RECENT_MAX {
            recent.pop_front();
        }
        recent.push_back(taken.clone());
        Ok(taken)
    }

    /// The last orders, newest first.
    pub fn recent(&self) -> Vec<Order> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().rev().cloned().collect()
    }

    /// The number of the request that just came in, from 1.
    pub fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The switches as they stand.
    pub fn faults(&self) -> Faults {
        *self.faults.borrow()
    }

    /// Moves the switches.
    pub fn change(&self, change: FaultChange) -> Result<Faults, String> {
        let next = self.faults().apply(change)?;
        self.faults.send_replace(next);
        Ok(next)
    }

    /// Ends when nothing hangs (any more).
    pub async fn hang_over(&self) {
        let mut faults = self.faults.subscribe();
        // An error would mean that the sender is gone; it lives in `self`.
        let _ = faults.wait_for(|faults| !faults.hang).await;
    }
}
