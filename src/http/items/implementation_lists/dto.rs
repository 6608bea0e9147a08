//! Views of implementation lists.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::service::items::implementation_lists::{ElementsBody, List};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::items::implementation_lists::ListFacts;
use domain::items::implementation_lists::{ListAction, ListState};
use domain::kernel::versions::VersionState;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 检查实施清单
#[derive(Serialize, ToSchema)]
pub struct ListView {
    pub id: Uuid,
    /// 实施清单编码: the body's USCC, the level's digit, a serial
    #[schema(example = "11510821MBY08A5G6W400001")]
    pub code: String,
    pub name: String,
    pub item_id: Uuid,
    pub department_id: Uuid,
    pub state: ListState,
    #[schema(required)]
    pub approved_version: Option<i32>,
    /// 所示要素的版本
    #[schema(required)]
    pub content_version: Option<i32>,
    #[schema(required)]
    pub content_state: Option<VersionState>,
    #[schema(required)]
    pub effective_from: Option<NaiveDate>,
    /// The first day without it.
    #[schema(required)]
    pub effective_to: Option<NaiveDate>,
    pub elements: ElementsBody,
    /// 检查要点依据全部废止的日期
    #[schema(required)]
    pub basis_lost_on: Option<NaiveDate>,
    #[schema(required)]
    pub return_reason: Option<String>,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    /// What this caller may do now.
    pub allowed_actions: Vec<ListAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ListView);

impl ListView {
    /// Of an earlier day: nothing is done to it any more.
    pub fn of_then(self) -> Self {
        Self { allowed_actions: Vec::new(), ..self }
    }

    pub fn of(ctx: &Ctx, shown: List) -> Result<Self> {
        let List { list, version, elements } = shown;
        Ok(Self {
            allowed_actions: ListFacts::from(&list).allowed_actions(&ctx.actor),
            elements: ElementsBody::of(&elements)?,
            content_version: version.as_ref().map(|version| version.number),
            content_state: version.as_ref().map(|version| version.state),
            effective_from: version.as_ref().and_then(|version| version.effective_from),
            effective_to: version.as_ref().and_then(|version| version.effective_to),
            id: list.id,
            code: list.code,
            name: list.name,
            item_id: list.item_id,
            department_id: list.department_id,
            state: list.state,
            approved_version: list.approved_version,
            basis_lost_on: list.basis_lost_on,
            return_reason: list.return_reason,
            submitted_by: list.submitted_by,
            version: list.version,
            created_at: list.created_at,
            updated_at: list.updated_at,
        })
    }
}
