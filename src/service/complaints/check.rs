//! What a complaint that comes in must be: everything that is wrong is said at once.

use super::bodies::{ComplaintBody, ReporterBody};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::service::register::named;
use crate::service::register::named::{EARLIEST, Named};
use chrono::{DateTime, NaiveDate, Utc};
use domain::complaints::{ComplaintChannel, ComplaintKind, HotlineTicket};
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::text::{Text, text};
use entity::register::objects::Model as Object;

/// What was found out while checking.
pub(super) struct Checked {
    pub object: Option<Object>,
    pub id_number: Option<CitizenId>,
}

/// All that is wrong is said at once.
pub(super) async fn check(tx: &WriteTx, body: &ComplaintBody) -> Result<Checked> {
    let ctx = tx.ctx();
    let named = Named {
        object_id: body.object_id,
        uscc: body.uscc.as_deref(),
        object_name: body.object_name.as_deref(),
        is_about_somebody: body.kind != ComplaintKind::Enquiry,
        item_id: body.item_id,
        department_id: body.department_id,
    };
    let (object, mut errors) = named::check(tx, &named).await?;
    let mut wrong = |pointer: &str, code, detail: Text| errors.push(FieldError::new(pointer, code, detail));

    check_ticket(body, &mut wrong);
    check_days(body, (ctx.now, ctx.today()), &mut wrong);
    let id_number = check_reporter(body.is_anonymous, body.reporter.as_ref(), &mut wrong);
    if errors.is_empty() { Ok(Checked { object, id_number }) } else { Err(AppError::invalid(errors)) }
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
