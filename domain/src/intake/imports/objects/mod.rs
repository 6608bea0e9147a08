//! A row of the published enterprise register (企业登记信息).

mod numbers;

use super::reading::amounts::parse_capital;
use super::reading::fields::{Cells, Row};
use super::{Dimension, Finding, Parsed, Record};
use crate::kernel::characters::name_form;
use crate::kernel::codes::industry;
use crate::kernel::codes::region::{Doubt, Gazetteer, Located, Place, Told};
use crate::kernel::text::{listed, text};
use crate::register::objects::{RegistrationStatus, identity_key, type_of_uscc};
use chrono::NaiveDate;
use numbers::{Numbers, numbers};

const CODE: &str = "统一社会信用代码";

/// What a row says of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectRow {
    pub identity_key: String,
    pub uscc: Option<String>,
    pub uscc_valid: bool,
    /// 注册号: the fifteen digits of before 2015.
    pub registration_no: Option<String>,
    pub name: String,
    pub object_type: String,
    pub registered_address: Option<String>,
    pub business_address: Option<String>,
    pub industry_code: Option<String>,
    pub enterprise_type: Option<String>,
    pub legal_representative: Option<String>,
    pub registered_capital_fen: Option<i64>,
    pub registered_capital_text: Option<String>,
    pub established_on: Option<NaiveDate>,
    pub business_scope: Option<String>,
    pub registration_status: Option<RegistrationStatus>,
    pub registration_authority: Option<String>,
    pub phone: Option<String>,
    pub key_supervision: Option<bool>,
    /// Where it lies, by its address, its code or its name.
    pub place: Option<Place>,
    /// `None` where the file has no such column: tags are then left as they are.
    pub tags: Option<Vec<String>>,
}

impl Record for ObjectRow {
    const KEY_FIELD: &'static str = "企业名称";

    /// Without a number, two of one name at two places are two.
    fn key(&self) -> String {
        if self.uscc.is_some() || self.registration_no.is_some() {
            return self.identity_key.clone();
        }
        let place = self.place.as_ref();
        let region = place.map_or("", |place| place.township_code.as_ref().unwrap_or(&place.region_code));
        let address = self.registered_address.as_deref().map(name_form).unwrap_or_default();
        format!("{}@{region}@{address}", self.identity_key)
    }
}

/// Reads a row; `today` is the day of the import in Asia/Shanghai.
pub fn parse(cells: &dyn Cells, today: NaiveDate, gazetteer: &Gazetteer) -> Parsed<ObjectRow> {
    let mut row = Row::new(cells);
    let name = row.required("企业名称", 300);
    let numbers = numbers(&mut row);
    let capital_text = row.text("注册资金", 100);
    let capital = capital_text.as_deref().and_then(|text| {
        let fen = parse_capital(text);
        if fen.is_none() {
            let message = text!("金额无法识别，保留原文。", "No amount can be read; the text is kept.");
            row.findings.push(Finding::warning("注册资金", "AMOUNT_UNREADABLE", text, message));
        }
        fen
    });
    let established_on = row.past_date("注册日期", today);
    let enterprise_type = row.text("企业类型", 100);
    let legal_representative = row.text("法人代表", 100);
    let business_scope = row.text("经营范围", 3_000);
    let registered_address = row.text("注册地址", 600);
    let business_address = row.text("经营地址", 600);
    let industry_code = industry(&mut row);
    let registration_status = status(&mut row);
    let registration_authority = row.text("登记机关", 200);
    let phone = row.secret_code("联系电话", 40);
    let key_supervision = row.choice("是否重点监管", &YES_NO).map(|answer| answer == "1");
    let area = ["所在省份", "地区"].map(|field| row.text(field, 60).unwrap_or_default()).concat();
    let tags = cells.has("标签").then(|| row.list("标签", 1_000));
    let place = place(
        &mut row,
        gazetteer,
        &Told {
            address: registered_address.as_deref().or(business_address.as_deref()).unwrap_or_default(),
            name: name.as_deref().unwrap_or_default(),
            area: &area,
            code: numbers.uscc.as_deref().and_then(|code| code.get(2..8)),
        },
    );
    let value = name.map(|name| {
        let Numbers { uscc, uscc_valid, registration_no } = numbers;
        let object_type = uscc.as_deref().map_or("1", type_of_uscc).to_owned();
        let certificate = registration_no.as_deref().map(|number| ("099", number));
        ObjectRow {
            identity_key: identity_key(uscc.as_deref(), &object_type, certificate, &name),
            uscc,
            uscc_valid,
            registration_no,
            name,
            object_type,
            registered_address,
            business_address,
            industry_code,
            enterprise_type,
            legal_representative,
            registered_capital_fen: capital,
            registered_capital_text: capital_text,
            established_on,
            business_scope,
            registration_status,
            registration_authority,
            phone,
            key_supervision,
            place,
            tags,
        }
    });

    let refused = row.findings.iter().any(Finding::is_error);
    if !refused && value.as_ref().is_some_and(|object| object.uscc.is_none()) {
        let message = text!(
            "没有可用的统一社会信用代码，按注册号或名称和地址识别该对象。",
            "There is no usable USCC; the object is identified by its registration number, or its name and place."
        );
        row.findings.push(Finding::warning(CODE, "IDENTIFIED_BY_NAME", "", message).without_value());
    }

    Parsed::of(value, row.findings)
}

