//! The hall's state: the kit, the world kept in memory, and the ports.

use std::sync::Arc;

use axum::extract::FromRef;
use evenkeel_api::Kit;

use crate::{
    clock::calendars::Calendars,
    live::Live,
    noise::Book,
    port::{Complaints, DueSink, NoComplaints, NoDueSink, NoRequests, NoZones, NothingToSeal, People, Requests, SliSealer, TeamZones},
};

/// The hall's state. Cheap to clone.
#[derive(Clone)]
pub struct Analyze {
    /// Database, clock, randomness.
    pub kit: Kit,
    /// The world kept in memory.
    pub live: Live,
    /// What alerted and paged, kept in memory.
    pub book: Live<Book>,
    /// Calendars made ready for counting.
    pub calendars: Calendars,
    /// Seals indicators before figures are collected.
    pub sealer: Arc<dyn SliSealer>,
    /// Keeps due times beside incidents.
    pub due: Arc<dyn DueSink>,
    /// Keeps due times beside requests, and knows who sees them.
    pub requests: Arc<dyn Requests>,
    /// Keeps due times beside complaints, and knows who sees them.
    pub complaints: Arc<dyn Complaints>,
    /// Knows people.
    pub people: Arc<dyn People>,
    /// Knows in which zone a team's nights are.
    pub zones: Arc<dyn TeamZones>,
}

impl Analyze {
    /// The hall over this kit; seals nothing and keeps no due times until told how.
    pub fn new(kit: Kit, people: Arc<dyn People>) -> Self {
        Self {
            kit,
            live: Live::default(),
            book: Live::default(),
            calendars: Calendars::default(),
            sealer: Arc::new(NothingToSeal),
            due: Arc::new(NoDueSink),
            requests: Arc::new(NoRequests),
            complaints: Arc::new(NoComplaints),
            people,
            zones: Arc::new(NoZones),
        }
    }

    /// Asks this port for zones.
    #[must_use]
    pub fn with_zones(mut self, zones: Arc<dyn TeamZones>) -> Self {
        self.zones = zones;
        self
    }

    /// Seals by this port.
    #[must_use]
    pub fn with_sealer(mut self, sealer: Arc<dyn SliSealer>) -> Self {
        self.sealer = sealer;
        self
    }

    /// Knows requests by this port.
    #[must_use]
    pub fn with_requests(mut self, requests: Arc<dyn Requests>) -> Self {
        self.requests = requests;
        self
    }

    /// Knows complaints by this port.
    #[must_use]
    pub fn with_complaints(mut self, complaints: Arc<dyn Complaints>) -> Self {
        self.complaints = complaints;
        self
    }

    /// Keeps due times by this port.
    #[must_use]
    pub fn with_due(mut self, due: Arc<dyn DueSink>) -> Self {
        self.due = due;
        self
    }
}

impl std::fmt::Debug for Analyze {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyze").field("kit", &self.kit).finish_non_exhaustive()
    }
}

impl FromRef<Analyze> for Kit {
    fn from_ref(analyze: &Analyze) -> Self {
        analyze.kit.clone()
    }
}
