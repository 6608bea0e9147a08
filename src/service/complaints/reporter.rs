//! 反映人: sealed when it comes, and read for a stated purpose by whoever handles the complaint.

use super::bodies::ReporterBody;
use crate::app::App;
use crate::kernel::error::Result;
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::kernel::sealed;
use crate::service::officers::personal_data::Revealed;
use domain::kernel::codes::citizen_id::CitizenId;
use domain::oversight::audit::AuditAction;
use entity::complaints::complaints::{Entity, Model};
use uuid::Uuid;

/// Where a sealed value of a complaint stands.
const fn place(column: &'static str, id: Uuid) -> Place {
    Place { table: "complaints", column, id }
}

/// Seals who it was.
pub(super) async fn seal(
    app: &App,
    complaint: &mut Model,
    reporter: &ReporterBody,
    id_number: Option<&CitizenId>,
) -> Result<()> {
    let id = complaint.id;
    let seal = async |column, plain: Option<&str>| sealed::seal_some(app, place(column, id), plain).await;

    complaint.reporter_name = seal("reporter_name", reporter.name.as_deref()).await?;
    complaint.reporter_phone = seal("reporter_phone", reporter.phone.as_deref()).await?;
    complaint.reporter_id_number = seal("reporter_id_number", id_number.map(CitizenId::reveal)).await?;
    complaint.reporter_digest = id_number.map(|number| app.secrets.blind_index(number.reveal()));
    Ok(())
}

/// What is given of whoever complained does not stand in their words as well: hotlines write it there.
pub(super) fn hide(complaint: &mut Model, reporter: &ReporterBody) {
    let given = [&reporter.name, &reporter.phone, &reporter.id_number].into_iter().flatten();
    for secret in given.filter(|secret| secret.chars().count() > 1) {
        complaint.title = complaint.title.replace(secret.as_str(), "***");
        complaint.content = complaint.content.replace(secret.as_str(), "***");
    }
}

/// Who it was.
pub async fn open(app: &App, complaint: &Model) -> Result<Revealed> {
    let open = async |column, sealed: &Option<String>| {
        sealed::open_some(app, place(column, complaint.id), sealed.as_deref()).await
    };
    Ok(Revealed {
        resource: "complaints",
        id: complaint.id,
        name: open("reporter_name", &complaint.reporter_name).await?.unwrap_or_default(),
        id_number: open("reporter_id_number", &complaint.reporter_id_number).await?,
        phone: open("reporter_phone", &complaint.reporter_phone).await?,
        address: None,
    })
}

pub async fn reveal(app: &App, tx: &WriteTx, id: Uuid, purpose: &str) -> Result<Change<Revealed>> {
    let complaint = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
    let revealed = open(app, &complaint).await?;
    let event = Event::of::<Entity>(AuditAction::PersonalDataRead, &complaint).reason(purpose.to_owned());
    Ok(Change::new(revealed, event))
}

/// The complaint without who it was.
pub fn without_reporter(complaint: Model) -> Model {
    Model { reporter_name: None, reporter_phone: None, reporter_id_number: None, reporter_digest: None, ..complaint }
}
