//! How the credit classes of a task are drawn from: which are, at which rates, and how much that is in all.

use crate::credit::{CreditClass, check_minimums, check_monotone};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{GENERAL_ITEM_CEILING, RISKY_CLASSES_ARE_DRAWN};
use crate::kernel::text::text;
use crate::spot_checks::draws::strata::Stratum;
use crate::spot_checks::plans::percent;
use serde::{Deserialize, Serialize};

/// How a credit class is drawn from: its rate in basis points and its minimum count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumRule {
    pub class: CreditClass,
    pub rate_bp: u32,
    pub minimum: u32,
}

/// Refuses strata whose rates, or whose minimums, fall as risk rises: a high minimum of a small risk would stand in for a rate.
pub fn check_strata(rules: &[StratumRule]) -> Result<(), Refusal> {
    check_monotone(&rules.iter().map(|rule| (rule.class, rule.rate_bp)).collect::<Vec<_>>())?;
    check_minimums(&rules.iter().map(|rule| (rule.class, rule.rate_bp, rule.minimum)).collect::<Vec<_>>())
}

/// 未分类 is drawn like 一般 unless it has a stratum of its own; it is reported apart.
pub fn with_unclassified(mut rules: Vec<StratumRule>) -> Vec<StratumRule> {
    let general = rules.iter().find(|rule| rule.class == CreditClass::General).copied();
    if let (Some(general), false) = (general, rules.iter().any(|rule| rule.class == CreditClass::Unclassified)) {
        rules.push(StratumRule { class: CreditClass::Unclassified, ..general });
    }
    rules
}

/// The opaque public label of a class: its place in the task's own list, so that `S2` says nothing outside the task.
pub fn stratum_label(rules: &[StratumRule], class: CreditClass) -> Option<String> {
    rules.iter().position(|rule| rule.class == class).map(|index| format!("S{}", index + 1))
}

/// Whether published results may name their task. Where all that is drawn is of one stratum, or of risky classes only, the public
/// rates would tell the credit class of every enterprise that is named, and the class is never public (rules of the trade §7).
pub fn is_linkable(rules: &[StratumRule], strata: &[Stratum]) -> bool {
    let drawn = rules.iter().zip(strata).filter(|(_, stratum)| stratum.count > 0);
    let classes: Vec<_> = drawn.map(|(rule, _)| rule.class).collect();
    classes.len() > 1 && classes.iter().any(|class| !ALWAYS_DRAWN.contains(class)) && classes_left_out(rules).is_empty()
}

/// The strata of a pool, by label, with populations and counts.
pub fn strata(rules: &[StratumRule], population: impl Fn(CreditClass) -> u64) -> Vec<Stratum> {
    let labelled = rules.iter().enumerate();
    labelled
        .map(|(index, rule)| {
            Stratum::new(format!("S{}", index + 1), rule.rate_bp, u64::from(rule.minimum), population(rule.class))
        })
        .collect()
}

/// Classes that a task may leave out, with a reason.
const MAY_BE_LEFT_OUT: [CreditClass; 2] = [CreditClass::Trustworthy, CreditClass::General];
/// Classes that are always drawn from.
const ALWAYS_DRAWN: [CreditClass; 2] = [CreditClass::Key, CreditClass::Dishonest];

/// The classes that a task does not draw from, without a stratum or with one of nothing; what is not classified goes with 一般.
pub fn classes_left_out(rules: &[StratumRule]) -> Vec<CreditClass> {
    let has =
        |class: CreditClass| rules.iter().any(|rule| rule.class == class && (rule.rate_bp > 0 || rule.minimum > 0));
    let all = MAY_BE_LEFT_OUT.into_iter().chain(ALWAYS_DRAWN).chain([CreditClass::Unclassified]);
    all.filter(|class| !has(*class)).collect()
}

/// Every class is drawn from, or left out with a reason; 重点监管 and 违法失信 are never left out.
pub fn check_coverage(rules: &[StratumRule], reason: Option<&str>) -> Result<(), Refusal> {
    let drawn = |class: CreditClass| rules.iter().any(|rule| rule.class == class && rule.rate_bp > 0);
    if let Some(class) = ALWAYS_DRAWN.into_iter().find(|class| !drawn(*class)) {
        let (label, code) = (class.label(), class.code());
        return Err(Refusal::new(
            Code::ClassLeftOut,
            text!("“{label}”类必须纳入抽查，且比例大于 0。", "Class {code} must have a stratum with a rate above 0."),
        )
        .under(RISKY_CLASSES_ARE_DRAWN));
    }

    let left_out = classes_left_out(rules);
    if left_out.is_empty() || reason.is_some() {
        return Ok(());
    }
    let labels = left_out.iter().map(|class| class.label()).collect::<Vec<_>>().join("、");
    let codes = left_out.iter().map(|class| class.code()).collect::<Vec<_>>().join(", ");
    Err(Refusal::new(
        Code::ClassLeftOut,
        text!(
            "未纳入“{labels}”类：请补充该层，或写明理由（left_out_reason，将公开）。",
            "There is no stratum for {codes}: add it, or give a reason (left_out_reason, which is public)."
        ),
    )
    .under(RISKY_CLASSES_ARE_DRAWN))
}

