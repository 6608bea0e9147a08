//! 风险事实: written in the transaction of what they tell of, together with the note that their object is to be looked at.

use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_facts as store;
use chrono::NaiveDate;
use domain::risks::risk_models::FactKind;
use entity::risks::risk_facts::Model;
use uuid::Uuid;

/// A fact to be written.
#[derive(Clone, Copy, Debug)]
pub struct New {
    pub object: Uuid,
    pub on: NaiveDate,
    pub kind: FactKind,
    pub amount: i32,
    pub party: Option<Uuid>,
    pub department: Option<Uuid>,
    /// The record it tells of; what is withdrawn takes its facts with it.
    pub source: Uuid,
}

impl New {
    pub const fn of(object: Uuid, on: NaiveDate, kind: FactKind, source: Uuid) -> Self {
        Self { object, on, kind, amount: 1, party: None, department: None, source }
    }
}

pub async fn add(tx: &WriteTx, facts: Vec<New>) -> Result<()> {
    let objects = facts.iter().map(|fact| fact.object).collect();
    store::insert(tx.conn(), facts.into_iter().map(model).collect()).await?;
    store::mark(tx.conn(), objects).await
}

fn model(fact: New) -> Model {
    Model {
        id: new_id(),
        object_id: fact.object,
        happened_on: fact.on,
        kind: fact.kind,
        amount: fact.amount,
        party_id: fact.party,
        department_id: fact.department,
        source_id: fact.source,
    }
}

/// Takes back what records told of one kind, each of an object, and tells anew.
pub async fn exchange(tx: &WriteTx, kind: FactKind, back: &[(Uuid, Uuid)], facts: Vec<New>) -> Result<()> {
    for (_, source) in back {
        store::delete_of(tx.conn(), *source, Some(kind)).await?;
    }
    let objects = back.iter().map(|(object, _)| *object).chain(facts.iter().map(|fact| fact.object)).collect();
    store::insert(tx.conn(), facts.into_iter().map(model).collect()).await?;
    store::mark(tx.conn(), objects).await
}

/// Takes back what a record told: everything, or one kind.
pub async fn take_back(tx: &WriteTx, object: Uuid, source: Uuid, kind: Option<FactKind>) -> Result<()> {
    store::delete_of(tx.conn(), source, kind).await?;
    store::mark(tx.conn(), [object].into()).await
}
