//! 法律条款: entered, corrected, repealed; repealing freezes what has lost its basis.

use crate::app::App;
use crate::ctx::new_id;
use crate::domain::audit::AuditAction;
use crate::domain::implementation_lists::{Elements, ListState};
use crate::domain::items::{ItemContent, ItemState};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::text::text;
use crate::error::{AppError, Result};
use crate::persistence::noun::{check_version, insert, replace};
use crate::persistence::tx::{Change, Event, WriteTx, lock_row};
use crate::persistence::{implementation_lists, items, legal_clauses as store, versions};
use crate::service::versions::content;
use chrono::NaiveDate;
use entity::legal_clauses::{Entity, Model};
use entity::{clause_citations, versions as version_entity};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use std::collections::BTreeSet;
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
    let event = Event::new(AuditAction::Created, "legal-clauses", saved.id).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: ClausePatch) -> Result<Change<Model>> {
    let before = store::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.document_no = change.document_no.or(after.document_no);
    after.text = change.text.unwrap_or(after.text);
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Updated, "legal-clauses", id).before(&before).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn dependents(conn: &impl ConnectionTrait, id: Uuid, today: NaiveDate) -> Result<Vec<Dependent>> {
    let found = store::dependents(conn, id, today).await?;
    Ok(found.into_iter().map(|(citation, version)| Dependent { citation, version }).collect())
}

/// 废止: what has no clause left that is in force is frozen until somebody decides.
pub async fn repeal(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RepealBody) -> Result<Change<Model>> {
    lock_row::<Entity>(tx.conn(), id).await?;
    let before = store::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    if before.repealed_on.is_some() {
        return Err(Refusal::state("REPEALED", "REPEAL").into());
    }
    let day = body.repealed_on.unwrap_or_else(|| tx.ctx().today());
    if day < before.effective_on {
        let detail = text!("废止日期早于施行日期。", "A clause cannot end before it begins.");
        return Err(AppError::invalid_field("/repealed_on", "TOO_EARLY", detail));
    }
    let after = Model { repealed_on: Some(day), repeal_reason: Some(body.reason.clone()), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let mut events = Vec::new();
    let found = dependents(tx.conn(), id, tx.ctx().today()).await?;
    let of = |resource: &str| {
        let ids = found.iter().filter(|dependent| dependent.citation.resource == resource);
        ids.map(|dependent| dependent.citation.resource_id).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    freeze_items(app, tx, of("items"), day, &mut events).await?;
    freeze_lists(app, tx, of("implementation-lists"), day, &mut events).await?;
    let event =
        Event::new(AuditAction::Repealed, "legal-clauses", id).reason(body.reason).before(&before).after(&saved);
    Ok(Change::new(saved, event).and_all(events))
}

async fn freeze_items(app: &App, tx: &WriteTx, ids: Vec<Uuid>, day: NaiveDate, events: &mut Vec<Event>) -> Result<()> {
    let approved = versions::newest_approved::<entity::items::Entity>(tx.conn(), &ids).await?;
    for item in items::by_ids(tx.conn(), ids).await? {
        let content: ItemContent = content(approved.get(&item.id))?;
        let holding = store::in_force_of(tx.conn(), content.clause_ids.clone(), day).await?;
        let claimed = ItemState::of(&item.state)?.is_claimed();
        if !claimed || item.basis_lost_on.is_some() || content.has_basis(|clause| holding.contains(&clause)) {
            continue;
        }
        let after = entity::items::Model { basis_lost_on: Some(day), ..item.clone() };
        let saved = replace::<entity::items::Entity>(tx, &item, after).await?;
        super::worklist::item(app, tx, &saved).await?;
        let event = Event::new(AuditAction::Suspended, "items", saved.id).department(saved.department_id);
        events.push(event.before(&item).after(&saved));
    }
    Ok(())
}

async fn freeze_lists(app: &App, tx: &WriteTx, ids: Vec<Uuid>, day: NaiveDate, events: &mut Vec<Event>) -> Result<()> {
    let approved = versions::newest_approved::<entity::implementation_lists::Entity>(tx.conn(), &ids).await?;
    for list in implementation_lists::by_ids(tx.conn(), ids).await? {
        let elements: Elements = content(approved.get(&list.id))?;
        let cited = elements.citations().into_iter().map(|(clause, _)| clause).collect();
        let holding = store::in_force_of(tx.conn(), cited, day).await?;
        let live = ListState::of(&list.state)?.is_approved();
        if !live || list.basis_lost_on.is_some() || elements.has_basis(|clause| holding.contains(&clause)) {
            continue;
        }
        let after = entity::implementation_lists::Model { basis_lost_on: Some(day), ..list.clone() };
        let saved = replace::<entity::implementation_lists::Entity>(tx, &list, after).await?;
        super::worklist::list(app, tx, &saved).await?;
        let event =
            Event::new(AuditAction::Suspended, "implementation-lists", saved.id).department(saved.department_id);
        events.push(event.before(&list).after(&saved));
    }
    Ok(())
}

/// Refuses clauses that do not exist, by their pointers.
pub async fn check_known(conn: &impl ConnectionTrait, cited: &[(Uuid, String)], prefix: &str) -> Result<()> {
    let known = store::existing(conn, cited.iter().map(|(clause, _)| *clause).collect()).await?;
    let errors: Vec<_> = cited
        .iter()
        .filter(|(clause, _)| !known.contains(clause))
        .map(|(_, pointer)| {
            let detail = text!("引用的条款不存在。", "There is no such clause.");
            crate::error::FieldError::new(format!("{prefix}{pointer}"), Code::NotFound.code(), detail)
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
