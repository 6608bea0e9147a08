//! §20 of the rules of the trade, with its numbers.

use super::*;
use crate::access::{Actor, Decide, Role};
use crate::kernel::clocks::calendar::{Calendar, start_of};
use crate::kernel::clocks::legal::Stop;
use crate::kernel::rules::Rules;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

/// Ten in the morning of a day in Beijing.
fn at(text: &str) -> DateTime<Utc> {
    start_of(day(text)) + Duration::hours(10)
}

fn clocks(kind: ComplaintKind, received: &str) -> ComplaintClocks {
    ComplaintClocks {
        kind,
        ticket: None,
        is_anonymous: false,
        received_at: at(received),
        accepted_at: None,
        concluded_at: None,
        waits: Vec::new(),
        stops: Vec::new(),
        extension: 0,
    }
}

fn calendar() -> Calendar {
    let Ok(calendar) = Calendar::published() else { unreachable!("it is published") };
    calendar
}

fn due(clocks: &ComplaintClocks, status: ComplaintStatus) -> Option<NaiveDate> {
    clocks.due(&Rules::default(), &calendar(), status).map(|(_, on)| on)
}

#[test]
fn the_scenario_of_a_complaint() {
    let mut clocks = clocks(ComplaintKind::Complaint, "2026-09-28");
    assert_eq!(due(&clocks, ComplaintStatus::Received), Some(day("2026-10-13")), "10 October works");
    clocks.waits.push(Stop { from: at("2026-10-09"), until: None });
    assert_eq!(due(&clocks, ComplaintStatus::MaterialsRequested), None, "it stands still");
    clocks.waits[0].until = Some(at("2026-10-13"));
    assert_eq!(due(&clocks, ComplaintStatus::Received), Some(day("2026-10-16")));
    clocks.accepted_at = Some(at("2026-10-16"));
    assert_eq!(due(&clocks, ComplaintStatus::Accepted), Some(day("2026-12-18")));
    assert_eq!(due(&clocks, ComplaintStatus::Closed), None);

    // What was ended by when: accepted in time, mediated a day late.
    let calendar = calendar();
    let ended = |from, to, on| clocks.ended(&Rules::default(), &calendar, (from, to), at(on));
    use ComplaintStatus as S;
    let term = |clock, due: &str, on, is_late| EndedTerm { clock, due_on: Some(day(due)), ended_at: at(on), is_late };
    let accepted = ended(S::Received, S::Accepted, "2026-10-16");
    assert_eq!(accepted, [term(ComplaintClock::Accept, "2026-10-16", "2026-10-16", false)]);
    let mediated = ended(S::Handling, S::Concluded, "2026-12-19");
    assert_eq!(mediated, [term(ComplaintClock::Mediate, "2026-12-18", "2026-12-19", true)]);
    assert_eq!(ended(S::Accepted, S::Handling, "2026-12-19"), [], "it runs on");
    assert_eq!(ended(S::Handling, S::Merged, "2026-12-18"), [], "the other matter keeps it or not");
    assert_eq!(ended(S::Handling, S::Merged, "2026-12-19"), mediated, "what was late stays late");
}

#[test]
fn a_report_is_verified_in_fifteen_working_days_and_fifteen_more() {
    let mut clocks = clocks(ComplaintKind::Report, "2026-11-02");
    assert_eq!(due(&clocks, ComplaintStatus::Received), Some(day("2026-11-23")));
    clocks.extension = 15;
    assert_eq!(due(&clocks, ComplaintStatus::Handling), Some(day("2026-12-14")));
    clocks.stops.push(Stop { from: at("2026-11-10"), until: Some(at("2026-11-12")) });
    assert_eq!(
        due(&clocks, ComplaintStatus::Handling),
        Some(day("2026-12-16")),
        "two days in which something was tested"
    );

    // Who gave a name is told in five working days; nobody is told of what nobody signed.
    clocks.concluded_at = Some(at("2026-12-01"));
    assert_eq!(due(&clocks, ComplaintStatus::Concluded), Some(day("2026-12-08")));
    let nameless = ComplaintClocks { is_anonymous: true, ..clocks };
    assert_eq!(due(&nameless, ComplaintStatus::Concluded), None);
}

