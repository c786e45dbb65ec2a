//! A mapping put onto a file's first line: which column is where; then rows become tickets.

use std::{collections::BTreeMap, path::Path};

use evenkeel_core::{
    ErrorCode, Failure,
    priority::{Level, Priority},
};
use evenkeel_manage::incident::import::{ImportedEvent, ImportedKind, ImportedTicket};
use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::strtime::BrokenDownTime,
    tz::{AmbiguousOffset, TimeZone},
};

use super::mapping::{self, Field, KINDS, Mapping, Meaning, Rows, Word, wrong};

/// A field with its column found.
struct Place {
    column: Option<usize>,
    name: String,
    map: BTreeMap<String, String>,
    default: Option<String>,
}

/// What happens in which column of a ticket's row.
struct Moment {
    column: usize,
    name: String,
    meaning: Meaning,
}

/// A mapping, ready for rows.
pub struct Plan {
    source: String,
    zone: TimeZone,
    formats: Vec<String>,
    key: usize,
    title: Option<usize>,
    at: Option<usize>,
    event: Option<usize>,
    text: Option<usize>,
    states: BTreeMap<String, Meaning>,
    moments: Vec<Moment>,
    service: Place,
    customer: Option<Place>,
    team: Option<Place>,
    person: Option<Place>,
    priority: Place,
    impact: Option<Place>,
    urgency: Option<Place>,
}

impl Plan {
    /// Finds every column and checks every word.
    ///
    /// # Errors
    /// The first thing wrong, with file, line and what there is instead.
    pub fn new(path: &Path, mapping: &Mapping, header: &[String]) -> Result<Self, Failure> {
        let find = |word: &Word| {
            header.iter().position(|name| name.trim() == word.value.trim()).ok_or_else(|| {
                wrong(path, word, format!("the file has no column {:?}; it has {}", word.value, header.join(", ")), header.iter().cloned())
            })
        };
        let optional = |word: &Option<Word>| word.as_ref().map(find).transpose();
        let meaning = |word: &Word| {
            Meaning::of(&word.value).ok_or_else(|| {
                wrong(path, word, format!("{:?} is no event; give one of {}", word.value, KINDS.join(", ")), KINDS.iter().copied())
            })
        };
        let place = |name: &str, field: &Field| -> Result<Place, Failure> {
            if field.column.is_none() && field.default.is_none() {
                let at = path.display().to_string();
                return Err(Failure::new(ErrorCode::Invalid, format!("{at}: {name} has neither a column nor a default; give one")).at(at));
            }
            Ok(Place { column: optional(&field.column)?, name: name.to_owned(), map: field.map.clone(), default: field.default.clone() })
        };
        let optional_place = |name: &str, field: &Option<Field>| field.as_ref().map(|field| place(name, field)).transpose();
        let mut plan = Self {
            source: mapping.source.trim().to_owned(),
            zone: TimeZone::get(&mapping.zone.value).map_err(|_| {
                wrong(
                    path,
                    &mapping.zone,
                    format!("there is no time zone {:?}; give an IANA name such as Asia/Shanghai", mapping.zone.value),
                    [""; 0],
                )
            })?,
            formats: mapping.time_formats.iter().map(|format| format.value.clone()).collect(),
            key: find(&mapping.columns.key)?,
            title: optional(&mapping.columns.title)?,
            at: optional(&mapping.columns.at)?,
            event: optional(&mapping.columns.event)?,
            text: optional(&mapping.columns.text)?,
            states: BTreeMap::new(),
            moments: Vec::new(),
            service: place("service", &mapping.service)?,
            customer: optional_place("customer", &mapping.customer)?,
            team: optional_place("team", &mapping.team)?,
            person: optional_place("person", &mapping.person)?,
            priority: place("priority", &mapping.priority)?,
            impact: optional_place("impact", &mapping.impact)?,
            urgency: optional_place("urgency", &mapping.urgency)?,
        };
        let lacks = |what: &str| {
            let at = path.display().to_string();
            Failure::new(ErrorCode::Invalid, format!("{at}: {what}")).at(at)
        };
        match mapping.rows {
            Rows::Event => {
                if plan.at.is_none() || plan.event.is_none() || mapping.states.is_empty() {
                    return Err(lacks("rows: event needs columns.at, columns.event and states"));
                }
                for (theirs, ours) in &mapping.states {
                    plan.states.insert(theirs.trim().to_owned(), meaning(ours)?);
                }
            }
            Rows::Ticket => {
                for (kind, column) in &mapping.times {
                    let of = Meaning::of(kind).ok_or_else(|| {
                        wrong(path, column, format!("{kind:?} is no event; give one of {}", KINDS.join(", ")), KINDS.iter().copied())
                    })?;
                    plan.moments.push(Moment { column: find(column)?, name: column.value.clone(), meaning: of });
                }
                for hold in &mapping.holds {
                    let begins = Meaning::Plain(ImportedKind::OnHold { reason: hold.reason });
                    plan.moments.push(Moment { column: find(&hold.from)?, name: hold.from.value.clone(), meaning: begins });
                    let ends = Meaning::Plain(ImportedKind::InProgress);
                    plan.moments.push(Moment { column: find(&hold.to)?, name: hold.to.value.clone(), meaning: ends });
                }
                if plan.moments.is_empty() {
                    return Err(lacks("rows: ticket needs times"));
                }
            }
        }
        Ok(plan)
    }

    /// The column of the ticket's key.
    pub const fn key(&self) -> usize {
        self.key
    }

