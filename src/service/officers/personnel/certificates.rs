//! 执法证: applied for, issued, examined, suspended, lost, and ended by hand or by the calendar.

use super::bodies::{CertificateBody, ExaminationBody, IssueBody};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace, touch};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::officers::personnel;
use crate::service::oversight::worklist;
use chrono::{Days, Months, NaiveDate};
use domain::access::Permission;
use domain::kernel::clocks::Term;
use domain::kernel::text::text;
use domain::officers::certificates::{
    CertificateAction, CertificateStatus, CertificateValidity, apply, by_the_calendar, check_certificate,
};
use domain::oversight::audit::AuditAction;
use entity::officers::certificates::{Entity, Model};
use entity::officers::personnel::{Entity as Personnel, Model as Officer};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// What the domain needs to know of a certificate.
pub fn facts(certificate: &Model) -> Result<CertificateValidity> {
    Ok(CertificateValidity {
        status: certificate.status,
        valid_until: certificate.valid_until,
        annual_exam_due_on: certificate.annual_exam_due_on,
    })
}

/// Those of the officers who hold a certificate that is valid on a day.
pub async fn certified(
    conn: &impl ConnectionTrait,
    officers: Vec<entity::officers::personnel::Model>,
    day: NaiveDate,
) -> Result<Vec<entity::officers::personnel::Model>> {
    let certificates = personnel::certificates_of(conn, officers.iter().map(|officer| officer.id).collect()).await?;
    let mut held = Vec::with_capacity(officers.len());

    for officer in officers {
        for certificate in certificates.get(&officer.id).into_iter().flatten() {
            if check_certificate(&facts(certificate)?, day).is_ok() {
                held.push(officer);
                break;
            }
        }
    }
    Ok(held)
}

/// An application, or what the justice bureau registers as in force.
pub async fn add(tx: &WriteTx, officer: Uuid, body: CertificateBody) -> Result<Change<Model>> {
    let officer = personnel::get(tx.conn(), tx.ctx(), officer).await?;
    let in_force = tx.ctx().actor.reach(Permission::CertificatesApprove).is_some();
    if in_force && (body.certificate_no.is_none() || body.valid_until.is_none()) {
        let missing =
            [("/certificate_no", body.certificate_no.is_none()), ("/valid_until", body.valid_until.is_none())];
        let errors = missing.into_iter().filter(|(_, missing)| *missing).map(|(pointer, _)| {
            FieldError::new(pointer, "REQUIRED", text!("有效证件须填写。", "A certificate in force needs it."))
        });
        return Err(AppError::invalid(errors.collect()));
    }

    let status = if in_force { CertificateStatus::Active } else { CertificateStatus::Applied };
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        personnel_id: officer.id,
        certificate_no: body.certificate_no,
        kind: body.kind,
        issuing_authority: body.issuing_authority,
        enforcement_area: body.enforcement_area,
        enforcement_type: body.enforcement_type,
        issued_on: body.issued_on,
        valid_until: body.valid_until,
        annual_exam_due_on: body.annual_exam_due_on,
        status,
        suspended_until: None,
        replaces_id: None,
        applied_by: (!in_force).then_some(tx.ctx().actor.id),
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    touch::<Personnel>(tx, officer.id).await?;
    let action = if in_force { AuditAction::Created } else { AuditAction::Applied };
    let event = Event::new(action, "certificates", saved.id).department(officer.department_id).after(&saved);

    Ok(Change::new(saved, event))
}

/// A certificate of the caller's scope, at the version that was read.
async fn read(tx: &WriteTx, id: Uuid, version: i32) -> Result<(Model, Officer)> {
    let before = personnel::certificate(tx.conn(), id).await?;
    let officer = personnel::get(tx.conn(), tx.ctx(), before.personnel_id).await?;
    check_version::<Entity>(&before, version)?;
    Ok((before, officer))
}

/// An action that needs a reason, with the last day of a suspension.
pub async fn act(
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: CertificateAction,
    reason: &str,
    until: Option<NaiveDate>,
) -> Result<Change<Model>> {
    let (before, officer) = read(tx, id, version).await?;
    if until.is_some_and(|until| until < tx.ctx().today()) {
        let detail = text!("暂扣截止日不得早于今天。", "The suspension would be over already.");
        return Err(AppError::invalid_field("/until", "IN_THE_PAST", detail));
    }
    if action == CertificateAction::Approve {
        tx.ctx().actor.check_not_own(before.applied_by)?;
    }
    let mut after = before.clone();
    after.reason = Some(reason.to_owned());
    after.suspended_until = until;

    save(tx, &before, after, &officer, action).await
}

/// 核发: the certificate gets its number and its days.
pub async fn issue(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: IssueBody) -> Result<Change<Model>> {
    let (before, officer) = read(tx, id, version).await?;
    let mut after = before.clone();
    put_days(app, &mut after, &body);
    save(tx, &before, after, &officer, CertificateAction::Issue).await
}

fn put_days(app: &App, certificate: &mut Model, body: &IssueBody) {
    let issued = body.issued_on;
    // A validity is no deadline: it ends on its day, holiday or not.
    let end = issued.checked_add_months(Months::new(12 * app.settings.rules.certificate_years));
    let last = end.and_then(|day| day.checked_sub_days(Days::new(1)));
    certificate.certificate_no = Some(body.certificate_no.clone());
    certificate.issued_on = Some(issued);
    certificate.valid_until = body.valid_until.or(last);
    certificate.annual_exam_due_on = body.annual_exam_due_on.or_else(|| Some(next_examination(app, issued)));
}

