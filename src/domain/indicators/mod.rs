//! The county's indicators (rules of the trade §11): each is two sets of records, so that it can say what is missing.

pub mod items;
pub mod people;

use super::code_list;
use super::text::Text;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

code_list! {
    /// 指标.
    IndicatorCode {
        ClaimRate "监管事项清单认领率", ListCompletion "检查实施清单完成率", CatalogueAccuracy "目录清单/实施清单准确率",
        OfficerRegistration "执法人员注册率", MonthlyActive "月活跃率", OfficerCollection "执法人员汇聚率",
        OfficerAccuracy "执法人员准确率"
    }
}

impl IndicatorCode {
    /// Its row in the county's table.
    pub const fn row(self) -> &'static str {
        match self {
            Self::ClaimRate => "1",
            Self::ListCompletion => "2",
            Self::CatalogueAccuracy => "3",
            Self::OfficerRegistration => "10.1",
            Self::MonthlyActive => "10.2",
            Self::OfficerCollection => "12.1",
            Self::OfficerAccuracy => "12.2",
        }
    }

    pub fn of_row(row: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.row() == row)
    }

    /// What is counted, and against what.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::ClaimRate => "已认领（有效）事项数 ÷（应认领事项数 − 已核销事项数）",
            Self::ListCompletion => "已批准且完整的检查实施清单数 ÷ 有效的行政检查类事项数",
            Self::CatalogueAccuracy => "名称、编码、依据、类型、行为与统一事项一致的事项数 ÷ 已比对事项数",
            Self::OfficerRegistration => "已开通账户并实名认证的持证执法人员数 ÷ 持证执法人员数",
            Self::MonthlyActive => "本月活跃的账户数 ÷ 开通（启用）的账户总量",
            Self::OfficerCollection => "已登记的持证人员数 ÷ 司法局最新名册上的人数",
            Self::OfficerAccuracy => "与名册逐字段一致的人数 ÷ 已登记的人数",
        }
    }
}

/// The two sets of an indicator for one department; the numerator lies within the denominator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    pub numerator: BTreeSet<Uuid>,
    pub denominator: BTreeSet<Uuid>,
    /// Why a record of the denominator does not count.
    pub missing: BTreeMap<Uuid, Text>,
}

impl Sets {
    pub fn count(&mut self, id: Uuid, verdict: Result<(), Text>) {
        self.denominator.insert(id);
        match verdict {
            Ok(()) => {
                self.numerator.insert(id);
            }
            Err(reason) => {
                self.missing.insert(id, reason);
            }
        }
    }

    pub fn ratio(&self) -> Ratio {
        Ratio { numerator: self.numerator.len() as u64, denominator: self.denominator.len() as u64 }
    }
}

/// A share, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
}

impl Ratio {
    /// Hundredths of a per cent, rounded down: 9 999 is not yet all. `None` where nothing is to be counted.
    pub fn basis_points(self) -> Option<u64> {
        (self.denominator > 0).then(|| self.numerator * 10_000 / self.denominator)
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { numerator: self.numerator + other.numerator, denominator: self.denominator + other.denominator }
    }
}
