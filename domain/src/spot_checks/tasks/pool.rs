//! Which objects a task may draw from.

use crate::spot_checks::draws::eligibility::Filter;
use serde::{Deserialize, Serialize};

/// 对象库筛选: an empty list does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PoolFilter {
    #[cfg_attr(feature = "openapi", schema(max_items = 50, pattern = "^[0-9]{6}$"))]
    pub region_codes: Vec<String>,
    #[cfg_attr(feature = "openapi", schema(max_items = 50, pattern = "^[0-9]{9}$"))]
    pub township_codes: Vec<String>,
    /// 行业代码前缀 (GB/T 4754)
    #[cfg_attr(feature = "openapi", schema(max_items = 50, pattern = "^[A-T][0-9]{0,4}$"))]
    pub industry_prefixes: Vec<String>,
    #[cfg_attr(feature = "openapi", schema(max_items = 50, min_length = 1, max_length = 64))]
    pub tags: Vec<String>,
    /// 监管对象类型（国家代码）
    #[cfg_attr(feature = "openapi", schema(max_items = 11, pattern = "^([1-9]|1[01])$"))]
    pub object_types: Vec<String>,
}

impl PoolFilter {
    /// Where, and of which kind: no condition in the sense of 不定向, which draws without any.
    pub const fn is_untargeted(&self) -> bool {
        self.industry_prefixes.is_empty() && self.tags.is_empty()
    }
}

impl From<PoolFilter> for Filter {
    fn from(of: PoolFilter) -> Self {
        let PoolFilter { region_codes, township_codes, industry_prefixes, tags, object_types } = of;
        Self { industry_prefixes, object_types, region_codes, tags, township_codes }
    }
}

impl From<Filter> for PoolFilter {
    fn from(of: Filter) -> Self {
        let Filter { industry_prefixes, object_types, region_codes, tags, township_codes } = of;
        Self { region_codes, township_codes, industry_prefixes, tags, object_types }
    }
}
