//! Who could be drawn at all: the filter and the exclusions under which the pool was made.

use serde::{Deserialize, Serialize};

/// Fields in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Objects inspected for one of the items in so many months were left out.
    pub exclude_months: u32,
    /// How many were left out because they had been inspected often enough this year.
    pub excluded_by_frequency: u32,
    /// How many were left out because they had been inspected lately.
    pub excluded_recently: u32,
    pub filter: Filter,
}

/// An empty list does not restrict. Fields in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// GB/T 4754.
    pub industry_prefixes: Vec<String>,
    /// 监管对象类型.
    pub object_types: Vec<String>,
    pub region_codes: Vec<String>,
    pub tags: Vec<String>,
    pub township_codes: Vec<String>,
}
