//! Asking for a visit begins with a draft: which inspections, when, and why somebody has to go there.

use super::blank::{drafted, next_code};
use super::{Visit, complete_one, decide, record, save};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::input::rule;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::persistence::spot_checks::tasks;
use crate::persistence::visits::visits as store;
use crate::service::inspections::{InspectOfficerBody, Opening, open};
use chrono::{Datelike, NaiveDate};
use domain::access::Reach;
use domain::inspections::grounds::ExemptGround;
use domain::inspections::inspections::{InspectionStatus, is_closed};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::{TaskSource, is_drawn};
use domain::visits::{LONGEST_WINDOW, VisitAction, VisitKind, kind_of};
use entity::inspections::inspections::Model as Inspection;
use entity::visits::visit_parts;
use entity::visits::visits::Entity;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 入企检查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_source))]
#[schema(examples(json!({
    "inspection_ids": ["01930000-0000-7000-8000-000000000005"],
    "terms": {
        "purpose": "年度双随机抽查", "on_site_reason": "须现场查看后厨和留样",
        "window_from": "2026-12-21", "window_to": "2026-12-25"
    }
})))]
pub struct VisitBody {
    /// 检查: inspections of one object and one department that are still to be made
    #[schema(max_items = 20)]
    #[serde(default)]
    pub inspection_ids: Vec<Uuid>,
    /// 日常检查: an inspection to open where there is none yet
    #[serde(default)]
    pub opening: Option<VisitOpeningBody>,
    pub terms: VisitTerms,
}

/// 新开的检查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VisitOpeningBody {
    /// 监管对象
    pub object_id: Uuid,
    /// 抽查事项, published
    #[schema(min_items = 1, max_items = 50)]
    pub item_ids: Vec<Uuid>,
    /// 检查人员: two at least of the department, one of them leads.
    #[schema(min_items = 2, max_items = 10)]
    pub officers: Vec<InspectOfficerBody>,
}

/// 入企检查的安排
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "purpose": "食品经营日常检查", "on_site_reason": "须现场查看后厨和留样",
    "window_from": "2026-12-21", "window_to": "2026-12-25"
})))]
pub struct VisitTerms {
    /// 不计入年度上限的情形: makes it a 个案检查; what was drawn has none.
    #[serde(default)]
    pub ground: Option<ExemptGround>,
    /// 检查目的和任务来源
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub purpose: String,
    /// 不能以非现场方式（书面、网络监测、数据比对）完成的理由
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub on_site_reason: String,
    /// 突击检查: no notice is served before.
    #[serde(default)]
    pub surprise: bool,
    /// 检查期间, both days within one calendar year
    pub window_from: NaiveDate,
    pub window_to: NaiveDate,
}

fn check_source(body: &VisitBody) -> std::result::Result<(), ValidationError> {
    if body.inspection_ids.is_empty() == body.opening.is_none() {
        return Err(rule(
            "/inspection_ids",
            "请指明待实施的检查（inspection_ids），或新开一次检查（opening），二者填一项。",
            "Name inspections (inspection_ids) or open one (opening), not both.",
        ));
    }
    Ok(())
}

/// The window is to come, of one year, and not longer than the rule allows.
fn check_terms(app: &App, tx: &WriteTx, pointer: &str, terms: &VisitTerms) -> Result<()> {
    let longest = app.settings.rules.visit_window_days.min(LONGEST_WINDOW);
    let (from, to) = (terms.window_from, terms.window_to);
    let mut errors = Vec::new();
    let mut error =
        |field: &str, code, detail| errors.push(FieldError::new(format!("{pointer}/{field}"), code, detail));

    if from < tx.ctx().today() {
        error("window_from", "OUT_OF_RANGE", text!("检查期间不能早于今天。", "The window lies in the past."));
    }
    if to < from {
        let detail = text!("检查期间的止日不能早于起日。", "The window ends before it begins.");
        error("window_to", "OUT_OF_RANGE", detail);
    } else if to.year() != from.year() {
        let detail = text!("检查期间不能跨年度。", "The window lies within one calendar year.");
        error("window_to", "OUT_OF_RANGE", detail);
    } else if (to - from).num_days() >= i64::from(longest) {
        let detail = text!("检查期间最长 {longest} 天。", "The window lasts {longest} day(s) at most.");
        error("window_to", "OUT_OF_RANGE", detail);
    }

    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

pub async fn create(app: &App, tx: &WriteTx, body: VisitBody) -> Result<Change<Visit>> {
    let ctx = tx.ctx();
    check_terms(app, tx, "/terms", &body.terms)?;
    let (inspections, opened) = match body.opening {
        Some(opening) => open_one(app, tx, opening).await?,
        None => (named(tx, &body.inspection_ids).await?, Vec::new()),
    };
    let first = inspections.first().ok_or_else(|| AppError::internal("a visit without inspections"))?;
    let kind = kind(tx, &inspections, "/terms", body.terms.ground.is_some()).await?;

    let code = next_code(app, tx).await?;
    let visit = insert(tx, drafted(ctx, code, (first.object_id, first.department_id), &body.terms)).await?;
    let part = visit_parts::Model {
        visit_id: visit.id,
        department_id: visit.lead_department_id,
        kind,
        ground: body.terms.ground,
        counts: false,
        requested_by: ctx.actor.id,
        approved_by: None,
        approved_at: None,
        refused: false,
        opinion: None,
        exempted_ids: Vec::new().into(),
    };
    store::put_part(tx.conn(), part).await?;
    store::attach(tx, visit.id, inspections.iter().map(|inspection| inspection.id).collect()).await?;

    let done = complete_one(tx.conn(), visit).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &done.visit).after(&record(&done.visit, &done.parts));
    Ok(Change::new(done, event).and_all(opened))
}

