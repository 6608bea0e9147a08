//! What a task would draw, before anything is frozen.

use crate::http::kernel::reply::View;
use crate::service::spot_checks::tasks::Preview;
use domain::credit::{CreditClass, Visit};
use domain::spot_checks::draws::strata::Stratum;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 对象库预览: a dry run of the draw
#[derive(Serialize, ToSchema)]
pub struct PreviewView {
    pub population: u64,
    pub count: u64,
    /// 近期已检查而排除的户数
    pub excluded_recently: usize,
    /// 已达年度频次上限而排除的户数
    pub excluded_by_frequency: usize,
    pub strata: Vec<PreviewStratumView>,
    pub departments: Vec<DepartmentLoadView>,
    pub townships: Vec<TownshipLoadView>,
}

impl View for PreviewView {}

/// 一层的户数
#[derive(Serialize, ToSchema)]
pub struct PreviewStratumView {
    pub stratum: String,
    pub class: CreditClass,
    pub rate_bp: u32,
    pub minimum: u64,
    pub population: u64,
    /// 将抽取的户数
    pub count: u64,
    /// 策略要求的到户方式
    #[schema(required)]
    pub visit: Option<Visit>,
}

/// 部门负荷
#[derive(Serialize, ToSchema)]
pub struct DepartmentLoadView {
    pub department_id: Uuid,
    /// 将检查的户数
    pub visits: u64,
    /// 证件有效的执法人员数
    pub officers: u64,
    /// 人均参与户数，百分之一户; null without officers
    #[schema(required)]
    pub visits_per_officer_centi: Option<u64>,
}

/// 乡镇负荷
#[derive(Serialize, ToSchema)]
pub struct TownshipLoadView {
    /// null: not known
    #[schema(required)]
    pub township_code: Option<String>,
    pub population: u64,
    /// 预计抽中户数，百分之一户
    pub expected_centi: u64,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let total = |of: fn(&Stratum) -> u64| preview.strata.iter().map(|(_, stratum, _)| of(stratum)).sum();
        Self {
            population: total(|stratum| stratum.population),
            count: total(|stratum| stratum.count),
            excluded_recently: preview.excluded_recently,
            excluded_by_frequency: preview.excluded_by_frequency,
            strata: preview
                .strata
                .iter()
                .map(|(class, stratum, visit)| PreviewStratumView {
                    stratum: stratum.stratum.clone(),
                    class: *class,
                    rate_bp: stratum.rate_bp,
                    minimum: stratum.minimum,
                    population: stratum.population,
                    count: stratum.count,
                    visit: *visit,
                })
                .collect(),
            departments: preview
                .departments
                .into_iter()
                .map(|load| DepartmentLoadView {
                    department_id: load.department_id,
                    visits: load.visits,
                    officers: load.officers,
                    visits_per_officer_centi: load.visits_per_officer_centi,
                })
                .collect(),
            townships: preview
                .townships
                .into_iter()
                .map(|load| TownshipLoadView {
                    township_code: load.township,
                    population: load.population,
                    expected_centi: load.expected_centi,
                })
                .collect(),
        }
    }
}
