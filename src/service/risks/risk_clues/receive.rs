//! Receiving a clue: from an upper level's platform, from people, from those who complained.

use super::bodies::ClueBody;
use super::{Clue, changed, end_of_today, put_clocks};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_clues as store;
use crate::service::oversight::worklist;
use crate::service::register::named;
use crate::service::register::named::{EARLIEST, Named};
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use domain::access::{Reach, Role};
use domain::kernel::clocks::Flag;
use domain::kernel::refusal::Code;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::{ClueSource, ClueStatus, RiskLevel};
use domain::risks::risk_models::FactKind;
use entity::register::objects::Model as Object;
use entity::risks::risk_clues::{Column, Entity, Model};
use uuid::Uuid;

/// `XS`, the county, the day and a serial: so many of them, one after another.
pub(super) async fn codes(app: &App, tx: &WriteTx, count: usize) -> Result<Vec<String>> {
    let series = format!("XS{}{}", app.settings.county.code, tx.ctx().today().format("%Y%m%d"));
    let count = u32::try_from(count).map_err(AppError::internal)?;
    serials::next_many::<Entity>(tx, Column::Code, &series, 6, count).await
}

/// A clue that has just come.
pub(super) fn blank(app: &App, tx: &WriteTx, code: String) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        code,
        name: String::new(),
        domain: String::new(),
        level: RiskLevel::Blue,
        source: ClueSource::Manual,
        source_no: None,
        sender_id: Uuid::nil(),
        model_id: None,
        model_number: None,
        object_id: None,
        object_name: String::new(),
        uscc: None,
        item_id: None,
        region_code: app.settings.county.code.clone(),
        township_code: None,
        content: String::new(),
        trace: None,
        issued_at: now,
        dispatched_at: None,
        transfer_reason: None,
        department_id: None,
        status: ClueStatus::Received,
        signed_by: None,
        signed_at: None,
        assigned_to: None,
        assigned_at: None,
        accepted_at: None,
        verdict: None,
        verification: None,
        verified_by: None,
        verified_at: None,
        disposed_by: None,
        disposed_at: None,
        feedback: None,
        fed_back_by: None,
        fed_back_at: None,
        signed_late: false,
        fed_back_late: false,
        opinion: None,
        reviewed_by: None,
        reviewed_at: None,
        closed_by: None,
        closed_at: None,
        return_reason: None,
        return_evidence: Stored::default(),
        return_requested_by: None,
        master_id: None,
        rework_count: 0,
        rework_reason: None,
        clock_from: now,
        clock_stops: Stored::default(),
        extension: 0,
        extension_reason: None,
        sign_due_at: now,
        assign_due_at: None,
        feed_back_due_at: None,
        flag: Flag::Green,
        next_flag_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

pub async fn create(app: &App, tx: &WriteTx, body: ClueBody) -> Result<Change<Clue>> {
    let object = check(tx, &body).await?;
    let code = codes(app, tx, 1).await?.remove(0);
    let mut clue = blank(app, tx, code);

    if let Some(object) = &object {
        clue.object_id = Some(object.id);
        clue.object_name.clone_from(&object.name);
        clue.uscc.clone_from(&object.uscc);
        clue.region_code.clone_from(&object.region_code);
        clue.township_code.clone_from(&object.township_code);
    } else {
        clue.object_name = body.object_name.unwrap_or_default();
        clue.uscc = body.uscc;
        if let Some(region) = body.region_code {
            clue.region_code = region;
        }
        clue.township_code = body.township_code;
    }

    clue.name = body.name;
    clue.domain = body.domain;
    clue.level = body.level;
    clue.source = body.source;
    clue.source_no = body.source_no;
    if tx.ctx().actor.role == Role::Partner {
        clue.sender_id = tx.ctx().actor.id;
    }
    clue.item_id = body.item_id;
    clue.content = body.content;
    clue.issued_at = body.issued_at.unwrap_or(tx.ctx().now);
    clue.department_id = body.department_id;
    put_clocks(app, &mut clue, tx.ctx().now)?;
    if store::is_known(tx.conn(), &clue).await? {
        let detail = text!("该来源编号的线索已收到。", "A clue of this number has been received from this sender.");
        return Err(AppError::new(Code::Duplicate, detail));
    }
    // A code taken by another meanwhile is counted anew; so is a number that came twice at once, and then it is known.
    let saved = insert(tx, clue).await.map_err(AppError::again)?;
    worklist::clue(app, tx, &saved).await?;
    if let (Some(object), ClueSource::Complaint) = (&object, body.source) {
        risk_facts::add(tx, vec![New::of(object.id, tx.ctx().today(), FactKind::Complaint, saved.id)]).await?;
    }
    let event = Event::new(AuditAction::Created, "risk-clues", saved.id);

    changed(tx, saved, event).await
}

/// Everything a new clue refers to; all that is wrong is said at once.
async fn check(tx: &WriteTx, body: &ClueBody) -> Result<Option<Object>> {
    let ctx = tx.ctx();
    let named = Named {
        object_id: body.object_id,
        uscc: body.uscc.as_deref(),
        object_name: body.object_name.as_deref(),
        is_about_somebody: true,
        item_id: body.item_id,
        department_id: body.department_id,
    };
    let (object, mut errors) = named::check(tx, &named).await?;
    let mut wrong = |pointer: &str, code, detail| errors.push(FieldError::new(pointer, code, detail));
    let allowed = match ctx.actor.role {
        Role::Partner => body.source.is_upper() || body.source == ClueSource::Complaint,
        Role::Coordinator => body.source != ClueSource::Model,
        Role::PlatformAdmin
        | Role::PlatformBusiness
        | Role::SecurityAdmin
        | Role::SpotCheckLead
        | Role::JusticeSupervisor
        | Role::DepartmentAdmin
        | Role::Reviewer
        | Role::BodyHead
        | Role::Officer
        | Role::Township
        | Role::Auditor => matches!(body.source, ClueSource::Manual | ClueSource::Complaint),
    };

    if !allowed {
        wrong(
            "/source",
            "SOURCE_NOT_YOURS",
            text!("您不能报送该来源的线索。", "You cannot send clues of this source."),
        );
    }

    if body.source.is_upper() && body.source_no.is_none() {
        wrong(
            "/source_no",
            "MISSING",
            text!("上级下发的线索应有来源编号。", "A clue from above has its sender's number."),
        );
    }

    if body.issued_at.is_some_and(|at| at >= end_of_today(ctx) || at.timestamp() < EARLIEST) {
        let detail = text!("下发时间应在 2000 年至今天之间。", "It was issued between the year 2000 and today.");
        wrong("/issued_at", "OUT_OF_RANGE", detail);
    }
    if ctx.reach == Reach::Region {
        let place = object.as_ref().map_or(body.township_code.as_deref(), |object| object.township_code.as_deref());
        if !place.is_some_and(|place| ctx.actor.covers_region(place)) {
            wrong(
                "/township_code",
                "OUT_OF_REGION",
                text!("线索应在本乡镇内。", "The clue must be about your own township."),
            );
        }
    }

    if errors.is_empty() { Ok(object) } else { Err(AppError::invalid(errors)) }
}
