//! Every department of the county inspects as what the law made it; the justice bureau has published it.

use super::accounts::acting;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments;
use domain::access::Reach;
use domain::inspections::inspecting_bodies::{BodyKind, BodyStatus};
use entity::inspections::inspecting_bodies::{Entity, Model};

/// The government's own office decides and does not inspect.
const OFFICE: &str = "GOVERNMENT_OFFICE";

pub async fn tell(app: &App) -> Result<usize> {
    let ctx = acting(app, "justice", Reach::All).await?;
    let all = departments::all(&app.db).await?;
    let inspecting: Vec<_> = all.into_iter().filter(|department| department.kind != OFFICE).collect();
    for department in &inspecting {
        let body = Model {
            id: new_id(),
            department_id: department.id,
            name: department.name.clone(),
            kind: BodyKind::Statutory,
            principal_id: None,
            basis: "法律、法规规定的行政检查职权（演示数据）".to_owned(),
            duties: format!("{}职责范围内的行政检查", department.short_name),
            item_ids: Vec::new().into(),
            valid_to: None,
            status: BodyStatus::Published,
            submitted_by: None,
            confirmed_by: Some(ctx.actor.id),
            return_reason: None,
            published_at: Some(ctx.now),
            withdrawn_at: None,
            withdrawn_reason: None,
            version: 1,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        write(&app.db, &ctx, async |tx| {
            let saved = insert(tx, body.clone()).await?;
            let event = Event::created::<Entity>(&saved);
            Ok(Change::new((), event))
        })
        .await?;
    }

    Ok(inspecting.len())
}
