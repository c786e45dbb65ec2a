//! Rotas: from names to ids.

use evenkeel_core::id::{PersonId, TeamId};
use evenkeel_observe::oncall::{HolidayRule, Layer, RotaDefinition, Rotation, Window};
use evenkeel_observe::page::policy::{PolicyDefinition, Repeat, Step, Target};

use super::{Declared, Work};
use crate::definition::{
    file::{LayerEntry, Name, PolicyEntry, RotaEntry},
    finding::Place,
};

impl Work<'_> {
    pub(super) fn rota(&mut self, source: usize, entry: RotaEntry) -> Option<Declared<RotaDefinition>> {
        self.refer("team", |known| &known.teams, source, &entry.team);
        let place = Place::at(source, entry.team.referenced);
        let team = entry.team.value.clone();
        let refused = |work: &mut Self, place, what: String| {
            let finding = work.find(place, format!("rota of team {team:?}: {what}"));
            work.findings.push(finding);
            None
        };
        let layers = match (entry.layers, entry.handover, entry.members) {
            (Some(layers), None, None) if entry.starts_on.is_none() => {
                layers.into_iter().map(|layer| self.layer(source, layer)).collect::<Option<Vec<_>>>()?
            }
            (None, Some(handover), Some(members)) => {
                let rotation = Rotation::Weeks(1, handover);
                let members = self.people(source, &members);
                let (hours, holidays) = (Vec::new(), HolidayRule::Count);
                vec![Layer { name: String::new(), zone: None, rotation, members, starts_on: entry.starts_on, hours, holidays }]
            }
            (None, _, _) => return refused(self, place, "give `handover` and `members`, or `layers`".to_owned()),
            _ => return refused(self, place, "with `layers`, `handover`, `members` and `starts_on` stand in the layers".to_owned()),
        };
        let body = RotaDefinition {
            team: TeamId::named(&entry.team.value),
            zone: entry.zone.value.clone(),
            layers,
            holidays: entry.holidays,
            ack_limit_secs: entry.ack_limit_secs,
            rounds: entry.rounds,
        };
        if let Err(error) = body.rota() {
            let near = if error.to_string().contains("time zone") { Place::at(source, entry.zone.referenced) } else { place };
            return refused(self, near, error.to_string());
        }
        Some(Declared { name: entry.team.value, body, place })
    }

    pub(super) fn policy(&mut self, source: usize, entry: PolicyEntry) -> Option<Declared<PolicyDefinition>> {
        self.refer("team", |known| &known.teams, source, &entry.team);
        let place = Place::at(source, entry.team.referenced);
        let mut steps = Vec::with_capacity(entry.steps.len());
        for step in entry.steps {
            for team in step.on_call.iter().chain(&step.teams) {
                self.refer("team", |known| &known.teams, source, team);
            }
            let team = |name: &Name| TeamId::named(&name.value);
            let mut targets: Vec<Target> = step.on_call.iter().map(|name| Target::Schedule(team(name))).collect();
            targets.extend(self.people(source, &step.people).into_iter().map(Target::Person));
            targets.extend(step.teams.iter().map(|name| Target::Team(team(name))));
            steps.push(Step { targets, wait_secs: step.wait_secs });
        }
        let body = PolicyDefinition {
            team: TeamId::named(&entry.team.value),
            steps,
            repeat: entry.rounds.map_or(Repeat::UntilReached, Repeat::Times),
            quorum: entry.quorum,
        };
        if let Err(error) = body.check() {
            let finding = self.find(place, format!("escalation policy of team {:?}: {error}", entry.team.value));
            self.findings.push(finding);
            return None;
        }
        Some(Declared { name: entry.team.value, body, place })
    }

    fn people(&mut self, source: usize, names: &[Name]) -> Vec<PersonId> {
        for name in names {
            self.refer("person", |known| &known.people, source, name);
        }
        names.iter().map(|name| PersonId::named(&name.value)).collect()
    }

    fn layer(&mut self, source: usize, entry: LayerEntry) -> Option<Layer> {
        let members = self.people(source, &entry.members);
        let hours = entry.hours.iter().map(|hours| Window::parse(&hours.days, &hours.from, &hours.to)).collect::<Result<Vec<_>, _>>();
        let made = Rotation::parse(&entry.every.value, &entry.handover).and_then(|rotation| Ok((rotation, hours?)));
        match made {
            Ok((rotation, hours)) => Some(Layer {
                name: entry.name,
                zone: entry.zone.map(|zone| zone.value),
                rotation,
                members,
                starts_on: entry.starts_on,
                hours,
                holidays: entry.holidays,
            }),
            Err(error) => {
                let finding = self.find(Place::at(source, entry.every.referenced), format!("layer {:?}: {error}", entry.name));
                self.findings.push(finding);
                None
            }
        }
    }
}
