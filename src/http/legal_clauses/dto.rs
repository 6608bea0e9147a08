//! Views of legal clauses.

use crate::domain::versions::VersionState;
use crate::http::reply::{View, versioned};
use crate::http::view::view;
use crate::service::legal_clauses::Dependent;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

view! {
    /// 法律条款
    pub struct ClauseView of entity::legal_clauses::Model {
        id: Uuid,
        #[schema(example = "中华人民共和国食品安全法")]
        law: String,
        document_no: Option<String>,
        #[schema(example = "第一百一十条")]
        article: String,
        text: String,
        effective_on: NaiveDate,
        /// The first day without it.
        repealed_on: Option<NaiveDate>,
        repeal_reason: Option<String>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
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
    #[schema(value_type = VersionState)]
    pub version_state: String,
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
