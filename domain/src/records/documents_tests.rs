//! Documents: their life, and templates that can be filled in.

use super::templates::{FIELDS, Values, all, in_words, newest, version};
use super::*;
use crate::kernel::code_list::table;
use crate::records::sheets::{Block, Stamp};
use chrono::NaiveDate;

#[test]
fn the_table_of_documents() {
    insta::assert_snapshot!(table(
        DocumentStatus::ALL,
        DocumentAction::ALL,
        |status, action| next(*status, *action).map(DocumentStatus::code),
        |status| status.code(),
        |action| action.code()
    ));
}

/// Each kind has a template that asks for nothing that nobody fills in, and asks for each input.
#[test]
fn every_template_can_be_filled_in() {
    assert_eq!(all().len(), DocumentKind::ALL.len(), "each file can be read");
    for kind in DocumentKind::ALL {
        let template = newest(*kind).unwrap_or_else(|| panic!("{kind:?}"));
        assert_eq!(version(*kind, template.version).map(|found| found.version), Some(template.version));

        assert_eq!(template.title, kind.label());
        assert!(template.basis.contains('《'), "{kind:?} says what it follows");
        let known = |name: &String| FIELDS.iter().any(|(field, _)| field == name);
        assert!(!template.needs.is_empty() && template.needs.iter().all(known), "{kind:?}");

        let asked = template.asked();
        for name in &asked {
            let known = FIELDS.iter().any(|(field, _)| field == name)
                || template.inputs.iter().any(|input| input.name == **name);
            assert!(known, "{kind:?} asks for {name}");
        }

        for input in &template.inputs {
            assert!(asked.contains(&input.name), "{kind:?}: {} is asked for nowhere", input.name);
            assert!(!FIELDS.iter().any(|(field, _)| *field == input.name), "{kind:?}: {} is stored", input.name);
        }
        for placed in &template.blocks {
            if let Block::Grid { rows } = &placed.block {
                assert!(rows.iter().all(|row| row.iter().map(|cell| cell.columns).sum::<u8>() == 12), "{kind:?}");
            }
        }
    }
}

#[test]
fn what_is_filled_in_stands_there_and_is_not_filled_in_again() {
    let template = newest(DocumentKind::RectificationOrder).unwrap_or_else(|| panic!("no template"));
    let fields: Values = [
        ("object_name", "张三{officers}便利店"),
        ("body_name", "旺苍县市场监督管理局"),
        ("number", "旺市监责改〔2026〕1号"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let mut inputs: Values = [
        ("violation", "销售标签不符的食品"),
        ("law", "《食品安全法》第六十七条"),
        ("order_basis", "《食品安全法》第一百二十六条"),
        ("review_organ", "旺苍县人民政府"),
        ("court", "旺苍县人民法院"),
        ("demand", "立即改正。"),
        ("due_on", "2026-12-15"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let today = NaiveDate::from_ymd_opt(2026, 11, 30);
    assert_eq!(template.faults(&inputs, today), []);
    let stamp = Stamp { address: "https://example.cn/1".to_owned(), lines: Vec::new() };
    let sheet = template.sheet(&fields, &inputs, (2026, 11, 30), Some(stamp));
    let text = sheet.texts().collect::<Vec<_>>().join("\n");
    assert!(text.contains("张三{officers}便利店"), "a name is a name: {text}");
    assert!(text.contains("2026年12月15日"), "{text}");
    assert!(text.contains("立即改正。") && !text.contains("。。"), "a sentence ends once: {text}");
    inputs.insert("due_on".to_owned(), "2026-11-30".to_owned());
    assert_eq!(template.faults(&inputs, today).first().map(|fault| fault.code), Some("OUT_OF_RANGE"));
    assert_eq!((sheet.watermark, sheet.number.as_deref()), (None, Some("旺市监责改〔2026〕1号")));

    inputs.insert("due_on".to_owned(), "下周".to_owned());
    inputs.insert("violation".to_owned(), " ".to_owned());
    inputs.insert("nothing".to_owned(), "x".to_owned());
    let codes: Vec<_> = template.faults(&inputs, today).into_iter().map(|fault| (fault.name, fault.code)).collect();
    let expected = [("nothing", "UNKNOWN_FIELD"), ("violation", "REQUIRED"), ("due_on", "INVALID_DATE")];
    assert_eq!(codes, expected.map(|(name, code)| (name.to_owned(), code)));
    assert!(!template.faults(&inputs, None).iter().any(|fault| fault.code == "REQUIRED"), "a draft may wait");
    assert_eq!(template.sheet(&fields, &inputs, (2026, 11, 30), None).watermark.as_deref(), Some("草稿"));
    assert_eq!(NaiveDate::from_ymd_opt(2026, 1, 5).map(in_words).as_deref(), Some("2026年1月5日"));
}

#[test]
fn what_nobody_sees_is_not_printed() {
    use super::templates::printable;
    assert_eq!(printable("甲\t乙\r\n丙\u{b}丁\u{200b}\u{feff}戊\u{7}"), "甲　乙\n丙\n丁戊");
    assert_eq!(printable("张三·“引号”—《法》〔2026〕"), "张三·“引号”—《法》〔2026〕");
}

/// Each paper in its order, and none of an inspection that was made void.
#[test]
fn a_paper_comes_in_its_order() {
    use crate::inspections::inspections::InspectionStatus as S;
    insta::assert_snapshot!(table(
        DocumentKind::ALL,
        S::ALL,
        |kind, status| may_be_issued(*kind, *status).then_some("may be issued"),
        |kind| kind.code(),
        |status| status.code()
    ));
}
