//! Carrying a record out: the same use cases as with a network, at the time at which it happened.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::offline as store;
use crate::persistence::visits::visits as visit_store;
use crate::service::inspections::inspections;
use crate::service::visits::offline::OfflineRecordBody;
use crate::service::visits::visits;
use crate::service::visits::visits::{EnterBody, LeaveBody, ON_SITE};
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::text::text;
use domain::visits::EntryMode;
use domain::visits::offline::{OfflineAction, Standing, Verdict, judge_entry, judge_leave, judge_result};
use entity::inspections::inspections as inspection_entity;
use entity::visits::offline_records::Model;
use entity::visits::visits as visit_entity;
use validator::Validate;

/// Why an entry is told later, where the officer says nothing else.
const NO_NETWORK: &str = "现场无网络，离线记录回传。";

/// What was done for a record: its lines of the trail, and the version that the visit or inspection has now.
pub(super) struct Done {
    pub events: Vec<Event>,
    pub version: i32,
}

pub(super) fn body_of(record: &Model) -> Result<OfflineRecordBody> {
    serde_json::from_value(record.body.clone()).map_err(|_| AppError::corrupt("the body of an offline record"))
}

/// What becomes of a record, by what it finds, and the version of the inspection that it found.
pub(super) async fn judge(app: &App, tx: &WriteTx, record: &Model) -> Result<(Verdict, Option<i32>)> {
    if record.action != OfflineAction::RecordResult {
        let visit = find::<visit_entity::Entity>(tx.conn(), tx.ctx(), record.subject_id).await?;
        let entering = record.action == OfflineAction::Enter;
        let known = if entering { visit.entered_at } else { visit.left_at };
        let same_day = known.is_some_and(|known| local_date(known) == local_date(record.happened_at));
        let verdict = if entering { judge_entry(visit.status, same_day) } else { judge_leave(visit.status, same_day) };
        return Ok((verdict, None));
    }

    // Two phones that send at once come one after the other, and the second finds what the first said.
    lock_row::<inspection_entity::Entity>(tx.conn(), record.subject_id).await?;
    let inspection = inspection_store::get(tx.conn(), tx.ctx(), record.subject_id).await?;
    let parts = inspection_store::parts_of(tx.conn(), inspection.id).await?;
    let body = body_of(record)?.result.ok_or_else(|| AppError::corrupt("an offline result without one"))?;
    let on_site = app.settings.rules.visits_required && body.verify_ways.iter().any(|way| way == ON_SITE);
    let visit = match inspection.visit_id.filter(|_| on_site) {
        Some(visit) => visit_store::by_id(tx.conn(), visit).await?.map(|visit| visit.status),
        None => None,
    };

    let unchanged = |last: &Model| {
        let mine = last.user_id == record.user_id && inspection.entered_by == Some(record.user_id);
        mine && (last.subject_version == Some(inspection.version) || inspection.status == InspectionStatus::Returned)
    };
    let last = store::last_applied(tx.conn(), inspection.id).await?.filter(unchanged);
    let standing = Standing {
        status: inspection.status,
        same: inspections::stands(&body, &inspection, &parts),
        own: last.map(|last| (last.happened_at, last.device_at)),
    };
    let written = (record.happened_at, record.device_at);
    Ok((judge_result(visit, standing, written), Some(inspection.version)))
}

/// Enters, leaves, or starts and records a result.
pub(super) async fn carry_out(app: &App, tx: &WriteTx, record: &Model) -> Result<Done> {
    let body = body_of(record)?;

    match record.action {
        OfflineAction::Enter => {
            let visit = find::<visit_entity::Entity>(tx.conn(), tx.ctx(), record.subject_id).await?;
            let entry = EnterBody {
                entered_at: Some(record.happened_at),
                make_up_reason: Some(body.reason.unwrap_or_else(|| NO_NETWORK.to_owned())),
                in_time: true,
            };
            let done = visits::enter(app, tx, visit.id, visit.version, entry).await?;
            Ok(Done { version: done.value.visit.version, events: done.into_events() })
        }
        OfflineAction::Leave => {
            let visit = find::<visit_entity::Entity>(tx.conn(), tx.ctx(), record.subject_id).await?;
            let reason = body.reason.unwrap_or_else(|| NO_NETWORK.to_owned());
            let unscanned = visit.entry_mode != Some(EntryMode::Scan);
            let leave = LeaveBody {
                left_at: Some(record.happened_at),
                make_up_reason: Some(reason.clone()),
                in_time: true,
                no_scan_reason: unscanned.then_some(reason),
            };
            let done = visits::leave(app, tx, visit.id, visit.version, leave).await?;
            Ok(Done { version: done.value.visit.version, events: done.into_events() })
        }
        OfflineAction::RecordResult => record_result(app, tx, record, body).await,
    }
}

async fn record_result(app: &App, tx: &WriteTx, record: &Model, body: OfflineRecordBody) -> Result<Done> {
    let result = body.result.ok_or_else(|| AppError::corrupt("an offline result without one"))?;
    if result.validate().is_err() {
        let detail = text!(
            "同一检查项只能填一次，结果代码不能重复。",
            "An item has one result only, and a result code is named once."
        );
        return Err(AppError::invalid_field("/result", "NOT_UNIQUE", detail));
    }
    let inspection = inspection_store::get(tx.conn(), tx.ctx(), record.subject_id).await?;
    let (mut version, mut events) = (inspection.version, Vec::new());
    if inspection.status == InspectionStatus::Pending {
        // Whoever has a result has begun.
        let begun = inspections::start(app, tx, inspection.id, version, record.happened_at).await?;
        version = begun.value.inspection.version;
        events = begun.into_events();
    }

    let done = inspections::record_result(app, tx, inspection.id, version, result).await?;
    version = done.value.inspection.version;
    events.extend(done.into_events());
    Ok(Done { events, version })
}
