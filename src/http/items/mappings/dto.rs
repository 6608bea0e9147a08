//! Views of mappings.

use crate::http::kernel::reply::versioned;
use crate::kernel::ctx::Ctx;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::items::mappings::Difference;
use domain::items::mappings::MappingFacts;
use domain::items::mappings::{MappingAction, MappingState};
use entity::items::own_system_items::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 一处不一致
#[derive(Serialize, ToSchema)]
pub struct MappingDifferenceView {
    /// code, name, legal_basis, administrative_type or supervise_form
    pub field: String,
    #[schema(required)]
    pub own: Option<String>,
    #[schema(required)]
    pub unified: Option<String>,
}

/// 自建系统事项及其对应
#[derive(Serialize, ToSchema)]
pub struct MappingView {
    pub id: Uuid,
    pub department_id: Uuid,
    pub system: String,
    pub code: String,
    pub name: String,
    #[schema(required)]
    pub legal_basis: Option<String>,
    #[schema(required)]
    pub administrative_type: Option<String>,
    #[schema(required)]
    pub supervise_form: Option<String>,
    pub state: MappingState,
    /// 已确认的统一事项
    #[schema(required)]
    pub item_id: Option<Uuid>,
    /// 建议的统一事项
    #[schema(required)]
    pub suggested_item_id: Option<Uuid>,
    /// 建议的相似度, per mille: 1000 is the same code
    #[schema(required)]
    pub score: Option<i32>,
    /// 与统一事项的差异, side by side
    #[schema(value_type = Vec<MappingDifferenceView>)]
    pub differences: Vec<Difference>,
    pub differences_count: i32,
    #[schema(required)]
    pub confirmed_by: Option<Uuid>,
    /// What this caller may do now.
    pub allowed_actions: Vec<MappingAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(MappingView);

impl MappingView {
    pub fn of(ctx: &Ctx, mapping: Model) -> Self {
        Self {
            allowed_actions: MappingFacts::from(&mapping).allowed_actions(&ctx.actor),
            id: mapping.id,
            department_id: mapping.department_id,
            system: mapping.system,
            code: mapping.code,
            name: mapping.name,
            legal_basis: mapping.legal_basis,
            administrative_type: mapping.administrative_type,
            supervise_form: mapping.supervise_form,
            state: mapping.state,
            item_id: mapping.item_id,
            suggested_item_id: mapping.suggested_item_id,
            score: mapping.score,
            differences: mapping.differences.0,
            differences_count: mapping.differences_count,
            confirmed_by: mapping.confirmed_by,
            version: mapping.version,
            created_at: mapping.created_at,
            updated_at: mapping.updated_at,
        }
    }
}
