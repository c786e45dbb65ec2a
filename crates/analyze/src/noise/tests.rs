//! The noise review on small pasts.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod kit;

mod a_night_is_the_teams;
mod an_alert_that_comes_back_within_the_hour_flaps;
mod an_incident_that_is_opened_again_counts_again;
mod confirming_longer_spares_what_heals_and_says_what_it_costs;
mod nobody_loses_a_critical_rule;
mod nothing_is_said_of_too_little;
mod taking_it_on_is_no_work;
mod what_always_comes_together_is_one_trouble;
mod what_can_wait_waits_for_the_morning;
mod what_is_open_is_not_decided;