pub(super) const YES_NO: [(&str, &str); 6] =
    [("1", "是"), ("0", "否"), ("1", "重点"), ("0", "非重点"), ("1", "Y"), ("0", "N")];

/// Where it lies, with every doubt: what nothing places is never taken for the county's in silence.
fn place(row: &mut Row<'_>, gazetteer: &Gazetteer, told: &Told<'_>) -> Option<Place> {
    let Located { place, doubt } = gazetteer.locate(*told);
    let finding = match doubt {
        None => return place,
        Some(Doubt::RegionUnknown) => {
            let message = text!(
                "地址、代码和名称都没有指明县区，暂按本县登记，请核对。",
                "Neither address nor code nor name says in which county it lies; it is kept as this county's, please check."
            );
            Finding::warning("注册地址", "REGION_UNKNOWN", told.address, message)
        }
        Some(Doubt::TownshipUnknown) => {
            let message = text!(
                "地址在本县而没有现行乡镇的名称（已撤并乡镇可由管理员配置对应），乡镇留空。",
                "The address lies in the county and names none of its townships (former ones can be configured); the township is left open."
            );
            Finding::warning("注册地址", "TOWNSHIP_UNKNOWN", told.address, message)
        }
        Some(Doubt::CodeDisagrees(area)) => {
            let message = text!(
                "地址所在县区与信用代码中的登记地（{area}）不同，以地址为准。",
                "The address lies in another county than the code's authority ({area}); the address counts."
            );
            Finding::warning("注册地址", "REGION_DISAGREES", told.address, message)
        }
    };
    row.findings.push(finding.of(Dimension::Linkage));
    place
}

/// 行业代码; words are none.
fn industry(row: &mut Row<'_>) -> Option<String> {
    const FIELD: &str = "行业代码";
    let told = row.code(FIELD, 40)?;
    let code = industry::read(&told);
    if code.is_none() {
        let message = text!(
            "不是国民经济行业代码（如 F5213），未采用。",
            "This is no code of GB/T 4754, as F5213; it was not taken."
        );
        row.findings.push(Finding::warning(FIELD, "INDUSTRY_CODE_INVALID", &told, message));
    }
    code
}

/// 登记状态: only what is registered and goes on may be drawn.
fn status(row: &mut Row<'_>) -> Option<RegistrationStatus> {
    let text = row.text("登记状态", 60)?;
    let status = RegistrationStatus::read(&text);
    if status.is_none() {
        let labels = listed(RegistrationStatus::ALL.iter().map(|status| status.label())).zh;
        let codes = listed(RegistrationStatus::CODES).en;
        let message =
            text!("登记状态无法识别（{labels}），未采用。", "The status is none of {codes}; it was not taken.");
        row.findings.push(Finding::warning("登记状态", "NOT_IN_CODE_TABLE", &text, message));
    }
    status
}

#[cfg(test)]
mod tests;
