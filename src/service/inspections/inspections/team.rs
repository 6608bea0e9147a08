//! The team of an inspection: who may go today, and who takes the place of somebody who cannot.

use super::{Inspection, decision_facts, shown};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::persistence::spot_checks::{draws, spot_check_items};
use crate::service::officers::personnel::facts;
use crate::service::officers::personnel::recusals::all_of;
use crate::service::spot_checks::draws::{acts, digest, people};
use crate::service::spot_checks::spot_check_items::used_versions;
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, ReplacementCause, check_team};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::officers::certificates::{check_certificate, no_valid_certificate};
use domain::officers::personnel::PersonnelStatus;
use domain::officers::recusals::RecusalKind;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::matching::by_ticket;
use domain::spot_checks::draws::pool::Officer;
use entity::inspections::inspections::{Entity, Model};
use entity::inspections::{inspection_officers, inspection_replacements};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 更换检查人员
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"personnel_id": "01930000-0000-7000-8000-000000000004", "reason": "执法证被暂扣"})))]
pub struct ReplaceBody {
    /// Who leaves the team
    pub personnel_id: Uuid,
    /// Who joins it: only where nothing was drawn (a clue's inspection). Otherwise it is the next in the order of the draw.
    #[serde(default)]
    pub substitute_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 1000, pattern = "\\S")]
    pub reason: String,
}

/// Every officer needs a certificate that holds today, is of the department still, and is not to be recused; one who
/// fails stops the visit.
pub async fn check(app: &App, tx: &WriteTx, inspection: &Model) -> Result<()> {
    let team = inspections::parts_of(tx.conn(), inspection.id).await?.officers;
    let leaders = team.iter().filter(|officer| officer.is_leader).count();
    check_team(&app.settings.rules, team.len(), leaders)?;
    let ids: Vec<_> = team.iter().map(|officer| officer.personnel_id).collect();
    valid_certificates(tx, ids.clone()).await?;
    let people = personnel::by_ids(tx.conn(), ids.clone()).await?;
    let recused = recused_of(app, tx, ids.clone(), inspection).await?;

    for id in ids {
        let Some(person) = people.get(&id) else { continue };
        let name = &person.name;
        if person.department_id != inspection.department_id {
            return Err(Refusal::new(
                Code::OfficerRecused,
                text!(
                    "{name}已不在本部门，请先更换检查人员。",
                    "{name} is not of the department any more; replace this officer first."
                ),
            )
            .into());
        }
        if let Some(kind) = recused.get(&id) {
            return Err(Refusal::new(
                Code::OfficerRecused,
                text!(
                    "{name}应当回避（{l}），请先更换检查人员。",
                    "{name} is recused ({c}); replace this officer first.",
                    l = kind.label(),
                    c = kind.code()
                ),
            )
            .into());
        }
    }

    Ok(())
}

/// Which of some officers must not go to an object today, and why.
pub async fn recused_from(
    app: &App,
    tx: &WriteTx,
    officers: Vec<Uuid>,
    object: Uuid,
) -> Result<BTreeMap<Uuid, RecusalKind>> {
    let pairs = all_of(app, tx.conn(), officers, tx.ctx().today()).await?;
    Ok(pairs.into_iter().filter(|pair| pair.1 == object).map(|(officer, _, kind)| (officer, kind)).collect())
}

/// The same for a visit. Of a drawn one whoever keeps the register does not choose the team: an address that was entered after
/// the freeze recuses nobody by itself, and what was frozen goes on to.
async fn recused_of(
    app: &App,
    tx: &WriteTx,
    officers: Vec<Uuid>,
    visit: &Model,
) -> Result<BTreeMap<Uuid, RecusalKind>> {
    let mut recused = recused_from(app, tx, officers, visit.object_id).await?;
    if let Some(draw) = visit.draw_id {
        let frozen = draws::frozen_recusals(tx.conn(), draw, visit.object_id).await?;
        recused.retain(|officer, kind| *kind != RecusalKind::SameAddress || frozen.contains(officer));
        recused.extend(frozen.into_iter().map(|officer| (officer, RecusalKind::Declared)));
    }
    Ok(recused)
}

