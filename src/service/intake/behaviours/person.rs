//! What a row about a person says of the person: sealed, and masked where it is shown.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::kernel::sealed;
use crate::service::officers::personal_data::Revealed;
use domain::intake::behaviours::columns::Row;
use domain::intake::behaviours::quality::{MASK, looks_personal};
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::codes::uscc::Uscc;
use domain::oversight::audit::AuditAction;
use entity::intake::behaviours::{Entity, Model};
use uuid::Uuid;

const NAME: &str = "administrative_cp";
const NUMBER: &str = "administrative_cp_ui_code";
const ADDRESSES: [&str; 2] = ["address_registered", "address_operating"];

const fn place(id: Uuid) -> Place {
    Place { table: "behaviours", column: "person", id }
}

/// A row is about a person where it says so, where the document is a person's, and where the number is: a row that is wrong may
/// say one and mean another.
fn is_of_person(row: &Row) -> bool {
    let get = |name: &str| row.get(name).map(String::as_str);
    let number = get(NUMBER).unwrap_or_default();
    let of_body = matches!(get("administrative_cp_ce_type"), None | Some("001" | "099"));
    let says_so = matches!(get("administrative_cp_na"), Some("01" | "1" | "公民")) || !of_body;
    says_so || is_personal(number) || row.values().any(|value| CitizenId::parse(value).is_ok())
}

/// A number of a person by its form, and none of an enterprise.
fn is_personal(text: &str) -> bool {
    looks_personal(text) && Uscc::parse(text).is_err()
}

/// What of a row may stand open: of a person neither name, number nor address, wherever they stand. What was sealed stays sealed,
/// whatever the row says of itself since.
pub(super) fn open_columns(row: &Row, was_sealed: bool) -> Row {
    if !was_sealed && !is_of_person(row) {
        return row.clone();
    }
    let hidden = |name: &str| ADDRESSES.contains(&name) || name == NUMBER;
    // Of a name one sign is shown, of a number none.
    let secrets = [(NAME, 1), (NUMBER, 0)].into_iter().filter_map(|(name, shown)| Some((row.get(name)?, shown)));
    let secrets: Vec<_> = secrets.filter(|(secret, _)| secret.chars().count() > 1).collect();

    let shown = row.iter().map(|(name, value)| {
        let mut value = if hidden(name) || is_personal(value) { masked(value, 0) } else { value.clone() };
        for (secret, shown) in &secrets {
            value = value.replace(secret.as_str(), &masked(secret, *shown));
        }
        (name.clone(), value)
    });
    shown.collect()
}

/// Seals who it is, and masks it in what is kept open.
pub(super) async fn seal(app: &App, behaviour: &mut Model, row: &Row, was_sealed: bool) -> Result<()> {
    behaviour.content = open_columns(row, was_sealed).into();
    (behaviour.person, behaviour.person_digest) = (None, None);
    if !was_sealed && !is_of_person(row) {
        return Ok(());
    }

    // The whole row, as it came.
    let plain = serde_json::to_string(row).map_err(AppError::internal)?;
    behaviour.person = Some(sealed::seal(app, place(behaviour.id), &plain).await?);
    behaviour.person_digest = row.get(NUMBER).map(|number| app.secrets.blind_index(&number.to_uppercase()));
    Ok(())
}

/// So many signs, and no more; how many there were is not told either.
fn masked(text: &str, shown: usize) -> String {
    text.chars().take(shown).chain(MASK.chars()).collect()
}

/// All that a row says, with what is sealed of it.
pub(super) async fn whole(app: &App, behaviour: &Model) -> Result<Row> {
    match sealed::open_some(app, place(behaviour.id), behaviour.person.as_deref()).await? {
        Some(plain) => serde_json::from_str(&plain).map_err(AppError::corrupt),
        None => Ok(behaviour.content.0.clone()),
    }
}

/// What comes back as it was shown is what is known: whoever reads a row, changes a column and sends it has not learnt the
/// person's name, and does not change it into its mask.
pub(super) async fn unmasked(app: &App, before: &Model, row: &Row) -> Result<Option<Row>> {
    let is_shown =
        |(name, value): &(&String, &String)| before.content.get(*name) == Some(*value) && value.contains(MASK);
    if before.person.is_none() || !row.iter().any(|column| is_shown(&column)) {
        return Ok(None);
    }
    let known = whole(app, before).await?;
    let restored = row.iter().map(|column| {
        let known = known.get(column.0).filter(|_| is_shown(&column));
        (column.0.clone(), known.unwrap_or(column.1).clone())
    });
    Ok(Some(restored.collect()))
}

/// Who it is.
pub async fn open(app: &App, behaviour: &Model) -> Result<Revealed> {
    let mut row = whole(app, behaviour).await?;
    Ok(Revealed {
        resource: "behaviours",
        id: behaviour.id,
        name: row.remove(NAME).unwrap_or_default(),
        id_number: row.remove(NUMBER),
        phone: None,
        address: ADDRESSES.iter().find_map(|name| row.remove(*name)),
    })
}

pub async fn reveal(app: &App, tx: &WriteTx, id: Uuid, purpose: &str) -> Result<Change<Revealed>> {
    let behaviour = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    let revealed = open(app, &behaviour).await?;
    let event = Event::of::<Entity>(AuditAction::PersonalDataRead, &behaviour).reason(purpose.to_owned());
    Ok(Change::new(revealed, event))
}
