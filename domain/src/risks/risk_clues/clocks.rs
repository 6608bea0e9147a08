//! The clocks of a clue: signing, assigning and feeding back, each by the service level of its risk.

use super::{ClueStatus, RiskLevel};
use crate::kernel::clocks::calendar::Calendar;
use crate::kernel::clocks::legal::Stop;
use crate::kernel::clocks::{Clock, Flag};
use crate::kernel::code_list::code_list;
use crate::kernel::rules::{Rules, ServiceLevel};
use crate::oversight::worklist::Waiting;
use chrono::{DateTime, Utc};

code_list! {
    ClockKind "时限" { Sign "签收时限", Assign "分派时限", FeedBack "反馈时限" }
}

/// When the clocks of a clue began, and what happened to them since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClueClocks {
    pub level: RiskLevel,
    /// Receipt, or the latest 交办 or 转办: a department signs in its own time.
    pub sign_from: DateTime<Utc>,
    /// Feeding back begins anew with a rework.
    pub feed_back_from: DateTime<Utc>,
    /// 停止: while a return to the sender is decided on.
    pub stops: Vec<Stop>,
    /// Working days added to the time for feeding back.
    pub extension: u32,
}

/// The service level of a risk level.
const fn service_level(rules: &Rules, level: RiskLevel) -> ServiceLevel {
    match level {
        RiskLevel::Red => rules.clue_service_levels.red,
        RiskLevel::Orange => rules.clue_service_levels.orange,
        RiskLevel::Yellow => rules.clue_service_levels.yellow,
        RiskLevel::Blue => rules.clue_service_levels.blue,
    }
}

impl ClueClocks {
    pub fn clock(&self, rules: &Rules, kind: ClockKind) -> Clock {
        let level = service_level(rules, self.level);
        // A clock that began anew knows nothing of standstills before.
        let stops_since = |from| self.stops.iter().filter(move |stop| stop.until.is_none_or(|until| until > from));
        let clock = |term, from| Clock { stops: stops_since(from).copied().collect(), ..Clock::new(term, from) };
        match kind {
            ClockKind::Sign => Clock::new(level.sign, self.sign_from),
            ClockKind::Assign => clock(level.assign, self.sign_from),
            ClockKind::FeedBack => Clock { extension: self.extension, ..clock(level.feed_back, self.feed_back_from) },
        }
    }
}

/// The clocks that run in a state.
pub const fn running(status: ClueStatus) -> &'static [ClockKind] {
    match status {
        ClueStatus::Received => &[ClockKind::Sign, ClockKind::Assign, ClockKind::FeedBack],
        ClueStatus::Signed => &[ClockKind::Assign, ClockKind::FeedBack],
        ClueStatus::Assigned
        | ClueStatus::Verifying
        | ClueStatus::Disposing
        | ClueStatus::Disposed
        | ClueStatus::Rework => &[ClockKind::FeedBack],
        ClueStatus::FedBack
        | ClueStatus::Approved
        | ClueStatus::Closed
        | ClueStatus::ReturnPending
        | ClueStatus::Returned
        | ClueStatus::Merged => &[],
    }
}

/// The worst light of the clocks that run, and when the next one changes.
pub fn lights(
    clocks: &ClueClocks,
    rules: &Rules,
    calendar: &Calendar,
    status: ClueStatus,
    now: DateTime<Utc>,
) -> (Flag, Option<DateTime<Utc>>) {
    let mut worst = Flag::Green;
    let mut next: Option<DateTime<Utc>> = None;
    for kind in running(status) {
        let clock = clocks.clock(rules, *kind);
        worst = worst.max(clock.flag(calendar, now));
        let later = Flag::ALL
            .iter()
            .filter(|flag| **flag != Flag::Green)
            .filter_map(|flag| clock.at(calendar, flag.from_percent()))
            .filter(|at| *at > now)
            .min();
        next = [next, later].into_iter().flatten().min();
    }

    (worst, next)
}

/// What a clue waits for, and by which clock.
pub const fn waiting(status: ClueStatus) -> Option<(Waiting, Option<ClockKind>)> {
    match status {
        ClueStatus::Received => Some((Waiting::ClueToSign, Some(ClockKind::Sign))),
        ClueStatus::Signed => Some((Waiting::ClueToAssign, Some(ClockKind::Assign))),
        ClueStatus::Assigned | ClueStatus::Verifying | ClueStatus::Rework => {
            Some((Waiting::ClueToVerify, Some(ClockKind::FeedBack)))
        }
        ClueStatus::Disposing => Some((Waiting::ClueToDispose, Some(ClockKind::FeedBack))),
        ClueStatus::Disposed => Some((Waiting::ClueToFeedBack, Some(ClockKind::FeedBack))),
        ClueStatus::FedBack => Some((Waiting::ClueToReview, None)),
        ClueStatus::Approved => Some((Waiting::ClueToClose, None)),
        ClueStatus::ReturnPending => Some((Waiting::ClueReturnToDecide, None)),
        ClueStatus::Closed | ClueStatus::Returned | ClueStatus::Merged => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clue that stood still while a return was decided on, and was transferred later: the new department's clocks begin
    /// with the transfer, whatever stood still before.
    #[test]
    fn a_transferred_clue_is_not_late_on_arrival() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).unwrap_or_default();
        let (Ok(calendar), rules) = (Calendar::published(), Rules::default()) else { unreachable!("it is published") };
        let returned = Stop { from: at("2026-11-23T02:00:00Z"), until: Some(at("2026-11-25T02:00:00Z")) };
        for level in [RiskLevel::Red, RiskLevel::Orange, RiskLevel::Yellow, RiskLevel::Blue] {
            let transferred = at("2026-11-26T01:00:00Z");
            let clocks = ClueClocks {
                level,
                sign_from: transferred,
                feed_back_from: at("2026-11-20T01:00:00Z"),
                stops: vec![returned],
                extension: 0,
            };
            let fresh = ClueClocks { stops: Vec::new(), ..clocks.clone() };
            for kind in [ClockKind::Sign, ClockKind::Assign] {
                let due = clocks.clock(&rules, kind).due(&calendar);
                assert_eq!(due, fresh.clock(&rules, kind).due(&calendar), "{level:?} {kind:?}");
                assert!(due.is_some_and(|due| due.at > transferred), "{level:?} {kind:?}");
            }
            let stood = clocks.clock(&rules, ClockKind::FeedBack);
            assert_eq!(stood.stops, [returned], "what stands still while it runs, counts");
        }
    }
}