#[test]
fn the_hotline_wants_its_answer_sooner() {
    let ticket = |ticket, kind| ComplaintClocks { ticket: Some(ticket), ..clocks(kind, "2026-11-02") };
    let enquiry = ticket(HotlineTicket::Enquiry, ComplaintKind::Enquiry);
    assert_eq!(due(&enquiry, ComplaintStatus::Received), Some(day("2026-11-05")));
    let help = ticket(HotlineTicket::Help, ComplaintKind::Enquiry);
    assert_eq!(due(&help, ComplaintStatus::Handling), Some(day("2026-11-11")));
    let complaint = ComplaintClocks {
        accepted_at: Some(at("2026-11-04")),
        ..ticket(HotlineTicket::Complaint, ComplaintKind::Complaint)
    };
    assert_eq!(due(&complaint, ComplaintStatus::Received), Some(day("2026-11-11")), "accepted within seven");
    assert_eq!(due(&complaint, ComplaintStatus::Handling), Some(day("2026-11-23")), "the hotline's fifteen come first");
}

#[test]
fn the_table_of_a_complaints_life() {
    insta::assert_snapshot!(crate::kernel::code_list::table(
        ComplaintStatus::ALL,
        ComplaintAction::ALL,
        |s, a| next(*s, *a).map(ComplaintStatus::code),
        |s| s.code(),
        |a| a.code()
    ));
}

#[test]
fn what_a_kind_does_not_know_is_refused() {
    let facts = |kind, status| ComplaintFacts {
        status,
        kind,
        department_id: Some(Uuid::from_u128(9)),
        is_anonymous: false,
        is_suspended: false,
        clock: Some(ComplaintClock::Verify),
        is_extended: false,
        is_overdue: false,
        has_clue: false,
        has_subject: true,
    };
    let admin = Actor::of(Uuid::from_u128(2), "admin", Role::DepartmentAdmin, Uuid::from_u128(9));
    let code = |facts: ComplaintFacts, action| facts.judge(&admin, action).map_err(|refusal| refusal.code.code());
    use ComplaintAction as A;
    use ComplaintKind as K;
    use ComplaintStatus as S;

    assert_eq!(code(facts(K::Report, S::Received), A::Refuse), Err("STATE_CONFLICT"));
    assert_eq!(code(facts(K::Complaint, S::Received), A::Refuse), Ok(S::Refused));
    assert_eq!(code(facts(K::Complaint, S::Concluded), A::Close), Err("STATE_CONFLICT"), "told first");
    let nobody = ComplaintFacts { is_anonymous: true, ..facts(K::Report, S::Concluded) };
    assert_eq!((code(nobody, A::Close), code(nobody, A::Notify)), (Ok(S::Closed), Err("STATE_CONFLICT")));
    let stopped = ComplaintFacts { is_suspended: true, ..facts(K::Report, S::Handling) };
    assert_eq!((code(stopped, A::Conclude), code(stopped, A::Resume)), (Err("STATE_CONFLICT"), Ok(S::Handling)));
    assert_eq!(code(stopped, A::Suspend), Err("STATE_CONFLICT"));

    let handled = facts(K::Report, S::Handling);
    assert_eq!(code(handled, A::Extend), Ok(S::Handling));
    assert_eq!(code(ComplaintFacts { is_overdue: true, ..handled }, A::Extend), Err("STATE_CONFLICT"));
    assert_eq!(code(ComplaintFacts { is_extended: true, ..handled }, A::Extend), Err("EXTENSION_USED"));
    let mediated = ComplaintFacts { clock: Some(ComplaintClock::Mediate), ..facts(K::Complaint, S::Handling) };
    assert_eq!(code(mediated, A::Extend), Err("STATE_CONFLICT"), "mediation ends");
    assert_eq!(code(ComplaintFacts { has_subject: false, ..handled }, A::RaiseClue), Err("STATE_CONFLICT"));
    assert_eq!(code(ComplaintFacts { has_clue: true, ..handled }, A::RaiseClue), Err("STATE_CONFLICT"));
    assert!(!handled.is_granted(&admin, A::Extend) && handled.is_granted(&admin, A::Conclude));
    for kind in ComplaintKind::ALL {
        let fits = ComplaintOutcome::ALL.iter().filter(|outcome| outcome.fits(*kind));
        assert!((2..=3).contains(&fits.count()), "{kind:?}");
    }
}
