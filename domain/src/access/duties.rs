//! 三员分立: system, security and audit duties are never held by one account, by delegation neither.

use super::Role;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::{DELEGATION, THREE_DUTIES};
use crate::kernel::text::text;
use chrono::{DateTime, Duration, Utc};

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
            | Self::SpotCheckLead
            | Self::JusticeSupervisor
            | Self::DepartmentAdmin
            | Self::Reviewer
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
