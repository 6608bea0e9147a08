//! One step in the life of an implementation list.

use super::{ElementsBody, List, check_elements, check_in_force, with_part};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::legal_clauses as clause_store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::items::items::{ApproveBody, check_not_in_use};
use crate::service::kernel::versions::{History, content, require_complete};
use domain::access::Decide;
use domain::items::implementation_lists::{Elements, ListAction, ListFacts};
use domain::oversight::audit::AuditAction;
use entity::items::implementation_lists::{Entity, Model};
use entity::items::legal_clauses;
use uuid::Uuid;

/// An action with what it needs to be told.
#[derive(Clone)]
pub enum Act {
    Submit,
    Return { reason: String },
    Approve(ApproveBody),
    Change,
    Discard,
    DecideBasis { reason: String },
}

impl Act {
    const fn action(&self) -> ListAction {
        match self {
            Self::Submit => ListAction::Submit,
            Self::Return { .. } => ListAction::Return,
            Self::Approve(_) => ListAction::Approve,
            Self::Change => ListAction::Change,
            Self::Discard => ListAction::Discard,
            Self::DecideBasis { .. } => ListAction::DecideBasis,
        }
    }

    const fn audit(&self) -> AuditAction {
        match self {
            Self::Submit => AuditAction::Submitted,
            Self::Return { .. } => AuditAction::Returned,
            Self::Approve(_) => AuditAction::Approved,
            Self::Change => AuditAction::Changed,
            Self::Discard => AuditAction::Discarded,
            Self::DecideBasis { .. } => AuditAction::Decided,
        }
    }
}

/// 完善: replaces the draft's elements; what is missing may stay missing until it is submitted.
pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: ElementsBody) -> Result<Change<List>> {
    let mut list = tx.edit::<Entity>(id, version).await?;

    list.state = ListFacts::from(&*list).decide(&tx.ctx().actor, ListAction::Update)?;
    let elements = body.elements()?;
    crate::service::items::legal_clauses::check_known(tx.conn(), &elements.citations(), "").await?;
    let history = History::<Entity>::load(tx, id).await?;
    let old = history.open().map(|open| open.content.clone());
    let draft = if history.open().is_some() {
        history.rewrite(tx, &elements, elements.citations()).await?
    } else {
        history.draft(tx, &elements, elements.citations()).await?
    };
    let before = list.before().clone();
    let saved = list.write().await?;
    crate::service::oversight::worklist::list(app, tx, &saved).await?;

    let event = Event::of::<Entity>(AuditAction::Updated, &saved)
        .before(&serde_json::json!({ "list": before, "elements": old }))
        .after(&serde_json::json!({ "list": saved, "elements": draft.content }));
    Ok(Change::new(with_part(tx.conn(), saved).await?, event))
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<List>> {
    let mut list = tx.edit::<Entity>(id, version).await?;

    list.state = ListFacts::from(&*list).decide(&tx.ctx().actor, act.action())?;
    let reason = step(app, tx, &mut list, &act).await?;
    let change = list.save(act.audit(), reason).await?;

    crate::service::oversight::worklist::list(app, tx, &change.value).await?;
    let mut events = Vec::new();
    if let Act::Approve(_) = act {
        let derived = crate::service::spot_checks::spot_check_items::derive(app, tx, &change.value).await;
        events = derived.map_err(AppError::again)?;
    }
    let shown = with_part(tx.conn(), change.value.clone()).await?;
    Ok(change.map(|_| shown).and_all(events))
}

/// What the step does to the list and to its versions; the list has its new state already. Gives the words for the trail.
async fn step(app: &App, tx: &WriteTx, list: &mut Edit<'_, Entity>, act: &Act) -> Result<Option<String>> {
    let before = &list.before().clone();
    let after: &mut Model = list;
    let history = History::<Entity>::load(tx, before.id).await?;
    let mut reason = None;

    match act {
        Act::Submit => {
            let elements: Elements = content(history.open())?;
            require_complete(&check_elements(app, tx.conn(), &elements, tx.ctx().today()).await?)?;
            history.submit(tx).await?;
            after.submitted_by = Some(tx.ctx().actor.id);
            after.return_reason = None;
        }
        Act::Return { reason: why } => {
            history.send_back(tx, Some(why.clone())).await?;
            after.return_reason = Some(why.clone());
            after.submitted_by = None;
            reason = Some(why.clone());
        }
        Act::Approve(body) => {
            let day = body.effective_on.unwrap_or_else(|| tx.ctx().today());
            let approved = history.approve(tx, day).await?;
            let elements: Elements = content(Some(&approved))?;
            let cited: Vec<_> = elements.citations().into_iter().map(|(clause, _)| clause).collect();
            // Nobody repeals them while this is decided.
            lock_rows::<legal_clauses::Entity>(tx.conn(), cited.clone()).await?;
            require_complete(&check_in_force(app, tx.conn(), &elements, day).await?)?;
            let ends = clause_store::repeals_of(tx.conn(), cited).await?;
            after.approved_version = Some(approved.number);
            // What is in force until that day keeps its own loss.
            let known = before.basis_lost_on.filter(|_| day > tx.ctx().today());
            let lost = elements.basis_lost_on(|clause| ends.get(&clause).copied().flatten());
            after.basis_lost_on = known.into_iter().chain(lost).min();
            let approved: Elements = content(history.approved())?;
            if approved.double_random == Some(true) && elements.double_random != Some(true) {
                // Out of double random, open tasks could no longer use it.
                check_not_in_use(tx, after.item_id, None).await?;
            }
            after.return_reason = None;
        }
        Act::Change => {
            let elements: Elements = content(history.approved())?;
            history.draft(tx, &elements, elements.citations()).await?;
            after.return_reason = None;
        }
        Act::Discard => {
            history.discard(tx).await?;
            after.return_reason = None;
        }
        Act::DecideBasis { reason: why } => {
            after.basis_lost_on = None;
            after.upheld_version = history.approved().map(|version| version.number);
            reason = Some(why.clone());
        }
    }
    Ok(reason)
}
