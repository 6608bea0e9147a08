//! The one spelling of each value in a transcript: what is spelled otherwise is not a transcript.

use super::Digest;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serializer};
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

/// `2026-11-24T03:00:00.000Z`: of one length, so that times are ordered as their texts are.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = |(byte, form): (u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form };
    text.len() == FORM.len() && text.bytes().zip(FORM).all(fits)
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
        let mut buffer = [0; 64];
        let digits = buffer.get_mut(..bytes.len() * 2).ok_or_else(|| S::Error::custom("more than 32 bytes"))?;
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

/// A list of ids.
pub fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Uuid>, D::Error> {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "id")] Uuid);
    Ok(Vec::<Id>::deserialize(deserializer)?.into_iter().map(|Id(id)| id).collect())
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
        for other in ["", "2026-11-24T03:00:00Z", "2026-11-24 03:00:00.000Z", "2026-11-24T03:00:00.000+", "२"] {
            assert!(!is_time(other), "{other}");
        }
    }
}
