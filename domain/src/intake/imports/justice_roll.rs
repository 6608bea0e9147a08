//! A row of the justice bureau's roll of certificate holders (持证执法人员名册).

use super::personnel::{KINDS, check_citizen_id};
use super::reading::fields::{Cells, Row};
use super::{Parsed, Record};
use crate::kernel::characters::name_form;
use crate::kernel::codes::citizen_id::CitizenId;
use crate::officers::rolls::RollDifferenceKind;
use chrono::NaiveDate;

/// A certificate holder as the roll has them.
#[derive(Hash)]
pub struct RollRow {
    pub name: String,
    pub certificate_no: String,
    pub department_name: Option<String>,
    pub department_code: Option<String>,
    /// A keyed digest of it is kept, not the number.
    pub citizen_id: Option<CitizenId>,
    pub certificate_kind: Option<String>,
    pub valid_until: Option<NaiveDate>,
}

impl Record for RollRow {
    const KEY_FIELD: &'static str = "执法证号";

    fn key(&self) -> String {
        self.certificate_no.clone()
    }
}

pub fn parse(cells: &dyn Cells) -> Parsed<RollRow> {
    let mut row = Row::new(cells);
    let name = row.required("姓名", 100);
    let certificate_no = row.certificate_no("执法证号");
    let department_name = row.text("单位名称", 200);
    let department_code = row.code("部门编码", 16);
    let citizen_id = row.secret_code("身份证号", 40).and_then(|number| check_citizen_id(&number, &mut row.findings));
    let certificate_kind = row.choice("证件种类", &KINDS);
    let valid_until = row.date("有效期至");
    let value = match (name, certificate_no) {
        (Some(name), Some(certificate_no)) => Some(RollRow {
            name,
            certificate_no,
            department_name,
            department_code,
            citizen_id,
            certificate_kind,
            valid_until,
        }),
        _ => None,
    };

    Parsed::of(value, row.findings)
}

/// What the roll or the register says of one certificate, as far as the two can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub name: String,
    /// The department's code.
    pub department: Option<String>,
    pub id_number_digest: Option<String>,
    pub kind: Option<String>,
    pub valid_until: Option<NaiveDate>,
}

/// A field in which roll and register differ, with both values; of ID numbers only that they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDifference {
    pub field: &'static str,
    pub roll: Option<String>,
    pub register: Option<String>,
}

/// Fields in which they differ; what the roll does not say is not compared.
pub fn differences(roll: &Holder, register: &Holder) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    let mut compare = |field, roll: Option<String>, register: Option<String>, shown: bool| {
        if roll.is_some() && roll != register {
            let shown = |value: Option<String>| value.filter(|_| shown);
            found.push(FieldDifference { field, roll: shown(roll), register: shown(register) });
        }
    };
    let plain = |name: &str| Some(name_form(name));
    compare("name", plain(&roll.name), plain(&register.name), true);
    compare("department_code", roll.department.clone(), register.department.clone(), true);
    compare("id_number", roll.id_number_digest.clone(), register.id_number_digest.clone(), false);
    compare("kind", roll.kind.clone(), register.kind.clone(), true);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    compare("valid_until", day(roll.valid_until), day(register.valid_until), true);

    found
}

/// Which of the three lists a certificate belongs to.
pub fn judge(roll: Option<&Holder>, register: Option<&Holder>) -> Option<(RollDifferenceKind, Vec<FieldDifference>)> {
    match (roll, register) {
        (Some(_), None) => Some((RollDifferenceKind::Missing, Vec::new())),
        (None, Some(_)) => Some((RollDifferenceKind::Extra, Vec::new())),
        (Some(roll), Some(register)) => {
            let fields = differences(roll, register);
            (!fields.is_empty()).then_some((RollDifferenceKind::Different, fields))
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_lists() {
        let holder = |name: &str, digest: Option<&str>| Holder {
            name: name.to_owned(),
            department: Some("51082103".to_owned()),
            id_number_digest: digest.map(str::to_owned),
            kind: Some("1".to_owned()),
            valid_until: None,
        };
        let roll = holder("张 三", Some("a"));
        assert_eq!(judge(Some(&roll), None).map(|(kind, _)| kind), Some(RollDifferenceKind::Missing));
        assert_eq!(judge(None, Some(&roll)).map(|(kind, _)| kind), Some(RollDifferenceKind::Extra));
        assert_eq!(judge(Some(&roll), Some(&holder("张三", Some("a")))), None);
        let Some((kind, fields)) = judge(Some(&roll), Some(&holder("李四", Some("b")))) else { panic!("equal") };
        assert_eq!(kind, RollDifferenceKind::Different);
        assert_eq!(fields.iter().map(|field| field.field).collect::<Vec<_>>(), ["name", "id_number"]);
        assert_eq!(fields[1].roll, None, "digests are not shown");

        assert_eq!(judge(Some(&holder("张三", None)), Some(&roll)), None, "what the roll does not say is not compared");
    }
}
