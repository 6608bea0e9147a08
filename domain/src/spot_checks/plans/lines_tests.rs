//! Tables of plans as counties print them.

use super::*;

#[test]
fn class_rates_are_read_as_printed() {
    let rate = |class, rate_bp, count| ClassRate { class, rate_bp, count };
    let printed = "B 2%(1户)、C 30%(2户)";
    let read = vec![rate(CreditClass::General, Some(200), Some(1)), rate(CreditClass::Key, Some(3_000), Some(2))];
    assert_eq!(parse_class_rates(printed), Some(read.clone()));
    assert_eq!(class_rates_text(&read), printed);
    assert_eq!(
        parse_class_rates("A类：0.5%；D类企业100%（3户）"),
        Some(vec![rate(CreditClass::Trustworthy, Some(50), None), rate(CreditClass::Dishonest, Some(10_000), Some(3))])
    );
    assert_eq!(parse_class_rates("B 12户、C 6户、D 1户").map(|rates| rates.len()), Some(3), "numbers alone are enough");
    assert_eq!(parse_class_rates("B 2%(1户) C 30%(2户)"), Some(read), "blanks part them as well");
    for unread in ["", "按信用风险分类", "B 2%、B 3%", "E 2%", "B", "B 2%C 30%", "B 2%或3户以上"] {
        assert_eq!(parse_class_rates(unread), None, "{unread}");
    }
}

#[test]
fn class_counts_add_up() {
    let rates = parse_class_rates("B 12户、C 6户、D 1户").unwrap_or_default();
    let refused = check_class_counts(Some(20), &rates).map_err(|refusal| (refusal.code, refusal.detail.zh));
    assert_eq!(refused, Err((Code::ClassCountsDiffer, "各信用类别户数合计 19 户，与抽查数量 20 户不符。".to_owned())));
    assert!(check_class_counts(Some(19), &rates).is_ok());
    assert!(check_class_counts(None, &rates).is_ok(), "a share alone says no number");
    assert!(check_class_counts(Some(20), &[]).is_ok());
}

#[test]
fn periods_as_published() {
    let of = |text: &str| parse_period(text, 2026).map(|(from, to)| format!("{from} {to}"));
    for (text, days) in [
        ("2026年1月1日-2026年12月31日", "2026-01-01 2026-12-31"),
        ("2026年1月—11月", "2026-01-01 2026-11-30"),
        ("2026年2月24日-2026年11月30日", "2026-02-24 2026-11-30"),
        ("2026年1月-2026年11月", "2026-01-01 2026-11-30"),
        ("2021年9月", "2021-09-01 2021-09-30"),
        ("9月", "2026-09-01 2026-09-30"),
        ("3—11月", "2026-03-01 2026-11-30"),
        ("3月1日-20日", "2026-03-01 2026-03-20"),
        ("2025年3月-6月", "2025-03-01 2025-06-30"),
        ("2025年下半年", "2025-07-01 2025-12-31"),
        ("第三季度", "2026-07-01 2026-09-30"),
        ("20260301-20261130", "2026-03-01 2026-11-30"),
        ("2026年11月-2027年2月", "2026-11-01 2027-02-28"),
        ("全年", "2026-01-01 2026-12-31"),
        ("2026年", "2026-01-01 2026-12-31"),
        ("2026年10—12月", "2026-10-01 2026-12-31"),
        ("2026年1-11月", "2026-01-01 2026-11-30"),
        ("2026-03-01至2026-11-30", "2026-03-01 2026-11-30"),
        ("2026-03-01", "2026-03-01 2026-03-01"),
        ("2026.3-2026.11", "2026-03-01 2026-11-30"),
        ("10月31日前", "2026-01-01 2026-10-31"),
        ("2026年11月底前", "2026-01-01 2026-11-30"),
    ] {
        assert_eq!(of(text).as_deref(), Some(days), "{text}");
    }
    for unread in ["", "另行通知", "2026年13月", "11月-3月", "2月30日"] {
        assert_eq!(of(unread), None, "{unread}");
    }
}

#[test]
fn only_an_exact_number_has_to_be_reached() {
    assert_eq!(exact_count("10%(20户)"), Some(20));
    assert_eq!((exact_count("1户"), exact_count("不少于3家"), exact_count("至少3户")), (Some(1), Some(3), Some(3)));
    assert_eq!((exact_count("5%-10%(20户)"), exact_count("不超过5%(20户)")), (Some(20), Some(20)));
    assert_eq!(exact_count("10%(不超过20户)"), None);
    assert_eq!((exact_count("不超过20户"), exact_count("10-20户"), exact_count("5%")), (None, None, None));
}

#[test]
fn kinds_of_draw() {
    assert_eq!(parse_spot_type("定向抽查"), Some(SpotType::Targeted));
    assert_eq!(parse_spot_type("不定向"), Some(SpotType::Untargeted));
    assert_eq!(parse_spot_type("随机"), None);
}
