//! 三员分立: system, security and audit duties are never held by one account, by delegation neither.

use super::{Actor, Role};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{DELEGATION, THREE_DUTIES};
use crate::kernel::text::text;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

/// The three duties that exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    System,
    Security,
    Audit,
}

impl Role {
    /// The duty of a role, where it has one of the three.
    pub const fn duty(self) -> Option<Duty> {
        match self {
            Self::PlatformAdmin => Some(Duty::System),
            Self::SecurityAdmin => Some(Duty::Security),
            Self::Auditor => Some(Duty::Audit),
            Self::Coordinator
            | Self::PlatformBusiness
            | Self::SpotCheckLead
            | Self::JusticeSupervisor
            | Self::DepartmentAdmin
            | Self::Reviewer
            | Self::BodyHead
            | Self::Officer
            | Self::Township
            | Self::Partner => None,
        }
    }

    /// Whether a person's account may have the role.
    pub const fn is_for_people(self) -> bool {
        !matches!(self, Self::Partner)
    }
}

/// Two roles that come together in one account.
pub fn check_duties(own: Role, other: Role) -> Result<(), Refusal> {
    let meets = own != other && (own.duty().is_some() || other.duty().is_some());
    if meets {
        return Err(Refusal::new(
            Code::DutiesMeet,
            text!(
                "系统、安全、审计三类职责不得由同一账户兼任，也不得与业务角色兼任（{a}、{b}）。",
                "System, security and audit duties are kept apart, from each other and from the trade ({a_code}, {b_code}).",
                a = own.label(),
                b = other.label(),
                a_code = own.code(),
                b_code = other.code()
            ),
        )
        .under(THREE_DUTIES));
    }

    Ok(())
}

/// Hours in which a consent can be used.
pub const CONSENT_HOURS: i64 = 24;

/// Resetting or authorizing an account of one of the three duties needs the consent of a second person: who resets it could
/// become it, and would hold two duties.
pub fn check_consent(actor: Uuid, account: Option<Role>, consent_by: Option<Uuid>) -> Result<(), Refusal> {
    let privileged = account.and_then(Role::duty).is_some();
    if !privileged || consent_by.is_some_and(|by| by != actor) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::SecondPersonRequired,
        text!(
            "该账户承担系统、安全或审计职责，授权和重置须先由另一职责的管理员复核同意（24 小时内有效，一次）。",
            "The account holds a system, security or audit duty: an administrator of another duty agrees first (once, within 24 hours)."
        ),
    )
    .under(THREE_DUTIES))
}

/// Who may agree: of the system or audit duty, and not the account itself.
pub fn check_consenter(actor: &Actor, account_id: Uuid, account: Option<Role>) -> Result<(), Refusal> {
    let refuse = |detail| Err(Refusal::new(Code::SecondPersonRequired, detail).under(THREE_DUTIES));
    if account.and_then(Role::duty).is_none() {
        return refuse(text!(
            "该账户不承担特权职责，无需复核。",
            "The account holds no privileged duty: no consent is needed."
        ));
    }
    let own = actor.id == account_id || actor.acts_for.is_some();
    if own || !matches!(actor.role.duty(), Some(Duty::System | Duty::Audit)) {
        return refuse(text!(
            "复核应由系统管理员或审计员本人作出，不能复核本人账户。",
            "A system administrator or an auditor agrees, in person, and not to their own account."
        ));
    }
    Ok(())
}

/// A delegation of `from` to `to` over a period.
pub fn check_delegation(
    from: Role,
    to: Role,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    maximum_days: u32,
) -> Result<(), Refusal> {
    let refuse = |detail| Err(Refusal::new(Code::DelegationInvalid, detail).under(DELEGATION));
    if from == Role::Officer {
        return refuse(text!(
            "执法职责随证件专属于本人，不得委托。",
            "An officer's duties go with the certificate and cannot be delegated."
        ));
    }

    if ends_at <= starts_at || ends_at - starts_at > Duration::days(i64::from(maximum_days)) {
        return refuse(text!(
            "委托期限应晚于开始时间，且不超过 {maximum_days} 天。",
            "A delegation ends after it starts, within {maximum_days} days."
        ));
    }

    check_duties(to, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_duties_meet_nobody() {
        let mut allowed = Vec::new();
        for own in Role::ALL {
            for other in Role::ALL {
                if own.duty().is_some() && own != other && check_duties(*own, *other).is_ok() {
                    allowed.push((own.code(), other.code()));
                }
            }
        }
        assert!(allowed.is_empty(), "{allowed:?}");
        assert!(check_duties(Role::DepartmentAdmin, Role::Reviewer).is_ok());
    }

    #[test]
    fn a_privileged_account_needs_a_second_person() {
        let (actor, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for role in Role::ALL {
            let alone = check_consent(actor, Some(*role), None).is_ok();
            assert_eq!(alone, role.duty().is_none(), "{role:?}");
            assert_eq!(
                check_consent(actor, Some(*role), Some(actor)).is_ok(),
                alone,
                "{role:?}: oneself is no second person"
            );
            assert!(check_consent(actor, Some(*role), Some(other)).is_ok(), "{role:?}");
        }
    }

    #[test]
    fn a_delegation_has_bounds() {
        let start = DateTime::UNIX_EPOCH;
        let after = |days| start + Duration::days(days);
        let try_it = |from, to, days| check_delegation(from, to, start, after(days), 30).is_ok();
        assert!(try_it(Role::DepartmentAdmin, Role::Reviewer, 30));
        assert!(!try_it(Role::DepartmentAdmin, Role::Reviewer, 31));
        assert!(!try_it(Role::DepartmentAdmin, Role::Reviewer, 0));
        assert!(!try_it(Role::Officer, Role::Officer, 1));
        assert!(!try_it(Role::Auditor, Role::PlatformAdmin, 1));
        assert!(try_it(Role::Auditor, Role::Auditor, 1));
    }
}
