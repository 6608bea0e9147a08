//! The numbers by which a row names its object: only a well-formed one identifies.

use super::CODE;
use crate::intake::imports::reading::fields::Row;
use crate::intake::imports::{Dimension, Finding};
use crate::kernel::characters::half_width;
use crate::kernel::codes::citizen_id::CitizenId;
use crate::kernel::codes::registration_no::RegistrationNo;
use crate::kernel::codes::uscc::{Uscc, UsccError};
use crate::kernel::text::text;

/// The numbers by which a row names its object.
pub struct Numbers {
    pub uscc: Option<String>,
    pub uscc_valid: bool,
    pub registration_no: Option<String>,
}

/// The code and the old number, each in its own column or the old one in the code's.
pub fn numbers(row: &mut Row<'_>) -> Numbers {
    let said = row.code(CODE, 100);
    let own = row.code("注册号", 100).and_then(|number| check_registration_no(&number, row));
    let Some(code) = said else { return Numbers { uscc: None, uscc_valid: false, registration_no: own } };
    let none = |own: Option<String>| Numbers { uscc: None, uscc_valid: false, registration_no: own };
    if Uscc::parse(&code).is_err() && CitizenId::parse(&code).is_ok() {
        let message = text!(
            "此栏填的是身份证号；自然人请以证件类型和证件号码登记，本行未收。",
            "This is a person's ID number; register people by certificate type and number. The row was not taken."
        );
        row.findings.push(Finding::error(CODE, "CITIZEN_ID_AS_USCC", "", message).without_value());
        return none(own);
    }
    if code.len() == 15 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = check_registration_no(&code, row);
        return none(own.or(number));
    }

    let raw = row.cells.cell(CODE).unwrap_or_default().text;
    if half_width(&raw).bytes().any(|byte| byte.is_ascii_lowercase()) {
        let message = text!(
            "统一社会信用代码不应有小写字母；已按大写识别。",
            "A USCC has no lower-case letters; it was read in upper case."
        );
        row.findings.push(Finding::warning(CODE, "USCC_LOWER_CASE", &code, message));
    }
    match check_uscc(&code) {
        Ok(()) => Numbers { uscc: Some(code), uscc_valid: true, registration_no: own },
        Err(finding) => {
            // Only a well-formed code identifies; one that fails its check was published so.
            let identifies = finding.rule == "USCC_CHECK_CHARACTER";
            row.findings.push(finding);
            Numbers { uscc: Some(code).filter(|_| identifies), uscc_valid: false, registration_no: own }
        }
    }
}

/// A code that fails is told of: published codes that fail their check exist.
fn check_uscc(code: &str) -> Result<(), Finding> {
    match Uscc::parse(code) {
        Ok(_) => Ok(()),
        Err(UsccError::Shape) => {
            let message = text!(
                "不是 18 位统一社会信用代码（GB 32100），未采用。",
                "This is not an 18-character USCC (GB 32100); it was not taken."
            );
            Err(Finding::warning(CODE, "USCC_SHAPE", code, message))
        }
        Err(UsccError::Authority) => {
            let message = text!(
                "前两位不是登记管理部门和机构类别（GB 32100），或为占位、掩码；未采用。",
                "Its first two signs name no registering department (GB 32100), or it is a placeholder; it was not taken."
            );
            Err(Finding::warning(CODE, "USCC_AUTHORITY", code, message))
        }
        Err(UsccError::CheckCharacter { .. })
            if code.ends_with("000") && code.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            let message = text!(
                "末三位为 0 且校验位不符：多为表格软件把代码当作数字，丢失了末位；请设为“文本”格式后重填。",
                "It ends in 000 and fails its check: spreadsheets lose the last digits of numbers. Store the column as text and enter it again."
            );
            Err(Finding::error(CODE, "DIGITS_LOST", code, message).of(Dimension::Accuracy))
        }
        Err(UsccError::CheckCharacter { expected }) => {
            let message = text!(
                "校验位不符，应为“{expected}”；已保留，待核实。",
                "The check character should be \"{expected}\"; the code is kept until verified."
            );
            Err(Finding::warning(CODE, "USCC_CHECK_CHARACTER", code, message))
        }
    }
}

/// The fifteen digits of before 2015; what is none is told of and not kept.
fn check_registration_no(number: &str, row: &mut Row<'_>) -> Option<String> {
    let message = match RegistrationNo::parse(number) {
        Ok(number) => return Some(number.as_str().to_owned()),
        Err(Some(expected)) => {
            let message = text!(
                "注册号校验位不符，应为“{expected}”；已保留，待核实。",
                "The registration number's check digit should be {expected}; it is kept until verified."
            );
            row.findings.push(Finding::warning("注册号", "REGISTRATION_NO_CHECK", number, message));
            return Some(number.to_owned());
        }
        Err(None) => {
            text!("不是 15 位注册号，未采用。", "This is not a 15-digit registration number; it was not taken.")
        }
    };

    row.findings.push(Finding::warning("注册号", "REGISTRATION_NO_SHAPE", number, message));
    None
}
