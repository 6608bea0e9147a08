//! Views of indicators.

use crate::http::kernel::reply::View;
use crate::service::oversight::indicators::{Indicator, Missing, Townships};
use domain::oversight::indicators::{IndicatorCode, Ratio};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 一个部门的指标值
#[derive(Serialize, ToSchema)]
pub struct DepartmentValueView {
    pub department_id: Uuid,
    pub numerator: u64,
    pub denominator: u64,
    /// 比率, basis points, rounded down; null where nothing is to be counted
    #[schema(required)]
    pub ratio_bp: Option<u64>,
}

/// 一个乡镇的指标值
#[derive(Serialize, ToSchema)]
pub struct TownshipValueView {
    /// 乡镇代码; null for enterprises whose township is unknown: they are in no denominator
    #[schema(required, example = "510821100")]
    pub township_code: Option<String>,
    pub name: String,
    /// 本年被检查企业（去重）
    pub inspected: u64,
    /// 登记企业
    pub enterprises: u64,
    /// 比率, basis points, rounded down; null where nobody is registered
    #[schema(required)]
    pub ratio_bp: Option<u64>,
    /// 是否大于 5%
    pub covered: bool,
}

impl TownshipValueView {
    fn all(townships: &Townships) -> Vec<Self> {
        let known = townships.known.iter().map(|township| Self {
            township_code: Some(township.code.clone()),
            name: township.name.clone(),
            inspected: township.inspected,
            enterprises: township.enterprises,
            ratio_bp: township.ratio().basis_points(),
            covered: township.is_covered(townships.share_bp),
        });
        let (enterprises, inspected) = townships.unknown;
        let ratio_bp = Ratio { numerator: inspected, denominator: enterprises }.basis_points();
        let name = "所在乡镇不明".to_owned();
        let unknown = Self { township_code: None, name, inspected, enterprises, ratio_bp, covered: false };

        known.chain((enterprises > 0).then_some(unknown)).collect()
    }
}

/// 指标
#[derive(Serialize, ToSchema)]
pub struct IndicatorView {
    /// 指标序号 in the county's table
    #[schema(example = "1")]
    pub row: String,
    pub code: IndicatorCode,
    pub name: String,
    /// 计算口径
    pub definition: String,
    pub numerator: u64,
    pub denominator: u64,
    #[schema(required)]
    pub ratio_bp: Option<u64>,
    pub departments: Vec<DepartmentValueView>,
    /// 各乡镇，仅 6.2；不在册乡镇的企业另计一行
    pub townships: Vec<TownshipValueView>,
    /// 是否可用于考核: a figure that grows with the number of checks is shown and explained only (国办发〔2024〕54号)
    pub assessable: bool,
}

impl View for IndicatorView {}

impl IndicatorView {
    pub fn of(indicator: &Indicator) -> Self {
        let total = indicator.total();
        let departments = indicator.departments.iter().map(|(id, ratio)| {
            let Ratio { numerator, denominator } = *ratio;
            DepartmentValueView { department_id: *id, numerator, denominator, ratio_bp: ratio.basis_points() }
        });

        Self {
            row: indicator.code.row().to_owned(),
            code: indicator.code,
            name: indicator.code.label().to_owned(),
            definition: indicator.code.definition().to_owned(),
            numerator: total.numerator,
            denominator: total.denominator,
            ratio_bp: total.basis_points(),
            departments: departments.collect(),
            townships: indicator.townships.as_ref().map(TownshipValueView::all).unwrap_or_default(),
            assessable: indicator.code.is_assessable(),
        }
    }
}

/// 全部指标
#[derive(Serialize, ToSchema)]
pub struct IndicatorsView {
    pub items: Vec<IndicatorView>,
}

impl View for IndicatorsView {}

/// 未计入分子的一条记录
#[derive(Serialize, ToSchema)]
pub struct MissingView {
    pub id: Uuid,
    pub department_id: Uuid,
    pub code: String,
    pub name: String,
    pub reason: String,
    pub reason_en: String,
}

/// 分页信息
#[derive(Serialize, ToSchema)]
pub struct ExplainPage {
    #[schema(required)]
    pub next_cursor: Option<Uuid>,
    pub has_more: bool,
    pub total: u64,
    pub total_capped: bool,
}

/// 指标解释
#[derive(Serialize, ToSchema)]
pub struct ExplainView {
    pub items: Vec<MissingView>,
    pub page: ExplainPage,
}

impl View for ExplainView {}

impl ExplainView {
    pub fn of(mut missing: Vec<Missing>, total: usize, limit: usize) -> Self {
        let has_more = missing.len() > limit;
        missing.truncate(limit);
        let items: Vec<_> = missing
            .into_iter()
            .map(|row| MissingView {
                id: row.id,
                department_id: row.department_id,
                code: row.code,
                name: row.name,
                reason: row.reason.zh,
                reason_en: row.reason.en,
            })
            .collect();
        let next_cursor = items.last().filter(|_| has_more).map(|row| row.id);

        Self { page: ExplainPage { next_cursor, has_more, total: total as u64, total_capped: false }, items }
    }
}
