//! `evenkeel sign-in-link --person NAME`: whoever can run this on the data can let anybody in, and that is the way back in.

use evenkeel_core::{Actor, ErrorCode, Failure};
use evenkeel_manage::party;

use super::{database, store};
use crate::{
    app,
    config::{DataArgs, ServeArgs},
    folder, sign_in,
};

/// What it takes.
#[derive(Debug, Clone, clap::Args)]
pub struct SignInLinkArgs {
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
    /// The name the person signs in with.
    #[arg(long, value_name = "NAME")]
    person: String,
    /// The address people use; what the running server listens on when not given.
    #[arg(long, env = "EVENKEEL_PUBLIC_URL", value_name = "URL")]
    public_url: Option<url::Url>,
    /// How long it works, minutes.
    #[arg(long, default_value_t = sign_in::LINK_SECS / 60, value_parser = clap::value_parser!(i64).range(1..=10_080), value_name = "MINUTES")]
    minutes: i64,
}

/// Makes the link and prints it.
pub async fn run(args: SignInLinkArgs) -> Result<(), Failure> {
    let db = database(&args.data, false).await?;
    let mut tx = db.write().await.map_err(store)?;
    let tenant = app::tenant();
    let Some(person) =
        party::find_person_by_name(&mut tx, tenant, &args.person).await.map_err(store)?.filter(|person| person.definition.active)
    else {
        let known = party::list_people(&mut tx, tenant, None, "", 50).await.map_err(store)?;
        let names: Vec<String> = known.into_iter().filter(|person| person.definition.active).map(|person| person.name).collect();
        let detail = format!("there is no active person {:?}; there are: {}", args.person, names.join(", "));
        return Err(Failure::new(ErrorCode::NotFound, detail).at("--person").allowed(names));
    };
    let actor = Actor::system("sign-in-link");
    let token = sign_in::make_link(&mut tx, db.clock().as_ref(), db.rng().as_ref(), actor, (tenant, person.id), args.minutes * 60)
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)?;
    db.close().await;
    let base = match (&args.public_url, folder::holder(&args.data.data)?.and_then(|holder| holder.listen)) {
        (Some(url), _) => url.as_str().trim_end_matches('/').to_owned(),
        (None, Some(listen)) => format!("http://{listen}"),
        (None, None) => format!("http://{}", default_listen()),
    };
    say!("{base}/sign-in?token={token}");
    note!("for {}; works once, within {} minutes", person.name, args.minutes);
    Ok(())
}

fn default_listen() -> String {
    use clap::{Args as _, Command};
    let command = ServeArgs::augment_args(Command::new("serve"));
    let found = command
        .get_arguments()
        .find(|argument| argument.get_id() == "listen")
        .and_then(|argument| argument.get_default_values().first().cloned());
    found.and_then(|value| value.to_str().map(ToOwned::to_owned)).unwrap_or_default()
}