/// The certificates by which officers may inspect today; whoever has none is named.
pub async fn valid_certificates(tx: &WriteTx, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, String>> {
    let (valid, mut refused) = certificates(tx, ids).await?;
    match refused.pop_first() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(valid),
    }
}

/// Whose certificate holds today, and why the others' does not.
async fn certificates(tx: &WriteTx, ids: Vec<Uuid>) -> Result<(BTreeMap<Uuid, String>, BTreeMap<Uuid, Refusal>)> {
    let people = personnel::by_ids(tx.conn(), ids.clone()).await?;
    let certificates = personnel::certificates_of(tx.conn(), ids.clone()).await?;
    let today = tx.ctx().today();
    let (mut valid, mut refused) = (BTreeMap::new(), BTreeMap::new());

    for officer in ids {
        let (mut why, mut number) = (None, None);
        for certificate in certificates.get(&officer).into_iter().flatten() {
            match check_certificate(&facts(certificate)?, today) {
                Ok(()) => number = Some(certificate.certificate_no.clone().unwrap_or_default()),
                Err(invalid) => why = Some(invalid),
            }
        }
        let person = people.get(&officer);
        let active = person.is_some_and(|person| person.status == PersonnelStatus::Active);
        if let Some(number) = number.filter(|_| active) {
            valid.insert(officer, number);
        } else {
            let name = person.map_or("", |person| person.name.as_str());
            refused.insert(officer, no_valid_certificate(name, why));
        }
    }

    Ok((valid, refused))
}

/// Somebody who cannot go is replaced by the next of the frozen roster in the order of the draw, whom nobody chooses.
pub async fn replace_officer(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: ReplaceBody,
) -> Result<Change<Inspection>> {
    let inspection = tx.edit::<Entity>(id, version).await?;
    let before = inspection.before().clone();
    let parts = inspections::parts_of(tx.conn(), id).await?;

    decision_facts(&before, &parts).decide(&tx.ctx().actor, InspectionAction::ReplaceOfficer)?;
    let leaving = parts.officers.iter().find(|officer| officer.personnel_id == body.personnel_id).cloned();
    let leaving = leaving.ok_or_else(|| AppError::no_such("/personnel_id"))?;
    let cause = why_not(app, tx, &before, leaving.personnel_id).await?;
    let mut candidates = in_order(tx, &before, body.substitute_id).await?;
    candidates.retain(|officer| {
        !parts.officers.iter().any(|member| member.personnel_id == *officer)
            && !parts.replacements.iter().any(|old| old.left_id == *officer)
    });
    let people = personnel::by_ids(tx.conn(), candidates.clone()).await?;
    let recused = recused_of(app, tx, candidates.clone(), &before).await?;
    let (valid, _) = certificates(tx, candidates.clone()).await?;
    let asked = qualifications(tx, &before).await?;
    let joining = candidates.into_iter().find(|officer| {
        let able = |person: &entity::officers::personnel::Model| {
            person.department_id == before.department_id
                && asked.iter().all(|wanted| person.qualifications.contains(wanted))
        };
        people.get(officer).is_some_and(able) && !recused.contains_key(officer) && valid.contains_key(officer)
    });
    let joining = joining.ok_or_else(|| {
        AppError::from(Refusal::new(
            Code::TooFewOfficers,
            text!(
                "没有可接替的人员（须在名册内、证件有效、具备所需专业资格、无须回避）；可将本次检查作废。",
                "Nobody can take the place: on the roster, with a valid certificate and the qualifications asked for, not recused. The inspection can be voided."
            ),
        ))
    })?;
    let row = inspection_officers::Model {
        inspection_id: id,
        personnel_id: joining,
        certificate_no: valid.get(&joining).cloned(),
        is_leader: leaving.is_leader,
    };
    let note = inspection_replacements::Model {
        inspection_id: id,
        left_id: leaving.personnel_id,
        joined_id: joining,
        reason: body.reason.clone(),
        cause: Some(cause),
        created_by: tx.ctx().actor.id,
        created_at: tx.ctx().now,
    };
    inspections::replace_officer(tx.conn(), row, note.clone()).await?;

    let change = inspection.save(AuditAction::Replaced, Some(body.reason)).await?;
    let team =
        Event::new(AuditAction::Replaced, "inspection-officers", id).department(before.department_id).after(&note);
    let public = public_act(tx, &before, (leaving.personnel_id, joining), cause).await?;
    Ok(shown(tx, change).await?.and(team).and_all(public))
}

