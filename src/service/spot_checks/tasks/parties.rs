//! Who the parties of a draw are: what they are to the task, which house they are of, and the key they sign with.

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::tasks::Parts;
use domain::oversight::log::note::VerifierKey;
use domain::spot_checks::draws::transcript::{PartyDuty, Who};
use entity::spot_checks::tasks::Model;
use uuid::Uuid;

/// Who a department is as a party of a task today.
pub(super) async fn who(app: &App, tx: &WriteTx, task: &Model, parts: &Parts, department: Uuid) -> Result<Who> {
    let duty = if department == task.lead_department_id {
        PartyDuty::Lead
    } else if parts.departments.iter().any(|part| part.department_id == department) {
        PartyDuty::Cooperating
    } else {
        PartyDuty::Witness
    };
    let row = departments::get(tx.conn(), department).await?;
    let house = departments::house(tx.conn(), department).await?;
    let keys = app.settings.transparency.party_keys.iter().filter_map(|key| VerifierKey::parse(key));
    let own = keys.into_iter().find(|key| key.name == row.code);

    Ok(Who { duty, house, key: own.map(|key| hex::encode(key.public)), name: row.name })
}
