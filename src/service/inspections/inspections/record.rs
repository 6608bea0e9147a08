//! Recording a result: one overall, one a check point, one row a result code.

use super::checks::{CheckBody, answered, answers};
use super::{Inspection, decision_facts, shown};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::input::rule;
use crate::persistence::inspections::inspections;
use crate::persistence::inspections::inspections::Parts;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::used_versions;
use crate::service::visits::visits;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, is_contradictory, out_of_date};
use domain::kernel::clocks::Term;
use domain::kernel::text::{listed, text};
use domain::oversight::audit::AuditAction;
use entity::inspections::inspection_points;
use entity::inspections::inspections::{Entity, Model};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 检查结果
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_unique))]
#[schema(examples(json!({
    "inspected_on": "2026-11-24", "verify_ways": ["1"], "result_codes": ["1"],
    "points": [{
        "spot_check_item_id": "01930000-0000-7000-8000-000000000003",
        "checks": [{"number": 1, "result": "1", "fact": "证照齐全、有效", "evidence": ["照片-001"]}]
    }],
    "summary": "经营场所与登记一致，未发现问题。"
})))]
pub struct ResultBody {
    /// 检查日期: not before the start, not after today.
    pub inspected_on: NaiveDate,
    /// 核查方式 (dictionary verify-way)
    #[schema(min_items = 1, max_items = 6, pattern = "^[1-6]$")]
    pub verify_ways: Vec<String>,
    /// 检查结果代码 (dictionary spot-result), one row a code
    #[schema(min_items = 1, max_items = 18, pattern = "^([1-9]|1[0-2]|[A-F])$")]
    pub result_codes: Vec<String>,
    /// 检查项结果, one an item of the task
    #[schema(min_items = 1, max_items = 50)]
    pub points: Vec<PointBody>,
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub summary: Option<String>,
    /// 连续未发现问题的说明: needed where one of the officers has found nothing at this object twice in a row this year.
    #[schema(min_length = 2, max_length = 2000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub repeat_explanation: Option<String>,
    /// 采集证据份数: numbers up to it that are not registered, or have not arrived, are shown to the reviewer.
    #[schema(minimum = 0, maximum = 1_000)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_count: Option<i32>,
}

/// 检查项结果
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PointBody {
    pub spot_check_item_id: Uuid,
    /// 检查要点结果: one answer a check point of the list in force; the item's result follows from them.
    #[schema(max_items = 200)]
    #[serde(default)]
    pub checks: Vec<CheckBody>,
    /// 所读检查要点的清单版本: where it is given it must be the one in force on the day.
    #[serde(default)]
    pub list_version: Option<i32>,
    /// 1 合格, 2 不合格, 3 未检查, 4 合理缺项 (dictionary item-result): what follows from `checks`, where it is given.
    #[schema(pattern = "^[1-4]$")]
    #[serde(default)]
    pub result: Option<String>,
    /// 发现问题情况
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub problem: Option<String>,
    /// 处置情况
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub handling: Option<String>,
}

fn check_unique(body: &ResultBody) -> std::result::Result<(), ValidationError> {
    let points: BTreeSet<_> = body.points.iter().map(|point| point.spot_check_item_id).collect();
    if points.len() != body.points.len() {
        return Err(rule("/points", "同一检查项只能填一次。", "An item has one result only."));
    }
    let codes: BTreeSet<_> = body.result_codes.iter().collect();
    if codes.len() != body.result_codes.len() {
        return Err(rule("/result_codes", "结果代码重复。", "A result code is named twice."));
    }
    Ok(())
}

pub async fn record_result(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: ResultBody,
) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;
    let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;

    inspection.status = decision_facts(&inspection, &parts).decide(&tx.ctx().actor, InspectionAction::RecordResult)?;
    let visit = visits::of_inspection(tx, &inspection).await?;
    let entered = visit.as_ref().and_then(|visit| visit.entered_on);
    check_day(tx, &inspection, entered, body.inspected_on)?;
    visits::check_on_site(app, &inspection, visit.as_ref(), &body.verify_ways, body.inspected_on)?;
    check_points(&body, &items)?;
    check_codes(&body, &parts.results)?;
    let spots = spot_check_items::by_ids(tx.conn(), items).await?;
    let used = used_versions(tx.conn(), &spots, body.inspected_on).await?;
    let used: BTreeMap<_, _> = used.into_iter().map(|(item, (_, used))| (item, used)).collect();
    let results = answers(&body, &used, &parts)?;
    let points: Vec<_> = results.iter().map(String::as_str).collect();
    if is_contradictory(&body.result_codes, &points) {
        let detail = text!(
            "“未发现违法行为”（1）不能与发现问题的结果代码或不合格的检查项并存，且至少一个检查项为合格。",
            "Result 1 (no violation) goes with no other finding and no failed point, and at least one point must have passed."
        );
        return Err(AppError::invalid_field("/result_codes", "CONTRADICTORY", detail));
    }
    let rules = &app.settings.rules;
    let due = Term::working_days(rules.publication_working_days).due_on(&app.calendar, body.inspected_on);

    super::go_on(&mut inspection);
    inspection.inspected_on = Some(body.inspected_on);
    inspection.verify_ways = body.verify_ways.clone().into();
    inspection.summary.clone_from(&body.summary);
    inspection.repeat_explanation.clone_from(&body.repeat_explanation);
    // Who records again without counting again has counted before.
    inspection.evidence_count = body.evidence_count.or(inspection.evidence_count);
    inspection.entered_by = Some(tx.ctx().actor.id);
    // Recording again does not put the publication off.
    inspection.publish_due_on = Some(inspection.publish_due_on.map_or(due, |first| first.min(due)));
    inspection.opinion = None;
    let change = inspection.save(AuditAction::Recorded, None).await?;

    let points = body.points.iter().zip(&results).map(|(point, result)| {
        let versions = used.get(&point.spot_check_item_id).cloned().unwrap_or_default();
        inspection_points::Model {
            inspection_id: id,
            spot_check_item_id: point.spot_check_item_id,
            item_version: versions.item_version,
            list_version: versions.list_version,
            result: result.clone(),
            problem: point.problem.clone(),
            handling: point.handling.clone(),
        }
    });
    let points: Vec<_> = points.collect();
    let checks = answered(id, &body, &used);
    inspections::replace_results(tx.conn(), id, &body.result_codes, points.clone(), checks.clone()).await?;
    let results = Event::new(AuditAction::Recorded, "inspection-results", id)
        .department(change.value.department_id)
        .after(&serde_json::json!({ "result_codes": body.result_codes, "points": points, "checks": checks }));
    Ok(shown(tx, change).await?.and(results))
}

