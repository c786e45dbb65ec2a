//! A made-up ticket history, the same for the same seed.

use evenkeel_stories::work_calendar::WorkCalendar;
use std::fmt::Write as _;

/// Minutes since 1970, UTC.
pub type Minute = i64;

const DAY: Minute = 24 * 60;
/// 2023-01-04 and 2024-11-30, midnight in Shanghai: everything is over well before [`super::PERIOD_TO`].
const BEGINS: Minute = 27_879_360;
const SPAN_DAYS: i64 = 696;

/// What happened, in the words of the tool that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Created,
    Taken,
    Answered,
    WaitCustomer,
    WaitVendor,
    Restored,
    Solved,
    Closed,
    Reopened,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Created => "新建",
            Self::Taken => "处理",
            Self::Answered => "回复",
            Self::WaitCustomer => "等客户",
            Self::WaitVendor => "等厂商",
            Self::Restored => "恢复",
            Self::Solved => "解决",
            Self::Closed => "关闭",
            Self::Reopened => "重开",
        }
    }
}

/// One ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    pub key: String,
    pub priority: usize,
    pub events: Vec<(Minute, What)>,
}

/// xorshift64*: enough to spread the cases, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        i64::try_from((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// Mostly short, sometimes long.
    fn while_(&mut self, most: i64) -> i64 {
        let bound = 1 + self.below(most);
        1 + self.below(bound)
    }
}

/// Tickets with `events` events or a few more between them.
pub fn tickets(events: usize, calendar: &WorkCalendar) -> Vec<Ticket> {
    let mut dice = Dice(0x5EED_0000_2026);
    let special: Vec<Minute> = calendar.decreed_days().into_iter().filter(|day| (BEGINS..BEGINS + SPAN_DAYS * DAY).contains(day)).collect();
    let (mut tickets, mut count) = (Vec::new(), 0);
    while count < events {
        let ticket = ticket(tickets.len() + 1, &mut dice, &special);
        count += ticket.events.len();
        tickets.push(ticket);
    }
    tickets
}

fn ticket(number: usize, dice: &mut Dice, special: &[Minute]) -> Ticket {
    // A quarter of them on public holidays, make-up workdays and the days before.
    let day = if dice.chance(25) {
        special[usize::try_from(dice.below(i64::try_from(special.len()).unwrap())).unwrap()] - dice.below(2) * DAY
    } else {
        BEGINS + dice.below(SPAN_DAYS) * DAY
    };
    // Most in office hours, some at night.
    let of_day = if dice.chance(80) { 8 * 60 + dice.below(11 * 60) } else { dice.below(DAY) };
    let priority = [1, 2, 2, 3, 3, 3, 3, 4, 4, 5][usize::try_from(dice.below(10)).unwrap()];
    let mut at = day + of_day;
    let mut events = vec![(at, What::Created)];
    let scale = [1, 2, 4, 8, 12][priority - 1];
    let mut then = |at: &mut Minute, after: i64, what: What| {
        *at += after;
        events.push((*at, what));
    };
    then(&mut at, dice.while_(30 * scale), What::Taken);
    if dice.chance(94) {
        then(&mut at, dice.while_(40 * scale), What::Answered);
    }
    if dice.chance(40) {
        then(&mut at, dice.while_(60 * scale), What::WaitCustomer);
        // Some customers never come back: solved while it waits.
        if dice.chance(90) {
            then(&mut at, dice.while_(3 * DAY), What::Taken);
        }
    }
    if dice.chance(12) {
        then(&mut at, dice.while_(60 * scale), What::WaitVendor);
        then(&mut at, dice.while_(DAY), What::Taken);
    }
    // Some are forgotten.
    if dice.chance(3) {
        return Ticket { key: key(number), priority, events };
    }
    if dice.chance(30) {
        then(&mut at, dice.while_(300 * scale), What::Restored);
    }
    then(&mut at, dice.while_(300 * scale), What::Solved);
    if dice.chance(14) {
        if dice.chance(30) {
            then(&mut at, dice.while_(DAY), What::Closed);
        }
        then(&mut at, dice.while_(14 * DAY), What::Reopened);
        then(&mut at, dice.while_(60), What::Taken);
        if dice.chance(20) {
            then(&mut at, dice.while_(DAY), What::WaitCustomer);
            then(&mut at, dice.while_(DAY), What::Taken);
        }
        then(&mut at, dice.while_(200 * scale), What::Solved);
    }
    if dice.chance(85) {
        then(&mut at, dice.while_(3 * DAY), What::Closed);
    }
    Ticket { key: key(number), priority, events }
}

fn key(number: usize) -> String {
    format!("T-{number:06}")
}

fn wall(minute: Minute) -> String {
    let at = jiff::Timestamp::from_second(minute * 60).unwrap();
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

/// One row an event, as a log has them: by the time at which they happened, tickets all mixed.
pub fn event_rows(tickets: &[Ticket]) -> String {
    let mut rows: Vec<(Minute, &Ticket, What)> =
        tickets.iter().flat_map(|ticket| ticket.events.iter().map(move |(at, what)| (*at, ticket, *what))).collect();
    rows.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    let mut csv = "单号,标题,级别,时间,动作,内容\n".to_owned();
    for (at, ticket, what) in rows {
        let text = if what == What::Answered { "\"已收到, 正在处理\"" } else { "" };
        let _ = writeln!(csv, "{},登录很慢 {},{},{},{},{text}", ticket.key, ticket.key, ticket.priority, wall(at), what.word());
    }
    csv
}

/// One row a ticket; `None` for one whose life does not fit into columns (re-opened, or waited twice).
pub fn ticket_row(ticket: &Ticket) -> Option<String> {
    let of = |wanted: What| {
        let mut found = ticket.events.iter().filter(|(_, what)| *what == wanted);
        let first = found.next().map(|(at, _)| wall(*at));
        found.next().is_none().then(|| first.unwrap_or_default())
    };
    let mut taken = ticket.events.iter().filter(|(_, what)| *what == What::Taken).map(|(at, _)| wall(*at));
    let (first, back) = (taken.next()?, taken.next().unwrap_or_default());
    let fits = taken.next().is_none() && of(What::Reopened)?.is_empty() && of(What::WaitVendor)?.is_empty();
    fits.then_some(())?;
    Some(format!(
        "{};{};{};{};{};{};{};{};{};{}\n",
        ticket.key,
        ticket.priority,
        of(What::Created)?,
        first,
        of(What::Answered)?,
        of(What::WaitCustomer)?,
        back,
        of(What::Restored)?,
        of(What::Solved)?,
        of(What::Closed)?,
    ))
}
