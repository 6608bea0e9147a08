//! 统一社会信用代码 (GB 32100-2015): 18 characters, the last a check character.

const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 登记管理部门 and 机构类别: 机构编制, 外交, 司法行政, 文化, 民政, 旅游, 宗教, 工会, 市场监管, 中央军委, 农业农村, 其他.
const AUTHORITIES: [&str; 36] = [
    "11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "41", "49", "51", "52", "53", "54", "59",
    "61", "62", "69", "71", "72", "79", "81", "89", "91", "92", "93", "A1", "A9", "N1", "N2", "N3", "Y1",
];

/// Why a code is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccError {
    /// Not 18 characters of the permitted alphabet with digits at 3–8.
    Shape,
    /// Its first two characters name no registering department and kind of body, or it is one symbol repeated: a placeholder.
    Authority,
    /// Well formed, but the check character is another; published codes like this exist.
    CheckCharacter { expected: char },
}

/// A code whose shape and check character are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uscc(String);

impl Uscc {
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let bytes = text.as_bytes();
        if bytes.len() != 18 || !bytes[2..8].iter().all(u8::is_ascii_digit) {
            return Err(UsccError::Shape);
        }
        let expected = check_character(&bytes[..17]).ok_or(UsccError::Shape)?;
        if !SYMBOLS.contains(&bytes[17]) {
            return Err(UsccError::Shape);
        }
        let repeated = bytes.iter().all(|byte| *byte == bytes[0]);
        if repeated || !AUTHORITIES.contains(&&text[..2]) {
            return Err(UsccError::Authority);
        }
        if bytes[17] != expected {
            return Err(UsccError::CheckCharacter { expected: char::from(expected) });
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a code may stand for somebody: published codes that fail their check exist, placeholders and masks are nobody.
    pub fn identifies(text: &str) -> bool {
        matches!(Self::parse(text), Ok(_) | Err(UsccError::CheckCharacter { .. }))
    }

    /// The six-digit area of the registration authority (GB/T 2260).
    pub fn area(&self) -> &str {
        &self.0[2..8]
    }
}

/// The check character of the first 17, or `None` where one of them is not a permitted symbol.
pub fn check_character(first_17: &[u8]) -> Option<u8> {
    let mut weight = 1;
    let mut sum = 0;
    for byte in first_17 {
        let value = SYMBOLS.iter().position(|symbol| symbol == byte)?;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    Some(SYMBOLS[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_codes_verify() {
        for code in ["91350100M000100Y43", "12320100425800919F", "91330203674737244W", "91110000101623741K"] {
            assert_eq!(Uscc::parse(code).map(|uscc| uscc.as_str().to_owned()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn published_codes_that_fail_name_the_expected_character() {
        assert_eq!(Uscc::parse("91310115MA1H8R7C6D"), Err(UsccError::CheckCharacter { expected: '7' }));
        assert_eq!(Uscc::parse("91350211M0000XUF46"), Err(UsccError::CheckCharacter { expected: 'R' }));
        assert_eq!(Uscc::parse("91510823MA6CJ9UAxx"), Err(UsccError::Shape));
        assert_eq!(Uscc::parse("9151082"), Err(UsccError::Shape));
        assert_eq!(Uscc::parse("旺苍县统一"), Err(UsccError::Shape));
        for placeholder in ["000000000000000000", "111111111111111111", "00510821MA6000016U", "XX510821MA6000016U"] {
            assert_eq!(Uscc::parse(placeholder), Err(UsccError::Authority), "{placeholder}");
            assert!(!Uscc::identifies(placeholder));
        }
    }

    proptest! {
        /// A single wrong symbol is always found.
        #[test]
        fn one_changed_symbol_is_found(position in 8usize..17, symbol in 0usize..31) {
            let good = "91510821MA6000016U";
            let mut bytes = good.as_bytes().to_vec();
            prop_assume!(bytes[position] != SYMBOLS[symbol]);
            bytes[position] = SYMBOLS[symbol];
            let text = String::from_utf8(bytes).unwrap_or_default();
            prop_assert!(Uscc::parse(&text).is_err());
        }
    }
}