/// Not before the inspection was started, or its officers were there: what they saw may be entered later.
fn check_day(tx: &WriteTx, inspection: &Model, entered: Option<NaiveDate>, on: NaiveDate) -> Result<()> {
    let started = inspection.started_at.map(domain::kernel::clocks::calendar::local_date);
    let started = started.map(|day| entered.map_or(day, |entered| entered.min(day)));
    let today = tx.ctx().today();
    if on > today || started.is_some_and(|started| on < started) {
        let from = started.map(|day| day.to_string()).unwrap_or_default();
        let detail = text!(
            "检查日期应在开始检查之日（{from}）与今天（{today}）之间。",
            "The day must lie between the start ({from}) and today ({today})."
        );
        return Err(AppError::invalid_field("/inspected_on", "OUT_OF_RANGE", detail));
    }
    Ok(())
}

fn check_points(body: &ResultBody, items: &[Uuid]) -> Result<()> {
    let mut errors = Vec::new();
    for (at, point) in body.points.iter().enumerate() {
        if !items.contains(&point.spot_check_item_id) {
            let detail =
                text!("该事项不在本任务本部门的检查事项中。", "The item is not one of this task and department.");
            errors.push(FieldError::new(format!("/points/{at}/spot_check_item_id"), "NOT_OF_TASK", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

/// Codes that a result has already may stay when it is corrected.
fn check_codes(body: &ResultBody, known: &[String]) -> Result<()> {
    let mut old = out_of_date(&body.result_codes, body.inspected_on);
    old.retain(|code| !known.iter().any(|known| known == code));
    if old.is_empty() {
        return Ok(());
    }

    let codes = listed(old);
    let detail = text!(
        "结果代码 {zh} 已停用（机构改革前的工商、食药、质监），请改用现行代码。",
        "Result code(s) {en} are of departments that are no more; use those in force.",
        zh = codes.zh,
        en = codes.en
    );
    Err(AppError::invalid_field("/result_codes", "OUT_OF_DATE", detail))
}

/// Whether the result that stands says what a body says, whoever recorded it and in whatever order.
pub fn stands(body: &ResultBody, inspection: &Model, parts: &Parts) -> bool {
    let codes: BTreeSet<_> = body.result_codes.iter().collect();
    let ways: BTreeSet<_> = body.verify_ways.iter().collect();
    let point = |point: &PointBody| {
        let kept = parts.points.iter().find(|kept| kept.spot_check_item_id == point.spot_check_item_id);
        let checks = parts.checks.iter().filter(|kept| kept.spot_check_item_id == point.spot_check_item_id);
        let kept_checks: BTreeSet<_> =
            checks.map(|kept| (kept.number, &kept.result, &kept.fact, &kept.evidence.0)).collect();
        let said: BTreeSet<_> =
            point.checks.iter().map(|check| (check.number, &check.result, &check.fact, &check.evidence)).collect();
        let alike = |kept: &inspection_points::Model| {
            (&kept.problem, &kept.handling) == (&point.problem, &point.handling)
                && point.result.as_ref().is_none_or(|result| *result == kept.result)
        };
        kept.is_some_and(alike) && said == kept_checks
    };

    inspection.inspected_on == Some(body.inspected_on)
        && inspection.verify_ways.iter().collect::<BTreeSet<_>>() == ways
        && parts.results.iter().collect::<BTreeSet<_>>() == codes
        && body.evidence_count.is_none_or(|count| inspection.evidence_count == Some(count))
        && (&inspection.summary, &inspection.repeat_explanation) == (&body.summary, &body.repeat_explanation)
        && body.points.len() == parts.points.len()
        && body.points.iter().all(point)
}
