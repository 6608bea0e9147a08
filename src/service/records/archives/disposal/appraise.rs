//! What becomes of files: of each, with a reason.

use super::{DisposalList, complete_one, edited};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::disposal_lists::{self as store, Decided};
use crate::persistence::records::legal_holds::{Held, held};
use chrono::{Months, NaiveDate};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::disposal::{DisposalAction, DisposalDecision};
use domain::records::holds::check_not_held;
use entity::records::disposal_lines::Model as Line;
use entity::records::disposal_lists::{Entity, Model};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 鉴定意见
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"decision": "KEEP", "keep_years": 10, "reason": "涉及食品安全事故，尚有查考价值"})))]
pub struct AppraisalBody {
    /// 条目; none named: all about which nothing is decided
    #[schema(min_items = 1, max_items = 500)]
    #[serde(default)]
    pub line_ids: Option<Vec<Uuid>>,
    pub decision: DisposalDecision,
    /// 延长年数, with KEEP
    #[schema(minimum = 1, maximum = 60)]
    #[serde(default)]
    pub keep_years: Option<u32>,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// Says what becomes of files: of some, or of all about which nothing is decided.
pub async fn appraise(tx: &WriteTx, id: Uuid, version: i32, body: AppraisalBody) -> Result<Change<DisposalList>> {
    let (_, list) = edited(tx, id, version, DisposalAction::Appraise).await?;
    let years = years_of(&body)?;
    let lines = named(tx, &list, body.line_ids.as_deref()).await?;
    if body.decision == DisposalDecision::Destroy {
        check_free(tx, list.department_id, &lines, body.line_ids.as_deref()).await?;
    }

    let today = tx.ctx().today();
    let keep_until = years.map(|years| today.checked_add_months(Months::new(years * 12)).unwrap_or(NaiveDate::MAX));
    let decided = Decided {
        decision: body.decision,
        keep_until,
        reason: body.reason.clone(),
        by: tx.ctx().actor.id,
        at: tx.ctx().now,
    };
    let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    store::decide(tx.conn(), list.id, &ids, &decided).await?;

    // The trail says about which.
    let before = list.before().clone();
    let after = list.write().await?;
    let codes: Vec<_> = lines.iter().map(|line| &line.code).collect();
    let mut said = json!(after);
    said["decided"] = json!({ "decision": body.decision, "keep_until": keep_until, "codes": codes });
    let event = Event::of::<Entity>(AuditAction::Appraised, &after).reason(body.reason).before(&before).after(&said);
    Ok(Change::new(complete_one(tx.conn(), after).await?, event))
}

/// The years of what is kept on; nothing else has them.
fn years_of(body: &AppraisalBody) -> Result<Option<u32>> {
    match (body.decision, body.keep_years) {
        (DisposalDecision::Keep, None) => {
            let detail = text!("延长保管的，请写明年数。", "Say for how many years it is kept on.");
            Err(AppError::invalid_field("/keep_years", "REQUIRED", detail))
        }
        (DisposalDecision::Destroy | DisposalDecision::HandOver, Some(_)) => {
            let detail = text!("只有延长保管才填写年数。", "Only what is kept on has years.");
            Err(AppError::invalid_field("/keep_years", "NOT_ALLOWED", detail))
        }
        (_, years) => Ok(years),
    }
}

async fn named(tx: &WriteTx, list: &Model, ids: Option<&[Uuid]>) -> Result<Vec<Line>> {
    let Some(ids) = ids else {
        let lines = store::undecided(tx.conn(), list.id).await?;
        if lines.is_empty() {
            let detail =
                text!("各件均已有鉴定意见，请写明要改的条目。", "All are decided: name the lines to be changed.");
            return Err(AppError::invalid_field("/line_ids", "REQUIRED", detail));
        }
        return Ok(lines);
    };
    let lines = store::lines_by_ids(tx.conn(), list.id, ids.to_vec()).await?;
    let missing = ids.iter().enumerate().filter(|(_, id)| !lines.iter().any(|line| line.id == **id));
    let errors: Vec<_> = missing
        .map(|(at, _)| {
            let detail = text!("清册中没有该条目。", "The list has no such line.");
            FieldError::new(format!("/line_ids/{at}"), "NO_SUCH_RECORD", detail)
        })
        .collect();

    if errors.is_empty() { Ok(lines) } else { Err(AppError::invalid(errors)) }
}

/// What is held is not said to be destroyed: the answer names the files, where they stand in what was asked.
async fn check_free(tx: &WriteTx, department: Uuid, lines: &[Line], asked: Option<&[Uuid]>) -> Result<()> {
    let about: Vec<_> = lines
        .iter()
        .map(|line| Held { record_id: line.record_id, object_id: line.object_id, department_id: department })
        .collect();
    let covered = held(tx.conn(), &about).await?;
    let Err(refusal) = check_not_held(!covered.is_empty()) else { return Ok(()) };

    let place = |line: &Line| match asked.and_then(|ids| ids.iter().position(|id| *id == line.id)) {
        Some(at) => format!("/line_ids/{at}"),
        None => "/line_ids".to_owned(),
    };
    let errors = lines.iter().filter(|line| covered.contains(&line.record_id)).map(|line| {
        let code = &line.code;
        let detail = text!("{code} 已被保全，不能鉴定为销毁。", "{code} is held: it cannot be destroyed.");
        FieldError::new(place(line), "HELD", detail)
    });
    Err(AppError::from(refusal).with_errors(errors.collect()))
}
