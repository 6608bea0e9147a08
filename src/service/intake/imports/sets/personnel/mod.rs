//! Rows of a list of officers become officers with their certificates.

mod identity;

use super::{At, Context, DataSet, Numbered, Outcome};
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::personnel;
use crate::service::kernel::sealed;
use crate::service::officers::personnel as officers;
use chrono::NaiveDate;
use domain::intake::imports::personnel::{self as personnel_row, PersonnelRow};
use domain::intake::imports::reading::fields::Cells;
use domain::intake::imports::{Dimension, Finding, Parsed};
use domain::kernel::text::text;
use domain::officers::certificates::CertificateStatus;
use domain::oversight::audit::AuditAction;
use entity::intake::imports;
use entity::officers::certificates;
use entity::officers::personnel::{Entity, Model};
use identity::{Person, another};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) struct Personnel;

impl DataSet for Personnel {
    type Row = PersonnelRow;

    fn parse(cells: &dyn Cells, _: &Context) -> Parsed<PersonnelRow> {
        personnel_row::parse(cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        _: &imports::Model,
        outcome: Outcome,
        rows: &[Numbered<&PersonnelRow>],
    ) -> Result<Outcome> {
        apply(tx, context, outcome, rows).await
    }
}

/// What is known while a batch is applied: certificates by number, officers once each.
struct Known {
    certificates: BTreeMap<String, certificates::Model>,
    officers: BTreeMap<Uuid, Model>,
}

async fn apply(
    tx: &WriteTx,
    context: &Context,
    mut outcome: Outcome,
    rows: &[Numbered<&PersonnelRow>],
) -> Result<Outcome> {
    let numbers = rows.iter().map(|row| row.row.certificate_no.clone()).collect();
    let mut known = Known { certificates: BTreeMap::new(), officers: BTreeMap::new() };
    for (number, (certificate, officer)) in personnel::by_certificate_no(tx.conn(), numbers).await? {
        known.certificates.insert(number, certificate);
        known.officers.insert(officer.id, officer);
    }

    for Numbered { at, row } in rows {
        let Some(department) = context.departments.get(&row.department_code).copied() else {
            let message = text!("部门编码不存在，请先建立该部门。", "There is no such department; create it first.");
            let finding = Finding::error("部门编码", "UNKNOWN_DEPARTMENT", &row.department_code, message);
            outcome.refuse(*at, finding.of(Dimension::Linkage));
            continue;
        };
        let id_digest = row.citizen_id.as_ref().map(|id| context.app.secrets.blind_index(id.reveal()));
        let holder = match &id_digest {
            Some(digest) => personnel::by_id_digest(tx.conn(), digest).await?,
            None => None,
        };
        let certificate = known.certificates.get(&row.certificate_no).cloned();
        let of_certificate = certificate.as_ref().and_then(|held| known.officers.get(&held.personnel_id));
        let person = Person { department, of_certificate, of_id_number: holder.as_ref(), id_digest };
        if let Some(finding) = another(context, row, &person) {
            outcome.refuse(*at, finding);
            continue;
        }
        let officer = of_certificate.cloned().or(holder);
        let is_new = certificate.is_none();
        let (officer, officer_changed) = save_officer(tx, context, &mut outcome, row, department, officer).await?;
        let (certificate, certificate_changed) =
            save_certificate(tx, context, &mut outcome, *at, row, &officer, certificate).await?;
        if is_new {
            outcome.created += 1;
        } else {
            outcome.count(officer_changed || certificate_changed);
        }
        known.officers.insert(officer.id, officer);
        known.certificates.insert(row.certificate_no.clone(), certificate);
    }

    Ok(outcome)
}

async fn save_officer(
    tx: &WriteTx,
    context: &Context,
    outcome: &mut Outcome,
    row: &PersonnelRow,
    department: Uuid,
    before: Option<Model>,
) -> Result<(Model, bool)> {
    let mut after = before.clone().unwrap_or_else(|| officers::blank(tx, row.name.clone(), department));
    merge(&mut after, row, department);
    seal(context, &mut after, row).await?;
    if let Some(before) = before.as_ref().filter(|_| !context.may_issue) {
        // Who holds a certificate is who it was issued to.
        officers::keep_identity(tx, before, &mut after).await?;
    }
    let event = |id| Event::new(AuditAction::Imported, "personnel", id).department(department);
    let Some(before) = before else {
        let saved = insert(tx, after).await?;
        outcome.events.push(event(saved.id).after(&saved));
        return Ok((saved, true));
    };
    if after == before {
        return Ok((before, false));
    }
    let saved = replace::<Entity>(tx, &before, after).await?;
    outcome.events.push(event(saved.id).before(&before).after(&saved));

    Ok((saved, true))
}

async fn save_certificate(
    tx: &WriteTx,
    context: &Context,
    outcome: &mut Outcome,
    at: At,
    row: &PersonnelRow,
    officer: &Model,
    before: Option<certificates::Model>,
) -> Result<(certificates::Model, bool)> {
    let event = |id| Event::new(AuditAction::Imported, "certificates", id).department(officer.department_id);
    let Some(before) = before else {
        let mut fresh = certificate(tx, row, officer.id);
        if !context.may_issue {
            fresh.status = CertificateStatus::Applied;
            fresh.applied_by = Some(tx.ctx().actor.id);
            outcome.findings.push((at, needs_the_bureau(&row.certificate_no)));
        }
        let certificate = fresh.into_active_model().reset_all();
        let saved = certificate.insert(tx.conn()).await.or_app()?;
        outcome.events.push(event(saved.id).after(&saved));
        return Ok((saved, true));
    };
    let after = certificates::Model {
        kind: row.certificate_kind.clone().unwrap_or_else(|| before.kind.clone()),
        // What ran out and is in the list with a later day was renewed; other endings stay.
        status: renewed(&before, row.valid_until, tx.ctx().today()),
        issuing_authority: row.issuing_authority.clone().or_else(|| before.issuing_authority.clone()),
        enforcement_type: row.enforcement_type.clone().or_else(|| before.enforcement_type.clone()),
        issued_on: row.issued_on.or(before.issued_on),
        valid_until: Some(row.valid_until),
        annual_exam_due_on: row.annual_exam_due_on.or(before.annual_exam_due_on),
        ..before.clone()
    };
    if after == before {
        return Ok((before, false));
    }
    if !context.may_issue {
        outcome.findings.push((at, needs_the_bureau(&row.certificate_no)));
        return Ok((before, false));
    }
    let saved = replace::<certificates::Entity>(tx, &before, after).await?;
    outcome.events.push(event(saved.id).before(&before).after(&saved));

    Ok((saved, true))
}

/// What only the justice bureau changes.
fn needs_the_bureau(number: &str) -> Finding {
    let message = text!(
        "证件的核发、有效期和年审由司法局办理；新证按申领登记，已有证件未改。",
        "Certificates are the justice bureau's to issue, renew and examine: a new one is an application, a known one stays."
    );
    Finding::warning("执法证号", "NEEDS_JUSTICE_BUREAU", number, message)
}

fn renewed(before: &certificates::Model, valid_until: NaiveDate, today: NaiveDate) -> CertificateStatus {
    let expired = before.status == CertificateStatus::Expired;
    if expired && valid_until >= today { CertificateStatus::Active } else { before.status }
}

/// Seals what the row says anew where it is not what is known already: every sealing looks different.
async fn seal(context: &Context, officer: &mut Model, row: &PersonnelRow) -> Result<()> {
    let app = &context.app;
    if let Some(number) = &row.citizen_id
        && officer.id_number_digest != Some(app.secrets.blind_index(number.reveal()))
    {
        officers::set_id_number(app, officer, number).await?;
    }
    let differs = async |column, known: Option<&str>, told: &str| {
        let known = sealed::open_some(app, officers::place(column, officer.id), known).await?;
        Ok::<_, crate::kernel::error::AppError>(known.as_deref() != Some(told))
    };
    let phone = row.phone.as_deref();
    let new_phone = match phone {
        Some(told) => differs("phone", officer.phone.as_deref(), told).await?,
        None => false,
    };
    let address = row.address.as_deref();
    let new_address = match address {
        Some(told) => differs("address", officer.address.as_deref(), told).await?,
        None => false,
    };
    if new_phone {
        officers::set_phone(app, officer, phone).await?;
    }
    if new_address {
        officers::set_address(app, officer, address).await?;
    }

    Ok(())
}

fn merge(officer: &mut Model, row: &PersonnelRow, department: Uuid) {
    officer.name.clone_from(&row.name);
    officer.department_id = department;
    officer.sex = row.sex.clone().or(officer.sex.take());
    officer.staff_type = row.staff_type.clone().or(officer.staff_type.take());
    officer.position = row.position.clone().or(officer.position.take());
    officer.is_supervisor = row.is_supervisor.unwrap_or(officer.is_supervisor);
    if !row.qualifications.is_empty() {
        officer.qualifications = row.qualifications.clone().into();
    }
}

fn certificate(tx: &WriteTx, row: &PersonnelRow, personnel_id: Uuid) -> certificates::Model {
    let now = tx.ctx().now;
    certificates::Model {
        id: new_id(),
        personnel_id,
        certificate_no: Some(row.certificate_no.clone()),
        kind: row.certificate_kind.clone().unwrap_or_else(|| "1".to_owned()),
        issuing_authority: row.issuing_authority.clone(),
        enforcement_area: None,
        enforcement_type: row.enforcement_type.clone(),
        issued_on: row.issued_on,
        valid_until: Some(row.valid_until),
        annual_exam_due_on: row.annual_exam_due_on,
        status: CertificateStatus::Active,
        suspended_until: None,
        replaces_id: None,
        applied_by: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
