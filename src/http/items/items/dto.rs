//! Views of items, their versions and their element checks.

use crate::http::kernel::reply::{View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::service::items::items::{BatchOutcome, Item, ItemContentBody};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::items::items::ItemFacts;
use domain::items::items::{ItemAction, ItemOrigin, ItemState, Upstream};
use domain::kernel::elements::Check;
use domain::kernel::refusal::Code;
use domain::kernel::versions::VersionState;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// 监管事项
#[derive(Serialize, ToSchema)]
pub struct ItemView {
    pub id: Uuid,
    #[schema(example = "31001001000001")]
    pub code: String,
    pub name: String,
    pub department_id: Uuid,
    pub origin: ItemOrigin,
    #[schema(required)]
    pub catalogue_item_id: Option<Uuid>,
    pub state: ItemState,
    /// 行政类型 (dictionary administrative-type)
    pub administrative_type: String,
    pub upstream: Upstream,
    /// 上级变化的处理期限
    #[schema(required)]
    pub upstream_due_on: Option<NaiveDate>,
    /// 依据全部废止的日期: nothing may be done under the item until somebody decides
    #[schema(required)]
    pub basis_lost_on: Option<NaiveDate>,
    /// 已批准的版本
    #[schema(required)]
    pub approved_version: Option<i32>,
    /// 所示内容的版本; null while the catalogue's own content is shown
    #[schema(required)]
    pub content_version: Option<i32>,
    #[schema(required)]
    pub content_state: Option<VersionState>,
    #[schema(required)]
    pub effective_from: Option<NaiveDate>,
    /// The first day without it.
    #[schema(required)]
    pub effective_to: Option<NaiveDate>,
    pub content: ItemContentBody,
    #[schema(required)]
    pub implementation_list_id: Option<Uuid>,
    /// 说明 of a refusal, a cancellation or an objection
    #[schema(required)]
    pub statement: Option<String>,
    #[schema(required)]
    pub return_reason: Option<String>,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    #[schema(required)]
    pub successor_id: Option<Uuid>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ItemAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ItemView);

impl ItemView {
    /// Of an earlier day: nothing is done to it any more.
    pub fn of_then(self) -> Self {
        Self { allowed_actions: Vec::new(), ..self }
    }

    pub fn of(ctx: &Ctx, shown: Item) -> Result<Self> {
        let Item { item, version, content, list } = shown;
        // An approved version is shown under its own name, of whichever day it is.
        let approved = version.as_ref().is_some_and(|version| version.state == VersionState::Approved);
        let named = content.name.clone().filter(|_| approved);

        Ok(Self {
            allowed_actions: ItemFacts::from(&item).allowed_actions(&ctx.actor),
            content: ItemContentBody::of(&content)?,
            content_version: version.as_ref().map(|version| version.number),
            content_state: version.as_ref().map(|version| version.state),
            effective_from: version.as_ref().and_then(|version| version.effective_from),
            effective_to: version.as_ref().and_then(|version| version.effective_to),
            implementation_list_id: list.map(|list| list.id),
            id: item.id,
            code: item.code,
            name: named.unwrap_or(item.name),
            department_id: item.department_id,
            origin: item.origin,
            catalogue_item_id: item.catalogue_item_id,
            state: item.state,
            administrative_type: item.administrative_type,
            upstream: item.upstream,
            upstream_due_on: item.upstream_due_on,
            basis_lost_on: item.basis_lost_on,
            approved_version: item.approved_version,
            statement: item.statement,
            return_reason: item.return_reason,
            submitted_by: item.submitted_by,
            successor_id: item.successor_id,
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }
}

view! {
    /// 版本
    pub struct VersionView of entity::kernel::versions::Model {
        id: Uuid,
        number: i32,
        state: VersionState,
        /// The elements as they were: of an item or of an implementation list.
        #[schema(value_type = Object)]
        content: Value,
        effective_from: Option<NaiveDate>,
        /// The first day without it.
        effective_to: Option<NaiveDate>,
        submitted_by: Option<Uuid>,
        submitted_at: Option<DateTime<Utc>>,
        decided_by: Option<Uuid>,
        decided_at: Option<DateTime<Utc>>,
        reason: Option<String>,
        created_by: Uuid,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// 一条记录的全部版本
#[derive(Serialize, ToSchema)]
pub struct VersionsView {
    /// The newest first.
    pub items: Vec<VersionView>,
}

impl View for VersionsView {}

/// 要素问题
#[derive(Serialize, ToSchema)]
pub struct ElementProblemView {
    /// JSON pointer into the content
    #[schema(example = "/check_points/0/content")]
    pub pointer: String,
    pub name: String,
    /// MISSING, NOT_IN_CODE_TABLE, OUT_OF_RANGE or CLAUSE_REPEALED
    pub rule: String,
    pub message: String,
    pub message_en: String,
}

/// 要素检查
#[derive(Serialize, ToSchema)]
pub struct CheckView {
    pub complete: bool,
    /// 必填要素数
    pub required: u64,
    /// 已填且有效的要素数
    pub filled: u64,
    pub problems: Vec<ElementProblemView>,
}

impl View for CheckView {}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        let problems = check.problems().map(|problem| ElementProblemView {
            pointer: problem.pointer.clone(),
            name: problem.name.to_owned(),
            rule: problem.rule.to_owned(),
            message: problem.message.zh.clone(),
            message_en: problem.message.en.clone(),
        });
        Self {
            problems: problems.collect(),
            complete: check.is_complete(),
            required: check.required() as u64,
            filled: check.filled() as u64,
        }
    }
}

/// 批量中一项的结果
#[derive(Serialize, ToSchema)]
pub struct BatchResultView {
    pub id: Uuid,
    /// 200, or the status the single request would have had
    pub status: u16,
    /// 办理后的版本
    #[schema(required)]
    pub version: Option<i32>,
    #[schema(required)]
    pub code: Option<String>,
    #[schema(required)]
    pub detail: Option<String>,
}

/// 批量结果, in the order of the request
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    pub succeeded: u64,
    pub failed: u64,
    pub results: Vec<BatchResultView>,
}

impl View for BatchView {}

impl From<BatchOutcome> for BatchView {
    fn from(outcome: BatchOutcome) -> Self {
        let results = outcome.results.into_iter().map(|(id, result)| match result {
            Ok(version) => BatchResultView { id, status: 200, version: Some(version), code: None, detail: None },
            Err((code, detail)) => BatchResultView {
                id,
                status: crate::http::kernel::problem::status(code).as_u16(),
                version: None,
                code: Some(Code::code(code).to_owned()),
                detail: Some(detail.zh),
            },
        });
        let results: Vec<_> = results.collect();
        let succeeded = results.iter().filter(|result| result.status == 200).count() as u64;
        Self { succeeded, failed: results.len() as u64 - succeeded, results }
    }
}
