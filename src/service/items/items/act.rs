//! One step in the life of an item, with everything that goes with it.

use super::guards::{check_not_in_use, check_successor};
use super::{ApproveBody, CancelBody, Item, check_elements, follow_up, with_part};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::{catalogue, legal_clauses};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::kernel::versions::{History, content, require_complete};
use crate::service::oversight::worklist;
use domain::access::Decide;
use domain::items::items::{INSPECTION, ItemAction, ItemContent, ItemFacts, ItemState, Upstream};
use domain::oversight::audit::AuditAction;
use domain::oversight::worklist::Waiting;
use entity::items::items::{Entity, Model};
use entity::items::legal_clauses as legal_clause_entity;
use uuid::Uuid;

/// An action with what it needs to be told.
#[derive(Clone)]
pub enum Act {
    Claim,
    Decline { statement: String },
    Submit,
    Return { reason: String },
    Approve(ApproveBody),
    Change,
    Cancel(CancelBody),
    Discard,
    AcceptUpstream,
    ObjectUpstream { reason: String },
    DecideBasis { reason: String },
}

impl Act {
    pub const fn action(&self) -> ItemAction {
        match self {
            Self::Claim => ItemAction::Claim,
            Self::Decline { .. } => ItemAction::Decline,
            Self::Submit => ItemAction::Submit,
            Self::Return { .. } => ItemAction::Return,
            Self::Approve(_) => ItemAction::Approve,
            Self::Change => ItemAction::Change,
            Self::Cancel(_) => ItemAction::Cancel,
            Self::Discard => ItemAction::Discard,
            Self::AcceptUpstream => ItemAction::AcceptUpstream,
            Self::ObjectUpstream { .. } => ItemAction::ObjectUpstream,
            Self::DecideBasis { .. } => ItemAction::DecideBasis,
        }
    }

    const fn audit(&self) -> AuditAction {
        match self {
            Self::Claim => AuditAction::Claimed,
            Self::Decline { .. } => AuditAction::Declined,
            Self::Submit => AuditAction::Submitted,
            Self::Return { .. } => AuditAction::Returned,
            Self::Approve(_) => AuditAction::Approved,
            Self::Change => AuditAction::Changed,
            Self::Cancel(_) => AuditAction::Cancelled,
            Self::Discard => AuditAction::Discarded,
            Self::AcceptUpstream => AuditAction::Accepted,
            Self::ObjectUpstream { .. } => AuditAction::Objected,
            Self::DecideBasis { .. } => AuditAction::Decided,
        }
    }

