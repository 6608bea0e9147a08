//! 风险预警线索: received, signed, assigned, verified, disposed of, fed back, and closed — or returned, or merged.

mod clocks;
mod life;
#[cfg(test)]
mod life_tests;

pub use clocks::{ClockKind, ClueClocks, lights, running, waiting};
pub use life::{ClueAction, ClueFacts, ClueStatus, apply, is_open, next};

use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;

code_list! {
    /// 风险等级, in falling risk.
    RiskLevel "风险等级" { Red "高（红）", Orange "较高（橙）", Yellow "中（黄）", Blue "低（蓝）" }
}

code_list! {
    ClueSource "线索来源" {
        National "国家下发", Provincial "省级下发", City "市级下发", Model "本地模型", Manual "人工录入", Complaint "投诉举报"
    }
}

impl ClueSource {
    /// Sent by an upper level, through its platform.
    pub const fn is_upper(self) -> bool {
        matches!(self, Self::National | Self::Provincial | Self::City)
    }
}

code_list! {
    Verdict "核查结论" { True "属实", Partly "部分属实", False "不属实", Unverifiable "无法核实" }
}

impl Verdict {
    /// The clue pointed at something.
    pub const fn is_hit(self) -> bool {
        matches!(self, Self::True | Self::Partly)
    }
}

/// The measure of a clue that proved wrong (dictionary clue-dispose-type, 核查不属实).
pub const NOT_TRUE: &str = "6";
/// Any other measure (其他).
const OTHER: &str = "9";

/// What was done must go with what was found.
pub fn check_measures(verdict: Verdict, measures: &[&str]) -> Result<(), Refusal> {
    let fits = |measure: &&str| match verdict {
        Verdict::True | Verdict::Partly => *measure != NOT_TRUE,
        Verdict::False => *measure == NOT_TRUE,
        Verdict::Unverifiable => matches!(*measure, NOT_TRUE | OTHER),
    };
    if !measures.is_empty() && measures.iter().all(fits) {
        return Ok(());
    }

    Err(Refusal::new(
        Code::MeasureInvalid,
        text!(
            "核查结论为“{v}”，处置方式与之不符：不属实的只能填“6 核查不属实”，属实的须采取其他措施。",
            "The verdict is {c}: a false clue takes measure 6 only, a true one any other.",
            v = verdict.label(),
            c = verdict.code()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_go_with_the_verdict() {
        assert!(check_measures(Verdict::True, &["1", "3"]).is_ok());
        assert!(check_measures(Verdict::False, &["6"]).is_ok());
        assert!(check_measures(Verdict::Unverifiable, &["9"]).is_ok());
        for (verdict, measures) in [
            (Verdict::True, vec!["6"]),
            (Verdict::False, vec!["2"]),
            (Verdict::Partly, vec![]),
            (Verdict::False, vec!["6", "1"]),
        ] {
            assert!(check_measures(verdict, &measures).is_err(), "{verdict:?} {measures:?}");
        }
    }
}
