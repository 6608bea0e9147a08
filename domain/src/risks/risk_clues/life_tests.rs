//! The life of a clue: its table, 10,000 random walks against a drawn graph, and its deadlines over a year with 调休.

use super::*;
use crate::kernel::clocks::calendar::Calendar;
use crate::kernel::clocks::legal::Stop;
use crate::kernel::rules::Rules;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The graph as the rules of the trade draw it (§8): one arrow a line.
const GRAPH: &str = "
RECEIVED DISPATCH RECEIVED
RECEIVED SIGN SIGNED
RECEIVED MERGE MERGED
SIGNED TRANSFER RECEIVED
SIGNED ASSIGN ASSIGNED
SIGNED RETURN RETURN_PENDING
SIGNED MERGE MERGED
SIGNED EXTEND SIGNED
ASSIGNED ASSIGN ASSIGNED
ASSIGNED TRANSFER RECEIVED
ASSIGNED ACCEPT VERIFYING
ASSIGNED MERGE MERGED
ASSIGNED EXTEND ASSIGNED
VERIFYING VERIFY DISPOSING
VERIFYING OPEN_INSPECTION VERIFYING
VERIFYING MERGE MERGED
VERIFYING EXTEND VERIFYING
DISPOSING OPEN_INSPECTION DISPOSING
DISPOSING DISPOSE DISPOSED
DISPOSING EXTEND DISPOSING
DISPOSED FEED_BACK FED_BACK
DISPOSED EXTEND DISPOSED
FED_BACK APPROVE APPROVED
FED_BACK REWORK REWORK
APPROVED CLOSE CLOSED
APPROVED REWORK REWORK
REWORK ACCEPT VERIFYING
REWORK EXTEND REWORK
RETURN_PENDING TRANSFER RECEIVED
RETURN_PENDING APPROVE_RETURN RETURNED
RETURN_PENDING REFUSE_RETURN SIGNED
";

fn graph() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let arrow = |line: &'static str| {
        let mut words = line.split(' ');
        Some(((words.next()?, words.next()?), words.next()?))
    };
    GRAPH.lines().filter_map(arrow).collect()
}

#[test]
fn the_table_of_a_clues_life() {
    insta::assert_snapshot!(crate::kernel::code_list::table(
        ClueStatus::ALL,
        ClueAction::ALL,
        |s, a| next(*s, *a).map(ClueStatus::code),
        |s| s.code(),
        |a| a.code()
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_walks_follow_the_graph(actions in prop::collection::vec(prop::sample::select(ClueAction::ALL), 1..60)) {
        let graph = graph();
        let (mut status, mut drawn) = (ClueStatus::Received, "RECEIVED");
        for action in actions {
            let expected = graph.get(&(drawn, action.code())).copied();
            let reached = apply(status, action).ok();
            prop_assert_eq!(reached.map(ClueStatus::code), expected, "{} {}", drawn, action.code());
            if let (Some(to), Some(name)) = (reached, expected) {
                (status, drawn) = (to, name);
            }
            prop_assert_eq!(waiting(status).is_some(), is_open(status), "open clues wait for somebody");
            prop_assert!(is_open(status) || running(status).is_empty(), "no clock runs after the end");
        }
    }
}

fn calendar() -> Calendar {
    match Calendar::published() {
        Ok(calendar) => calendar,
        Err(error) => panic!("{error}"),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// Every level's deadlines for clues received through 2026, before and within each holiday and 调休 weekend.
#[test]
fn deadlines_of_a_year_with_working_weekends() {
    let (calendar, rules) = (calendar(), Rules::default());
    let mut lines = Vec::new();
    for received in [
        "2025-12-31T01:00:00Z", // the day before 元旦; 4 January works
        "2026-01-15T06:30:00Z", // a plain Thursday
        "2026-02-12T08:00:00Z", // before 春节; Saturday 14 works, 15 to 23 off, Saturday 28 works
        "2026-02-17T03:00:00Z", // within 春节
        "2026-04-03T09:59:00Z", // before 清明
        "2026-04-29T15:30:00Z", // before 劳动节; 9 May works
        "2026-06-18T02:00:00Z", // before 端午
        "2026-09-18T02:00:00Z", // 20 September works, 中秋 25 to 27
        "2026-09-30T12:00:00Z", // before 国庆; 10 October works
        "2026-11-21T02:00:00Z", // a Saturday
        "2026-12-10T02:00:00Z", // runs into 2027, for which no notice is out
    ] {
        for level in RiskLevel::ALL {
            let received_at = at(received);
            let clocks = ClueClocks {
                level: *level,
                sign_from: received_at,
                feed_back_from: received_at,
                stops: Vec::new(),
                extension: 0,
            };
            let due = |kind| clocks.clock(&rules, kind).due(&calendar);
            let cells = ClockKind::ALL.iter().map(|kind| match due(*kind) {
                Some(due) if *level == RiskLevel::Red && *kind == ClockKind::Sign => due.at.to_string(),
                Some(due) => format!("{}{}", due.on, if due.certain { "" } else { "?" }),
                None => "-".to_owned(),
            });
            lines.push(format!("{received} {:6} {}", level.code(), cells.collect::<Vec<_>>().join("  ")));
        }
    }

    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_lights_follow_the_clocks_that_run() {
    let (calendar, rules) = (calendar(), Rules::default());
    let received_at = at("2026-11-23T02:00:00Z");
    let mut clocks = ClueClocks {
        level: RiskLevel::Orange,
        sign_from: received_at,
        feed_back_from: received_at,
        stops: Vec::new(),
        extension: 0,
    };
    let light = |clocks: &ClueClocks, status, now| lights(clocks, &rules, &calendar, status, at(now)).0.code();
    assert_eq!(light(&clocks, ClueStatus::Received, "2026-11-24T11:00:00Z"), "GREEN");
    assert_eq!(light(&clocks, ClueStatus::Received, "2026-11-24T11:12:00Z"), "YELLOW", "80 % of the first working day");
    assert_eq!(light(&clocks, ClueStatus::Received, "2026-11-24T16:00:00Z"), "RED");
    assert_eq!(light(&clocks, ClueStatus::Received, "2026-11-24T20:48:00Z"), "ESCALATED", "120 %");
    assert_eq!(light(&clocks, ClueStatus::Assigned, "2026-11-24T20:48:00Z"), "GREEN", "signed and assigned");
    // Ten working days end on 7 December; eight of them are over on the 3rd.
    assert_eq!(light(&clocks, ClueStatus::Disposing, "2026-12-03T16:00:00Z"), "YELLOW");
    assert_eq!(light(&clocks, ClueStatus::Disposing, "2026-12-07T16:00:00Z"), "RED");
    clocks.extension = 5;
    assert_eq!(light(&clocks, ClueStatus::Disposing, "2026-12-07T16:00:00Z"), "GREEN", "extended");
    clocks.stops = vec![Stop { from: at("2026-11-25T02:00:00Z"), until: None }];

    assert_eq!(light(&clocks, ClueStatus::ReturnPending, "2027-12-07T16:00:00Z"), "GREEN", "it stands still");
}
