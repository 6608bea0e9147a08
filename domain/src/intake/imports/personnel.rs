//! A row of a department's list of officers with their certificates (执法人员名册).

use super::objects::YES_NO;
use super::reading::fields::{Cells, Row};
use super::{Dimension, Finding, Parsed, Record};
use crate::kernel::codes::citizen_id::{CitizenId, CitizenIdError};
use crate::kernel::text::text;
use chrono::NaiveDate;

/// What a row says of an officer and the certificate.
#[derive(Hash)]
pub struct PersonnelRow {
    pub name: String,
    pub department_code: String,
    /// Sealed and masked before anything is stored.
    pub citizen_id: Option<CitizenId>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub sex: Option<String>,
    pub staff_type: Option<String>,
    pub position: Option<String>,
    /// `None` where the file does not say: what is known stays.
    pub is_supervisor: Option<bool>,
    pub qualifications: Vec<String>,
    pub certificate_no: String,
    pub certificate_kind: Option<String>,
    pub issuing_authority: Option<String>,
    pub enforcement_type: Option<String>,
    pub issued_on: Option<NaiveDate>,
    pub valid_until: NaiveDate,
    pub annual_exam_due_on: Option<NaiveDate>,
}

const SEX: [(&str, &str); 4] = [("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")];
const STAFF: [(&str, &str); 5] =
    [("01", "公务员"), ("02", "聘任制公务员"), ("03", "事业编制工作人员"), ("04", "企业人员"), ("05", "执法辅助人员")];
pub(super) const KINDS: [(&str, &str); 4] =
    [("1", "国家统一行政执法证"), ("2", "省政府行政执法证"), ("3", "部门执法证"), ("4", "行政执法监督证")];

impl Record for PersonnelRow {
    const KEY_FIELD: &'static str = "执法证号";

    fn key(&self) -> String {
        self.certificate_no.clone()
    }
}

pub fn parse(cells: &dyn Cells) -> Parsed<PersonnelRow> {
    let mut row = Row::new(cells);
    let name = row.required("姓名", 100);
    let department_code = row.required_code("部门编码", 16);
    let citizen_id = row.secret_code("身份证号", 40).and_then(|number| check_citizen_id(&number, &mut row.findings));
    let phone = row.secret_code("联系电话", 20);
    let address = row.secret_code("住址", 300);
    let certificate_no = row.certificate_no("执法证号");
    let certificate_kind = row.choice("证件种类", &KINDS);
    let issued_on = row.date("发证日期");
    let valid_until = row.date("有效期至");
    let valid_until = row.demand("有效期至", valid_until);
    if let (Some(from), Some(to)) = (issued_on, valid_until)
        && to < from
    {
        let message = text!("有效期至早于发证日期。", "The certificate ends before it was issued.");
        row.findings.push(Finding::error("有效期至", "DATES_REVERSED", &to.to_string(), message));
    }
    let annual_exam_due_on = row.date("年审截止");
    let sex = row.choice("性别", &SEX);
    let born_on = row.date("出生日期");
    if let Some(id) = &citizen_id {
        check_person(id, sex.as_deref(), born_on, &mut row.findings);
    }
    let staff_type = row.choice("人员性质", &STAFF);
    let supervisor = row.choice("是否监督人员", &YES_NO);
    let position = row.text("职务", 100);
    let issuing_authority = row.text("发证机关", 100);
    let enforcement_type = row.text("执法类别", 200);
    let qualifications = row.list("专业资格", 400);
    let value = match (name, department_code, certificate_no, valid_until) {
        (Some(name), Some(department_code), Some(certificate_no), Some(valid_until)) => Some(PersonnelRow {
            name,
            department_code,
            citizen_id,
            phone,
            address,
            sex,
            staff_type,
            position,
            is_supervisor: supervisor.map(|answer| answer == "1"),
            qualifications,
            certificate_no,
            certificate_kind,
            issuing_authority,
            enforcement_type,
            issued_on,
            valid_until,
            annual_exam_due_on,
        }),
        _ => None,
    };

    Parsed::of(value, row.findings)
}

/// What the number says of its holder beside what the row says: personal data, so no values.
fn check_person(id: &CitizenId, sex: Option<&str>, born_on: Option<NaiveDate>, findings: &mut Vec<Finding>) {
    let mut contradicts = |field: &'static str| {
        let message = text!("与身份证号所示不符，请核对。", "It is not what the ID number says; please check.");
        let finding = Finding::warning(field, "CONTRADICTS_ID_NUMBER", "", message).of(Dimension::Accuracy);
        findings.push(finding.without_value());
    };
    if sex.is_some_and(|sex| matches!(sex, "1" | "2") && sex != id.sex()) {
        contradicts("性别");
    }
    if born_on.is_some_and(|day| day != id.born_on()) {
        contradicts("出生日期");
    }
}

/// The number itself never goes into a finding.
pub(super) fn check_citizen_id(number: &str, findings: &mut Vec<Finding>) -> Option<CitizenId> {
    let message = match CitizenId::parse(number) {
        Ok(id) => return Some(id),
        Err(CitizenIdError::Shape) => text!("不是 18 位身份证号码。", "This is not an 18-character ID number."),
        Err(CitizenIdError::BirthDate) => text!("身份证号码中的出生日期不存在。", "Its birth date does not exist."),
        Err(CitizenIdError::CheckCharacter) => text!("身份证号码校验位不符。", "Its check character does not fit."),
    };
    findings.push(Finding::warning("身份证号", "CITIZEN_ID_INVALID", "", message).without_value());
    None
}
