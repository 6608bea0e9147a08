//! A visit as it is drafted.

use super::draft::VisitTerms;
use crate::app::App;
use crate::kernel::ctx::{Ctx, random, random_id};
use crate::kernel::error::Result;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use domain::visits::VisitStatus;
use entity::visits::visits::{Column, Entity, Model};
use uuid::Uuid;

pub(super) async fn next_code(app: &App, tx: &WriteTx) -> Result<String> {
    let prefix = format!("V{}{}", app.settings.county.code, tx.ctx().today().format("%Y%m%d"));
    serials::next::<Entity>(tx, Column::Code, &prefix, 4).await
}

/// Nothing is asked for yet.
pub(super) fn drafted(ctx: &Ctx, code: String, (object_id, department): (Uuid, Uuid), terms: &VisitTerms) -> Model {
    Model {
        // Public with its results, and tells no moment.
        id: random_id(),
        code,
        object_id,
        lead_department_id: department,
        purpose: terms.purpose.clone(),
        on_site_reason: terms.on_site_reason.clone(),
        surprise: terms.surprise,
        window_from: terms.window_from,
        window_to: terms.window_to,
        status: VisitStatus::Draft,
        apart_reason: None,
        urgent: false,
        urgent_reason: None,
        budget_year: None,
        return_reason: None,
        notified_at: None,
        entered_at: None,
        entered_on: None,
        entry_mode: None,
        make_up_reason: None,
        nonce: new_nonce(),
        scanned_at: None,
        tokens: 0,
        alerts: Vec::new().into(),
        left_at: None,
        closed_at: None,
        found_problems: None,
        ended_reason: None,
        merged_into: None,
        created_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// What ties an entry code to a visit, until who comes or when changes.
pub(super) fn new_nonce() -> String {
    hex::encode(random::<16>())
}
