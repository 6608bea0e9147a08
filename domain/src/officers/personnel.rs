//! 执法人员: who may be drawn, and how little of them is shown.

use crate::kernel::code_list::code_list;

code_list! {
    /// 人员状态 (national agent_state 1 有效, 2 失效).
    PersonnelStatus "执法人员状态" { Active "有效", Inactive "失效" }
}

/// 13812345678 → 138****5678; shorter numbers keep their last two digits.
pub fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    let head: String = digits.iter().take(if digits.len() >= 11 { 3 } else { 0 }).collect();
    let kept = if digits.len() >= 11 { 4 } else { 2 };
    let tail: String = digits.iter().skip(digits.len().saturating_sub(kept)).collect();
    format!("{head}****{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_masked() {
        assert_eq!(masked_phone("13812345678"), "138****5678");
        assert_eq!(masked_phone("4206789"), "****89");
    }
}
