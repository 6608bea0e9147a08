//! Fields as they come.

use super::*;
use crate::intake::imports::tests::Sheet;
use proptest::prelude::*;

#[test]
fn words_for_none_are_none() {
    for word in ["", "无", "暂无", "—", "——", "-", "/", "N/A", "null", "（无）", "　", "\u{200b}", "#N/A"]
    {
        let sheet = Sheet::of(&[("备注", word)]);
        let mut row = Row::new(&sheet);
        assert_eq!((row.text("备注", 50), row.findings.len()), (None, 0), "{word:?}");
    }
    for word in ["待办", "办理中", "未办理", "***", "（待补）"] {
        let sheet = Sheet::of(&[("执法证号", word)]);
        let mut row = Row::new(&sheet);
        assert_eq!(row.certificate_no("执法证号"), None, "{word}");
        assert_eq!(row.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["REQUIRED"], "{word}");
    }
}

#[test]
fn certificate_numbers() {
    for good in ["510821990001", "川H12345", "TEST-0001", "川08-0101"] {
        assert!(is_certificate_no(good), "{good}");
    }
    for bad in ["1人", "2026年1月", "0000000000", "510****0001", "ABC", "张三", "川", "ABCDEF"] {
        assert!(!is_certificate_no(bad), "{bad}");
    }
}

#[test]
fn a_long_number_is_an_error_that_names_the_cause() {
    for cell in [Cell { text: "915108212059000000".into(), digits_lost: true }, Cell::from("9.15108E+17")] {
        let sheet = Sheet(vec![("编码".to_owned(), cell)]);
        let mut row = Row::new(&sheet);
        assert_eq!(row.required_code("编码", 50), None);
        assert_eq!(
            row.findings.iter().map(|found| (found.rule, found.is_error())).collect::<Vec<_>>(),
            [("DIGITS_LOST", true)]
        );
    }
}

#[test]
fn a_required_field_that_cannot_be_read_is_an_error_once() {
    let sheet = Sheet::of(&[("有效期至", "长期"), ("行政类型", "检查")]);
    let mut row = Row::new(&sheet);
    let day = row.date("有效期至");
    assert_eq!(row.demand("有效期至", day), None);
    let kind = row.choice("行政类型", &[("0", "行政检查")]);
    assert_eq!(row.demand("行政类型", kind), None);
    let found: Vec<_> = row.findings.iter().map(|found| (found.field.as_ref(), found.rule, found.is_error())).collect();
    assert_eq!(found, [("有效期至", "DATE_INVALID", true), ("行政类型", "NOT_IN_CODE_TABLE", true)]);
}

proptest! {
    #[test]
    fn nothing_that_comes_panics(text in "\\PC{0,40}") {
        let _ = dates::read(&text);
        let _ = super::super::amounts::parse_capital(&text);
        let _ = crate::spot_checks::spot_check_items::parse_ratio(&text);
        let _ = crate::spot_checks::spot_check_items::parse_max_per_year(&text);
        let _ = crate::kernel::codes::uscc::Uscc::parse(&text);
        let _ = crate::kernel::codes::citizen_id::CitizenId::parse(&text);
        let _ = dereferenced(&text);
    }
}
