//! Rows 4 and 13: how much of what departments send is right, how soon it comes, and of which items.

use super::{Ratio, Sets};
use crate::intake::behaviours::quality::RowFinding;
use crate::kernel::text::{Text, text};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why a row is not counted as right: its first error that is open, and how many there are.
pub fn why_wrong(findings: &[RowFinding]) -> Text {
    let open: Vec<_> = findings.iter().filter(|finding| finding.is_open_error()).collect();
    let Some(first) = open.first() else { return text!("有未处理的错误", "an error is open") };
    match open.len() {
        1 => Text { zh: first.message_zh.clone(), en: first.message_en.clone() },
        more => text!(
            "{zh}（共 {more} 处错误）",
            "{en} ({more} errors in all)",
            zh = first.message_zh,
            en = first.message_en
        ),
    }
}

/// Why a row did not come in time.
pub fn why_late(happened_on: Option<NaiveDate>, arrived_on: NaiveDate, most: u32) -> Text {
    match happened_on {
        None => text!("没有发生日期，不能计算", "the day on which it happened is not known"),
        Some(on) if on > arrived_on => {
            text!("发生日期 {on} 晚于到达日期 {arrived_on}", "it happened on {on}, after it came on {arrived_on}")
        }
        Some(on) => text!(
            "{on} 发生，{arrived_on} 到达，超过 {most} 个工作日",
            "it happened on {on} and came on {arrived_on}, after more than {most} working days"
        ),
    }
}

/// A file of a data set that was received this year.
#[derive(Clone, Debug)]
pub struct FileFacts {
    pub id: Uuid,
    pub rows: u64,
    /// Rows with an error: none of them was taken.
    pub refused: u64,
}

/// Row 4: rows without an error ÷ rows received, of the sets whose wrong rows are refused (rules of the trade §9).
pub fn file_accuracy<'a>(files: impl IntoIterator<Item = &'a FileFacts>) -> Sets {
    let mut sets = Sets::default();
    for file in files {
        let refused = file.refused;
        let missing = (refused > 0).then(|| text!("{refused} 行有误未收", "{refused} row(s) refused"));
        sets.weigh(file.id, Ratio { numerator: file.rows - refused, denominator: file.rows }, missing);
    }
    sets
}

/// A claimed item, and whether a behaviour of this year names it.
#[derive(Clone, Debug)]
pub struct ClaimedFacts {
    pub id: Uuid,
    pub code: String,
    pub is_named: bool,
}

/// Row 4, shown and never assessed: main items with a behaviour this year ÷ main items claimed; the first eight digits are the
/// main item, whose first item stands for it (rules of the trade §19).
pub fn item_coverage<'a>(items: impl IntoIterator<Item = &'a ClaimedFacts>) -> Sets {
    let mut mains: BTreeMap<&str, (&ClaimedFacts, bool)> = BTreeMap::new();
    for item in items {
        let main = item.code.get(..8).unwrap_or(&item.code);
        let (first, is_named) = mains.entry(main).or_insert((item, false));
        if item.code < first.code {
            *first = item;
        }
        *is_named |= item.is_named;
    }

    let mut sets = Sets::default();
    for (first, is_named) in mains.into_values() {
        let none = text!("本年没有该主项的监管行为", "no behaviour of this main item this year");
        sets.count(first.id, if is_named { Ok(()) } else { Err(none) });
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_items_are_counted_once() {
        let item = |n, code: &str, is_named| ClaimedFacts { id: Uuid::from_u128(n), code: code.to_owned(), is_named };
        let items = [
            item(1, "51082100000200", true),
            item(2, "51082100000100", false),
            item(3, "51082101000100", false),
            item(4, "51082101000200", false),
            item(5, "51082102000100", true),
        ];

        let sets = item_coverage(&items);
        assert_eq!(sets.ratio(), Ratio { numerator: 2, denominator: 3 });
        assert_eq!(
            sets.missing.keys().copied().collect::<Vec<_>>(),
            [Uuid::from_u128(3)],
            "the first of its main item"
        );
    }

    #[test]
    fn a_file_counts_by_its_rows() {
        let file = |n, rows, refused| FileFacts { id: Uuid::from_u128(n), rows, refused };
        let sets = file_accuracy(&[file(1, 100, 0), file(2, 50, 3), file(3, 0, 0)]);
        assert_eq!(sets.ratio(), Ratio { numerator: 147, denominator: 150 });
        assert_eq!(sets.missing[&Uuid::from_u128(2)].zh, "3 行有误未收");
    }

    #[test]
    fn what_came_late_says_since_when() {
        let day = |text: &str| text.parse().unwrap_or_default();
        let said = |on: Option<&str>| why_late(on.map(day), day("2026-10-13"), 5).zh;
        assert_eq!(said(Some("2026-09-28")), "2026-09-28 发生，2026-10-13 到达，超过 5 个工作日");
        assert_eq!(said(None), "没有发生日期，不能计算");
        assert_eq!(said(Some("2026-10-14")), "发生日期 2026-10-14 晚于到达日期 2026-10-13");
        assert_eq!(why_wrong(&[]).zh, "有未处理的错误");
    }
}
