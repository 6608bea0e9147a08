//! 公民身份号码 (GB 11643-1999): 17 digits and an ISO 7064 MOD 11-2 check character.

use chrono::NaiveDate;

/// A number whose birth date exists and whose check character is right. It is never stored as it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId(String);

/// Why a number is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitizenIdError {
    Shape,
    BirthDate,
    CheckCharacter,
}

impl CitizenId {
    pub fn parse(text: &str) -> Result<Self, CitizenIdError> {
        let upper = text.to_ascii_uppercase();
        let bytes = upper.as_bytes();
        if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
            return Err(CitizenIdError::Shape);
        }
        NaiveDate::parse_from_str(&upper[6..14], "%Y%m%d").map_err(|_| CitizenIdError::BirthDate)?;
        let mut sum = 0;
        for byte in &bytes[..17] {
            sum = (sum + usize::from(byte - b'0')) * 2 % 11;
        }
        if bytes[17] != b"10X98765432"[sum] {
            return Err(CitizenIdError::CheckCharacter);
        }

        Ok(Self(upper))
    }

    /// For hashing only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// 性别 in the national code table: 1 男, 2 女.
    pub fn sex(&self) -> &'static str {
        if self.0.as_bytes()[16] % 2 == 1 { "1" } else { "2" }
    }

    /// 出生日期, which was found to exist when the number was read.
    pub fn born_on(&self) -> NaiveDate {
        NaiveDate::parse_from_str(&self.0[6..14], "%Y%m%d").unwrap_or_default()
    }

    /// The form that may be shown: `5108************13`. More of it, and the rest can be worked out by the check character.
    pub fn masked(&self) -> String {
        format!("{}************{}", &self.0[..4], &self.0[16..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textbook_numbers() {
        for good in ["11010519491231002X", "440524188001010014", "51082119930704016x", "510821200002290040"] {
            assert!(CitizenId::parse(good).is_ok(), "{good}");
        }
        assert_eq!(CitizenId::parse("510821197802290036").err(), Some(CitizenIdError::BirthDate));
        assert_eq!(CitizenId::parse("110105194912310021").err(), Some(CitizenIdError::CheckCharacter));
        assert_eq!(CitizenId::parse("1101051949123100").err(), Some(CitizenIdError::Shape));
    }

    #[test]
    fn masking_hides_the_birth_date() {
        let id = CitizenId::parse("510821199001010013").map(|id| id.masked());
        assert_eq!(id.ok().as_deref(), Some("5108************13"));
    }
}
