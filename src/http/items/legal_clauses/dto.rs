//! Views of legal clauses.

use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::items::legal_clauses::Dependent;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::items::clauses::ClauseAction;
use domain::items::clauses::ClauseFacts;
use domain::kernel::versions::VersionState;
use entity::items::legal_clauses::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 法律条款
#[derive(Serialize, ToSchema)]
pub struct ClauseView {
    pub id: Uuid,
    #[schema(example = "中华人民共和国食品安全法")]
    pub law: String,
    #[schema(required)]
    pub document_no: Option<String>,
    #[schema(example = "第一百一十条")]
    pub article: String,
    pub text: String,
    pub effective_on: NaiveDate,
    /// The first day without it.
    #[schema(required)]
    pub repealed_on: Option<NaiveDate>,
    #[schema(required)]
    pub repeal_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ClauseAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl ClauseView {
    pub fn of(ctx: &Ctx, clause: Model) -> Self {
        Self {
            allowed_actions: ClauseFacts::from(&clause).allowed_actions(&ctx.actor),
            id: clause.id,
            law: clause.law,
            document_no: clause.document_no,
            article: clause.article,
            text: clause.text,
            effective_on: clause.effective_on,
            repealed_on: clause.repealed_on,
            repeal_reason: clause.repeal_reason,
            version: clause.version,
            created_at: clause.created_at,
            updated_at: clause.updated_at,
        }
    }
}

versioned!(ClauseView);

/// 条款的一处引用
#[derive(Serialize, ToSchema)]
pub struct DependentView {
    /// items or implementation-lists
    pub resource: String,
    pub resource_id: Uuid,
    /// 引用它的版本
    pub version_number: i32,
    pub version_state: VersionState,
    /// 引用的位置, as a JSON pointer into the version's content
    pub pointer: String,
}

/// 条款的全部引用
#[derive(Serialize, ToSchema)]
pub struct DependentsView {
    /// Those within the caller's scope.
    pub items: Vec<DependentView>,
    /// 全部引用数, within the scope or not
    pub total: u64,
}

impl View for DependentsView {}

impl DependentsView {
    pub fn of(found: Vec<Dependent>, total: usize) -> Self {
        let items = found.into_iter().map(|dependent| DependentView {
            resource: dependent.citation.resource,
            resource_id: dependent.citation.resource_id,
            version_number: dependent.version.number,
            version_state: dependent.version.state,
            pointer: dependent.citation.pointer,
        });
        Self { items: items.collect(), total: total as u64 }
    }
}
