//! The clocks of a complaint. A 投诉 is accepted in seven working days and mediated in forty-five; a 举报 is verified in fifteen, and
//! fifteen more where that was approved; who gave their name is told in five. What the hotline sends has the hotline's beside them.

use super::{ComplaintKind, ComplaintStatus, HotlineTicket};
use crate::kernel::clocks::calendar::{Calendar, local_date};
use crate::kernel::clocks::legal::Stop;
use crate::kernel::clocks::{Clock, Term};
use crate::kernel::code_list::code_list;
use crate::kernel::rules::Rules;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

code_list! {
    ComplaintClock "投诉举报时限" {
        Accept "受理时限", Mediate "调解时限", Verify "核查时限", Tell "告知时限", Answer "答复时限"
    }
}

/// When its clocks began, and what happened to them since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintClocks {
    pub kind: ComplaintKind,
    pub ticket: Option<HotlineTicket>,
    /// Nobody can be told.
    pub is_anonymous: bool,
    /// 登记时间, or the hotline's 派单时间.
    pub received_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub concluded_at: Option<DateTime<Utc>>,
    /// While materials were waited for.
    pub waits: Vec<Stop>,
    /// While something was tested or appraised.
    pub stops: Vec<Stop>,
    /// Working days added.
    pub extension: u32,
}

/// 一项已结束的时限: whether it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedTerm {
    pub clock: ComplaintClock,
    /// None where it stood still when it ended.
    pub due_on: Option<NaiveDate>,
    pub ended_at: DateTime<Utc>,
    pub is_late: bool,
}

impl ComplaintClocks {
    /// The clocks that run in a state: the law's, and the hotline's beside it.
    pub fn running(&self, status: ComplaintStatus) -> Vec<ComplaintClock> {
        use ComplaintClock as C;
        use ComplaintKind as K;
        use ComplaintStatus as S;

        let own = match (status, self.kind) {
            (S::Closed | S::Transferred | S::Merged | S::Notified, _) => return Vec::new(),
            (S::Concluded, K::Report) if !self.is_anonymous => Some(C::Tell),
            (S::Concluded, _) => None,
            (S::Received | S::MaterialsRequested | S::Accepted | S::Handling | S::Refused, K::Report) => {
                Some(C::Verify)
            }
            (S::Received | S::MaterialsRequested | S::Accepted | S::Handling | S::Refused, K::Enquiry) => {
                Some(C::Answer)
            }
            (S::Received | S::MaterialsRequested | S::Refused, K::Complaint) => Some(C::Accept),
            (S::Accepted | S::Handling, K::Complaint) => Some(C::Mediate),
        };
        let hotline = self.ticket.map(|_| C::Answer).filter(|answer| own != Some(*answer));

        own.into_iter().chain(hotline).collect()
    }

    pub fn clock(&self, rules: &Rules, clock: ComplaintClock) -> Clock {
        let from = |term, at: Option<DateTime<Utc>>| Clock::new(term, at.unwrap_or(self.received_at));
        let days = |length, at| from(Term::working_days(length), at);

        match clock {
            ComplaintClock::Accept => {
                Clock { stops: self.waits.clone(), ..days(rules.complaint_accept_working_days, None) }
            }
            ComplaintClock::Mediate => {
                Clock { stops: self.stops.clone(), ..from(rules.complaint_mediation, self.accepted_at) }
            }
            ComplaintClock::Verify => Clock {
                stops: self.stops.clone(),
                extension: self.extension,
                ..days(rules.report_verification_working_days, None)
            },
            ComplaintClock::Tell => days(rules.report_tell_working_days, self.concluded_at),
            // The hotline's stands still for nobody.
            ComplaintClock::Answer => Clock { extension: self.extension, ..days(self.answer_days(rules), None) },
        }
    }

    /// How soon an answer is wanted; without the hotline, as of an enquiry.
    const fn answer_days(&self, rules: &Rules) -> u32 {
        match self.ticket {
            Some(HotlineTicket::Enquiry) | None => rules.hotline_working_days.enquiry,
            Some(HotlineTicket::Help) => rules.hotline_working_days.help,
            Some(HotlineTicket::Complaint) => rules.hotline_working_days.complaint,
        }
    }

    /// By how many working days a clock may be extended; none where it may not.
    pub const fn longest_extension(&self, rules: &Rules, clock: ComplaintClock) -> Option<u32> {
        match clock {
            ComplaintClock::Verify => Some(rules.report_extension_working_days),
            ComplaintClock::Answer => Some(self.answer_days(rules)),
            ComplaintClock::Accept | ComplaintClock::Mediate | ComplaintClock::Tell => None,
        }
    }

    /// The clock that ends first of those that run, and its last day; none where none runs or all stand still.
    pub fn due(
        &self,
        rules: &Rules,
        calendar: &Calendar,
        status: ComplaintStatus,
    ) -> Option<(ComplaintClock, NaiveDate)> {
        let running = self.running(status).into_iter();
        let ends = running.filter_map(|clock| Some((clock, self.clock(rules, clock).due(calendar)?.on)));
        ends.min_by_key(|(_, on)| *on)
    }

    /// The clocks that a step ended, and whether each was kept.
    pub fn ended(
        &self,
        rules: &Rules,
        calendar: &Calendar,
        (from, to): (ComplaintStatus, ComplaintStatus),
        at: DateTime<Utc>,
    ) -> Vec<EndedTerm> {
        let still = self.running(to);
        let over = self.running(from).into_iter().filter(|clock| !still.contains(clock));

        let ended = over.map(|clock| {
            let due_on = self.clock(rules, clock).due(calendar).map(|due| due.on);
            let is_late = due_on.is_some_and(|due| due < local_date(at));
            EndedTerm { clock, due_on, ended_at: at, is_late }
        });
        // What is merged in time is kept or not with the matter that it went into; what was late stays late.
        ended.filter(|term| to != ComplaintStatus::Merged || term.is_late).collect()
    }
}
