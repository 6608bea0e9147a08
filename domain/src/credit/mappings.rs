//! 等级映射表: level of a scheme → local class, revision by revision. The pushed level is never overwritten by it.

use super::{CreditClass, CreditScheme};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::RATES_RISE_WITH_RISK;
use crate::kernel::text::{listed, text};
use serde::{Deserialize, Serialize};

/// The revision of the tables built in; the county's own count from 1.
pub const PLATFORM_DEFAULT: i32 = 0;

/// One line of a mapping table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub level: String,
    pub class: CreditClass,
}

/// The table that is used until the county has one of its own; there is none for a sector's self-made levels.
pub fn default_entries(scheme: CreditScheme) -> Vec<Entry> {
    use CreditClass::{Dishonest, General, Key, Trustworthy};
    let classes: &[CreditClass] = match scheme {
        CreditScheme::National => &[Trustworthy, General, Key, Key, Dishonest],
        CreditScheme::MarketRegulation => &[Trustworthy, General, Key, Dishonest],
        CreditScheme::Sector => &[],
    };
    let levels = scheme.levels().iter().zip(classes);
    levels.map(|(level, class)| Entry { level: (*level).to_owned(), class: *class }).collect()
}

/// The local class of a pushed level.
pub fn class_of(entries: &[Entry], level: &str) -> Option<CreditClass> {
    entries.iter().find(|entry| entry.level == level).map(|entry| entry.class)
}

/// A table names every level of its scheme once, and a riskier level never means a milder class.
pub fn check_entries(scheme: CreditScheme, entries: &[Entry]) -> Result<(), Refusal> {
    let classes: Vec<_> = scheme.levels().iter().map(|level| class_of(entries, level)).collect();
    let whole = entries.len() == scheme.levels().len() && classes.iter().all(Option::is_some);
    if !whole || entries.iter().any(|entry| entry.class == CreditClass::Unclassified) {
        let levels = listed(scheme.levels());

        return Err(Refusal::new(
            Code::MappingInvalid,
            text!(
                "映射表应恰好包含本体系的每个等级一次（{zh}），且不得映射为“未分类”。",
                "The table must name each level of the scheme once ({en}), none of them as unclassified.",
                zh = levels.zh,
                en = levels.en
            ),
        ));
    }

    let risks: Vec<_> = classes.into_iter().flatten().map(CreditClass::risk).collect();
    if risks.is_sorted() {
        return Ok(());
    }

    Err(Refusal::new(
        Code::MappingInvalid,
        text!("风险更高的等级不得映射为风险更低的类别。", "A riskier level must not mean a milder class."),
    )
    .under(RATES_RISE_WITH_RISK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letter_means_different_classes() {
        let class = |scheme, level| class_of(&default_entries(scheme), level);
        assert_eq!(class(CreditScheme::National, "D"), Some(CreditClass::Key));
        assert_eq!(class(CreditScheme::MarketRegulation, "D"), Some(CreditClass::Dishonest));
        assert_eq!(class(CreditScheme::MarketRegulation, "E"), None);
        assert_eq!(class(CreditScheme::Sector, "A"), None);
    }

    #[test]
    fn the_tables_built_in_are_sound_and_others_are_refused() {
        for scheme in [CreditScheme::National, CreditScheme::MarketRegulation] {
            assert_eq!(check_entries(scheme, &default_entries(scheme)), Ok(()));
        }
        let mut falling = default_entries(CreditScheme::MarketRegulation);
        falling[3].class = CreditClass::General;
        let mut double = default_entries(CreditScheme::MarketRegulation);
        double[3].level = "C".to_owned();
        for bad in [falling, double, default_entries(CreditScheme::National)] {
            let refused = check_entries(CreditScheme::MarketRegulation, &bad).map_err(|refusal| refusal.code);
            assert_eq!(refused, Err(Code::MappingInvalid));
        }
    }
}
