//! The account of a draw.

use crate::http::kernel::reply::View;
use crate::http::kernel::view::view;
use crate::service::spot_checks::draws::{Progress, Replacement};
use chrono::{DateTime, Utc};
use domain::inspections::inspections::{InspectionStatus, ReplacementCause, VoidCause, is_closed};
use entity::spot_checks::draws::Model;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// 抽取的落实情况: one visit a drawn object and department.
#[derive(Serialize, ToSchema)]
pub struct DrawProgressView {
    pub draw_id: Uuid,
    /// 所抽的检查次数
    pub drawn: u64,
    /// 待检查; null, like the next four, where its moment would tell which published result is of this draw, and so a credit class
    #[schema(required)]
    pub pending: Option<u64>,
    /// 检查中（含录入、审核、待公示）
    #[schema(required)]
    pub in_progress: Option<u64>,
    /// 已公示
    #[schema(required)]
    pub published: Option<u64>,
    /// 公示后撤回
    #[schema(required)]
    pub withdrawn: Option<u64>,
    /// 审核不通过
    #[schema(required)]
    pub rejected: Option<u64>,
    /// 作废
    pub void: u64,
    pub void_by_cause: Vec<VoidCountView>,
    /// 更换人员
    pub replaced: u64,
    pub replaced_by_cause: Vec<ReplacementCountView>,
    pub replacements: Vec<DrawReplacementView>,
}

impl View for DrawProgressView {}

/// 某一原因作废的次数
#[derive(Serialize, ToSchema)]
pub struct VoidCountView {
    /// null: given up before causes were kept
    #[schema(required)]
    pub cause: Option<VoidCause>,
    pub visits: u64,
}

/// 某一原因更换的次数
#[derive(Serialize, ToSchema)]
pub struct ReplacementCountView {
    /// null: replaced before causes were kept
    #[schema(required)]
    pub cause: Option<ReplacementCause>,
    pub officers: u64,
}

view! {
    /// 一次更换: by the names of the draw's record.
    pub struct DrawReplacementView of Replacement {
        /// 对象代号
        object_ref: String,
        department_id: Uuid,
        /// 离开的人员代号; null in records before `mingjian-draw/3`
        left: Option<String>,
        /// 接替的人员代号
        joined: Option<String>,
        cause: Option<ReplacementCause>,
        at: DateTime<Utc>,
    }
}

impl DrawProgressView {
    pub fn of(draw: &Model, progress: Progress) -> Self {
        use InspectionStatus as S;
        let Progress { visits, void, replacements } = progress;
        let of = |status: S| visits.get(&status).copied().unwrap_or(0);
        let told = |count: u64| Some(count).filter(|_| draw.linkable);
        let open = visits.iter().filter(|(status, _)| !is_closed(**status) && **status != S::Pending);
        let mut replaced: BTreeMap<_, u64> = BTreeMap::new();
        for replacement in &replacements {
            *replaced.entry(replacement.cause).or_default() += 1;
        }

        Self {
            draw_id: draw.id,
            drawn: visits.values().sum(),
            pending: told(of(S::Pending)),
            in_progress: told(open.map(|(_, count)| count).sum()),
            published: told(of(S::Published)),
            withdrawn: told(of(S::Withdrawn)),
            rejected: told(of(S::Rejected)),
            void: of(S::Void),
            void_by_cause: void.into_iter().map(|(cause, visits)| VoidCountView { cause, visits }).collect(),
            replaced: replacements.len() as u64,
            replaced_by_cause: replaced
                .into_iter()
                .map(|(cause, officers)| ReplacementCountView { cause, officers })
                .collect(),
            replacements: replacements.into_iter().map(Into::into).collect(),
        }
    }
}
