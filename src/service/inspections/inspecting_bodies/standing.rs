//! Whether who is to check may check.

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspecting_bodies as store;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::spot_check_items;
use domain::inspections::inspecting_bodies::{Standing, check_standing};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The spot-check items that a department is to check.
pub type Asked = (Uuid, Vec<Uuid>);

/// Refuses where a department has no published body that may check its items today.
pub async fn check(app: &App, tx: &WriteTx, asked: Vec<Asked>) -> Result<()> {
    if !app.settings.rules.inspecting_bodies_required {
        return Ok(());
    }
    let ids: Vec<_> = asked.iter().map(|(department, _)| *department).collect();
    let bodies = store::published_of(tx.conn(), &ids).await?.into_iter().map(|body| Standing {
        department: body.department_id,
        principal: body.principal_id,
        valid_to: body.valid_to,
        items: body.item_ids.0,
    });
    let bodies: Vec<_> = bodies.collect();

    let spots = asked.iter().flat_map(|(_, spots)| spots.clone()).collect();
    let spots = spot_check_items::by_ids(tx.conn(), spots).await?;
    let items: BTreeMap<_, _> = spots.into_iter().filter_map(|spot| Some((spot.id, spot.item_id?))).collect();
    let names = departments::existing(tx.conn(), &ids).await?;

    let supervised = |spots: &[Uuid]| spots.iter().filter_map(|spot| items.get(spot).copied()).collect::<Vec<_>>();
    let asked: Vec<_> = asked.iter().map(|(department, spots)| (*department, supervised(spots))).collect();
    let named = |id: Uuid| names.iter().find(|found| found.id == id).map_or("", |found| found.name.as_str());
    let asked = asked.iter().map(|(department, items)| (*department, named(*department), items.as_slice()));
    check_standing(&bodies, asked, tx.ctx().today())?;
    Ok(())
}
