//! 口令策略: what a password must be, by the profile that the deployment follows.

use crate::kernel::code_list::code_list;
use crate::kernel::text::{Text, text};
use serde::{Deserialize, Serialize};

/// The profile of `security.password_profile`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// GB/T 22239-2019 level 3 (等保三级), §8.1.4.1: complexity, change at regular times, lock-out.
    #[default]
    Dengbao3,
    /// OWASP ASVS 5.0 §6.2: length over composition, no change by the calendar, no common passwords.
    Asvs,
}

/// The numbers of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Characters at least.
    pub minimum_length: usize,
    /// Kinds at least, of lower case, upper case, digits and others.
    pub minimum_kinds: usize,
    /// Days until a password has to be changed.
    pub maximum_age_days: Option<u32>,
    /// Former passwords that may not come back.
    pub remembered: usize,
    /// Wrong guesses until the account is locked.
    pub lockout_attempts: u32,
    /// Minutes it stays locked.
    pub lockout_minutes: u32,
}

impl Profile {
    pub const fn policy(self) -> Policy {
        match self {
            Self::Dengbao3 => Policy {
                minimum_length: 12,
                minimum_kinds: 2,
                maximum_age_days: Some(90),
                remembered: 5,
                lockout_attempts: 5,
                lockout_minutes: 15,
            },
            Self::Asvs => Policy {
                minimum_length: 15,
                minimum_kinds: 1,
                maximum_age_days: None,
                remembered: 0,
                lockout_attempts: 10,
                lockout_minutes: 15,
            },
        }
    }
}

code_list! {
    /// Why a password is refused.
    Weakness "口令不合格的原因" {
        TooShort "过短", TooFewKinds "字符种类不足", ContainsName "包含用户名", TooCommon "过于常见", Repeated "字符重复过多"
    }
}

/// Roots of the passwords that are tried first; a password made of one of them and little else is no password.
const COMMON: [&str; 24] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "123456",
    "12345678",
    "qwerty",
    "1q2w3e4r",
    "abc123",
    "111111",
    "000000",
    "admin",
    "administrator",
    "letmein",
    "welcome",
    "iloveyou",
    "woaini",
    "5201314",
    "asdfgh",
    "zxcvbn",
    "monkey",
    "dragon",
    "mingjian",
    "wangcang",
    "guangyuan",
];

/// Every reason against a password.
pub fn weaknesses(policy: &Policy, username: &str, password: &str) -> Vec<Weakness> {
    let lower = password.to_lowercase();
    let length = password.chars().count();
    let mut found = Vec::new();
    if length < policy.minimum_length {
        found.push(Weakness::TooShort);
    }
    let kinds: [fn(&char) -> bool; 4] = [
        |c| c.is_lowercase(),
        |c| c.is_uppercase(),
        |c| c.is_numeric(),
        |c| !c.is_lowercase() && !c.is_uppercase() && !c.is_numeric(),
    ];
    if kinds.iter().filter(|kind| password.chars().any(|c| kind(&c))).count() < policy.minimum_kinds {
        found.push(Weakness::TooFewKinds);
    }
    if !username.is_empty() && lower.contains(&username.to_lowercase()) {
        found.push(Weakness::ContainsName);
    }
    let common = |root: &&str| lower.contains(*root) && length < root.chars().count() + policy.minimum_length / 2;
    if COMMON.iter().any(common) {
        found.push(Weakness::TooCommon);
    }
    if password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5 {
        found.push(Weakness::Repeated);
    }

    found
}

/// The sentence that tells a person what to do.
pub fn requirement(policy: &Policy) -> Text {
    text!(
        "口令至少 {n} 个字符、{k} 种字符，不得包含用户名、常见口令或大量重复字符。",
        "A password has {n} characters or more of {k} kinds, without the user name, common words or mere repetition.",
        n = policy.minimum_length,
        k = policy.minimum_kinds
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_told_why() {
        let policy = Profile::Dengbao3.policy();
        let of = |password| weaknesses(&policy, "zhang.san", password);
        assert_eq!(of("short"), [Weakness::TooShort, Weakness::TooFewKinds]);
        assert_eq!(of("zhang.san-2026!"), [Weakness::ContainsName]);
        assert_eq!(of("Password2026"), [Weakness::TooCommon]);
        assert_eq!(of("ababababab12"), [Weakness::Repeated]);
        assert!(of("a long enough secret").is_empty());
        assert_eq!(weaknesses(&Profile::Asvs.policy(), "x", "only14letters!"), [Weakness::TooShort]);
    }
}
