//! Rows 10 and 12: who has an account and uses it, and how the register of officers agrees with the roll.

use super::Sets;
use crate::access::users::{IdentityState, UserStatus};
use crate::kernel::text::text;
use uuid::Uuid;

/// A certificate holder and their account, where they have one.
#[derive(Clone, Debug)]
pub struct HolderFacts {
    pub id: Uuid,
    pub account: Option<(UserStatus, IdentityState)>,
}

/// Row 10: holders with an account that is active and verified ÷ holders.
pub fn officer_registration<'a>(holders: impl IntoIterator<Item = &'a HolderFacts>) -> Sets {
    let mut sets = Sets::default();
    for holder in holders {
        let verdict = match holder.account {
            None => Err(text!("未开通账户", "no account")),
            Some((UserStatus::Active, IdentityState::Verified)) => Ok(()),
            Some((UserStatus::Active, state)) => {
                Err(text!("实名{l}", "identity {c}", l = state.label(), c = state.code()))
            }
            Some((status, _)) => Err(text!("账户{l}", "account {c}", l = status.label(), c = status.code())),
        };
        sets.count(holder.id, verdict);
    }
    sets
}

/// An active account, and whether it was used this month.
#[derive(Clone, Debug)]
pub struct AccountFacts {
    pub id: Uuid,
    pub seen: bool,
}

/// Row 10: accounts used in the month ÷ activated accounts (开通用户总量).
pub fn monthly_active<'a>(accounts: impl IntoIterator<Item = &'a AccountFacts>) -> Sets {
    let mut sets = Sets::default();
    for account in accounts {
        let verdict = if account.seen { Ok(()) } else { Err(text!("本月未登录", "not seen this month")) };
        sets.count(account.id, verdict);
    }
    sets
}

/// A person of the newest roll.
#[derive(Clone, Debug)]
pub struct RollFacts {
    pub id: Uuid,
    /// The register has the certificate.
    pub uploaded: bool,
    /// Fields in which the register differed when the two were compared.
    pub differing: Vec<String>,
}

/// Row 12: uploaded ÷ on the justice roll.
pub fn officer_collection<'a>(roll: impl IntoIterator<Item = &'a RollFacts>) -> Sets {
    let mut sets = Sets::default();
    for person in roll {
        let verdict =
            if person.uploaded { Ok(()) } else { Err(text!("名册有、未登记", "on the roll, not registered")) };
        sets.count(person.id, verdict);
    }
    sets
}

/// Row 12: rows equal to the roll ÷ uploaded.
pub fn officer_accuracy<'a>(roll: impl IntoIterator<Item = &'a RollFacts>) -> Sets {
    let mut sets = Sets::default();
    for person in roll.into_iter().filter(|person| person.uploaded) {
        let verdict = if person.differing.is_empty() {
            Ok(())
        } else {
            Err(text!("不一致：{f}", "differs in {f}", f = person.differing.join(", ")))
        };
        sets.count(person.id, verdict);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let id = Uuid::from_u128;
        let holders = [
            HolderFacts { id: id(1), account: None },
            HolderFacts { id: id(2), account: Some((UserStatus::Active, IdentityState::Verified)) },
            HolderFacts { id: id(3), account: Some((UserStatus::Active, IdentityState::Mismatch)) },
            HolderFacts { id: id(4), account: Some((UserStatus::Pending, IdentityState::Verified)) },
        ];
        let sets = officer_registration(&holders);
        assert_eq!(sets.ratio().basis_points(), Some(2_500));
        assert_eq!(sets.missing.keys().copied().collect::<Vec<_>>(), [id(1), id(3), id(4)]);
        let roll = [
            RollFacts { id: id(5), uploaded: false, differing: Vec::new() },
            RollFacts { id: id(6), uploaded: true, differing: vec!["name".to_owned()] },
            RollFacts { id: id(7), uploaded: true, differing: Vec::new() },
        ];
        assert_eq!(officer_collection(&roll).ratio().basis_points(), Some(6_666));

        assert_eq!(officer_accuracy(&roll).ratio().basis_points(), Some(5_000));
    }
}
