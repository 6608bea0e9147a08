//! What a step of a complaint writes down, when it may.

use super::bodies::{ComplaintUpdateBody, ConcludeBody};
use super::receive::put_object;
use super::{clocks, store};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::items::items;
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::register::named::find_object;
use domain::complaints::{ComplaintAction, ComplaintOutcome, next};
use domain::kernel::text::text;
use entity::complaints::complaints::{Entity, Model};
use entity::inspections::inspections::Entity as Inspections;
use uuid::Uuid;

/// What it is about, as the department found.
pub(super) async fn update(app: &App, tx: &WriteTx, after: &mut Model, body: ComplaintUpdateBody) -> Result<()> {
    let object = find_object(tx, body.object_id, None).await?;
    let mut errors = Vec::new();
    let mut missing = |pointer| {
        errors.push(FieldError::new(
            pointer,
            "NO_SUCH_RECORD",
            text!("引用的记录不存在。", "There is no such record."),
        ));
    };
    if body.object_id.is_some() && object.is_none() {
        missing("/object_id");
    }
    if let Some(id) = body.item_id
        && items::by_ids(tx.conn(), vec![id]).await?.is_empty()
    {
        missing("/item_id");
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    after.problem_type = body.problem_type;
    after.item_id = body.item_id;
    after.township_code = body.township_code;
    if let Some(object) = object {
        put_object(after, &object);
    } else {
        // What was said of an enterprise that the register has not, stays.
        if after.object_id.take().is_some() {
            after.uscc = None;
        }
        after.region_code.clone_from(&app.settings.county.code);
        after.object_name = body.object_name.or_else(|| after.object_name.take());
    }
    Ok(())
}

pub(super) fn check_extension(app: &App, complaint: &Model, days: i32) -> Result<()> {
    let most = complaint.clock.and_then(|clock| clocks(complaint).longest_extension(&app.settings.rules, clock));
    let most = most.unwrap_or_default();
    if u32::try_from(days).is_ok_and(|days| days <= most) {
        return Ok(());
    }
    let detail = text!("延期不得超过 {most} 个工作日。", "An extension is {most} working days at most.");
    Err(AppError::invalid_field("/working_days", "OUT_OF_RANGE", detail))
}

/// What came of it: of its kind, with the case's number where a case was filed, by an inspection of the department.
pub(super) async fn conclude(tx: &WriteTx, after: &mut Model, body: ConcludeBody) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |pointer, code, detail| errors.push(FieldError::new(pointer, code, detail));
    if !body.outcome.fits(after.kind) {
        let (zh, what) = (after.kind.label(), body.outcome.label());
        let (en, code) = (after.kind.code(), body.outcome.code());
        let detail = text!("“{zh}”不能以“{what}”结案。", "A matter of the kind {en} does not end with {code}.");
        wrong("/outcome", "NOT_OF_KIND", detail);
    }
    let filed = body.outcome == ComplaintOutcome::CaseFiled;
    if filed && body.case_no.is_none() {
        wrong("/case_no", "MISSING", text!("已立案的应填写立案编号。", "A case that was filed has a number."));
    }
    if !filed && body.case_no.is_some() {
        wrong("/case_no", "NOT_ALLOWED", text!("没有立案，不应填写立案编号。", "No case was filed: leave it out."));
    }
    if let Some(id) = body.inspection_id {
        // Whoever destroys it waits, or was first.
        lock_row::<Inspections>(tx.conn(), id).await?;
        if !inspections::is_of_department(tx.conn(), id, after.department_id, after.object_id).await? {
            let detail = text!(
                "没有这次检查，或不是本部门对该主体的检查。",
                "There is no such inspection of this subject by the department."
            );
            wrong("/inspection_id", "NO_SUCH_RECORD", detail);
        }
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    after.outcome = Some(body.outcome);
    after.result = Some(body.result);
    after.case_no = body.case_no;
    after.inspection_id = body.inspection_id;
    Ok(())
}

/// The same matter: still to be decided, of the same department and kind, about the same subject, and not itself. Whoever gave a
/// name must be told, so it does not go into one that nobody is told of; and what others went into stays where it is.
pub(super) async fn check_master(tx: &WriteTx, complaint: &Model, master: Uuid) -> Result<()> {
    let master = find::<Entity>(tx.conn(), tx.ctx(), master).await.map_err(|error| error.or_no_such("/master_id"))?;
    let refuse = |code, detail| Err(AppError::invalid_field("/master_id", code, detail));
    let same_subject = match (complaint.object_id, master.object_id) {
        (Some(own), Some(other)) => own == other,
        _ => complaint.object_name.is_some() && complaint.object_name == master.object_name,
    };
    let same = same_subject && master.department_id == complaint.department_id && master.kind == complaint.kind;
    let is_undecided = next(master.status, ComplaintAction::Merge).is_some();
    if !same || master.id == complaint.id || !is_undecided {
        let detail = text!(
            "只能并入同一部门、同一类别、同一主体的另一件尚无结论的投诉举报。",
            "It goes into another one of the same department and kind about the same subject that is not decided yet."
        );
        return refuse("NOT_THE_SAME_MATTER", detail);
    }

    if master.is_anonymous && !complaint.is_anonymous {
        let detail = text!(
            "实名的不能并入匿名的，否则无从告知；请反过来并入。",
            "One that gives a name does not go into an anonymous one, or nobody is told: merge them the other way round."
        );
        return refuse("NOBODY_TO_TELL", detail);
    }
    if !store::merged_into(tx.conn(), vec![complaint.id]).await?.is_empty() {
        let detail = text!("已有并入本件的，本件不能再并入他件。", "Others went into this one: it stays.");
        return refuse("IS_A_MASTER", detail);
    }
    Ok(())
}
