//! 监管对象的质量: what is doubtful about an object as it stands in the register, and which of its namesakes may be the same.

use super::objects::{PERSON, RegistrationStatus};
use crate::intake::imports::{Dimension, Finding};
use crate::kernel::characters::name_form;
use crate::kernel::codes::registration_no::RegistrationNo;
use crate::kernel::text::text;
use uuid::Uuid;

/// An object, as far as its quality goes.
#[derive(Clone, Copy, Debug)]
pub struct ObjectFacts<'a> {
    pub id: Uuid,
    pub name: &'a str,
    pub object_type: &'a str,
    pub uscc: Option<&'a str>,
    pub uscc_valid: bool,
    pub registration_no: Option<&'a str>,
    /// A person's or an organisation's certificate.
    pub has_certificate: bool,
    pub region: &'a str,
    pub township: Option<&'a str>,
    pub address: Option<&'a str>,
    pub industry: Option<&'a str>,
    pub status: RegistrationStatus,
}

/// What is wrong with an object by itself; `home` is the county served. What has left the register is nobody's to mend.
pub fn check(object: &ObjectFacts<'_>, home: &str) -> Vec<Finding> {
    if object.status != RegistrationStatus::Active {
        return Vec::new();
    }
    let lies_here = object.region == home;
    // A person's address is sealed.
    let no_address = object.address.is_none() && object.object_type != PERSON;
    let no_industry = object.industry.is_none() && object.object_type == "1";

    [
        identity(object),
        registration_no(object),
        (lies_here && object.township.is_none()).then(|| township(object)),
        no_address.then(|| missing("注册地址", "registered address", "ADDRESS_MISSING")),
        no_industry.then(|| missing("行业代码", "industry code", "INDUSTRY_MISSING")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An enterprise has a code that is right; others may be known by a certificate or an old number.
fn identity(object: &ObjectFacts<'_>) -> Option<Finding> {
    const FIELD: &str = "统一社会信用代码";

    match object.uscc {
        Some(_) if object.uscc_valid => None,
        Some(code) => {
            let message = text!(
                "统一社会信用代码校验位不符（GB 32100），请与登记机关核对。",
                "The USCC fails its check (GB 32100): compare it with the registering authority."
            );
            Some(Finding::error(FIELD, "USCC_CHECK", code, message).of(Dimension::Accuracy))
        }
        None if object.has_certificate || object.registration_no.is_some() => None,
        None => {
            let message = text!(
                "没有统一社会信用代码、注册号或证件，只能按名称识别，容易重复登记。",
                "There is neither USCC, registration number nor certificate: it is known by its name alone, and easily registered twice."
            );
            Some(Finding::warning(FIELD, "IDENTIFIED_BY_NAME", "", message).of(Dimension::Completeness))
        }
    }
}

fn registration_no(object: &ObjectFacts<'_>) -> Option<Finding> {
    let number = object.registration_no?;
    let Err(Some(expected)) = RegistrationNo::parse(number) else { return None };
    let message =
        text!("注册号校验位不符，应为“{expected}”。", "The registration number's check digit should be {expected}.");
    Some(Finding::warning("注册号", "REGISTRATION_NO_CHECK", number, message).of(Dimension::Accuracy))
}

/// It is counted in no township: who covers it cannot be told.
fn township(object: &ObjectFacts<'_>) -> Finding {
    let message = text!(
        "所在乡镇不明，不能计入任何乡镇；请补充地址或乡镇。",
        "Its township is not known, so none counts it: complete the address or the township."
    );
    let finding = Finding::error("所在乡镇", "TOWNSHIP_UNKNOWN", object.address.unwrap_or_default(), message);
    finding.of(Dimension::Linkage)
}

fn missing(field: &'static str, in_english: &str, rule: &'static str) -> Finding {
    let message = text!("没有{field}。", "The {in_english} is missing.");
    Finding::warning(field, rule, "", message).of(Dimension::Completeness)
}

/// Two that may be one: an old number in common, or a name, in one township or at one address; two codes or two old numbers are
/// two enterprises.
pub fn may_be_one(object: &ObjectFacts<'_>, other: &ObjectFacts<'_>) -> bool {
    if are_two(object, other) {
        return false;
    }
    let same_number = object.registration_no.is_some() && object.registration_no == other.registration_no;
    let same_name = name_form(object.name) == name_form(other.name);
    let same_township = object.township.is_none() || other.township.is_none() || object.township == other.township;
    let same_address = object.address.map(name_form) == other.address.map(name_form) && object.address.is_some();
    same_number || (same_name && object.region == other.region && (same_township || same_address))
}

/// The finding about two that may be one.
pub fn possible_duplicate(other: &ObjectFacts<'_>) -> Finding {
    let (id, name) = (other.id, other.name);
    let number = other.uscc.or(other.registration_no).unwrap_or("—");
    let message = text!(
        "登记库中另有“{name}”（{number}，{id}），可能是同一主体；确认重复的，请将其中一个改为注销，以免重复抽取。",
        "The register also has {name} ({number}, {id}), which may be the same; if it is, set one of them to CANCELLED, so that it is not drawn twice."
    );
    Finding::warning("企业名称", "POSSIBLE_DUPLICATE", number, message).of(Dimension::Uniqueness)
}

/// Two codes, two old numbers, and whatever a certificate identifies, are two.
fn are_two(object: &ObjectFacts<'_>, other: &ObjectFacts<'_>) -> bool {
    let numbers = object.registration_no.zip(other.registration_no);
    object.id == other.id
        || (object.uscc.is_some() && other.uscc.is_some())
        || numbers.is_some_and(|(own, foreign)| own != foreign)
        || object.has_certificate
        || other.has_certificate
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "510821";

    fn shop() -> ObjectFacts<'static> {
        ObjectFacts {
            id: Uuid::from_u128(1),
            name: "旺苍县某食品店",
            object_type: "1",
            uscc: Some("91510821MAR0501184"),
            uscc_valid: true,
            registration_no: None,
            has_certificate: false,
            region: HOME,
            township: Some("510821100"),
            address: Some("旺苍县东河镇新华街1号"),
            industry: Some("F5211"),
            status: RegistrationStatus::Active,
        }
    }

    fn rules(object: ObjectFacts<'_>) -> Vec<&'static str> {
        check(&object, HOME).iter().map(|finding| finding.rule).collect()
    }

    /// Each fault is found, and nothing else.
    #[test]
    fn every_fault_is_named_alone() {
        assert_eq!(rules(shop()), [""; 0]);
        assert_eq!(rules(ObjectFacts { uscc_valid: false, ..shop() }), ["USCC_CHECK"]);
        assert_eq!(rules(ObjectFacts { uscc: None, ..shop() }), ["IDENTIFIED_BY_NAME"]);
        assert_eq!(
            rules(ObjectFacts { uscc: None, registration_no: Some("110000000000010"), ..shop() }),
            ["REGISTRATION_NO_CHECK"]
        );
        assert_eq!(rules(ObjectFacts { township: None, ..shop() }), ["TOWNSHIP_UNKNOWN"]);
        assert_eq!(rules(ObjectFacts { township: None, region: "510802", ..shop() }), [""; 0], "it lies elsewhere");
        assert_eq!(rules(ObjectFacts { address: None, ..shop() }), ["ADDRESS_MISSING"]);
        assert_eq!(rules(ObjectFacts { industry: None, ..shop() }), ["INDUSTRY_MISSING"]);

        let person = ObjectFacts {
            object_type: PERSON,
            uscc: None,
            has_certificate: true,
            address: None,
            industry: None,
            ..shop()
        };
        assert_eq!(rules(person), [""; 0], "a person's address is sealed");
        let gone = ObjectFacts { status: RegistrationStatus::Cancelled, uscc: None, township: None, ..shop() };
        assert_eq!(rules(gone), [""; 0]);
    }

    #[test]
    fn two_may_be_one_unless_something_speaks_against_it() {
        let old =
            ObjectFacts { id: Uuid::from_u128(2), uscc: None, registration_no: Some("510821000000017"), ..shop() };
        assert!(may_be_one(&shop(), &old) && may_be_one(&old, &shop()));
        assert!(may_be_one(&shop(), &ObjectFacts { township: None, ..old }));
        assert!(!may_be_one(&shop(), &ObjectFacts { township: Some("510821101"), address: None, ..old }));
        assert!(may_be_one(&shop(), &ObjectFacts { township: Some("510821101"), ..old }), "at one address");
        assert!(!may_be_one(&shop(), &ObjectFacts { name: "旺苍县另一店", ..old }));

        let renamed = ObjectFacts { registration_no: old.registration_no, ..shop() };
        assert!(may_be_one(&renamed, &ObjectFacts { name: "旺苍县旧名店", ..old }), "one old number");
        assert!(!may_be_one(&shop(), &ObjectFacts { uscc: Some("91510821MA6000016U"), ..old }));
        assert!(!may_be_one(&ObjectFacts { registration_no: Some("510821000000025"), ..shop() }, &old));
        assert!(!may_be_one(&shop(), &ObjectFacts { has_certificate: true, ..old }));
    }
}
