//! `evenkeel erase`: takes what people wrote out of the ledger's text store, for good. The digest stays in the ledger, so
//! every seal and every published figure still holds. Shows first what it would erase; `--yes` does it.

use std::collections::BTreeSet;

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{Actor, ActorKind, ErrorCode, Failure, id::PersonId};
use evenkeel_manage::{
    Act, incident, mail, party,
    status_page::subscriber,
    ticket::erase::{Which, Words, erase, written},
};
use evenkeel_observe::contact;
use evenkeel_store::{Db, Sql, Tx};

use super::{database, many, store};
use crate::{app, config::DataArgs, port};

/// How much of a text is shown, characters.
const SHOWN_CHARS: usize = 60;

/// Why words are erased: a code, because what is said in the ledger stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Reason {
    /// The person asked for it.
    Request,
    /// They were kept as long as agreed.
    Retention,
    /// They should not have been written.
    Mistake,
    /// A court or an authority demands it.
    Order,
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Retention => "retention",
            Self::Mistake => "mistake",
            Self::Order => "order",
        }
    }
}

/// What it takes.
#[derive(Debug, Clone, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["person", "incident", "text", "containing", "subscriber", "sender"])))]
pub struct EraseArgs {
    /// All that this person wrote on tickets, and the ways of being reached that the person has named; by the name they sign in with.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// All that was written on this incident: INC-1042 or 1042.
    #[arg(long, value_name = "NUMBER")]
    incident: Option<String>,
    /// The text under this digest; may be given several times.
    #[arg(long, value_name = "DIGEST")]
    text: Vec<String>,
    /// All that contains these words, whatever the case.
    #[arg(long, value_name = "WORDS")]
    containing: Option<String>,
    /// This mail or webhook address wherever it subscribes to a status page; it is told nothing any more.
    #[arg(long, value_name = "ADDRESS")]
    subscriber: Option<String>,
    /// This mail address wherever it wrote to the desk or was written to: its mails, files and words.
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
    /// Who erases: a person's name; stands in the ledger.
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why; stands in the ledger.
    #[arg(long, value_enum)]
    reason: Reason,
    /// Do it. Without this it is only shown.
    #[arg(long)]
    yes: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Shows or erases.
///
/// # Errors
/// When there is no such person, incident or digest; then nothing was erased.
pub async fn run(args: EraseArgs) -> Result<(), Failure> {
    let db = database(&args.data, false).await?;
    let outcome = on(&db, &args).await;
    db.close().await;
    outcome
}

async fn on(db: &Db, args: &EraseArgs) -> Result<(), Failure> {
    let tenant = app::tenant();
    // One transaction: what is shown is what is erased.
    let mut tx = db.write().await.map_err(store)?;
    let by = person(&mut tx, &args.by, "--by").await?;
    if let Some(address) = &args.subscriber {
        return subscriber(tx, args, address, by).await;
    }
    if let Some(address) = &args.sender {
        return sender(tx, args, address, by).await;
    }
    let which = which(&mut tx, args).await?;
    let found = written(&mut tx, tenant, &which).await.map_err(store)?;
    if let Which::Digests(wanted) = &which {
        known(wanted, &found)?;
    }
    for words in &found {
        say!("{}  {}  {}  {}  {}", words.digest, words.ticket, words.kind, words.at, shown(&words.text));
    }
    let mut count = many(i64::try_from(found.len()).unwrap_or(i64::MAX), "text");
    // Addresses are in no event: what goes is all there is of them.
    let reached = if let Which::Author(person) = &which { Some(*person) } else { None };
    let ways = match reached {
        Some(person) => contact::named_ways(&mut tx, tenant, person).await.map_err(store)?,
        None => 0,
    };
    if ways > 0 {
        count = format!("{count} and {} of being reached", many(ways, "way"));
    }
    let nothing = found.is_empty() && ways == 0;
    if !args.yes || nothing {
        say!("{count} would be erased for good; nothing was changed{}", if nothing { "" } else { "; add --yes to erase" });
        return Ok(());
    }
    if let Some(person) = reached {
        contact::forget(&mut tx, tenant, person).await.map_err(store)?;
    }
    let actor = Actor { kind: ActorKind::Person, id: by.to_string() };
    let grant = Grant::system(Permission::IncidentWrite);
    for words in &found {
        erase(&mut tx, &grant, tenant, &actor, args.reason.as_str(), words).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    say!("{count} erased for good; every seal of the ledger holds as before");
    Ok(())
}

async fn subscriber(mut tx: Tx, args: &EraseArgs, address: &str, by: PersonId) -> Result<(), Failure> {
    let found = subscriber::of_address(&mut tx, app::tenant(), address).await.map_err(store)?;
    for (id, channel) in &found {
        say!("{id}  {channel}");
    }
    let count = many(i64::try_from(found.len()).unwrap_or(i64::MAX), "subscription");
    if !args.yes || found.is_empty() {
        say!("{count} would be ended; nothing was changed{}", if found.is_empty() { "" } else { "; add --yes to erase" });
        return Ok(());
    }
    let act = Act { tenant: app::tenant(), actor: Actor { kind: ActorKind::Person, id: by.to_string() }, at: tx.now(), source: "erase" };
    subscriber::erase(&mut tx, &Grant::system(Permission::StatusPageWrite), &act, address).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    say!("{count} ended; the address is kept nowhere any more");
    Ok(())
}

async fn sender(mut tx: Tx, args: &EraseArgs, address: &str, by: PersonId) -> Result<(), Failure> {
    let address = address.parse().map_err(|wrong: String| Failure::new(ErrorCode::Invalid, wrong).at("--sender"))?;
    let found = mail::erase::found(&mut tx, app::tenant(), &address).await.map_err(store)?;
    for (id, standing) in &found {
        say!("{id}  {standing}");
    }
    let count = many(i64::try_from(found.len()).unwrap_or(i64::MAX), "mail");
    if !args.yes || found.is_empty() {
        say!("{count} would be erased for good; nothing was changed{}", if found.is_empty() { "" } else { "; add --yes to erase" });
        return Ok(());
    }
    let act = Act { tenant: app::tenant(), actor: Actor { kind: ActorKind::Person, id: by.to_string() }, at: tx.now(), source: "erase" };
    let grant = Grant::system(Permission::IncidentWrite);
    let blobs = mail::erase::erase(&mut tx, &grant, &act, &address, args.reason.as_str()).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    mail::erase::remove(&port::blobs(&args.data.data), &blobs).await.map_err(store)?;
    say!(
        "{count} erased for good, with {}; every seal of the ledger holds as before",
        many(i64::try_from(blobs.len()).unwrap_or(i64::MAX), "file")
    );
    Ok(())
}

fn known(wanted: &BTreeSet<String>, found: &[Words]) -> Result<(), Failure> {
    match wanted.iter().find(|digest| !found.iter().any(|words| words.digest == **digest)) {
        Some(digest) => {
            Err(Failure::new(ErrorCode::NotFound, format!("there is no text under {digest}, or it was erased already")).at("--text"))
        }
        None => Ok(()),
    }
}

/// The beginning of a text on one line.
fn shown(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("\"{}…\"", &line[..end]),
        None => format!("\"{line}\""),
    }
}

async fn which(sql: &mut dyn Sql, args: &EraseArgs) -> Result<Which, Failure> {
    if let Some(name) = &args.person {
        return person(sql, name, "--person").await.map(Which::Author);
    }
    if let Some(number) = &args.incident {
        let missing = || Failure::new(ErrorCode::NotFound, format!("there is no incident {number}")).at("--incident");
        let digits = number.trim().trim_start_matches("INC-").trim_start_matches("inc-");
        let found = incident::find_by_number(sql, app::tenant(), digits.parse().map_err(|_| missing())?).await.map_err(store)?;
        return found.map(|incident| Which::Incident(incident.id)).ok_or_else(missing);
    }
    if let Some(words) = &args.containing {
        if words.trim().is_empty() {
            return Err(Failure::new(ErrorCode::Invalid, "give some words; empty ones are in every text").at("--containing"));
        }
        return Ok(Which::Containing(words.clone()));
    }
    Ok(Which::Digests(args.text.iter().cloned().collect()))
}

async fn person(sql: &mut dyn Sql, name: &str, option: &str) -> Result<PersonId, Failure> {
    let found = party::find_person_by_name(sql, app::tenant(), name).await.map_err(store)?;
    found.map(|person| person.id).ok_or_else(|| Failure::new(ErrorCode::NotFound, format!("there is no person {name:?}")).at(option))
}
