//! 信用分类: what the upper level sent, what the county makes of it, and how checks follow from it.

mod mappings;
mod policies;
mod standing;
mod strategies;

pub use mappings::{Entry, PLATFORM_DEFAULT, check_entries, class_of, default_entries};
pub use policies::{PolicyAction, PolicyFacts, PolicyState};
pub use standing::{Pushed, standing, standing_known};
pub use strategies::{StrategyRow, Visit, check_strategy, strata_of};

use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::RATES_RISE_WITH_RISK;
use crate::kernel::text::text;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

code_list! {
    /// 本地信用类别, in rising risk; UNCLASSIFIED is drawn like GENERAL and reported apart.
    CreditClass "本地信用类别" { Trustworthy "守法诚信", General "一般", Key "重点监管", Dishonest "违法失信", Unclassified "未分类" }
}

code_list! {
    /// 分类体系. National codes 1 and 2; the letter alone never says which.
    CreditScheme "分类体系" { National "国家“互联网+监管”五级", MarketRegulation "市监企业信用风险四类", Sector "行业自评" }
}

/// A batch that the classes of a draw's pool rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassBatch {
    pub batch_id: Uuid,
    /// The scheme's national code.
    pub scheme: String,
    pub source: String,
    pub batch: String,
    /// For how many objects of the pool.
    pub objects: u64,
}

impl CreditClass {
    /// How risky, from 0; what is not classified is taken as 一般.
    pub const fn risk(self) -> u8 {
        match self {
            Self::Trustworthy => 0,
            Self::General | Self::Unclassified => 1,
            Self::Key => 2,
            Self::Dishonest => 3,
        }
    }
}

impl CreditScheme {
    pub fn from_national(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Self::National),
            "2" => Some(Self::MarketRegulation),
            "3" => Some(Self::Sector),
            _ => None,
        }
    }

    /// Its levels, in rising risk.
    pub const fn levels(self) -> &'static [&'static str] {
        match self {
            Self::National | Self::Sector => &["A", "B", "C", "D", "E"],
            Self::MarketRegulation => &["A", "B", "C", "D"],
        }
    }

    pub const fn national(self) -> &'static str {
        match self {
            Self::National => "1",
            Self::MarketRegulation => "2",
            Self::Sector => "3",
        }
    }
}

/// Refuses a rate that falls as risk rises (`rates` in basis points, in rising risk).
pub fn check_monotone(rates: &[(CreditClass, u32)]) -> Result<(), Refusal> {
    let mut ordered: Vec<_> = rates.iter().filter(|(class, _)| *class != CreditClass::Unclassified).collect();
    ordered.sort_by_key(|(class, _)| *class);

    match ordered.windows(2).find(|pair| pair[0].1 > pair[1].1) {
        None => Ok(()),
        Some(pair) => Err(Refusal::new(
            Code::RatesNotMonotone,
            text!(
                "风险较高的“{h}”类抽查比例低于“{l}”类。",
                "Class {hc} carries more risk than {lc} but has a lower rate.",
                h = pair[1].0.label(),
                l = pair[0].0.label(),
                hc = pair[1].0.code(),
                lc = pair[0].0.code()
            ),
        )
        .under(RATES_RISE_WITH_RISK)),
    }
}

/// Refuses a minimum that falls as risk rises, but to a class that is drawn whole (class, rate in basis points, minimum): a high
/// minimum of a small risk would stand in for a high rate.
pub fn check_minimums(rules: &[(CreditClass, u32, u32)]) -> Result<(), Refusal> {
    let mut ordered: Vec<_> = rules.iter().filter(|(class, ..)| *class != CreditClass::Unclassified).collect();
    ordered.sort_by_key(|(class, ..)| *class);
    let falls = |pair: &&[&(CreditClass, u32, u32)]| pair[0].2 > pair[1].2 && pair[1].1 < 10_000;
    let Some(pair) = ordered.windows(2).find(falls) else { return Ok(()) };

    Err(Refusal::new(
        Code::RatesNotMonotone,
        text!(
            "风险较高的“{h}”类最低户数少于“{l}”类。",
            "Class {hc} carries more risk than {lc} but has a lower minimum.",
            h = pair[1].0.label(),
            l = pair[0].0.label(),
            hc = pair[1].0.code(),
            lc = pair[0].0.code()
        ),
    )
    .under(RATES_RISE_WITH_RISK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_may_not_fall() {
        let rates = [(CreditClass::Trustworthy, 200), (CreditClass::General, 100), (CreditClass::Key, 3_000)];
        assert_eq!(check_monotone(&rates).map_err(|refusal| refusal.code), Err(Code::RatesNotMonotone));
        assert!(check_monotone(&[(CreditClass::Trustworthy, 200), (CreditClass::Unclassified, 100)]).is_ok());
    }

    /// Once, 201 of 201 trustworthy enterprises were drawn and 1 of 10 dishonest ones, by their minimums.
    #[test]
    fn minimums_may_not_fall() {
        use CreditClass::{Dishonest, Trustworthy};
        let fallen = [(Trustworthy, 200, 201), (Dishonest, 1_000, 1)];
        assert_eq!(check_minimums(&fallen).map_err(|refusal| refusal.code), Err(Code::RatesNotMonotone));
        assert!(check_minimums(&[(Trustworthy, 200, 1), (Dishonest, 10_000, 0)]).is_ok(), "drawn whole");
        assert!(check_minimums(&[(Trustworthy, 200, 1), (Dishonest, 1_000, 1)]).is_ok());
    }
}
