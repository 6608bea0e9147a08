//! 信用分类: what the upper level sent and what the county makes of it.

use super::code_list;
use super::refusal::{Code, Refusal};
use super::rules::RATES_RISE_WITH_RISK;
use super::text::text;

code_list! {
    /// 本地信用类别, in rising risk; UNCLASSIFIED is drawn like GENERAL and reported apart.
    LocalClass { Trustworthy "守法诚信", General "一般", Key "重点监管", Dishonest "违法失信", Unclassified "未分类" }
}

code_list! {
    /// 分类体系. National codes 1 and 2; the letter alone never says which.
    Scheme { National "国家“互联网+监管”五级", MarketRegulation "市监企业信用风险四类" }
}

impl Scheme {
    pub fn from_national(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Self::National),
            "2" => Some(Self::MarketRegulation),
            _ => None,
        }
    }

    pub const fn national(self) -> &'static str {
        match self {
            Self::National => "1",
            Self::MarketRegulation => "2",
        }
    }
}

/// The county's class of a pushed level: four levels map one to one; of five, the two lowest risks share 一般's neighbours.
pub fn local_class(scheme: Scheme, level: &str) -> Option<LocalClass> {
    match (scheme, level) {
        (_, "A") => Some(LocalClass::Trustworthy),
        (_, "B") => Some(LocalClass::General),
        (Scheme::National | Scheme::MarketRegulation, "C") => Some(LocalClass::Key),
        (Scheme::MarketRegulation, "D") => Some(LocalClass::Dishonest),
        (Scheme::National, "D") => Some(LocalClass::Key),
        (Scheme::National, "E") => Some(LocalClass::Dishonest),
        _ => None,
    }
}

/// Refuses a rate that falls as risk rises (`rates` in basis points, in rising risk).
pub fn check_monotone(rates: &[(LocalClass, u32)]) -> Result<(), Refusal> {
    let mut ordered: Vec<_> = rates.iter().filter(|(class, _)| *class != LocalClass::Unclassified).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letter_means_different_classes() {
        assert_eq!(local_class(Scheme::National, "D"), Some(LocalClass::Key));
        assert_eq!(local_class(Scheme::MarketRegulation, "D"), Some(LocalClass::Dishonest));
        assert_eq!(local_class(Scheme::MarketRegulation, "E"), None);
    }

    #[test]
    fn rates_may_not_fall() {
        let rates = [(LocalClass::Trustworthy, 200), (LocalClass::General, 100), (LocalClass::Key, 3_000)];
        assert_eq!(check_monotone(&rates).map_err(|refusal| refusal.code), Err(Code::RatesNotMonotone));
        assert!(check_monotone(&[(LocalClass::Trustworthy, 200), (LocalClass::Unclassified, 100)]).is_ok());
    }
}
