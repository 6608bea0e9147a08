//! What a complaint that comes in must be: everything that is wrong is said at once.

use super::bodies::{ComplaintBody, ReporterBody};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::items::items;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Reach;
use domain::complaints::{ComplaintChannel, ComplaintKind, HotlineTicket};
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::codes::uscc::Uscc;
use domain::kernel::text::{Text, text};
use entity::register::objects::Model as Object;
use uuid::Uuid;

/// 2000-01-01 in UTC: nothing was received before.
const EARLIEST: i64 = 946_684_800;

/// What was found out while checking.
pub(super) struct Checked {
    pub object: Option<Object>,
    pub id_number: Option<CitizenId>,
}

/// All that is wrong is said at once.
pub(super) async fn check(tx: &WriteTx, body: &ComplaintBody) -> Result<Checked> {
    let ctx = tx.ctx();
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, code, detail: Text| errors.push(FieldError::new(pointer, code, detail));

    let object = find_object(tx, body.object_id, body.uscc.as_deref()).await?;
    if body.object_id.is_some() && object.is_none() {
        wrong("/object_id", "NO_SUCH_RECORD", text!("监管对象不存在。", "There is no such object."));
    }
    if body.uscc.as_ref().is_some_and(|code| Uscc::parse(code).is_err()) {
        wrong("/uscc", "USCC_INVALID", text!("统一社会信用代码校验不通过。", "This is not a valid USCC."));
    }
    let unnamed = object.is_none() && body.object_id.is_none() && body.object_name.is_none();
    if unnamed && body.kind != ComplaintKind::Enquiry {
        let detail = text!("登记库中没有该主体，应填写名称。", "The register has no such object: name it.");
        wrong("/object_name", "MISSING", detail);
    }
    if let Some(id) = body.item_id
        && items::by_ids(tx.conn(), vec![id]).await?.is_empty()
    {
        wrong("/item_id", "NO_SUCH_RECORD", text!("监管事项不存在。", "There is no such item."));
    }
    if let Some(id) = body.department_id {
        if departments::existing(tx.conn(), &[id]).await?.is_empty() {
            wrong("/department_id", "NO_SUCH_RECORD", text!("部门不存在。", "There is no such department."));
        } else if ctx.reach == Reach::Department
            && let Err(error) = ctx.check_own(id, "/department_id")
        {
            error.errors.into_iter().for_each(|error| wrong("/department_id", error.code, error.detail));
        }
    }

    check_ticket(body, &mut wrong);
    check_days(body, (ctx.now, ctx.today()), &mut wrong);
    let id_number = check_reporter(body.is_anonymous, body.reporter.as_ref(), &mut wrong);
    if errors.is_empty() { Ok(Checked { object, id_number }) } else { Err(AppError::invalid(errors)) }
}

/// Whom it is about, where the register has them.
pub(super) async fn find_object(tx: &WriteTx, id: Option<Uuid>, uscc: Option<&str>) -> Result<Option<Object>> {
    match (id, uscc) {
        (Some(id), _) => Ok(objects::by_ids(tx.conn(), vec![id]).await?.remove(&id)),
        (None, Some(code)) => Ok(objects::by_uscc(tx.conn(), vec![code.to_owned()]).await?.remove(code)),
        (None, None) => Ok(None),
    }
}

/// The hotline says what its ticket is, and nobody else has one.
fn check_ticket(body: &ComplaintBody, wrong: &mut impl FnMut(&str, &'static str, Text)) {
    let by_hotline = body.channel == ComplaintChannel::Hotline;
    let fits = match body.ticket {
        Some(HotlineTicket::Enquiry | HotlineTicket::Help) => body.kind == ComplaintKind::Enquiry,
        Some(HotlineTicket::Complaint) => body.kind != ComplaintKind::Enquiry,
        None => true,
    };

    if by_hotline && body.ticket.is_none() {
        wrong("/ticket", "MISSING", text!("12345 热线工单应注明工单类别。", "A ticket of the hotline says its kind."));
    }
    if !by_hotline && body.ticket.is_some() {
        let detail = text!("只有 12345 热线工单有工单类别。", "Only the hotline has tickets.");
        wrong("/ticket", "NOT_ALLOWED", detail);
    }
    if !fits {
        let detail = text!("工单类别与投诉举报类别不符。", "This ticket is not of that kind.");
        wrong("/ticket", "MISMATCH", detail);
    }
}

fn check_days(
    body: &ComplaintBody,
    (now, today): (DateTime<Utc>, NaiveDate),
    wrong: &mut impl FnMut(&str, &'static str, Text),
) {
    if body.received_at.is_some_and(|at| at > now || at.timestamp() < EARLIEST) {
        let detail = text!("收到时间应在 2000 年至现在之间。", "It was received between the year 2000 and now.");
        wrong("/received_at", "OUT_OF_RANGE", detail);
    }
    if body.incident_on.is_some_and(|on| on > today) {
        wrong("/incident_on", "OUT_OF_RANGE", text!("事发日期不能晚于今天。", "It has not happened yet."));
    }
}

/// Whoever gives a name can be told; whoever does not leaves nothing of themselves.
fn check_reporter(
    is_anonymous: bool,
    reporter: Option<&ReporterBody>,
    wrong: &mut impl FnMut(&str, &'static str, Text),
) -> Option<CitizenId> {
    let named = reporter.is_some_and(|reporter| reporter.name.is_some() || reporter.phone.is_some());
    if is_anonymous && reporter.is_some() {
        let detail = text!("匿名的不登记反映人。", "Of whoever is anonymous nothing is kept.");
        wrong("/reporter", "NOT_ALLOWED", detail);
    }
    if !is_anonymous && !named {
        let detail = text!("实名的应登记反映人的姓名或电话。", "Give the name or the telephone of whoever complained.");
        wrong("/reporter", "MISSING", detail);
    }

    let number = reporter.and_then(|reporter| reporter.id_number.as_deref())?;
    let parsed = CitizenId::parse(number).ok();
    if parsed.is_none() {
        wrong("/reporter/id_number", "CITIZEN_ID", text!("身份证号码有误。", "The ID number is not right."));
    }
    parsed
}
