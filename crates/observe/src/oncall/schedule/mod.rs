//! Layers and their rotations. Pure: no clock, no database.
//!
//! A rota is layers, later ones over earlier ones. A layer is people who take turns, perhaps only in some hours or on some
//! days: follow-the-sun is three layers, each in the hours and the zone of its site. Wall-clock times mean the layer's own
//! zone, so that Monday 09:00 stays Monday 09:00 when the clocks change. What a layer leaves open shows what lies under it.

mod hours;
mod layer;
mod rotation;
mod span;

pub(crate) use hours::open_at;
pub use hours::{HolidayRule, Window};
pub(super) use layer::Turns;
pub use layer::{LAYER_MEMBERS_MAX, Layer, LayerError};
pub use rotation::{Handover, Rotation};
pub(super) use span::{Origin, Piece, fill, over};
