//! How layers, rotations, hours, holidays and overrides come to who is on call: one behaviour a file.

use evenkeel_core::id::{PersonId, RotaOverrideId, TeamId};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::oncall::{Override, Rota, RotaDefinition};

mod a_layer_above_counts_and_leaves_the_rest;
mod a_layer_for_holidays_only;
mod a_layer_that_skips_holidays;
mod a_rota_of_before_reads_and_writes_as_before;
mod a_swap_of_two_stretches_is_two_overrides;
mod a_window_over_midnight_belongs_to_the_day_it_begins;
mod an_override_across_a_handover;
mod an_override_fills_a_gap;
mod autumn_the_hour_that_happens_twice;
mod daily_across_both_changes_of_the_clock;
mod escalation_asks_the_layer_beneath_first;
mod every_few_days;
mod every_twelve_hours_by_the_wall_clock;
mod fairness_counts_each_night_once;
mod follow_the_sun;
mod follow_the_sun_across_a_change_in_one_zone;
mod gaps_are_found_before_they_happen;
mod next_skips_the_gap;
mod spring_the_hour_that_is_missing;
mod the_feed_is_rfc_5545;
mod weekly_across_both_changes_of_the_clock;
mod what_cannot_be_a_layer_says_what_to_give;
mod working_hours_on_working_days;

const PEOPLE: [&str; 8] = ["an", "bo", "cai", "dan", "er", "sha", "ber", "ny"];

pub fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

fn name(id: PersonId) -> &'static str {
    PEOPLE.into_iter().find(|name| person(name) == id).unwrap()
}

/// The definition of these layers, with members by their names.
pub fn definition(zone: &str, mut layers: Value, holidays: &[&str]) -> RotaDefinition {
    for layer in layers.as_array_mut().unwrap() {
        let ids: Vec<_> = layer["members"].as_array().unwrap().iter().map(|member| person(member.as_str().unwrap())).collect();
        layer["members"] = json!(ids);
    }
    let team = TeamId::named("desk");
    serde_json::from_value(json!({ "team": team, "zone": zone, "layers": layers, "holidays": holidays, "ack_limit_secs": 300 })).unwrap()
}

pub fn rota(zone: &str, layers: Value) -> Rota {
    definition(zone, layers, &[]).rota().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn stand_in(who: &str, from: &str, to: &str) -> Override {
    Override { id: RotaOverrideId::named(&format!("{who}{from}")), person: person(who), from: at(from), to: at(to) }
}

/// Who takes over when, by the wall clock of `zone`: `03-02 09:00 an`; `-` = nobody.
pub fn handovers(rota: &Rota, overrides: &[Override], zone: &str, from: &str, to: &str) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let shifts = rota.shifts(overrides, at(from), at(to));
    shifts
        .iter()
        .map(|shift| format!("{} {}", shift.since.to_zoned(zone.clone()).strftime("%m-%d %H:%M"), shift.person.map_or("-", name)))
        .collect()
}

pub fn who(rota: &Rota, instant: &str) -> &'static str {
    rota.on_call(&[], at(instant)).person.map_or("-", name)
}
