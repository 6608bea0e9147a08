//! Whether a row is about the person whose numbers it quotes.

use super::Context;
use domain::intake::imports::personnel::PersonnelRow;
use domain::intake::imports::{Dimension, Finding};
use domain::kernel::characters::name_form;
use domain::kernel::text::text;
use entity::officers::personnel::Model;
use uuid::Uuid;

/// Who a row is about, as the register knows them.
pub struct Person<'a> {
    pub department: Uuid,
    /// Who holds the certificate number.
    pub of_certificate: Option<&'a Model>,
    /// Who has the ID number.
    pub of_id_number: Option<&'a Model>,
    pub id_digest: Option<String>,
}

/// Why a row is not about the person whose number it quotes: nobody gets another's name, number or department.
pub fn another(context: &Context, row: &PersonnelRow, person: &Person<'_>) -> Option<Finding> {
    let foreign = |id: Uuid| context.allowed.as_ref().is_some_and(|own| !own.contains(&id));
    let touched = [person.of_certificate, person.of_id_number].into_iter().flatten();
    if foreign(person.department) || touched.into_iter().any(|officer| foreign(officer.department_id)) {
        let message = text!("不得报送其他部门的人员。", "These are another department's officers.");
        let finding = Finding::error("部门编码", "FOREIGN_DEPARTMENT", &row.department_code, message);
        return Some(finding.of(Dimension::Linkage));
    }

    let renamed = |officer: &Model| name_form(&officer.name) != name_form(&row.name);
    let id_of_another = match (person.of_certificate, person.of_id_number) {
        (Some(of_certificate), Some(of_id_number)) => of_certificate.id != of_id_number.id,
        // A second certificate of one person bears the same name.
        (None, Some(of_id_number)) => renamed(of_id_number),
        _ => false,
    };
    if id_of_another {
        let message = text!(
            "该身份证号属于另一名已登记的执法人员，与姓名或执法证号不符。",
            "This ID number is another officer's; it does not go with the name or the certificate number."
        );
        let finding = Finding::error("身份证号", "CITIZEN_ID_OF_ANOTHER", "", message).without_value();
        return Some(finding.of(Dimension::Uniqueness));
    }

    let of_certificate = person.of_certificate?;
    let other_id = person.id_digest.is_some()
        && of_certificate.id_number_digest.is_some()
        && person.id_digest != of_certificate.id_number_digest;
    // The ID number says that a name was corrected; without it the number may be another's.
    let confirmed = person.id_digest.is_some() && person.id_digest == of_certificate.id_number_digest;
    (other_id || (renamed(of_certificate) && !confirmed)).then(|| {
        let message = text!(
            "该执法证号已登记在另一人名下（姓名或身份证号不同），本行未收，请核对。",
            "The certificate number is registered to another person (another name or ID number); the row was not taken."
        );
        let finding = Finding::error("执法证号", "CERTIFICATE_OF_ANOTHER", &row.certificate_no, message);
        finding.of(Dimension::Uniqueness)
    })
}