    /// The words that go into the audit trail.
    fn reason(&self) -> Option<String> {
        match self {
            Self::Decline { statement } => Some(statement.clone()),
            Self::Return { reason } | Self::ObjectUpstream { reason } | Self::DecideBasis { reason } => {
                Some(reason.clone())
            }
            Self::Cancel(body) => Some(body.reason.clone()),
            Self::Claim | Self::Submit | Self::Approve(_) | Self::Change | Self::Discard | Self::AcceptUpstream => None,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<Item>> {
    let mut item = tx.edit::<Entity>(id, version).await?;

    item.state = ItemFacts::from(&*item).decide(&tx.ctx().actor, act.action())?;
    step(app, tx, &mut item, &act).await?;
    let change = item.save(act.audit(), act.reason()).await?;

    let day = if let Act::Approve(body) = &act { body.effective_on } else { None };
    let events = follow_up(app, tx, &change.value, day.unwrap_or_else(|| tx.ctx().today())).await?;
    let shown = with_part(tx.conn(), change.value.clone()).await?;
    Ok(change.map(|_| shown).and_all(events))
}

/// What the step does to the item and to its versions; the item has its new state already.
async fn step(app: &App, tx: &WriteTx, item: &mut Edit<'_, Entity>, act: &Act) -> Result<()> {
    let before = &item.before().clone();
    let after: &mut Model = item;
    let history = History::<Entity>::load(tx, before.id).await?;

    match act {
        Act::Claim => {
            let content = published(tx, before).await?;
            history.draft(tx, &content, content.citations()).await?;
            after.return_reason = None;
        }
        Act::Decline { statement } => ask(tx, after, Some(statement.clone())),
        Act::Submit => {
            let content: ItemContent = content(history.open())?;
            require_complete(&check_elements(tx.conn(), &content, tx.ctx().today()).await?)?;
            history.submit(tx).await?;
            ask(tx, after, None);
        }
        Act::Return { reason } => {
            if history.open().is_some() {
                history.send_back(tx, Some(reason.clone())).await?;
            }
            after.return_reason = Some(reason.clone());
            after.submitted_by = None;
            after.successor_id = None;
            // The cancellation that followed the catalogue's was not approved: the department has to answer again.
            if after.state == ItemState::Effective && before.upstream == Upstream::Accepted {
                notice(app, tx, after, Upstream::Cancelled);
            }
        }
        Act::Approve(body) => approve(tx, before, after, &history, body).await?,
        Act::Change => {
            let content: ItemContent = content(history.approved())?;
            history.draft(tx, &content, content.citations()).await?;
            after.return_reason = None;
        }
        Act::Cancel(body) => {
            check_successor(tx, before, body.successor_id).await?;
            check_not_in_use(tx, before.id, body.successor_id).await?;
            after.successor_id = body.successor_id;
            ask(tx, after, Some(body.reason.clone()));
        }
        Act::Discard => {
            history.discard(tx).await?;
            after.return_reason = None;
            discarded(app, tx, before, after).await?;
        }
        Act::AcceptUpstream => accept(tx, before, after, &history).await?,
        Act::ObjectUpstream { reason } => {
            after.upstream = Upstream::Objected;
            after.upstream_due_on = None;
            after.statement = Some(reason.clone());
        }
        Act::DecideBasis { .. } => {
            after.basis_lost_on = None;
            after.upheld_version = history.approved().map(|version| version.number);
        }
    }
    Ok(())
}

/// Hands the item to the reviewer, with a statement where one is asked for.
fn ask(tx: &WriteTx, after: &mut Model, statement: Option<String>) {
    after.submitted_by = Some(tx.ctx().actor.id);
    after.return_reason = None;
    after.statement = statement.or(after.statement.take());
}

async fn published(tx: &WriteTx, item: &Model) -> Result<ItemContent> {
    let id = item.catalogue_item_id.ok_or_else(|| AppError::internal("a claimed item without catalogue item"))?;
    Ok(catalogue::get(tx.conn(), id).await?.content.0)
}

async fn approve(
    tx: &WriteTx,
    before: &Model,
    after: &mut Model,
    history: &History<Entity>,
    body: &ApproveBody,
) -> Result<()> {
    let day = body.effective_on.unwrap_or_else(|| tx.ctx().today());
    after.return_reason = None;
    match before.state {
        ItemState::Submitted | ItemState::ChangeSubmitted => {
            let version = history.approve(tx, day).await?;
            let approved: ItemContent = content(Some(&version))?;
            // Nobody repeals them while this is decided.
            lock_rows::<legal_clause_entity::Entity>(tx.conn(), approved.clause_ids.clone()).await?;
            let holding = legal_clauses::in_force_of(tx.conn(), approved.clause_ids.clone(), day).await?;
            require_complete(&domain::items::items::check(&approved, &|clause| holding.contains(&clause)))?;
            let ends = legal_clauses::repeals_of(tx.conn(), approved.clause_ids.clone()).await?;
            after.approved_version = Some(version.number);
            // What is in force until that day keeps its own loss.
            let known = before.basis_lost_on.filter(|_| day > tx.ctx().today());
            let lost = approved.basis_lost_on(|clause| ends.get(&clause).copied().flatten());
            after.basis_lost_on = known.into_iter().chain(lost).min();
            let needs_list = approved.administrative_type.as_deref() == Some(INSPECTION);
            if before.administrative_type == INSPECTION && !needs_list && before.approved_version.is_some() {
                // Without its list it could no longer be inspected.
                check_not_in_use(tx, before.id, None).await?;
            }
            after.name = approved.name.unwrap_or_else(|| before.name.clone());
            after.administrative_type = approved.administrative_type.unwrap_or_else(|| INSPECTION.to_owned());
        }
        ItemState::CancelPending => {
            check_successor(tx, before, before.successor_id).await?;
            check_not_in_use(tx, before.id, before.successor_id).await?;
            history.end(tx, day).await?;
        }
        ItemState::ToClaim
        | ItemState::ClaimedDraft
        | ItemState::LocalDraft
        | ItemState::Effective
        | ItemState::ChangeDraft
        | ItemState::Cancelled
        | ItemState::WriteOffPending
        | ItemState::WrittenOff => {}
    }

    Ok(())
}

/// Takes the catalogue's new content into the draft (the clauses stay the department's), or follows its cancellation.
async fn accept(tx: &WriteTx, before: &Model, after: &mut Model, history: &History<Entity>) -> Result<()> {
    let cancelled = before.upstream == Upstream::Cancelled;
    after.upstream = Upstream::Accepted;
    after.upstream_due_on = None;

    if cancelled {
        history.discard(tx).await?;
        if after.state == ItemState::CancelPending {
            check_not_in_use(tx, before.id, before.successor_id).await?;
            ask(tx, after, Some("上级目录已取消该事项。".to_owned()));
        }
        return Ok(());
    }

    let known: ItemContent = content(history.open().or(history.approved()))?;
    let content = published(tx, before).await?.over(known);
    if history.open().is_some() {
        history.rewrite(tx, &content, content.citations()).await?;
    } else {
        history.draft(tx, &content, content.citations()).await?;
    }

    Ok(())
}

/// What is given up goes back to where it came from: to be claimed as the catalogue has it, or gone with it.
async fn discarded(app: &App, tx: &WriteTx, before: &Model, after: &mut Model) -> Result<()> {
    if after.state == ItemState::ToClaim
        && let Some(id) = before.catalogue_item_id
    {
        let published = catalogue::get(tx.conn(), id).await?;
        let says = published.content.0;
        after.name = published.name;
        after.administrative_type = says.administrative_type.unwrap_or_default();
        after.upstream = Upstream::None;
        after.upstream_due_on = None;
    } else if before.upstream == Upstream::Accepted && after.state == ItemState::Effective {
        // The catalogue's change was not taken over after all.
        notice(app, tx, after, Upstream::Changed);
    }

    Ok(())
}

fn notice(app: &App, tx: &WriteTx, after: &mut Model, upstream: Upstream) {
    after.upstream = upstream;
    after.upstream_due_on = Some(worklist::due_on(app, tx.ctx().today(), Waiting::UpstreamChanged));
}