/// 年审: due a year after the last one, or after the issue.
fn next_examination(app: &App, after: NaiveDate) -> NaiveDate {
    Term::months(12).due_on(&app.calendar, after)
}

/// 年审.
pub async fn examine(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: ExaminationBody) -> Result<Change<Model>> {
    if body.examined_on > tx.ctx().today() {
        let detail = text!("年审日期不得晚于今天。", "The examination was not held yet.");
        return Err(AppError::invalid_field("/examined_on", "IN_THE_FUTURE", detail));
    }
    if body.next_due_on.is_some_and(|next| next <= body.examined_on) {
        let detail = text!("下次年审截止应晚于本次年审。", "The next examination is due after this one.");
        return Err(AppError::invalid_field("/next_due_on", "DATES_REVERSED", detail));
    }
    let (before, officer) = read(tx, id, version).await?;
    let mut after = before.clone();
    after.reason = Some(body.remark);
    let action = if body.passed {
        after.annual_exam_due_on = body.next_due_on.or_else(|| Some(next_examination(app, body.examined_on)));
        CertificateAction::PassExamination
    } else {
        CertificateAction::FailExamination
    };

    save(tx, &before, after, &officer, action).await
}

/// 补发: the lost certificate ends, and a new one names it.
pub async fn reissue(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: IssueBody) -> Result<Change<Model>> {
    let (before, officer) = read(tx, id, version).await?;
    let ended = save(tx, &before, before.clone(), &officer, CertificateAction::Reissue).await?;
    let now = tx.ctx().now;
    let mut fresh = Model {
        id: new_id(),
        status: CertificateStatus::Active,
        replaces_id: Some(before.id),
        suspended_until: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
        ..before
    };
    put_days(app, &mut fresh, &body);
    let fresh = insert(tx, fresh).await?;
    let event =
        Event::new(AuditAction::Issued, "certificates", fresh.id).department(officer.department_id).after(&fresh);

    Ok(Change::new(fresh, event).with(ended))
}

async fn save(
    tx: &WriteTx,
    before: &Model,
    mut after: Model,
    officer: &Officer,
    action: CertificateAction,
) -> Result<Change<Model>> {
    let status = apply(before.status, action)?;
    after.status = status;
    let saved = replace::<Entity>(tx, before, after).await?;
    touch::<Personnel>(tx, officer.id).await?;
    let event = Event::new(audit(action), "certificates", saved.id)
        .department(officer.department_id)
        .reason(saved.reason.clone())
        .before(before)
        .after(&saved);

    Ok(Change::new(saved, event))
}

const fn audit(action: CertificateAction) -> AuditAction {
    match action {
        CertificateAction::Approve => AuditAction::Approved,
        CertificateAction::Reject => AuditAction::Rejected,
        CertificateAction::Issue => AuditAction::Issued,
        CertificateAction::Suspend => AuditAction::Suspended,
        CertificateAction::Resume => AuditAction::Resumed,
        CertificateAction::PassExamination | CertificateAction::FailExamination => AuditAction::Examined,
        CertificateAction::ReportLoss => AuditAction::Lost,
        CertificateAction::Reissue => AuditAction::Reissued,
        CertificateAction::Revoke => AuditAction::Revoked,
        CertificateAction::Cancel => AuditAction::Cancelled,
        CertificateAction::Expire => AuditAction::Expired,
    }
}

/// Certificates and suspensions whose last day is over end, each in its own transaction; how many did.
pub async fn follow_the_calendar(app: &App) -> Result<usize> {
    let ctx = Ctx::system("calendar");
    let today = ctx.today();
    let mut done = 0;

    for certificate in personnel::certificates_over(&app.db, today).await? {
        let ended = write(&app.db, &ctx, async |tx| {
            let before = personnel::certificate(tx.conn(), certificate.id).await?;
            let officer = personnel::get(tx.conn(), tx.ctx(), before.personnel_id).await?;
            let status = before.status;
            let action = by_the_calendar(status, before.valid_until, before.suspended_until, today);
            let action = action.ok_or_else(AppError::stale)?;
            let after = Model { suspended_until: None, ..before.clone() };
            save(tx, &before, after, &officer, action).await
        });
        match ended.await {
            Ok(_) => done += 1,
            // Another process was faster.
            Err(error) if error.code == domain::kernel::refusal::Code::Stale => {}
            // One that cannot be ended must not keep the others alive.
            Err(error) => tracing::error!(%error, certificate = %certificate.id, "not ended by the calendar"),
        }
    }

    Ok(done + tell_of_endings(app, &ctx).await?)
}

/// Certificates told of in one transaction.
const TOLD: u64 = 200;

/// Departments are told before a certificate or its annual examination ends; how many they were told of.
async fn tell_of_endings(app: &App, ctx: &Ctx) -> Result<usize> {
    let until = ctx.today() + Days::new(u64::from(app.settings.rules.certificate_notice_days));
    let mut told = 0;
    loop {
        let ending = personnel::certificates_ending(&app.db, until, TOLD).await?;
        if ending.is_empty() {
            return Ok(told);
        }
        told += ending.len();
        write(&app.db, ctx, async |tx| {
            let mut events = Vec::new();
            for (certificate, holder) in &ending {
                let department = holder.as_ref().map(|holder| holder.department_id);
                let name = holder.as_ref().map_or("", |holder| holder.name.as_str());
                worklist::certificate_ends(tx, certificate, department, name).await?;
                events.push(Event::new(AuditAction::Notified, "certificates", certificate.id).department(department));
            }
            let first = events.remove(0);
            Ok(Change::new((), first).and_all(events))
        })
        .await?;
    }
}
