//! Evidence: its life, its gaps, its types.

use super::*;
use proptest::prelude::*;

#[test]
fn the_table_of_evidence() {
    insta::assert_snapshot!(crate::kernel::code_list::table(
        EvidenceStatus::ALL,
        EvidenceAction::ALL,
        |status, action| next(*status, *action).map(EvidenceStatus::code),
        |status| status.code(),
        |action| action.code()
    ));
}

/// §25: photo 3 of 5 never arrives.
#[test]
fn the_third_of_five_is_missing() {
    use EvidenceStatus as S;
    let sent = [1, 2, 4, 5].map(|seq| (seq, S::Kept));

    assert_eq!(gaps(None, &sent), [Gap { seq: 3, status: None }]);
    assert_eq!(gaps(Some(6), &sent), [Gap { seq: 3, status: None }, Gap { seq: 6, status: None }]);
    assert_eq!(
        gaps(Some(3), &[(3, S::Declared), (1, S::Refused), (2, S::Discarded)]),
        [Gap { seq: 1, status: Some(S::Refused) }, Gap { seq: 3, status: Some(S::Declared) }]
    );
    assert_eq!(gaps(None, &[]), []);
    assert_eq!(gaps(Some(0), &[]), []);
}

proptest! {
    /// Whatever is there or is a gap is each number once, from one to the last.
    #[test]
    fn each_number_is_there_or_missing(
        pieces in prop::collection::btree_map(1..60i32, prop::sample::select(EvidenceStatus::ALL), 0..40),
        count in prop::option::of(0..60i32),
    ) {
        use EvidenceStatus as S;
        let list: Vec<_> = pieces.iter().map(|(seq, status)| (*seq, *status)).collect();
        let missing = gaps(count, &list);
        let there = list.iter().filter(|(_, status)| matches!(status, S::Received | S::Kept | S::Discarded));
        let mut all: Vec<_> = missing.iter().map(|gap| gap.seq).chain(there.map(|(seq, _)| *seq)).collect();
        all.sort_unstable();

        let last = pieces.keys().copied().chain(count).max().unwrap_or(0);
        prop_assert_eq!(all, (1..=last).collect::<Vec<_>>());
        prop_assert!(missing.iter().all(|gap| gap.status == pieces.get(&gap.seq).copied()));
    }
}

#[test]
fn a_file_is_what_its_content_says() {
    let found = |name, kind| check_media(name, kind).map(|media| media.extension);

    assert_eq!(found(Some("image/jpeg"), EvidenceKind::Photo), Ok("jpg"));
    assert_eq!(found(Some("image/jpeg"), EvidenceKind::Document), Ok("jpg"));
    assert_eq!(found(Some("application/pdf"), EvidenceKind::Photo), Err(EvidenceFault::KindMismatch));
    assert_eq!(found(Some("image/svg+xml"), EvidenceKind::Photo), Err(EvidenceFault::TypeNotAllowed));
    assert_eq!(found(Some("text/html"), EvidenceKind::Document), Err(EvidenceFault::TypeNotAllowed));
    assert_eq!(found(None, EvidenceKind::Video), Err(EvidenceFault::TypeNotAllowed));
}
