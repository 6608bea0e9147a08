//! Addresses as they are written.

use super::*;
use proptest::prelude::*;

fn region(code: &str, name: &str) -> Region {
    Region { code: code.to_owned(), name: name.to_owned() }
}

fn gazetteer() -> Gazetteer {
    let regions = [
        ("510000", "四川省"),
        ("510800", "广元市"),
        ("510821", "旺苍县"),
        ("510823", "剑阁县"),
        ("510812", "朝天区"),
        ("510802", "利州区"),
        ("510821100", "东河镇"),
        ("510821101", "嘉川镇"),
        ("510821121", "盐河镇"),
    ];
    let former = [region("510821111", "旧名乡")];
    Gazetteer::new("510821", regions.map(|(code, name)| region(code, name)), former)
}

fn at(address: &str, name: &str, code: Option<&str>) -> Located {
    gazetteer().locate(Told { address, name, area: "", code })
}

#[expect(clippy::unnecessary_wraps, reason = "what is found is compared with what may not be")]
fn found(region: &str, township: Option<&str>) -> Option<Place> {
    Some(Place { region_code: region.to_owned(), township_code: township.map(str::to_owned) })
}

#[test]
fn address_names_county_and_township() {
    let located = at("旺苍县嘉川镇石桥村四社", "某店", Some("510800"));
    assert_eq!(located, Located { place: found("510821", Some("510821101")), doubt: None });
    assert_eq!(at("四川省广元市旺苍嘉川镇1号", "", None).place, found("510821", Some("510821101")));
}

#[test]
fn the_address_decides_before_the_name() {
    for (name, address) in [
        ("旺苍县朝天门火锅店", "旺苍县东河镇兴旺街5号"),
        ("旺苍县昭化豆花店", "旺苍县东河镇剑阁路6号"),
        ("旺苍试路店", "旺苍县东河镇利州区路7号"),
        ("朝天区某店", "东河镇新街1号"),
    ] {
        let located = at(address, name, Some("510821"));
        assert_eq!((located.place, located.doubt), (found("510821", Some("510821100")), None), "{address}");
    }
    assert_eq!(
        at("", "旺苍县嘉川镇某店", None).place,
        found("510821", Some("510821101")),
        "a name helps where nothing else does"
    );
    assert_eq!(at("", "某旺苍县风味店", None).place, found("510821", None));
}

#[test]
fn townships_by_their_other_names() {
    for (address, township) in [
        ("旺苍县嘉川场镇", Some("510821101")),
        ("旺苍县盐河乡", Some("510821121")),
        ("旺苍县旧名乡一组", Some("510821111")),
        ("旺苍县嘉川路2号", None),
        ("旺苍县不知乡", None),
    ] {
        let located = at(address, "旺苍县东河镇某店", None);
        assert_eq!(located.place, found("510821", township), "{address}");
        assert_eq!(located.doubt, township.is_none().then_some(Doubt::TownshipUnknown), "{address}");
    }
}

#[test]
fn a_street_named_after_a_province_is_no_province() {
    for address in ["北京路12号", "上海大道3号", "重庆中路1号", "云南巷5号"] {
        assert_eq!(at(address, "某店", Some("510821")).place, found("510821", None), "{address}");
    }
    assert_eq!(at("北京朝阳区某路1号", "", None).place, found("110000", None));
    let elsewhere = at("北京市朝阳区某路1号", "", Some("510821"));
    assert_eq!(elsewhere.place, found("110000", None));
    assert_eq!(elsewhere.doubt, Some(Doubt::CodeDisagrees("510821".to_owned())), "and it is said");
}

#[test]
fn the_code_helps_where_the_address_does_not() {
    assert_eq!(at("开封镇龙桥村", "", Some("510823")).place, found("510823", None));
    assert_eq!(at("广元市某路", "", Some("510823")).place, found("510823", None));
    assert_eq!(at("某地", "", None), Located { place: None, doubt: Some(Doubt::RegionUnknown) });
}

#[test]
fn other_provinces_are_theirs() {
    assert_eq!(at("江苏省南京市旺苍县路1号", "", None).place, found("320000", None));
    assert_eq!(at("江苏南京玄武区", "", Some("320102")).place, found("320102", None));
    assert_eq!(at("某路1号", "", Some("320102")).place, found("320102", None));
}

#[test]
fn a_code_that_says_otherwise_is_told() {
    let located = at("旺苍县东河镇1号", "", Some("510823"));
    assert_eq!(located.place, found("510821", Some("510821100")));
    assert_eq!(located.doubt, Some(Doubt::CodeDisagrees("510823".to_owned())));
}

proptest! {
    /// Whatever words follow, an address that begins with the county stays in the county.
    #[test]
    fn later_words_move_nothing(words in "[剑阁县朝天区利州广元市东河镇嘉川路号江苏省甲乙]{0,16}", name in "[剑阁县朝天区利州店]{0,8}") {
        let address = format!("旺苍县{words}");
        let located = at(&address, &name, None);
        prop_assert_eq!(located.place.map(|place| place.region_code), Some("510821".to_owned()));
    }
}
