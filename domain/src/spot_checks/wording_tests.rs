//! Lists as they are published.

use super::*;
use crate::spot_checks::spot_check_items::ratio_text;
use proptest::prelude::*;

fn ratio(floor_bp: Option<u32>, ceiling_bp: Option<u32>, count: Option<u32>) -> Ratio {
    Ratio { floor_bp, ceiling_bp, count }
}

#[test]
fn ratios_as_published() {
    for (text, read) in [
        ("抽查比例不少于2‰", ratio(Some(20), None, None)),
        ("不超过总数的2%", ratio(None, Some(200), None)),
        ("根据实际需要，一般不超过 10%/年。", ratio(None, Some(1_000), None)),
        ("5%", ratio(Some(500), Some(500), None)),
        ("不低于3%或按专项计划确定", ratio(Some(300), None, None)),
        ("10%(20户)", ratio(Some(1_000), Some(1_000), Some(20))),
        ("1户", ratio(None, None, Some(1))),
        ("根据实际情况确定", Ratio::default()),
        ("2.5％", ratio(Some(250), Some(250), None)),
        ("500%", Ratio::default()),
    ] {
        assert_eq!(parse_ratio(text), read, "{text}");
    }
}

#[test]
fn ranges_and_signs() {
    for (text, read) in [
        ("5%—10%", ratio(Some(500), Some(1_000), None)),
        ("5-10%", ratio(Some(500), Some(1_000), None)),
        ("5%至10%", ratio(Some(500), Some(1_000), None)),
        ("5％～10％", ratio(Some(500), Some(1_000), None)),
        ("2‰—5‰", ratio(Some(20), Some(50), None)),
        ("≥5%", ratio(Some(500), None, None)),
        ("＞5%", ratio(Some(500), None, None)),
        ("≤5%", ratio(None, Some(500), None)),
        ("小于10%", ratio(None, Some(1_000), None)),
        ("10%以内", ratio(None, Some(1_000), None)),
        ("5%以上", ratio(Some(500), None, None)),
        ("每年抽查不少于3%，不超过10%", ratio(Some(300), Some(1_000), None)),
        ("不得低于百分之五", ratio(Some(500), None, None)),
        ("百分之十二", ratio(Some(1_200), Some(1_200), None)),
        ("0.05", ratio(Some(500), Some(500), None)),
        ("比例统一5%", ratio(Some(500), Some(500), None)),
        ("一般5%", ratio(Some(500), Some(500), None)),
        ("百分之五至百分之十", ratio(Some(500), Some(1_000), None)),
        ("至多5%", ratio(None, Some(500), None)),
        ("多于5%", ratio(Some(500), None, None)),
    ] {
        assert_eq!(parse_ratio(text), read, "{text}");
    }
    for words in ["A类1%，B类5%，C类10%", "10%—5%", "1", "5%左右到8%不等，重点20%"] {
        assert_eq!(parse_ratio(words), Ratio::default(), "{words}: no number is made up");
    }
}

#[test]
fn frequencies_as_published() {
    for (text, cap) in [
        ("1次/年", Some(1)),
        ("每年不超过2次", Some(2)),
        ("每年一次", Some(1)),
        ("每年不超过两次", Some(2)),
        ("一年1次", Some(1)),
        ("每年至多1次", Some(1)),
        ("每年统一一次", Some(1)),
        ("每年不得多于十二次", Some(12)),
        ("1次/1年", Some(1)),
        ("每年不少于1次", None),
        ("对同一单位每2年抽查不超过1次", None),
        ("每三年1次", None),
        ("每两年一次", None),
        ("每半年1次", None),
        ("每季度1次", None),
        ("1—2次/年", None),
        ("根据实际情况确定", None),
    ] {
        assert_eq!(parse_max_per_year(text), cap, "{text}");
    }
    assert!(is_other_frequency("每三年1次") && !is_other_frequency("每年1次") && !is_other_frequency("每年不少于1次"));
}

#[test]
fn a_negated_bound_is_the_other_one() {
    for not in ["不", "不得", "不应", "不能", "不可", "不宜", "不应当"] {
        for above in ["超过", "高于", "大于", "多于", "超出"] {
            assert_eq!(parse_ratio(&format!("{not}{above}5%")), ratio(None, Some(500), None), "{not}{above}");
        }
        for below in ["低于", "少于", "小于"] {
            assert_eq!(parse_ratio(&format!("{not}{below}5%")), ratio(Some(500), None, None), "{not}{below}");
        }
    }
}

proptest! {
    /// What the program writes it reads.
    #[test]
    fn its_own_spelling_is_read(floor in 0u32..=10_000, ceiling in 0u32..=10_000) {
        prop_assume!(floor <= ceiling);
        prop_assert_eq!(parse_ratio(&ratio_text(floor, ceiling)), ratio(Some(floor), Some(ceiling), None));
    }
}
