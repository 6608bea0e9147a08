//! 回避: declared, or found when a pool is frozen.

use crate::kernel::code_list::code_list;

code_list! {
    /// 回避的来由. Computed ones are found when a pool is frozen.
    RecusalKind "回避的来由" {
        Declared "本人或单位声明", SameAddress "登记地址相同", FrequentVisits "频繁检查同一对象", HandledCase "经办过该对象的案件"
    }
}

/// An address in the form in which two are compared: without blanks and punctuation, full-width digits as ASCII.
pub fn comparable_address(address: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        _ => c,
    };
    address.chars().map(plain).filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_blanks_and_widths() {
        assert_eq!(comparable_address("旺苍县 东河镇新华街１２号-a"), comparable_address("旺苍县东河镇新华街12号A"));
    }
}
