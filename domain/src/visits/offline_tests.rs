//! Passes and records, whatever order they come in.

use super::VisitStatus;
use super::offline::*;
use crate::inspections::inspections::InspectionStatus;
use crate::kernel::code_list::table;
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

#[test]
fn the_tables_of_passes_and_records() {
    let passes = table(
        PassStatus::ALL,
        PassAction::ALL,
        |status, action| next_pass(*status, *action).map(PassStatus::code),
        |status| status.code(),
        |action| action.code(),
    );
    let records = table(
        OfflineStatus::ALL,
        OfflineRecordAction::ALL,
        |status, action| next_record(*status, *action).map(OfflineStatus::code),
        |status| status.code(),
        |action| action.code(),
    );

    insta::assert_snapshot!(format!("{passes}\n\n{records}"));
}

#[test]
fn what_becomes_of_a_record_by_what_it_finds() {
    let mut lines = Vec::new();
    for status in VisitStatus::ALL {
        let (entry, leave) = (judge_entry(*status, true), judge_leave(*status, true));
        let (other_entry, other_leave) = (judge_entry(*status, false), judge_leave(*status, false));
        lines.push(format!(
            "visit {:10} enter {entry:?} or {other_entry:?}, leave {leave:?} or {other_leave:?}",
            status.code()
        ));
    }

    let at = DateTime::<Utc>::UNIX_EPOCH;
    for status in InspectionStatus::ALL {
        let judged = |visit, same, own| judge_result(visit, Standing { status: *status, same, own }, (at, at));
        lines.push(format!(
            "inspection {:12} on site {:?}, from afar {:?}, the same {:?}, after an older own {:?}, after a newer own {:?}",
            status.code(),
            judged(Some(VisitStatus::Notified), false, None),
            judged(None, false, None),
            judged(None, true, None),
            judged(None, false, Some((at, at - Duration::minutes(1)))),
            judged(None, false, Some((at + Duration::minutes(1), at))),
        ));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_wrong_clock_is_put_right() {
    let at = |minute| DateTime::<Utc>::UNIX_EPOCH + Duration::minutes(minute);
    assert_eq!(corrected(at(100), at(130), at(130)), at(100));
    assert_eq!(corrected(at(160), at(190), at(130)), at(100), "an hour fast");
    assert_eq!(corrected(at(40), at(70), at(130)), at(100), "an hour slow");
    assert_eq!(corrected(at(100), at(129), at(130)), at(100), "a minute on its way");
    assert_eq!(corrected(at(140), at(130), at(130)), at(130), "nothing is done after it was sent");
    assert_eq!(corrected(at(1), DateTime::<Utc>::MIN_UTC, at(130)), at(1));
}

/// A phone's results for one inspection, in whatever order they come and however often: the newest stands.
fn settle(order: &[usize]) -> usize {
    let at = |number: usize| DateTime::<Utc>::UNIX_EPOCH + Duration::minutes(i64::try_from(number).unwrap_or(0));
    let mut standing: Option<usize> = None;

    for written in order {
        let facts = Standing {
            status: if standing.is_some() { InspectionStatus::Entered } else { InspectionStatus::Started },
            same: standing == Some(*written),
            own: standing.map(|number| (at(number), at(number))),
        };
        match judge_result(None, facts, (at(*written), at(*written))) {
            Verdict::Apply => standing = Some(*written),
            Verdict::Duplicate | Verdict::Overtaken => {}
            Verdict::Wait | Verdict::Conflict => unreachable!("nobody else is there"),
        }
    }
    standing.unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_order_in_which_records_come_does_not_matter(order in proptest::collection::vec(0usize..6, 1..20)) {
        prop_assert_eq!(Some(settle(&order)), order.iter().max().copied());
    }
}
