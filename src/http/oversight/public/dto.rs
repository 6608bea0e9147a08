//! Views for the public.

use crate::http::inspections::inspections::RevisionView;
use crate::http::kernel::reply::View;
use crate::http::kernel::view::view;
use crate::service::oversight::public::PublicInspection;
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::inspections::InspectionStatus;
use domain::register::dictionaries::CodeTable;
use domain::spot_checks::plans::ItemKind;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

view! {
    /// 公布的抽查事项
    pub struct PublicSpotCheckItemView of entity::spot_checks::spot_check_items::Model {
        id: Uuid,
        #[schema(example = "510821SC000001")]
        code: String,
        category: String,
        name: String,
        sub_item: Option<String>,
        legal_basis: Option<String>,
        /// 抽查主体
        check_body: Option<String>,
        /// 抽查对象
        targets: String,
        ratio_text: String,
        frequency_text: Option<String>,
        mode_text: Option<String>,
        item_kind: ItemKind,
        /// 是否适合联合检查
        joint: bool,
        published_at: Option<DateTime<Utc>>,
    }
}

impl View for PublicSpotCheckItemView {}

view! {
    /// 对随机数的封存值
    pub struct PublicCommitmentView of entity::spot_checks::commitments::Model {
        id: Uuid,
        task_id: Uuid,
        epoch: i32,
        department_id: Uuid,
        /// 见 docs/verifiable-draw.md §2
        #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
        commitment: String,
        committed_at: DateTime<Utc>,
        revealed_at: Option<DateTime<Utc>>,
    }
}

impl View for PublicCommitmentView {}

/// 公示的检查结果
#[derive(Serialize, ToSchema)]
pub struct PublicInspectionView {
    pub id: Uuid,
    /// 抽查任务; null where it would tell something of the object that is not public
    #[schema(required)]
    pub task_id: Option<Uuid>,
    #[schema(required)]
    pub task_name: Option<String>,
    pub object_name: String,
    #[schema(required)]
    pub object_uscc: Option<String>,
    /// 入企检查: results of one visit have the same
    #[schema(required)]
    pub visit_id: Option<Uuid>,
    pub department_id: Uuid,
    pub department_name: String,
    /// PUBLISHED or WITHDRAWN
    pub status: InspectionStatus,
    #[schema(required)]
    pub inspected_on: Option<NaiveDate>,
    /// 结果; empty once withdrawn
    pub results: Vec<PublicResultView>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_reason: Option<String>,
    /// 此前各版次的公示与撤回, oldest first
    pub earlier: Vec<RevisionView>,
}

impl View for PublicInspectionView {}

/// 结果代码及名称
#[derive(Serialize, ToSchema)]
pub struct PublicResultView {
    pub code: String,
    pub label_zh: String,
    pub label_en: String,
}

impl PublicInspectionView {
    pub fn of(item: PublicInspection, tables: &BTreeMap<String, CodeTable>) -> Self {
        let (status, inspected_on) = (item.status(), item.inspected_on());
        let withdrawn = status == InspectionStatus::Withdrawn;
        let (task_id, task_name) = item.task.unzip();
        let labels = tables.get("spot-result");
        let results = item.result_codes.into_iter().filter(|_| !withdrawn).map(|code| {
            let value = labels.and_then(|table| table.values.iter().find(|value| value.code == code));
            PublicResultView {
                label_zh: value.map(|value| value.label_zh.clone()).unwrap_or_default(),
                label_en: value.map(|value| value.label_en.clone()).unwrap_or_default(),
                code,
            }
        });

        Self {
            results: results.collect(),
            id: item.inspection.id,
            task_id,
            task_name,
            object_name: item.object_name,
            object_uscc: item.object_uscc,
            visit_id: item.inspection.visit_id,
            department_id: item.inspection.department_id,
            department_name: item.department_name,
            status,
            inspected_on,
            published_at: item.inspection.published_at,
            withdrawn_at: item.inspection.withdrawn_at,
            withdrawn_reason: item.inspection.withdrawn_reason,
            earlier: item.revisions.into_iter().map(Into::into).collect(),
        }
    }
}
