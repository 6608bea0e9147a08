//! 法律条款: entered, corrected, repealed; repealing freezes what has lost its basis.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::{implementation_lists, items, legal_clauses as store};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{Noun, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::service::kernel::versions::content;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::access::Permission;
use domain::items::clauses::{ClauseAction, ClauseFacts, is_upheld};
use domain::items::implementation_lists::Elements;
use domain::items::items::ItemContent;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::items::clause_citations;
use entity::items::legal_clauses::{Entity, Model};
use entity::kernel::versions as version_entity;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 法律条款
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "law": "中华人民共和国食品安全法", "article": "第一百一十条", "effective_on": "2015-10-01",
    "text": "县级以上人民政府食品安全监督管理部门履行食品安全监督管理职责，有权采取下列措施……"
})))]
pub struct ClauseBody {
    #[schema(min_length = 2, max_length = 200, pattern = "\\S")]
    pub law: String,
    /// 文号
    #[schema(max_length = 100)]
    #[serde(default)]
    pub document_no: Option<String>,
    /// 条款
    #[schema(min_length = 1, max_length = 60, pattern = "\\S")]
    pub article: String,
    /// 条文
    #[schema(min_length = 1, max_length = 20000, pattern = "\\S")]
    pub text: String,
    /// 施行日期
    pub effective_on: NaiveDate,
}

/// 条款的更正: what identifies it does not change.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"document_no": "主席令第二十一号"})))]
pub struct ClausePatch {
    #[schema(max_length = 100, nullable = false)]
    #[serde(default)]
    pub document_no: Option<String>,
    #[schema(min_length = 1, max_length = 20000, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub text: Option<String>,
}

/// 废止
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "新修订的法律施行，本条废止。"})))]
pub struct RepealBody {
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
    /// 废止日期: the first day without it; today where it is left out.
    #[serde(default)]
    pub repealed_on: Option<NaiveDate>,
}

/// A place where a clause is cited.
pub struct Dependent {
    pub citation: clause_citations::Model,
    pub version: version_entity::Model,
}

pub async fn create(tx: &WriteTx, body: ClauseBody) -> Result<Change<Model>> {
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        law: body.law,
        document_no: body.document_no,
        article: body.article,
        text: body.text,
        effective_on: body.effective_on,
        repealed_on: None,
        repeal_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: ClausePatch) -> Result<Change<Model>> {
    let mut clause = tx.edit::<Entity>(id, version).await?;

    ClauseFacts::from(&*clause).decide(&tx.ctx().actor, ClauseAction::Update)?;
    clause.document_no = change.document_no.or_else(|| clause.document_no.clone());
    clause.text = change.text.unwrap_or_else(|| clause.text.clone());

    clause.save(AuditAction::Updated, None).await
}

pub async fn dependents(conn: &impl ConnectionTrait, id: Uuid, today: NaiveDate) -> Result<Vec<Dependent>> {
    let found = store::dependents(conn, id, today).await?;
    Ok(found.into_iter().map(|(citation, version)| Dependent { citation, version }).collect())
}