/// What the visit is: it follows from its inspections, so that nobody chooses the rows that bind.
async fn kind(tx: &WriteTx, inspections: &[Inspection], pointer: &str, exempt: bool) -> Result<VisitKind> {
    let mut found = None;
    for inspection in inspections {
        let task = tasks::by_id(tx.conn(), inspection.task_id).await?;
        if exempt && is_drawn(task.source) {
            let detail =
                text!("抽取的检查计入年度上限，不得注明法定情形。", "What was drawn counts; it has no ground.");
            return Err(AppError::invalid_field(&format!("{pointer}/ground"), "NOT_ALLOWED", detail));
        }
        let kind = kind_of(task.source, task.kind, exempt);
        if found.is_some_and(|other| other != kind) {
            let detail = text!("一次申请只含同一类别的检查。", "One request is of one kind of inspections.");
            return Err(AppError::invalid_field("/inspection_ids", "DIFFERS", detail));
        }
        found = Some(kind);
    }

    found.ok_or_else(|| AppError::internal("a visit without inspections"))
}

/// A daily check of one's own department; an officer goes along.
async fn open_one(app: &App, tx: &WriteTx, opening: VisitOpeningBody) -> Result<(Vec<Inspection>, Vec<Event>)> {
    let actor = &tx.ctx().actor;
    let goes = |officer: Uuid| opening.officers.iter().any(|member| member.personnel_id == officer);
    if tx.ctx().reach == Reach::Assigned && !actor.personnel_id.is_some_and(goes) {
        let detail = text!("执法人员只能申请自己参加的检查。", "An officer asks for visits of their own.");
        return Err(AppError::invalid_field("/opening/officers", "NOT_OWN", detail));
    }
    if !objects::existing(tx.conn(), vec![opening.object_id]).await?.contains(&opening.object_id) {
        return Err(AppError::no_such("/opening/object_id"));
    }

    let opening = Opening {
        source: TaskSource::Visit,
        department: actor.department_id,
        object: opening.object_id,
        item_ids: opening.item_ids,
        officers: opening.officers,
        // A ground exempts once the head of the body has approved it.
        exempt_ground: None,
    };
    let (inspection, events) = open(app, tx, &opening).await.map_err(|error| error.below("/opening"))?;
    Ok((vec![inspection], events))
}

/// Inspections that wait to be made, of one object and department, in the caller's scope.
async fn named(tx: &WriteTx, ids: &[Uuid]) -> Result<Vec<Inspection>> {
    let found = inspections::open_by_ids(tx.conn(), tx.ctx(), ids).await?;
    let first = found.first().cloned();
    let mut errors = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let pointer = format!("/inspection_ids/{at}");
        let Some(inspection) = found.iter().find(|inspection| inspection.id == *id) else {
            let detail = text!("检查不存在，或不在您的管理范围内。", "There is no such inspection in your scope.");
            errors.push(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
            continue;
        };
        if is_closed(inspection.status) || inspection.status == InspectionStatus::Approved {
            let detail = text!("该检查已有结果或已作废。", "This inspection is over.");
            errors.push(FieldError::new(pointer, "NOT_OPEN", detail));
        } else if inspection.visit_id.is_some() {
            let detail = text!(
                "该检查已列入另一次入企检查（见检查的 visit_id）；改列的请先取消那一次。",
                "This inspection is of another visit (its visit_id); cancel that one first."
            );
            errors.push(FieldError::new(pointer, "IN_USE", detail));
        } else if first.as_ref().is_some_and(|first| {
            (first.object_id, first.department_id) != (inspection.object_id, inspection.department_id)
        }) {
            let detail = text!(
                "一次申请只含同一对象、同一部门的检查；其他部门的检查请由其并入。",
                "One request is of one object and one department; the others join."
            );
            errors.push(FieldError::new(pointer, "DIFFERS", detail));
        }
    }

    if errors.is_empty() { Ok(found) } else { Err(AppError::invalid(errors)) }
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, terms: VisitTerms) -> Result<Change<Visit>> {
    let mut visit = tx.edit::<Entity>(id, version).await?;
    let parts = store::parts_of(tx.conn(), id).await?;

    visit.status = decide(tx, &visit, &parts, VisitAction::Update)?;
    check_terms(app, tx, "", &terms)?;
    visit.purpose = terms.purpose;
    visit.on_site_reason = terms.on_site_reason;
    visit.surprise = terms.surprise;
    (visit.window_from, visit.window_to) = (terms.window_from, terms.window_to);
    let lead = visit.lead_department_id;
    for part in parts.parts.iter().filter(|part| part.department_id == lead) {
        let kind = kind(tx, &parts.inspections, "", terms.ground.is_some()).await?;
        let part = visit_parts::Model { kind, ground: terms.ground, ..part.clone() };
        store::put_part(tx.conn(), part).await?;
    }
    save(tx, visit, &parts, AuditAction::Updated, None).await
}
