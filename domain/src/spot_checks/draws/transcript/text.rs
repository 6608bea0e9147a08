//! The one spelling of each value in a transcript: what is spelled otherwise is not a transcript.

use crate::spot_checks::draws::Digest;
use crate::spot_checks::draws::pool::Officer;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use uuid::Uuid;

/// Reads 64 lower-case hexadecimal digits.
pub fn parse_digest(text: &str) -> Option<Digest> {
    parse_hex(text)
}

fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(bytes)
}

/// 36 characters, lower case.
fn parse_id(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text).then_some(id)
}

/// `2026-11-24T03:00:00.000Z`: of one length, so that times are ordered as their texts are; a day that there is, of the years
/// 2000 to 2999, and no leap second.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"2ddd-dd-ddTdd:dd:dd.dddZ";
    let fits = |(byte, form): (u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form };
    let spelled = text.len() == FORM.len() && text.bytes().zip(FORM).all(fits);
    spelled && !text[17..].starts_with("60") && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

/// Whether a label is that of a task's stratum at a place: `S1`, `S2`, …
pub fn is_label(label: &str, at: usize) -> bool {
    label.strip_prefix('S').is_some_and(|number| number == (at + 1).to_string())
}

/// A value read from its text without a copy: a pool has a million of them.
struct Spelled<T>(&'static str, fn(&str) -> Option<T>, PhantomData<T>);

impl<T> Visitor<'_> for Spelled<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

/// Bytes as lower-case hexadecimal.
pub mod hexadecimal {
    use super::*;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut buffer = [0; 128];
        let digits = buffer.get_mut(..bytes.len() * 2).ok_or_else(|| S::Error::custom("more than 64 bytes"))?;
        hex::encode_to_slice(bytes, digits).map_err(S::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(digits).map_err(S::Error::custom)?)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
        deserializer.deserialize_str(Spelled("lower-case hexadecimal digits", parse_hex::<N>, PhantomData))
    }
}

/// An id as its 36 lower-case characters.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    deserializer.deserialize_str(Spelled("a UUID of 36 lower-case characters", parse_id, PhantomData))
}

/// A code of capital letters and digits, so that codes are ordered alike in every language.
pub fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let parse = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        ((1..=40).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
    };
    deserializer.deserialize_str(Spelled("up to 40 capital letters and digits", parse, PhantomData))
}

/// A time in its one form.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let parse = |text: &str| is_time(text).then(|| text.to_owned());
    deserializer.deserialize_str(Spelled("a time such as 2026-11-24T03:00:00.000Z", parse, PhantomData))
}

/// A time that may still be to come.
pub fn time_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Time(#[serde(deserialize_with = "time")] String);
    Ok(Option::<Time>::deserialize(deserializer)?.map(|Time(time)| time))
}

/// A member that is there always, and may be null.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A member that is there or not; where it is there, it is not null.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Serialize for Officer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Id(id) => id.serialize(serializer),
            Self::Ref(reference) => hexadecimal::serialize(reference, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Officer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| parse_id(text).map(Self::Id).or_else(|| parse_digest(text).map(Self::Ref));
        deserializer.deserialize_str(Spelled("a UUID of 36 lower-case characters or 64 digits", parse, PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        let digest = "0123456789abcdef".repeat(4);
        assert!(parse_digest(&digest).is_some());
        assert!(parse_digest(&digest.to_uppercase()).is_none() && parse_digest(&digest[2..]).is_none());
        let id = "01930000-0000-7000-8000-00000000000a";
        assert!(parse_id(id).is_some());
        for other in [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}"), format!("urn:uuid:{id}")] {
            assert!(parse_id(&other).is_none(), "{other}");
        }

        assert!(is_time("2026-11-24T03:00:00.000Z"));
        for other in [
            "",
            "2026-11-24T03:00:00Z",
            "2026-11-24 03:00:00.000Z",
            "2026-11-24T03:00:00.000+",
            "२",
            "2026-99-99T99:99:99.999Z",
            "2026-02-30T03:00:00.000Z",
            "2026-11-24T24:00:00.000Z",
            "2026-12-31T23:59:60.000Z",
            "0026-11-24T03:00:00.000Z",
        ] {
            assert!(!is_time(other), "{other}");
        }
    }
}
