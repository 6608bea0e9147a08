//! 合作系统: partner systems, what they may be granted and how they prove who they are.

use crate::access::{Permission, Role, reach};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

code_list! {
    ClientStatus "合作系统状态" { Active "启用", Disabled "停用" }
}

code_list! {
    /// What the security administrator does to a client.
    ClientAction "合作系统操作" { Activate "启用", Disable "停用" }
}

code_list! {
    /// How a client proves who it is at the token endpoint (OpenID Connect Core §9).
    ClientAuthMethod "合作系统认证方式" { PrivateKeyJwt "私钥签名断言", ClientSecretBasic "客户端密钥" }
}

/// A client's secret as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSecret {
    pub digest: String,
    pub created_at: DateTime<Utc>,
    /// Old secrets work until then.
    pub expires_at: Option<DateTime<Utc>>,
}

pub const fn next(status: ClientStatus, action: ClientAction) -> Option<ClientStatus> {
    match (status, action) {
        (ClientStatus::Active, ClientAction::Disable) => Some(ClientStatus::Disabled),
        (ClientStatus::Disabled, ClientAction::Activate) => Some(ClientStatus::Active),
        (ClientStatus::Active, ClientAction::Activate) | (ClientStatus::Disabled, ClientAction::Disable) => None,
    }
}

pub fn apply(status: ClientStatus, action: ClientAction) -> Result<ClientStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// What a partner may be granted at most.
pub fn grantable() -> impl Iterator<Item = Permission> {
    let of =
        |permission: &Permission| *permission != Permission::AccessRead && reach(Role::Partner, *permission).is_some();
    Permission::ALL.iter().copied().filter(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_clients_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            ClientStatus::ALL,
            ClientAction::ALL,
            |s, a| next(*s, *a).map(ClientStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn no_grant_gives_a_partner_a_duty_of_people() {
        for permission in grantable() {
            let code = permission.code();
            let of_people = ["users:", "audit:", "clients:", "personal-data:", "delegations:", "certificates:"];
            assert!(!of_people.iter().any(|part| code.starts_with(part)), "{code}");
            assert!(!code.ends_with(":review") && !code.ends_with(":publish"), "{code}");
        }
    }
}
