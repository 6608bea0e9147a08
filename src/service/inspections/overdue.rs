//! An order to rectify that was let pass is a fact for the models, until somebody sees to it.

use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use domain::inspections::follow_ups::{FollowUpStatus, RECTIFY};
use domain::risks::risk_models::FactKind;
use entity::inspections::follow_ups::Model;

/// Once for each measure, by the day on which it was last let pass.
pub(super) async fn let_pass(tx: &WriteTx, measure: &Model) -> Result<()> {
    if measure.measure != RECTIFY {
        return Ok(());
    }
    take_back(tx, measure).await?;
    let fact = |object| New::of(object, tx.ctx().today(), FactKind::MeasureOverdue, measure.id);
    risk_facts::add(tx, measure.object_id.map(fact).into_iter().collect()).await
}

/// Done, handed on, or with more time: nobody lets it pass any more.
pub(super) async fn seen_to(tx: &WriteTx, before: &Model, after: &Model) -> Result<()> {
    let is_passing = after.status == FollowUpStatus::Open && after.escalated_at.is_some();
    if before.escalated_at.is_some() && !is_passing { take_back(tx, after).await } else { Ok(()) }
}

pub(super) async fn take_back(tx: &WriteTx, measure: &Model) -> Result<()> {
    match measure.object_id {
        Some(object) => risk_facts::take_back(tx, object, measure.id, Some(FactKind::MeasureOverdue)).await,
        None => Ok(()),
    }
}