/// Those of the dependents that the caller may see as items and lists, and how many there are in all.
pub async fn visible_dependents(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<(Vec<Dependent>, usize)> {
    let all = dependents(conn, id, ctx.today()).await?;
    let total = all.len();
    let Some(reach) = ctx.actor.reach(Permission::ItemsRead) else { return Ok((Vec::new(), total)) };
    let ctx = Ctx { reach, ..ctx.clone() };
    let ids: Vec<_> = all.iter().map(|dependent| dependent.citation.resource_id).collect();
    let mut seen: BTreeSet<_> = items::get_many(conn, &ctx, &ids).await?.into_iter().map(|item| item.id).collect();
    seen.extend(implementation_lists::get_many(conn, &ctx, &ids).await?.into_iter().map(|list| list.id));
    let visible = all.into_iter().filter(|dependent| seen.contains(&dependent.citation.resource_id));
    Ok((visible.collect(), total))
}

/// 废止: what has no clause left that is in force is frozen until somebody decides.
pub async fn repeal(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RepealBody) -> Result<Change<Model>> {
    let mut clause = tx.edit::<Entity>(id, version).await?;
    let day = body.repealed_on.unwrap_or_else(|| tx.ctx().today());

    ClauseFacts::from(&*clause).decide(&tx.ctx().actor, ClauseAction::Repeal)?;
    if day < clause.effective_on {
        let detail = text!("废止日期早于施行日期。", "A clause cannot end before it begins.");
        return Err(AppError::invalid_field("/repealed_on", "TOO_EARLY", detail));
    }

    clause.repealed_on = Some(day);
    clause.repeal_reason = Some(body.reason.clone());
    let change = clause.save(AuditAction::Repealed, Some(body.reason)).await?;

    Ok(change.and_all(judge_dependents(app, tx, id).await?))
}

/// 撤销废止: a repeal that was recorded by mistake is taken back, and what it froze with it.
pub async fn reinstate(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut clause = tx.edit::<Entity>(id, version).await?;

    ClauseFacts::from(&*clause).decide(&tx.ctx().actor, ClauseAction::Reinstate)?;
    clause.repealed_on = None;
    clause.repeal_reason = None;
    let change = clause.save(AuditAction::Reinstated, Some(reason)).await?;

    Ok(change.and_all(judge_dependents(app, tx, id).await?))
}

/// Freezes what loses its basis, and frees what has it again.
async fn judge_dependents(app: &App, tx: &WriteTx, clause: Uuid) -> Result<Vec<Event>> {
    let found = dependents(tx.conn(), clause, tx.ctx().today()).await?;
    let of = |resource: &str| {
        let ids = found.iter().filter(|dependent| dependent.citation.resource == resource);
        ids.map(|dependent| dependent.citation.resource_id).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let mut events = Vec::new();
    judge_items(app, tx, of("items"), &mut events).await?;
    judge_lists(app, tx, of("implementation-lists"), &mut events).await?;
    Ok(events)
}

const fn verdict(lost: Option<NaiveDate>) -> AuditAction {
    if lost.is_some() { AuditAction::Suspended } else { AuditAction::Resumed }
}

/// Both the version in force and the one to come are judged: the earlier loss counts.
async fn judge_items(app: &App, tx: &WriteTx, ids: Vec<Uuid>, events: &mut Vec<Event>) -> Result<()> {
    let versions = live_versions::<entity::items::items::Entity>(tx, &ids).await?;
    for item in items::by_ids(tx.conn(), ids).await? {
        if !item.state.is_claimed() {
            continue;
        }
        let mut lost = None;
        for version in versions.get(&item.id).into_iter().flatten() {
            let content: ItemContent = content(Some(version))?;
            let ends = store::repeals_of(tx.conn(), content.clause_ids.clone()).await?;
            let upheld = is_upheld(item.upheld_version, version.number);
            let on = content.basis_lost_on(|clause| ends.get(&clause).copied().flatten()).filter(|_| !upheld);
            lost = lost.into_iter().chain(on).min();
        }
        if lost == item.basis_lost_on {
            continue;
        }
        let after = entity::items::items::Model { basis_lost_on: lost, ..item.clone() };
        let saved = replace::<entity::items::items::Entity>(tx, &item, after).await.map_err(AppError::again)?;
        crate::service::oversight::worklist::item(app, tx, &saved).await?;
        let event = Event::new(verdict(lost), "items", saved.id).department(saved.department_id);
        events.push(event.before(&item).after(&saved));
    }

    Ok(())
}

async fn judge_lists(app: &App, tx: &WriteTx, ids: Vec<Uuid>, events: &mut Vec<Event>) -> Result<()> {
    let versions = live_versions::<entity::items::implementation_lists::Entity>(tx, &ids).await?;
    for list in implementation_lists::by_ids(tx.conn(), ids).await? {
        if !list.state.is_approved() {
            continue;
        }
        let mut lost = None;
        for version in versions.get(&list.id).into_iter().flatten() {
            let elements: Elements = content(Some(version))?;
            let cited = elements.citations().into_iter().map(|(clause, _)| clause).collect();
            let ends = store::repeals_of(tx.conn(), cited).await?;
            let upheld = is_upheld(list.upheld_version, version.number);
            let on = elements.basis_lost_on(|clause| ends.get(&clause).copied().flatten()).filter(|_| !upheld);
            lost = lost.into_iter().chain(on).min();
        }
        if lost == list.basis_lost_on {
            continue;
        }
        let after = entity::items::implementation_lists::Model { basis_lost_on: lost, ..list.clone() };
        let saved =
            replace::<entity::items::implementation_lists::Entity>(tx, &list, after).await.map_err(AppError::again)?;
        crate::service::oversight::worklist::list(app, tx, &saved).await?;
        let event = Event::new(verdict(lost), "implementation-lists", saved.id).department(saved.department_id);
        events.push(event.before(&list).after(&saved));
    }

    Ok(())
}

/// The version in force today and the last approved one, by record.
async fn live_versions<E: Noun>(tx: &WriteTx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<version_entity::Model>>> {
    let mut found: BTreeMap<Uuid, Vec<version_entity::Model>> = BTreeMap::new();
    let today = versions::in_force::<E>(tx.conn(), ids, tx.ctx().today()).await?;
    for (id, version) in today.into_iter().chain(versions::newest_approved::<E>(tx.conn(), ids).await?) {
        let known = found.entry(id).or_default();
        if known.iter().all(|other| other.number != version.number) {
            known.push(version);
        }
    }
    Ok(found)
}

/// Refuses clauses that do not exist, by their pointers.
pub async fn check_known(conn: &impl ConnectionTrait, cited: &[(Uuid, String)], prefix: &str) -> Result<()> {
    let known = store::repeals_of(conn, cited.iter().map(|(clause, _)| *clause).collect()).await?;
    let errors: Vec<_> = cited
        .iter()
        .filter(|(clause, _)| !known.contains_key(clause))
        .map(|(_, pointer)| {
            let detail = text!("引用的条款不存在。", "There is no such clause.");
            crate::kernel::error::FieldError::new(format!("{prefix}{pointer}"), "NO_SUCH_RECORD", detail)
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
