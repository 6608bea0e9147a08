//! Matching the officers and opening one inspection an object and department.

use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::spot_checks::draws::Record;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::inspections::inspections::pending;
use crate::service::officers::personnel::facts;
use crate::service::spot_checks::draws::{digest, recusals, roster};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::TWO_OFFICERS;
use domain::kernel::text::text;
use domain::officers::certificates::{Invalidity, check_certificate};
use domain::officers::personnel::PersonnelStatus;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::matching::{Team, TooFew, Unavailable, match_officers as match_teams};
use domain::spot_checks::draws::selection::Selected;
use domain::spot_checks::draws::{DrawAction, apply as apply_draw};
use domain::spot_checks::tasks::TaskAction;
use entity::inspections::{inspection_officers, inspections};
use entity::spot_checks::tasks::{Entity, Model};
use entity::spot_checks::{draw_roster, draw_teams};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Officers of the frozen roster who cannot be sent today, with the reason; and everybody's valid certificate.
async fn availability(tx: &WriteTx, record: &Record) -> Result<(Vec<Unavailable>, BTreeMap<Uuid, String>)> {
    let officers: Vec<_> = record.roster.iter().map(|entry| entry.personnel_id).collect();
    let certificates = personnel::certificates_of(tx.conn(), officers.clone()).await?;
    let people = personnel::by_ids(tx.conn(), officers.clone()).await?;
    let today = tx.ctx().today();
    let mut unavailable = Vec::new();
    let mut valid = BTreeMap::new();

    for officer in officers {
        if people.get(&officer).is_none_or(|person| person.status != PersonnelStatus::Active) {
            unavailable.push(Unavailable { officer, reason: "OFFICER_INACTIVE".to_owned() });
            continue;
        }
        let mut why: Option<Invalidity> = None;
        for certificate in certificates.get(&officer).into_iter().flatten() {
            match check_certificate(&facts(certificate)?, today) {
                Ok(()) => {
                    valid.insert(officer, certificate.certificate_no.clone().unwrap_or_default());
                    break;
                }
                Err(invalid) => why = Some(invalid),
            }
        }
        if !valid.contains_key(&officer) {
            let reason = why.map_or("NO_CERTIFICATE", Invalidity::code).to_owned();
            unavailable.push(Unavailable { officer, reason });
        }
    }

    unavailable.sort();
    Ok((unavailable, valid))
}

fn selected(record: &Record) -> Result<Vec<Selected>> {
    let rows = record.selections.iter().map(|row| {
        Ok(Selected {
            object_ref: digest(&row.object_ref)?,
            stratum: row.stratum.clone(),
            ticket: digest(&row.ticket)?,
        })
    });
    rows.collect()
}

pub async fn match_officers(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, &before, &parts).decide(&tx.ctx().actor, TaskAction::Match)?;
    // The task first: whoever comes second is told that it has changed.
    let after = Model { status, ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let drawn = draws::of_epoch(tx.conn(), id, before.epoch).await?;
    let drawn = drawn.ok_or_else(|| AppError::internal("drawn task without draw"))?;
    let record = draws::record(tx.conn(), drawn.id, false).await?;
    let (unavailable, certificates) = availability(tx, &record).await?;
    let seed = digest(drawn.seed.as_deref().unwrap_or_default())?;
    let (roster, recusals) = (roster(&record), recusals(&record)?);
    let size = usize::try_from(drawn.officers_per_object).unwrap_or(2);
    let teams = match_teams(&seed, size, &selected(&record)?, &roster, &recusals, &unavailable);
    let teams = teams.map_err(|too_few| refuse(too_few, size))?;
    let objects: BTreeMap<_, _> = record.selections.iter().map(|row| (row.object_ref.clone(), row.object_id)).collect();
    mark_unavailable(tx, drawn.id, &unavailable).await?;
    let opened = open_inspections(tx, &before, drawn.id, &teams, &objects, &certificates).await?;
    let matched = entity::spot_checks::draws::Model {
        status: apply_draw(drawn.status, DrawAction::Match)?,
        matched_at: drawn.drawn_at.into_iter().chain([tx.ctx().now]).max(),
        ..drawn.clone()
    };
    let matched = replace::<entity::spot_checks::draws::Entity>(tx, &drawn, matched).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Matched, "tasks", id).department(lead).before(&before).after(&task.task);
    let of_draw = Event::new(AuditAction::Matched, "draws", drawn.id).department(lead).before(&drawn).after(&matched);
    Ok(Change::new(task, event).and(of_draw).and_all(opened))
}

fn refuse(too_few: TooFew, size: usize) -> AppError {
    let TooFew { department, available, object_ref } = too_few;
    let object = hex::encode(&object_ref[..6]);
    Refusal::new(
        Code::TooFewOfficers,
        text!(
            "部门 {department} 对对象 {object}… 可派人员只有 {available} 人，需 {size} 人（已除去证件失效和回避人员）。",
            "Department {department} has {available} officers for object {object}…; {size} are needed."
        ),
    )
    .under(TWO_OFFICERS)
    .into()
}

async fn mark_unavailable(tx: &WriteTx, draw: Uuid, unavailable: &[Unavailable]) -> Result<()> {
    use crate::persistence::kernel::errors::AppResult;
    use sea_orm::sea_query::Expr;
    for absent in unavailable {
        draw_roster::Entity::update_many()
            .col_expr(draw_roster::Column::UnavailableReason, Expr::value(absent.reason.clone()))
            .filter(draw_roster::Column::DrawId.eq(draw))
            .filter(draw_roster::Column::PersonnelId.eq(absent.officer))
            .exec(tx.conn())
            .await
            .or_app()?;
    }
    Ok(())
}

async fn open_inspections(
    tx: &WriteTx,
    task: &Model,
    draw_id: Uuid,
    teams: &[Team],
    objects: &BTreeMap<String, Uuid>,
    certificates: &BTreeMap<Uuid, String>,
) -> Result<Vec<Event>> {
    let now = tx.ctx().now;
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
            team_rows.push(draw_teams::Model {
                draw_id,
                object_id,
                department_id: team.department,
                personnel_id: *officer,
                is_leader,
            });
            officers.push(inspection_officers::Model {
                inspection_id: inspection.id,
                personnel_id: *officer,
                certificate_no: certificates.get(officer).cloned(),
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
