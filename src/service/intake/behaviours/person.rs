//! What a row about a person says of the person: sealed, and masked where it is shown.

use super::incoming::Incoming;
use crate::app::App;
use crate::kernel::error::Result;
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::kernel::sealed;
use crate::service::officers::personal_data::Revealed;
use domain::intake::behaviours::columns::Row;
use domain::oversight::audit::AuditAction;
use entity::intake::behaviours::{Entity, Model};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Columns that name a person where the row is about one.
const NAMES: [&str; 2] = ["administrative_cp", "supervise_object"];
const NUMBER: &str = "administrative_cp_ui_code";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Person {
    name: Option<String>,
    number: Option<String>,
}

const fn place(id: Uuid) -> Place {
    Place { table: "behaviours", column: "person", id }
}

/// A row is about a person where its subject is a citizen, or has a person's document.
fn is_of_person(row: &Row) -> bool {
    let is = |name: &str, of: &[&str]| row.get(name).is_some_and(|value| of.contains(&value.as_str()));
    let of_body = is("administrative_cp_ce_type", &["001", "099"]);
    is("administrative_cp_na", &["01"]) || (row.contains_key("administrative_cp_ce_type") && !of_body)
}

/// Seals who it is, and masks it in what is kept open.
pub(super) async fn seal(app: &App, behaviour: &mut Model, row: &Incoming) -> Result<()> {
    (behaviour.person, behaviour.person_digest) = (None, None);
    if !is_of_person(&row.row) {
        return Ok(());
    }
    let person = Person { name: row.row.get(NAMES[0]).cloned(), number: row.row.get(NUMBER).cloned() };
    let plain = serde_json::to_string(&person).map_err(crate::kernel::error::AppError::internal)?;
    behaviour.person = Some(sealed::seal(app, place(behaviour.id), &plain).await?);
    behaviour.person_digest = person.number.as_deref().map(|number| app.secrets.blind_index(number));

    let content = &mut behaviour.content.0;
    for name in NAMES {
        if let Some(value) = content.get_mut(name).filter(|value| Some(&**value) == person.name.as_ref()) {
            *value = masked(value, 1);
        }
    }
    if let Some(value) = content.get_mut(NUMBER) {
        *value = masked(value, 0);
    }
    Ok(())
}

/// So many signs, and no more; how many there were is not told either.
fn masked(text: &str, shown: usize) -> String {
    text.chars().take(shown).chain("***".chars()).collect()
}

/// Who it is.
pub async fn open(app: &App, behaviour: &Model) -> Result<Revealed> {
    let plain = sealed::open_some(app, place(behaviour.id), behaviour.person.as_deref()).await?;
    let person: Option<Person> = match plain {
        Some(plain) => Some(serde_json::from_str(&plain).map_err(crate::kernel::error::AppError::corrupt)?),
        None => None,
    };
    let (name, id_number) = person.map(|person| (person.name, person.number)).unwrap_or_default();
    Ok(Revealed {
        resource: "behaviours",
        id: behaviour.id,
        name: name.unwrap_or_default(),
        id_number,
        ..Revealed::default()
    })
}

pub async fn reveal(app: &App, tx: &WriteTx, id: Uuid, purpose: &str) -> Result<Change<Revealed>> {
    let behaviour = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    let revealed = open(app, &behaviour).await?;
    let event = Event::of::<Entity>(AuditAction::PersonalDataRead, &behaviour).reason(purpose.to_owned());
    Ok(Change::new(revealed, event))
}
