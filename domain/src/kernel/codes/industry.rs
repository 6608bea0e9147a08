//! 国民经济行业代码 (GB/T 4754-2017): a section's letter, and in it two to four digits.

/// The sections with the divisions that they end with.
const SECTIONS: [(char, u8); 20] = [
    ('A', 5),
    ('B', 12),
    ('C', 43),
    ('D', 46),
    ('E', 50),
    ('F', 52),
    ('G', 60),
    ('H', 62),
    ('I', 65),
    ('J', 69),
    ('K', 70),
    ('L', 72),
    ('M', 75),
    ('N', 79),
    ('O', 82),
    ('P', 83),
    ('Q', 85),
    ('R', 90),
    ('S', 96),
    ('T', 97),
];

/// The code with its section, as the register keeps it: `5213` is `F5213`. `None` where it is no code, or its letter is not
/// that of its division.
pub fn read(code: &str) -> Option<String> {
    let letter = code.chars().next().filter(char::is_ascii_uppercase);
    let digits = letter.map_or(code, |_| &code[1..]);
    let shaped = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= 4 && digits.len() != 1;
    if !shaped {
        return None;
    }
    if digits.is_empty() {
        return letter.filter(|letter| SECTIONS.iter().any(|(section, _)| section == letter)).map(String::from);
    }

    let division: u8 = digits.get(..2)?.parse().ok().filter(|division| *division > 0)?;
    let (section, _) = SECTIONS.iter().find(|(_, last)| division <= *last)?;
    letter.is_none_or(|letter| letter == *section).then(|| format!("{section}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_with_and_without_their_section() {
        for (told, code) in
            [("F5213", "F5213"), ("5213", "F5213"), ("0111", "A0111"), ("62", "H62"), ("H", "H"), ("9700", "T9700")]
        {
            assert_eq!(read(told).as_deref(), Some(code), "{told}");
        }
        for other in ["", "批发业", "A5213", "U", "00", "5", "52134", "9800", "F52A"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