    /// The ticket of a row, with what the row says happened; `None` when the mapping ignores it.
    ///
    /// # Errors
    /// Why the row is rejected.
    pub fn ticket(&self, row: &[String]) -> Result<Option<ImportedTicket>, String> {
        let key = cell(row, self.key);
        if key.is_empty() {
            return Err("the key is empty".to_owned());
        }
        let priority = self.priority(row)?;
        let (impact, urgency) = mapping::levels_of(priority);
        let level = |place: &Option<Place>, or: Level| match place {
            Some(place) => {
                Ok(number(place, row)?.map_or(Ok(or), |number| Level::try_from(number).map_err(|why| format!("{}: {why}", place.name)))?)
            }
            None => Ok::<_, String>(or),
        };
        let mut ticket = ImportedTicket {
            external_id: format!("{}:{key}", self.source),
            title: self.title.map(|column| cell(row, column).to_owned()).unwrap_or_default(),
            service_id: required(&self.service, row).map(|name| mapping::service(&name))?,
            organisation_id: optional(self.customer.as_ref(), row)?.map(|name| mapping::organisation(&name)),
            impact: level(&self.impact, impact)?,
            urgency: level(&self.urgency, urgency)?,
            priority,
            team_id: optional(self.team.as_ref(), row)?.map(|name| mapping::team(&name)),
            events: Vec::new(),
        };
        if let (Some(at), Some(event)) = (self.at, self.event) {
            let word = cell(row, event);
            let meaning = self.states.get(word).ok_or_else(|| format!("the event {word:?} is not in the mapping's states"))?;
            self.happened(&mut ticket, row, meaning, cell(row, at))?;
        } else {
            for moment in &self.moments {
                let text = cell(row, moment.column);
                if !text.is_empty() {
                    self.happened(&mut ticket, row, &moment.meaning, text).map_err(|why| format!("{}: {why}", moment.name))?;
                }
            }
            if ticket.events.is_empty() {
                return Err("none of the columns of times has a value".to_owned());
            }
        }
        Ok((!ticket.events.is_empty()).then_some(ticket))
    }

    fn happened(&self, ticket: &mut ImportedTicket, row: &[String], meaning: &Meaning, at: &str) -> Result<(), String> {
        let kind = match meaning {
            Meaning::Ignore => return Ok(()),
            Meaning::Plain(kind) => kind.clone(),
            Meaning::Text(kind) => kind(self.text.map(|column| cell(row, column).to_owned()).unwrap_or_default()),
            Meaning::Assigned => ImportedKind::Assigned {
                team_id: ticket.team_id,
                person_id: optional(self.person.as_ref(), row)?.map(|name| mapping::person(&name)),
            },
            Meaning::Reprioritised => {
                ImportedKind::Reprioritised { impact: ticket.impact, urgency: ticket.urgency, priority: ticket.priority }
            }
        };
        let at = self.instant(at)?;
        ticket.events.push(ImportedEvent { at, kind });
        Ok(())
    }

    fn priority(&self, row: &[String]) -> Result<Priority, String> {
        let number = number(&self.priority, row)?.ok_or("the priority is empty and the mapping has no default")?;
        Priority::try_from(number).map_err(|why| format!("priority: {why}"))
    }

    /// An instant: with an offset as it stands, otherwise on the mapping's wall clock.
    fn instant(&self, text: &str) -> Result<Timestamp, String> {
        let refuse = || {
            let like = if self.formats.is_empty() { "ISO 8601 (2025-03-02 09:30:00)".to_owned() } else { self.formats.join(" or ") };
            format!("{text:?} is no time; expected {like}")
        };
        let wall = if self.formats.is_empty() {
            if let Ok(at) = text.parse::<Timestamp>() {
                return Ok(at);
            }
            text.parse::<DateTime>().map_err(|_| refuse())?
        } else {
            let parsed = self.formats.iter().find_map(|format| BrokenDownTime::parse(format, text).ok()).ok_or_else(refuse)?;
            if parsed.offset().is_some() {
                return parsed.to_timestamp().map_err(|_| refuse());
            }
            parsed.to_datetime().or_else(|_| parsed.to_date().map(|date| date.at(0, 0, 0, 0))).map_err(|_| refuse())?
        };
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(format!("{text:?} does not exist: the clocks were put forward then; check the zone"));
        }
        ambiguous.compatible().map_err(|_| refuse())
    }
}

fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", |text| text.trim())
}

fn optional(place: Option<&Place>, row: &[String]) -> Result<Option<String>, String> {
    let Some(place) = place else { return Ok(None) };
    let theirs = place.column.map_or("", |column| cell(row, column));
    if theirs.is_empty() {
        return Ok(place.default.clone());
    }
    if place.map.is_empty() {
        return Ok(Some(theirs.to_owned()));
    }
    match place.map.get(theirs).or(place.default.as_ref()) {
        Some(ours) => Ok(Some(ours.clone())),
        None => Err(format!("{}: {theirs:?} is not in the mapping", place.name)),
    }
}

fn required(place: &Place, row: &[String]) -> Result<String, String> {
    optional(Some(place), row)?.ok_or_else(|| format!("{} is empty and the mapping has no default", place.name))
}

fn number(place: &Place, row: &[String]) -> Result<Option<u8>, String> {
    optional(Some(place), row)?
        .map(|text| text.trim_start_matches(['P', 'p']).parse().map_err(|_| format!("{}: {text:?} is no number", place.name)))
        .transpose()
}