/// What everybody may see of it, by the names of the draw's record; nothing of a visit that was not drawn.
async fn public_act(
    tx: &WriteTx,
    visit: &Model,
    (left, joined): (Uuid, Uuid),
    cause: ReplacementCause,
) -> Result<Option<Event>> {
    let Some(draw) = visit.draw_id else { return Ok(None) };
    let (_, object_ref) = draws::place(tx.conn(), draw, visit.object_id).await?;
    let people = people(&draws::roster_of(tx.conn(), draw, visit.department_id).await?)?;
    let name = |person| people.iter().find(|(_, known)| **known == person).map(|(officer, _)| *officer);
    // A record of an earlier version names officers by their ids.
    let (Some(left @ Officer::Ref(_)), Some(joined @ Officer::Ref(_))) = (name(left), name(joined)) else {
        return Ok(None);
    };
    let of = (visit.task_id, draw, visit.department_id);

    Ok(Some(acts::replaced(of, &object_ref, (&left.to_string(), &joined.to_string()), cause)))
}

/// A place falls free for a cause that the records show, and which is public; whoever could go is not sent away.
async fn why_not(app: &App, tx: &WriteTx, inspection: &Model, officer: Uuid) -> Result<ReplacementCause> {
    let (valid, _) = certificates(tx, vec![officer]).await?;
    let recused = recused_of(app, tx, vec![officer], inspection).await?;
    let people = personnel::by_ids(tx.conn(), vec![officer]).await?;
    let person = people.get(&officer);
    if person.is_none_or(|person| person.status != PersonnelStatus::Active) {
        return Ok(ReplacementCause::NotActive);
    }
    if person.is_none_or(|person| person.department_id != inspection.department_id) {
        return Ok(ReplacementCause::OtherDepartment);
    }
    if !valid.contains_key(&officer) {
        return Ok(ReplacementCause::CertificateInvalid);
    }
    if recused.contains_key(&officer) {
        return Ok(ReplacementCause::Recused);
    }

    Err(Refusal::new(
        Code::OfficerAvailable,
        text!(
            "该人员证件有效、无须回避、仍在本部门，不予更换；确不能参加的，请先登记（停用、回避或证件变动）。",
            "The certificate holds, nothing recuses the officer, who is of the department: record first why not."
        ),
    )
    .into())
}

/// What the lists ask of an inspection's officers today.
async fn qualifications(tx: &WriteTx, inspection: &Model) -> Result<Vec<String>> {
    let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
    let spots = spot_check_items::by_ids(tx.conn(), items).await?;
    let used = used_versions(tx.conn(), &spots, tx.ctx().today()).await?;
    Ok(used.into_values().filter_map(|(_, used)| used.qualification).collect())
}

/// Who may be asked to take a place, in order.
async fn in_order(tx: &WriteTx, inspection: &Model, substitute: Option<Uuid>) -> Result<Vec<Uuid>> {
    let Some(draw) = inspection.draw_id else {
        let required = || {
            let detail =
                text!("本次检查不是抽取的，请指定接替人员。", "Nothing was drawn here; name who takes the place.");
            AppError::invalid_field("/substitute_id", "REQUIRED", detail)
        };
        return Ok(vec![substitute.ok_or_else(required)?]);
    };
    if substitute.is_some() {
        let detail = text!(
            "抽取的检查由名册按抽取次序接替，不得指定。",
            "The team was drawn, so its replacement is the next of the roster; nobody is named."
        );
        return Err(AppError::invalid_field("/substitute_id", "NOT_ALLOWED", detail));
    }

    let (seed, object_ref) = draws::place(tx.conn(), draw, inspection.object_id).await?;
    let roster = draws::roster_of(tx.conn(), draw, inspection.department_id).await?;
    let people = people(&roster)?;
    let names = people.keys().copied().collect();
    let order = by_ticket(&digest(&seed)?, inspection.department_id, &digest(&object_ref)?, names);

    Ok(order.iter().filter_map(|officer| people.get(officer).copied()).collect())
}
