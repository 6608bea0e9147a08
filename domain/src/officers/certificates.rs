//! 执法证: applied for, issued, examined every year, suspended, ended; and whether it holds on a day.

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::VALID_CERTIFICATE;
use crate::kernel::text::{Text, text};
use chrono::NaiveDate;

code_list! {
    CertificateStatus "行政执法证状态" {
        Applied "申领中", Approved "待核发", Active "有效", Suspended "暂扣", Lost "挂失", Revoked "吊销", Cancelled "注销",
        Expired "过期", Reissued "已补发"
    }
}

impl CertificateStatus {
    /// In somebody's hands, or lost and not ended: its holder and its number are spoken for.
    pub const LIVING: [Self; 3] = [Self::Active, Self::Suspended, Self::Lost];
}

code_list! {
    /// What can be done to a certificate.
    CertificateAction "行政执法证操作" {
        Approve "同意申领", Reject "不同意申领", Issue "核发", Suspend "暂扣", Resume "恢复", PassExamination "年审合格",
        FailExamination "年审不合格", ReportLoss "挂失", Reissue "补发", Revoke "吊销", Cancel "注销",
        /// By the date, never by hand.
        Expire "到期"
    }
}

impl CertificateAction {
    /// Who may do it; what nobody may is done by the calendar.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::ReportLoss | Self::Cancel => Some(Permission::PersonnelWrite),
            Self::Approve
            | Self::Reject
            | Self::Issue
            | Self::Suspend
            | Self::Resume
            | Self::PassExamination
            | Self::FailExamination
            | Self::Reissue
            | Self::Revoke => Some(Permission::CertificatesApprove),
            Self::Expire => None,
        }
    }
}

/// The life of a certificate (rules of the trade §4). Failing the annual examination withdraws it.
pub const fn next(status: CertificateStatus, action: CertificateAction) -> Option<CertificateStatus> {
    use CertificateAction as A;
    use CertificateStatus as S;

    match (status, action) {
        (S::Applied, A::Approve) => Some(S::Approved),
        (S::Applied | S::Approved, A::Reject | A::Cancel) => Some(S::Cancelled),
        (S::Approved, A::Issue) => Some(S::Active),
        (S::Active, A::PassExamination) => Some(S::Active),
        (S::Active | S::Suspended, A::FailExamination | A::Revoke) => Some(S::Revoked),
        (S::Active, A::Suspend) => Some(S::Suspended),
        (S::Suspended, A::Resume) => Some(S::Active),
        (S::Active, A::ReportLoss) => Some(S::Lost),
        (S::Lost, A::Reissue) => Some(S::Reissued),
        (S::Lost, A::Revoke) => Some(S::Revoked),
        (S::Active | S::Suspended | S::Lost, A::Cancel) => Some(S::Cancelled),
        (S::Active | S::Suspended | S::Lost, A::Expire) => Some(S::Expired),
        (S::Applied, A::Issue | A::Reissue | A::Revoke)
        | (S::Approved, A::Approve | A::Reissue | A::Revoke)
        | (
            S::Applied | S::Approved,
            A::Suspend | A::Resume | A::PassExamination | A::FailExamination | A::ReportLoss | A::Expire,
        )
        | (S::Active, A::Approve | A::Reject | A::Issue | A::Resume | A::Reissue)
        | (
            S::Suspended,
            A::Approve | A::Reject | A::Issue | A::Suspend | A::PassExamination | A::Reissue | A::ReportLoss,
        )
        | (
            S::Lost,
            A::Approve
            | A::Reject
            | A::Issue
            | A::Suspend
            | A::Resume
            | A::PassExamination
            | A::FailExamination
            | A::ReportLoss,
        ) => None,
        (
            S::Revoked | S::Cancelled | S::Expired | S::Reissued,
            A::Approve
            | A::Reject
            | A::Issue
            | A::Suspend
            | A::Resume
            | A::PassExamination
            | A::FailExamination
            | A::ReportLoss
            | A::Reissue
            | A::Revoke
            | A::Cancel
            | A::Expire,
        ) => None,
    }
}

pub fn apply(status: CertificateStatus, action: CertificateAction) -> Result<CertificateStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// What the calendar does to a certificate on a day: it ends after its last day, a suspension after its.
pub fn by_the_calendar(
    status: CertificateStatus,
    valid_until: Option<NaiveDate>,
    suspended_until: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<CertificateAction> {
    use CertificateAction as A;
    let over = |day: Option<NaiveDate>| day.is_some_and(|day| day < today);
    if over(valid_until) && next(status, A::Expire).is_some() {
        return Some(A::Expire);
    }
    (status == CertificateStatus::Suspended && over(suspended_until)).then_some(A::Resume)
}

/// Until when a certificate holds.
#[derive(Clone, Copy, Debug)]
pub struct CertificateValidity {
    pub status: CertificateStatus,
    /// The last day; an application has none.
    pub valid_until: Option<NaiveDate>,
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
                text!("行政执法证状态为“{l}”", "the certificate is {c}", l = status.label(), c = status.code())
            }
            Self::Expired(on) => text!("行政执法证已于 {on} 到期", "the certificate expired on {on}"),
            Self::ExaminationOverdue(on) => {
                text!("行政执法证年审已于 {on} 逾期", "the annual examination was due on {on}")
            }
        }
    }
}

/// Whether a certificate holds on a day; its last day and the examination's due day still count.
pub fn check_certificate(facts: &CertificateValidity, on: NaiveDate) -> Result<(), Invalidity> {
    if facts.status != CertificateStatus::Active {
        return Err(Invalidity::NotActive(facts.status));
    }
    if let Some(until) = facts.valid_until.filter(|until| *until < on) {
        return Err(Invalidity::Expired(until));
    }
    match facts.annual_exam_due_on {
        Some(due) if due < on => Err(Invalidity::ExaminationOverdue(due)),
        Some(_) | None => Ok(()),
    }
}

/// The refusal for an officer none of whose certificates holds.
pub fn no_valid_certificate(officer: &str, why: Option<Invalidity>) -> Refusal {
    let why = why.map_or_else(|| text!("没有行政执法证", "there is no certificate"), Invalidity::text);
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
        insta::assert_snapshot!(crate::kernel::code_list::table(
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
        let facts = CertificateValidity {
            status: CertificateStatus::Active,
            valid_until: Some(day("2026-11-24")),
            annual_exam_due_on: Some(day("2026-11-24")),
        };
        assert_eq!(check_certificate(&facts, day("2026-11-24")), Ok(()));
        assert_eq!(check_certificate(&facts, day("2026-11-25")), Err(Invalidity::Expired(day("2026-11-24"))));
        let overdue = CertificateValidity { valid_until: Some(day("2027-01-01")), ..facts };
        assert_eq!(
            check_certificate(&overdue, day("2026-11-25")),
            Err(Invalidity::ExaminationOverdue(day("2026-11-24")))
        );
    }

    #[test]
    fn the_calendar_ends_certificates_and_suspensions() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let (last, next_day) = (Some(day("2026-11-24")), day("2026-11-25"));
        use CertificateStatus as S;
        assert_eq!(by_the_calendar(S::Active, last, None, day("2026-11-24")), None);
        assert_eq!(by_the_calendar(S::Active, last, None, next_day), Some(CertificateAction::Expire));
        assert_eq!(by_the_calendar(S::Suspended, None, last, next_day), Some(CertificateAction::Resume));
        assert_eq!(by_the_calendar(S::Suspended, last, last, next_day), Some(CertificateAction::Expire));
        assert_eq!(by_the_calendar(S::Revoked, last, None, next_day), None);
    }
}
