//! 复查: whether it was put right is looked at again, on a visit that does not count against the enterprise once it is approved.

use super::InspectOfficerBody;
use super::follow_ups::{FollowUp, begin, finish};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks;
use crate::service::visits::visits::{VisitBody, VisitOpeningBody, VisitTerms, create};
use chrono::NaiveDate;
use domain::inspections::follow_ups::FollowUpAction;
use domain::inspections::grounds::ExemptGround;
use domain::oversight::audit::AuditAction;
use entity::inspections::inspections::Model as Inspection;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 复查申请
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "officers": [
        {"personnel_id": "0198f2a0-0000-7000-8000-000000000001", "is_leader": true},
        {"personnel_id": "0198f2a0-0000-7000-8000-000000000002", "is_leader": false}
    ],
    "on_site_reason": "标签整改须现场核对", "window_from": "2026-12-21", "window_to": "2026-12-25"
})))]
pub struct RecheckBody {
    /// 复查人员
    #[schema(min_items = 1, max_items = 20)]
    pub officers: Vec<InspectOfficerBody>,
    /// 复查的抽查事项; those of the inspection where none is named
    #[schema(max_items = 50)]
    #[serde(default)]
    pub item_ids: Vec<Uuid>,
    /// 不能以非现场方式完成的理由
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub on_site_reason: String,
    /// 复查期间, both days within one calendar year
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
}

/// A visit is drafted for it; it is asked for, approved and made as any other.
pub async fn recheck(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RecheckBody) -> Result<Change<FollowUp>> {
    let (mut row, whole) = begin(tx, id, version, FollowUpAction::Recheck).await?;
    let inspection = &whole.inspection;
    let item_ids = if body.item_ids.is_empty() { looked_at(tx, inspection).await? } else { body.item_ids };
    let visit = VisitBody {
        inspection_ids: Vec::new(),
        opening: Some(VisitOpeningBody { object_id: inspection.object_id, item_ids, officers: body.officers }),
        terms: VisitTerms {
            ground: Some(ExemptGround::Recheck),
            purpose: format!("整改复查（检查 {}）", inspection.code),
            on_site_reason: body.on_site_reason,
            surprise: false,
            window_from: body.window_from,
            window_to: body.window_to,
        },
    };

    let made = create(app, tx, visit).await.map_err(|error| error.lifted(&["/terms", "/opening"]))?;
    row.recheck_inspection_id = made.value.parts.inspections.first().map(|opened| opened.id);
    let events = made.into_events();
    Ok(finish(tx, row, inspection, AuditAction::RecheckOpened, None).await?.and_all(events))
}

/// The items of an inspection: those of its task that are its department's.
async fn looked_at(tx: &WriteTx, inspection: &Inspection) -> Result<Vec<Uuid>> {
    let parts = tasks::parts_of(tx.conn(), inspection.task_id).await?;
    let own = parts.items.into_iter().filter(|item| item.department_id == inspection.department_id);
    Ok(own.map(|item| item.spot_check_item_id).collect())
}
