//! Rows 4 and 13: how much of what departments send is right, and how soon it comes.

use crate::intake::behaviours::quality::RowFinding;
use crate::kernel::text::{Text, text};
use chrono::NaiveDate;

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

#[cfg(test)]
mod tests {
    use super::*;

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
