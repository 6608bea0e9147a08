//! Clues that the platform raises itself: its models warn, and complaints give rise to them.

use super::put_clocks;
use super::receive::{blank, codes};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::oversight::worklist;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::{ClueSource, RiskLevel};
use domain::risks::risk_models::Trace;
use entity::complaints::complaints;
use entity::register::objects::Model as Object;
use entity::risks::risk_clues::{Entity, Model};
use uuid::Uuid;

/// What a model warns of.
pub struct Warning {
    pub model: entity::risks::risk_models::Model,
    pub number: i32,
    pub department_id: Option<Uuid>,
    pub object: Object,
    pub level: RiskLevel,
    pub trace: Trace,
}

/// Clues that models raise, each with the trace of what fired.
pub async fn raise(app: &App, tx: &WriteTx, warnings: Vec<Warning>) -> Result<Vec<(Model, Event)>> {
    let mut raised = Vec::new();
    let codes = codes(app, tx, warnings.len()).await?;
    for (warning, code) in warnings.into_iter().zip(codes) {
        let Warning { model, number, department_id, object, level, trace } = warning;
        let mut clue = blank(app, tx, code);
        clue.name = format!("{}：{}", model.name, object.name).chars().take(200).collect();
        clue.domain.clone_from(&model.domain);
        clue.level = level;
        clue.source = ClueSource::Model;
        clue.model_id = Some(model.id);
        clue.model_number = Some(number);
        clue.object_id = Some(object.id);
        clue.object_name = object.name;
        clue.uscc = object.uscc;
        clue.region_code = object.region_code;
        clue.township_code = object.township_code;
        clue.department_id = department_id;
        let reasons: Vec<_> = trace.fired.iter().map(|fired| fired.because.clone()).collect();
        clue.content = format!("模型 {} 第 {number} 版命中：{}。", model.code, reasons.join("；"));
        clue.trace = Some(trace.into());
        put_clocks(app, &mut clue, tx.ctx().now)?;
        let saved = insert(tx, clue).await.map_err(AppError::again)?;
        worklist::clue(app, tx, &saved).await?;
        let event = Event::new(AuditAction::Raised, "risk-clues", saved.id).department(saved.department_id);
        let event = event.after(&saved);
        raised.push((saved, event));
    }

    Ok(raised)
}

/// What a complaint gives rise to. That it was made is a fact already.
pub async fn of_complaint(
    app: &App,
    tx: &WriteTx,
    complaint: &complaints::Model,
    domain: String,
    level: RiskLevel,
) -> Result<(Model, Event)> {
    let mut clue = blank(app, tx, codes(app, tx, 1).await?.remove(0));
    clue.name.clone_from(&complaint.title);
    clue.domain = domain;
    clue.level = level;
    clue.source = ClueSource::Complaint;
    clue.source_no = Some(complaint.code.clone());
    clue.object_id = complaint.object_id;
    clue.object_name = complaint.object_name.clone().unwrap_or_default();
    clue.uscc.clone_from(&complaint.uscc);
    clue.item_id = complaint.item_id;
    clue.region_code.clone_from(&complaint.region_code);
    clue.township_code.clone_from(&complaint.township_code);
    clue.department_id = complaint.department_id;
    clue.content.clone_from(&complaint.content);

    put_clocks(app, &mut clue, tx.ctx().now)?;
    let saved = insert(tx, clue).await.map_err(AppError::again)?;
    worklist::clue(app, tx, &saved).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &saved).after(&saved);
    Ok((saved, event))
}
