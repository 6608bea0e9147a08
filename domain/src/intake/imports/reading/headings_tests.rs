//! Headings as departments decorate them.

use super::*;
use proptest::prelude::*;

fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

#[test]
fn every_heading_means_one_column() {
    for dataset in Dataset::ALL {
        let mut seen = std::collections::BTreeSet::new();
        for column in dataset.columns() {
            for heading in std::iter::once(&column.name).chain(column.aliases.iter()) {
                assert!(seen.insert(*heading), "{dataset:?} {heading}");
                assert!(
                    plain(heading).eq_ignore_ascii_case(heading),
                    "{dataset:?} {heading}: written as it is compared"
                );
                let (at, _) = dataset.column(heading).unwrap_or_else(|| unreachable!("{heading}"));
                assert_eq!(dataset.columns()[at].name, column.name);
            }
        }
    }
}

#[test]
fn a_title_and_a_unit_above() {
    let head = rows(&[
        &["某县随机抽查事项清单（2026年版）"],
        &["填报单位：某局", "", "填报时间：2026年1月"],
        &["序号", "抽查事项名称", "抽查对象", "抽查比例"],
        &["1", "甲", "企业", "5%"],
    ]);
    let found = Headings::find(Dataset::SpotCheckItems, &head).unwrap_or_else(|why| unreachable!("{why:?}"));
    assert_eq!((found.rows, found.above, found.ignored.len()), (3, 2, 0));
    assert_eq!(found.place(Dataset::SpotCheckItems, "抽查对象"), Some(2));
    assert!(found.is_repeated_by(&head[2]) && !found.is_repeated_by(&head[3]));
}

#[test]
fn two_rows_of_headings() {
    let head = rows(&[
        &["序号", "执法人员", "执法人员", "执法证件", "执法证件", "部门编码"],
        &["序号", "姓名", "性别", "执法证号", "有效期至", "部门编码"],
        &["1", "甲", "男", "510821980001", "2028-12-31", "51082103"],
    ]);
    let found = Headings::find(Dataset::Personnel, &head).unwrap_or_else(|why| unreachable!("{why:?}"));
    assert_eq!((found.rows, found.place(Dataset::Personnel, "有效期至")), (2, Some(4)));
}

#[test]
fn a_remark_that_makes_another_column_is_none() {
    let personnel = |row: &[&str], column| {
        let head = [&["姓名", "部门编码", "执法证号"], row].concat();
        let found = Headings::find(Dataset::Personnel, &rows(&[&head]));
        found.ok().and_then(|found| found.place(Dataset::Personnel, column))
    };
    assert_eq!(personnel(&["有效期（起）", "有效期（止）"], "有效期至"), Some(4));
    assert_eq!(personnel(&["有效期（起）"], "有效期至"), None);
    assert_eq!(personnel(&["有效期", "年审日期"], "年审截止"), None, "the day of the last examination");

    let objects = |row: &[&str], column| {
        let head = [row, &["统一社会信用代码"]].concat();
        let found = Headings::find(Dataset::Objects, &rows(&[&head]));
        found.ok().and_then(|found| found.place(Dataset::Objects, column))
    };
    assert_eq!(objects(&["企业名称（曾用名）", "企业名称"], "企业名称"), Some(1));
    assert_eq!(objects(&["名称（全称）", "企业名称（全称）"], "企业名称"), Some(1), "the better name");
    assert_eq!(objects(&["核准日期", "企业名称"], "注册日期"), None, "the day of the latest change");
    assert_eq!(objects(&["行业", "企业名称"], "行业代码"), None, "words are no code");

    let head = rows(&[&["抽查类别", "抽查事项", "抽查对象", "抽查比例"]]);
    let found = Headings::find(Dataset::SpotCheckItems, &head).unwrap_or_else(|why| unreachable!("{why:?}"));
    assert_eq!(found.place(Dataset::SpotCheckItems, "抽查事项名称"), Some(1));
    assert_eq!(found.ignored, ["抽查类别"]);
}

#[test]
fn what_is_not_read_is_named_and_what_is_missing_too() {
    let head = rows(&[&["企业名称", "统一社会信用代码", "备用列", "住所", "注册地址"]]);
    let found = Headings::find(Dataset::Objects, &head).unwrap_or_else(|why| unreachable!("{why:?}"));
    assert_eq!(found.ignored, ["备用列", "住所"], "the county's own heading goes before another's");
    let missing = Headings::find(Dataset::Objects, &rows(&[&["甲", "企业名称"]]));
    let why = NoHeadings::Missing {
        missing: vec!["统一社会信用代码"], found: vec!["甲".into(), "企业名称".into()]
    };
    assert_eq!(missing, Err(why));
    let twice = Headings::find(Dataset::Objects, &rows(&[&["企业名称", "统一社会信用代码", "企业名称"]]));
    assert_eq!(twice, Err(NoHeadings::Twice("企业名称".into())));
}

proptest! {
    /// Any decoration of any heading is read.
    #[test]
    fn decorated_headings_are_read(which in 0usize..7, at in 0usize..30, mark in 0usize..7, blank in 0usize..6, split in 0usize..6) {
        let dataset = Dataset::ALL[which];
        let column = &dataset.columns()[at % dataset.columns().len()];
        let signs: Vec<char> = column.name.chars().collect();
        let split = split % signs.len();
        let blank = ["", " ", "\u{3000}", "\n", "\u{200b}", "\r\n"][blank];
        let (head, tail): (String, String) = (signs[..split].iter().collect(), signs[split..].iter().collect());
        let bare = format!("{head}{blank}{tail}");
        let decorated = match mark {
            0 => bare,
            1 => format!("*{bare}"),
            2 => format!("{bare}（必填）"),
            3 => format!(" {bare} *"),
            4 => format!("＊{bare}(格式：2026-01-01)"),
            5 => format!("{bare}："),
            _ => format!("\u{feff}{bare}【必填】"),
        };
        prop_assert_eq!(dataset.column(&decorated).map(|(at, _)| dataset.columns()[at].name), Some(column.name));
    }
}
