//! Accounts of the platform: their life, and how a person's name is verified.

use crate::access::Permission;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;

code_list! {
    /// 账户状态. Who signs in for the first time, and whose role changes, waits to be authorized.
    UserStatus "账户状态" { Pending "待授权", Active "启用", Disabled "停用" }
}

code_list! {
    /// What an administrator does to an account.
    UserAction "账户操作" { Bind "绑定部门与角色", Activate "授权启用", Disable "停用" }
}

impl UserAction {
    /// 三员分立: who makes an account cannot bring it to life.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Bind | Self::Disable => Permission::UsersWrite,
            Self::Activate => Permission::UsersAuthorize,
        }
    }
}

/// The life of an account.
pub const fn next(status: UserStatus, action: UserAction) -> Option<UserStatus> {
    use UserAction as A;
    use UserStatus as S;
    match (status, action) {
        // Another role or department needs another authorization.
        (S::Pending | S::Active | S::Disabled, A::Bind) => Some(S::Pending),
        (S::Pending | S::Disabled, A::Activate) => Some(S::Active),
        (S::Pending | S::Active, A::Disable) => Some(S::Disabled),
        (S::Active, A::Activate) | (S::Disabled, A::Disable) => None,
    }
}

pub fn apply(status: UserStatus, action: UserAction) -> Result<UserStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

code_list! {
    IdentityState "实名认证状态" { Unverified "未认证", Pending "待人工核验", Verified "已认证", Mismatch "不一致" }
}

code_list! {
    /// What happens to a person's real-name registration.
    IdentityAction "实名认证操作" { Match "自动比对一致", Differ "自动比对不一致", Await "转人工核验", Confirm "人工认定一致", Deny "人工认定不一致" }
}

/// The life of a real-name registration (实名认证). Who registers anew is judged anew.
pub const fn next_identity(state: IdentityState, action: IdentityAction) -> Option<IdentityState> {
    use IdentityAction as A;
    use IdentityState as S;
    match (state, action) {
        (S::Unverified | S::Mismatch | S::Pending | S::Verified, A::Match) => Some(S::Verified),
        (S::Unverified | S::Mismatch | S::Pending | S::Verified, A::Differ) => Some(S::Mismatch),
        (S::Unverified | S::Mismatch | S::Pending | S::Verified, A::Await) => Some(S::Pending),
        (S::Pending | S::Mismatch, A::Confirm) => Some(S::Verified),
        (S::Pending, A::Deny) => Some(S::Mismatch),
        (S::Verified | S::Unverified, A::Confirm | A::Deny) | (S::Mismatch, A::Deny) => None,
    }
}

pub fn apply_identity(state: IdentityState, action: IdentityAction) -> Result<IdentityState, Refusal> {
    next_identity(state, action).ok_or_else(|| Refusal::state(state, action))
}

/// What a person says of themselves, or the roll of them; digests are keyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityFacts {
    pub name: String,
    pub id_number_digest: Option<String>,
    pub certificate_no: String,
}

/// The fields in which a claim differs from the roll, by their names in the body.
pub fn compare_identity(claim: &IdentityFacts, roll: &IdentityFacts) -> Vec<&'static str> {
    let mut fields = Vec::new();
    if claim.name.replace(char::is_whitespace, "") != roll.name.replace(char::is_whitespace, "") {
        fields.push("name");
    }
    if roll.id_number_digest.is_some() && claim.id_number_digest != roll.id_number_digest {
        fields.push("id_number");
    }
    if claim.certificate_no != roll.certificate_no {
        fields.push("certificate_no");
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_an_accounts_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            UserStatus::ALL,
            UserAction::ALL,
            |s, a| next(*s, *a).map(UserStatus::code),
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn the_table_of_a_real_name_registration() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            IdentityState::ALL,
            IdentityAction::ALL,
            |s, a| next_identity(*s, *a).map(IdentityState::code),
            |s| s.code(),
            |a| a.code()
        ));
    }

    #[test]
    fn a_mismatch_names_its_fields() {
        let facts = |name: &str, digest: Option<&str>, no: &str| IdentityFacts {
            name: name.to_owned(),
            id_number_digest: digest.map(str::to_owned),
            certificate_no: no.to_owned(),
        };
        let roll = facts("张 三", Some("d"), "1");
        assert!(compare_identity(&facts("张三", Some("d"), "1"), &roll).is_empty());
        assert_eq!(compare_identity(&facts("李四", Some("e"), "2"), &roll), ["name", "id_number", "certificate_no"]);
        assert_eq!(compare_identity(&facts("张三", Some("e"), "1"), &facts("张三", None, "1")), Vec::<&str>::new());
    }
}
