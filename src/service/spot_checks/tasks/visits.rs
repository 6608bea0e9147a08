//! Opening one inspection an object and department, with the team that was drawn.

use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::spot_checks::draws;
use crate::service::inspections::inspections::pending;
use crate::service::officers::personnel::facts;
use domain::officers::certificates::check_certificate;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::matching::Team;
use domain::spot_checks::draws::pool::Officer;
use entity::inspections::{inspection_officers, inspections};
use entity::spot_checks::draw_teams;
use entity::spot_checks::tasks::Model;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The certificates that officers have today; who has none any more is stopped, and replaced, when the visit starts.
async fn certificates(tx: &WriteTx, people: &BTreeMap<Officer, Uuid>) -> Result<BTreeMap<Uuid, String>> {
    let today = tx.ctx().today();
    let mut valid = BTreeMap::new();
    for (officer, rows) in personnel::certificates_of(tx.conn(), people.values().copied().collect()).await? {
        for row in rows {
            if check_certificate(&facts(&row)?, today).is_ok() {
                valid.insert(officer, row.certificate_no.unwrap_or_default());
                break;
            }
        }
    }

    Ok(valid)
}

pub(super) async fn open_inspections(
    tx: &WriteTx,
    task: &Model,
    draw_id: Uuid,
    teams: &[Team],
    objects: &BTreeMap<String, Uuid>,
    people: &BTreeMap<Officer, Uuid>,
) -> Result<Vec<Event>> {
    let now = tx.ctx().now;
    let certificates = certificates(tx, people).await?;
    let (mut team_rows, mut rows, mut officers, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // In an order of chance: ids and codes are public, and must not tell in which order, and so from which stratum, an
    // object was drawn.
    let mut shuffled: Vec<_> = teams.iter().map(|team| (random::<16>(), team)).collect();
    shuffled.sort_by_key(|(by_chance, _)| *by_chance);

    for (at, (_, team)) in shuffled.into_iter().enumerate() {
        let object_id = objects.get(&hex::encode(team.object_ref)).copied();
        let object_id = object_id.ok_or_else(|| AppError::internal("team for an object that was not drawn"))?;
        let code = format!("{}-{}-{:04}", task.code, task.epoch, at + 1);
        let inspection = pending(now, code, (task.id, Some(draw_id)), object_id, team.department);
        for officer in &team.officers {
            let is_leader = *officer == team.leader;
            let person = people.get(officer).copied();
            let personnel_id = person.ok_or_else(|| AppError::internal("drawn officer not on the roster"))?;
            let department_id = team.department;
            team_rows.push(draw_teams::Model { draw_id, object_id, department_id, personnel_id, is_leader });
            officers.push(inspection_officers::Model {
                inspection_id: inspection.id,
                personnel_id,
                certificate_no: certificates.get(&personnel_id).cloned(),
                is_leader,
            });
        }
        events.push(
            Event::new(AuditAction::Created, "inspections", inspection.id)
                .department(team.department)
                .after(&inspection),
        );
        rows.push(inspection);
    }

    draws::insert_all::<draw_teams::Entity>(tx.conn(), team_rows).await?;
    draws::insert_all::<inspections::Entity>(tx.conn(), rows).await?;
    draws::insert_all::<inspection_officers::Entity>(tx.conn(), officers).await?;

    Ok(events)
}
