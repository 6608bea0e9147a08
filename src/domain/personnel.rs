//! 执法人员 and their certificates: who may be drawn and who may sign a result.

use super::code_list;
use super::refusal::{Code, Refusal};
use super::rules::VALID_CERTIFICATE;
use super::text::{Text, text};
use chrono::NaiveDate;

code_list! {
    /// 人员状态 (national agent_state 1 有效, 2 失效).
    PersonnelStatus { Active "有效", Inactive "失效" }
}

code_list! {
    /// 执法证状态. EXPIRED follows from the date and is computed, not entered.
    CertificateStatus { Active "有效", Suspended "暂扣", Revoked "吊销", Cancelled "注销" }
}

code_list! {
    /// What can be done to a certificate.
    CertificateAction { Suspend "暂扣", Resume "恢复", Revoke "吊销", Cancel "注销" }
}

/// The life of a certificate.
pub const fn next(status: CertificateStatus, action: CertificateAction) -> Option<CertificateStatus> {
    use CertificateAction as A;
    use CertificateStatus as S;
    match (status, action) {
        (S::Active, A::Suspend) => Some(S::Suspended),
        (S::Suspended, A::Resume) => Some(S::Active),
        (S::Active | S::Suspended, A::Revoke) => Some(S::Revoked),
        (S::Active | S::Suspended, A::Cancel) => Some(S::Cancelled),
        (S::Active, A::Resume)
        | (S::Suspended, A::Suspend)
        | (S::Revoked | S::Cancelled, A::Suspend | A::Resume | A::Revoke | A::Cancel) => None,
    }
}

pub fn apply(status: CertificateStatus, action: CertificateAction) -> Result<CertificateStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state((status.code(), status.label()), (action.code(), action.label())))
}

/// What is known of a certificate when it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFacts {
    pub status: CertificateStatus,
    pub valid_until: NaiveDate,
    pub annual_exam_due_on: Option<NaiveDate>,
}

/// Why a certificate does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidity {
    NotActive(CertificateStatus),
    Expired(NaiveDate),
    ExaminationOverdue(NaiveDate),
}

impl Invalidity {
    /// Short stable code, as it stands in a draw's transcript.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotActive(_) => "CERTIFICATE_NOT_ACTIVE",
            Self::Expired(_) => "CERTIFICATE_EXPIRED",
            Self::ExaminationOverdue(_) => "ANNUAL_EXAMINATION_OVERDUE",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::NotActive(status) => {
                text!("执法证状态为“{l}”", "the certificate is {c}", l = status.label(), c = status.code())
            }
            Self::Expired(on) => text!("执法证已于 {on} 到期", "the certificate expired on {on}"),
            Self::ExaminationOverdue(on) => text!("执法证年审已于 {on} 逾期", "the annual examination was due on {on}"),
        }
    }
}

/// Whether a certificate holds on a day; its last day and the examination's due day still count.
pub fn check_certificate(facts: &CertificateFacts, on: NaiveDate) -> Result<(), Invalidity> {
    if facts.status != CertificateStatus::Active {
        return Err(Invalidity::NotActive(facts.status));
    }
    if facts.valid_until < on {
        return Err(Invalidity::Expired(facts.valid_until));
    }
    match facts.annual_exam_due_on {
        Some(due) if due < on => Err(Invalidity::ExaminationOverdue(due)),
        Some(_) | None => Ok(()),
    }
}

/// The refusal for an officer none of whose certificates holds.
pub fn no_valid_certificate(officer: &str, why: Option<Invalidity>) -> Refusal {
    let why = why.map_or_else(|| text!("没有执法证", "there is no certificate"), Invalidity::text);
    Refusal::new(
        Code::CertificateInvalid,
        text!(
            "执法人员{officer}不能参加检查：{zh}。请更换人员或办理证件。",
            "Officer {officer} may not inspect: {en}.",
            zh = why.zh,
            en = why.en
        ),
    )
    .under(VALID_CERTIFICATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_certificates_life() {
        insta::assert_snapshot!(crate::domain::table(
            CertificateStatus::ALL,
            CertificateAction::ALL,
            |s, a| { next(*s, *a).map(CertificateStatus::code) },
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn the_last_day_counts() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let facts = CertificateFacts {
            status: CertificateStatus::Active,
            valid_until: day("2026-11-24"),
            annual_exam_due_on: Some(day("2026-11-24")),
        };
        assert_eq!(check_certificate(&facts, day("2026-11-24")), Ok(()));
        assert_eq!(check_certificate(&facts, day("2026-11-25")), Err(Invalidity::Expired(day("2026-11-24"))));
        let overdue = CertificateFacts { valid_until: day("2027-01-01"), ..facts };
        assert_eq!(
            check_certificate(&overdue, day("2026-11-25")),
            Err(Invalidity::ExaminationOverdue(day("2026-11-24")))
        );
    }
}
