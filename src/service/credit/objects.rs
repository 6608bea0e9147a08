//! The class an object has: today, on a day, and when a classification is over.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::credit as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::register::objects;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use chrono::NaiveDate;
use domain::credit::{CreditClass, CreditScheme, Pushed, standing, standing_known};
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_models::FactKind;
use entity::credit::credit_classifications::Model;
use entity::register::objects::Model as Object;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A stored classification, as the domain looks at it.
pub fn pushed(row: &Model) -> Result<Pushed> {
    Ok(Pushed {
        scheme: CreditScheme::from_national(&row.scheme).ok_or_else(|| AppError::internal("unknown scheme"))?,
        source: row.source.clone(),
        batch: row.batch.clone(),
        revision: row.revision,
        received_on: local_date(row.received_at),
        valid_until: row.valid_until,
        class: row.local_class,
    })
}

/// The class of an object on a day, and the classification it rests on.
#[derive(Clone)]
pub struct Standing {
    pub object_id: Uuid,
    pub on: NaiveDate,
    pub class: CreditClass,
    pub by: Option<Model>,
}

fn decide(history: &[Model], on: NaiveDate) -> Result<Option<&Model>> {
    let all = history.iter().map(pushed).collect::<Result<Vec<_>>>()?;
    let Some(best) = standing(&all, on) else { return Ok(None) };
    Ok(all.iter().position(|pushed| pushed == best).map(|at| &history[at]))
}

/// `known`: by what had been received at the end of that day; else at the end of the day that is asked about.
pub async fn standing_on(
    conn: &impl ConnectionTrait,
    object: Uuid,
    on: NaiveDate,
    known: Option<NaiveDate>,
) -> Result<Standing> {
    let history = store::of_objects(conn, vec![object]).await?;
    let all = history.iter().map(pushed).collect::<Result<Vec<_>>>()?;
    let best = standing_known(&all, on, known.unwrap_or(on));
    let by = best.and_then(|best| all.iter().position(|pushed| pushed == best)).map(|at| history[at].clone());
    let class = by.as_ref().map_or(CreditClass::Unclassified, |row| row.local_class);
    Ok(Standing { object_id: object, on, class, by })
}

/// Gives each object the class that follows from its history today; a change is a fact that models may look at.
pub async fn reclassify<'a>(
    tx: &WriteTx,
    known: impl IntoIterator<Item = &'a Object>,
    history: &BTreeMap<Uuid, Vec<Model>>,
) -> Result<Vec<Event>> {
    let today = tx.ctx().today();
    let none = Vec::new();
    let (mut events, mut facts) = (Vec::new(), Vec::new());

    for object in known {
        let best = decide(history.get(&object.id).unwrap_or(&none), today)?;
        let class = best.map_or(CreditClass::Unclassified, |row| row.local_class);
        let batch_id = best.map(|row| row.batch_id);
        if object.local_class == class && object.local_class_batch_id == batch_id {
            continue;
        }
        let (old, new) = (object.local_class, class);
        let risen = i32::from(new.risk()) - i32::from(old.risk());
        // The first class that an object is given is no change.
        if let Some(row) = best.filter(|_| risen != 0 && old != CreditClass::Unclassified) {
            facts.push(New { amount: risen, ..New::of(object.id, today, FactKind::ClassChanged, row.id) });
        }
        let after = Object {
            local_class: class,
            local_class_batch: best.map(|row| row.batch.clone()),
            local_class_batch_id: batch_id,
            ..object.clone()
        };
        let saved = replace::<entity::register::objects::Entity>(tx, object, after).await?;
        events.push(Event::new(AuditAction::Imported, "objects", object.id).before(object).after(&saved));
    }

    risk_facts::add(tx, facts).await?;
    Ok(events)
}

/// Classifications that are over leave their object to the next in rank, step by step until none is left.
pub async fn expire(app: &App) -> Result<usize> {
    const STEP: u64 = 200;
    let ctx = Ctx::system("credit-expiry");
    let mut done = 0;

    loop {
        let lapsed = store::lapsed(&app.db, ctx.today(), STEP).await?;
        if lapsed.is_empty() {
            return Ok(done);
        }
        let changed = write(&app.db, &ctx, async |tx| {
            let known = objects::by_ids(tx.conn(), lapsed.clone()).await?;
            let history = by_object(store::of_objects(tx.conn(), lapsed.clone()).await?);
            let events = reclassify(tx, known.values(), &history).await.map_err(AppError::again)?;
            let count = events.len();
            let summary = Event::new(AuditAction::Expired, "credit-classifications", crate::kernel::ctx::new_id())
                .after(&serde_json::json!({ "objects": count }));
            Ok(Change::new(count, summary).and_all(events))
        })
        .await?;
        done += changed;
        // Whatever it is that does not change must not be asked for ever.
        if changed == 0 {
            return Ok(done);
        }
    }
}

/// Classifications by object.
fn by_object(rows: Vec<Model>) -> BTreeMap<Uuid, Vec<Model>> {
    let mut grouped: BTreeMap<Uuid, Vec<Model>> = BTreeMap::new();
    for row in rows {
        grouped.entry(row.object_id).or_default().push(row);
    }
    grouped
}