/// All that would be drawn stays within the ceiling of the general items (basis points).
pub fn check_ceiling(strata: &[Stratum], ceiling_bp: u32) -> Result<(), Refusal> {
    let drawn: u64 = strata.iter().map(|stratum| stratum.count).sum();
    let population: u64 = strata.iter().map(|stratum| stratum.population).sum();
    if u128::from(drawn) * 10_000 <= u128::from(population) * u128::from(ceiling_bp) {
        return Ok(());
    }

    let ceiling = percent(ceiling_bp);
    Err(Refusal::new(
        Code::RatioAboveCeiling,
        text!(
            "将从 {population} 户中抽取 {drawn} 户，超过一般检查事项公布的比例上限 {ceiling}%；请降低比例，或写明理由（excess_reason）并经另一人批准。",
            "{drawn} of {population} objects would be drawn, above the published ceiling of {ceiling} % for general items: lower the rates, or give a reason (excess_reason) and have somebody else approve it."
        ),
    )
    .under(GENERAL_ITEM_CEILING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_alone_would_tell_the_class() {
        let rule = |class| StratumRule { class, rate_bp: 300, minimum: 1 };
        let rules =
            [CreditClass::Trustworthy, CreditClass::General, CreditClass::Key, CreditClass::Dishonest].map(rule);
        let rules = with_unclassified(rules.to_vec());
        let linkable = |populations: [u64; 5]| {
            let strata: Vec<_> =
                populations.iter().map(|population| Stratum::new("S".to_owned(), 10_000, 0, *population)).collect();
            is_linkable(&rules, &strata)
        };
        assert!(linkable([9, 9, 9, 9, 0]));
        assert!(!linkable([0, 9, 0, 0, 0]), "one stratum");
        assert!(!linkable([0, 0, 9, 9, 0]), "risky ones only");
        assert!(!is_linkable(&rules[2..4], &[Stratum::new("S1".to_owned(), 10_000, 0, 9)]));
    }

    #[test]
    fn labels_do_not_name_the_class() {
        let rules = [
            StratumRule { class: CreditClass::Key, rate_bp: 2_500, minimum: 1 },
            StratumRule { class: CreditClass::General, rate_bp: 300, minimum: 1 },
        ];
        assert_eq!(stratum_label(&rules, CreditClass::General).as_deref(), Some("S2"));
        assert_eq!(stratum_label(&rules, CreditClass::Dishonest), None);
    }

    #[test]
    fn no_class_is_left_out_silently() {
        let rule = |class, rate_bp| StratumRule { class, rate_bp, minimum: 1 };
        let all = with_unclassified(vec![
            rule(CreditClass::Trustworthy, 200),
            rule(CreditClass::General, 300),
            rule(CreditClass::Key, 2_500),
            rule(CreditClass::Dishonest, 10_000),
        ]);
        assert_eq!(check_coverage(&all, None), Ok(()));
        let code = |rules: &[StratumRule], reason| check_coverage(rules, reason).map_err(|refusal| refusal.code);

        let risky = &all[2..4];
        assert_eq!(code(risky, None), Err(Code::ClassLeftOut));
        assert_eq!(code(risky, Some("只查有风险的")), Ok(()));
        assert_eq!(
            classes_left_out(risky),
            [CreditClass::Trustworthy, CreditClass::General, CreditClass::Unclassified]
        );
        assert_eq!(code(&all[..3], Some("不查失信的")), Err(Code::ClassLeftOut), "never");
        let mut nothing = all.clone();
        nothing[3].rate_bp = 0;
        assert_eq!(code(&nothing, Some("比例为零")), Err(Code::ClassLeftOut), "in effect left out");
        let mut silent = all.clone();
        (silent[0].rate_bp, silent[0].minimum) = (0, 0);
        assert_eq!(code(&silent, None), Err(Code::ClassLeftOut), "left out by its numbers");
        assert_eq!(classes_left_out(&silent), [CreditClass::Trustworthy]);
    }

    #[test]
    fn the_whole_stays_within_the_ceiling() {
        let stratum = |label: &str, rate, population| Stratum::new(label.to_owned(), rate, 0, population);
        let code = |strata: &[Stratum]| check_ceiling(strata, 1_000).map_err(|refusal| refusal.code);
        assert_eq!(code(&[stratum("S1", 500, 900), stratum("S2", 5_000, 100)]), Ok(()), "95 of 1000");
        assert_eq!(code(&[stratum("S1", 500, 900), stratum("S2", 5_500, 100)]), Ok(()), "100 of 1000, and no more");
        assert_eq!(code(&[stratum("S1", 500, 900), stratum("S2", 5_600, 100)]), Err(Code::RatioAboveCeiling));
    }
}
