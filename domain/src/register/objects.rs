//! 监管对象: what identifies one.

use crate::kernel::characters::{half_width, name_form};
use crate::kernel::code_list::code_list;

code_list! {
    RegistrationStatus "登记状态" { Active "存续", Cancelled "注销", Revoked "吊销", MovedOut "迁出" }
}

impl RegistrationStatus {
    /// The status that a register's words mean; `None` where they mean none of them.
    pub fn read(text: &str) -> Option<Self> {
        let text = name_form(text).replace("未注销", "");
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if has(&["注销", "撤销", "CANCELLED"]) {
            return Some(Self::Cancelled);
        }
        if has(&["吊销", "REVOKED"]) {
            return Some(Self::Revoked);
        }
        if has(&["迁出", "已迁移", "MOVED_OUT"]) {
            return Some(Self::MovedOut);
        }
        has(&["存续", "在业", "开业", "在营", "在册", "正常", "迁入", "登记成立", "ACTIVE"]).then_some(Self::Active)
    }
}

/// The register's identity: the USCC where there is one, else type, certificate type and number, else type and name.
pub fn identity_key(uscc: Option<&str>, object_type: &str, certificate: Option<(&str, &str)>, name: &str) -> String {
    match (uscc, certificate) {
        (Some(uscc), _) => format!("uscc:{}", uscc.to_ascii_uppercase()),
        (None, Some((kind, number))) => format!("cert:{object_type}:{kind}:{number}"),
        (None, None) => format!("name:{object_type}:{}", name.split_whitespace().collect::<String>()),
    }
}

/// A name as it may be stored: as it came, and with brackets, letters and digits of the other width.
pub fn spellings(name: &str) -> [String; 3] {
    let half = half_width(name);
    let brackets = half.replace('(', "（").replace(')', "）");
    [name.to_owned(), half, brackets]
}

/// 自然人 in the dictionary supervise-object-type.
pub const PERSON: &str = "2";

/// The name by which the public may know an object: of a person the family name alone (个人信息保护法: no more than the purpose
/// needs), of all others the whole.
pub fn public_name(object_type: &str, name: &str) -> String {
    if object_type == PERSON { name.chars().take(1).chain("**".chars()).collect() } else { name.to_owned() }
}

/// National object type of a USCC's first two characters: 91 to 93 are type 1, all others 非企业 (10).
pub fn type_of_uscc(uscc: &str) -> &'static str {
    if uscc.starts_with('9') { "1" } else { "10" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_not_named_in_public() {
        assert_eq!(public_name("2", "张三丰"), "张**");
        assert_eq!(public_name("1", "旺苍县某店"), "旺苍县某店");
    }

    #[test]
    fn identity_prefers_the_strongest_key() {
        assert_eq!(identity_key(Some("91510821MA6000016u"), "1", None, "甲"), "uscc:91510821MA6000016U");
        assert_eq!(identity_key(None, "2", Some(("111", "X1")), "甲"), "cert:2:111:X1");
        assert_eq!(identity_key(None, "9", None, "某 场所"), "name:9:某场所");
    }
}
