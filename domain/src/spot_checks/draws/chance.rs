//! 公开随机数值: a public value of a later moment that is mixed into the seed. Every secret is public before that moment, so that
//! nobody, not all parties together, knows how the draw ends while it can still be bent.

use super::text;
use crate::kernel::code_list::code_list;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

code_list! {
    /// Where a public value comes from, and so who vouches for it.
    ChanceSource "公开数值来源" { Beacon "drand 随机信标（签名可离线核验）", Lottery "公布的号码（两方录入）" }
}

/// What a task says of the public value that its draw waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChancePlan {
    pub source: ChanceSource,
    /// What is published, in words; of a beacon its name.
    pub name: String,
    /// How numbers are spelled: `dd dd dd`; none for a beacon.
    #[serde(default)]
    pub form: Option<String>,
    /// It is not known before.
    pub at: DateTime<Utc>,
    /// The parties have said it.
    #[serde(default)]
    pub settled: bool,
}

/// The value that a draw waits for, as the terms name it. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// Every secret is public before.
    #[serde(deserialize_with = "text::time")]
    pub at: String,
    /// The beacon's public key, 192 hexadecimal digits; null where two parties say what was published.
    #[serde(deserialize_with = "text::nullable")]
    pub beacon: Option<String>,
    /// How numbers are spelled, `d` a digit: `dd dd dd`; null for a beacon. Numbers of one spelling give one seed.
    #[serde(deserialize_with = "text::nullable")]
    pub form: Option<String>,
    pub name: String,
    /// The beacon's round at that moment.
    #[serde(deserialize_with = "text::nullable")]
    pub round: Option<u32>,
}

/// What was published, signed by the service when it became known to it. Fields in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChanceValue {
    /// Of [`super::receipt::Receipted::message_of_chance`], by the receipt's key.
    #[serde(with = "text::hexadecimal")]
    pub signature: [u8; 64],
    pub value: String,
}

/// What the parties say was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChanceSaid {
    /// What enough of them say.
    pub value: Option<String>,
    pub by: Vec<ChanceWitness>,
    /// The service's, once it is settled: 128 hexadecimal digits.
    pub signature: Option<String>,
}

/// Who said it, for which party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChanceWitness {
    pub party: Uuid,
    pub person: Uuid,
    pub value: String,
    pub at: DateTime<Utc>,
}

/// A drand chain of scheme `bls-unchained-g1-rfc9380`: one signature every few seconds, which nobody knows before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Beacon {
    pub name: String,
    /// On G2, compressed: 192 hexadecimal digits.
    pub public_key: String,
    /// When its first round was: seconds since 1970.
    pub genesis: i64,
    pub period_seconds: u32,
}

/// The League of Entropy's network of scheme `bls-unchained-g1-rfc9380`, as its chain information says.
impl Default for Beacon {
    fn default() -> Self {
        let key = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c\
                   8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb\
                   5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
        Self {
            name: "drand quicknet".to_owned(),
            public_key: key.to_owned(),
            genesis: 1_692_803_367,
            period_seconds: 3,
        }
    }
}

impl Beacon {
    /// Whether its key is one, and its rounds follow one another.
    pub fn is_usable(&self) -> bool {
        let key = hex::decode(&self.public_key).ok().filter(|bytes| hex::encode(bytes) == self.public_key);
        let key = key.and_then(|key| blst::min_sig::PublicKey::key_validate(&key).ok());
        key.is_some() && self.period_seconds > 0 && !self.name.is_empty()
    }

    /// The first round that is not made before a moment; `None` outside the chain's time.
    pub fn round_at(&self, at: DateTime<Utc>) -> Option<u32> {
        let since = at.timestamp_millis() - self.genesis * 1_000;
        let period = i64::from(self.period_seconds) * 1_000;
        let periods = if since <= 0 || period == 0 { return None } else { (since + period - 1) / period };
        u32::try_from(periods + 1).ok()
    }
}

impl ChancePlan {
    /// As the terms of a draw name it.
    pub fn named(&self, beacon: &Beacon) -> Chance {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let (key, round) = match self.source {
            ChanceSource::Beacon => (Some(beacon.public_key.clone()), beacon.round_at(self.at)),
            ChanceSource::Lottery => (None, None),
        };
        Chance { at, beacon: key, form: self.form.clone(), name: self.name.clone(), round }
    }
}

impl ChanceSource {
    /// Parties that have to say the same: a signature vouches for itself.
    pub const fn voices(self) -> usize {
        match self {
            Self::Beacon => 1,
            Self::Lottery => 2,
        }
    }
}

impl Chance {
    /// Parties that have to say the same.
    pub const fn voices(&self) -> usize {
        if self.beacon.is_some() { ChanceSource::Beacon.voices() } else { ChanceSource::Lottery.voices() }
    }

    /// Whether a value is what was named, as far as it shows by itself.
    pub fn vouches_for(&self, value: &str) -> bool {
        match (&self.beacon, self.round) {
            (Some(key), Some(round)) => is_signed(key, round, value),
            _ => self.form.as_deref() == Some(&spelled(value)),
        }
    }
}

/// The form of a value: each digit a `d`.
fn spelled(value: &str) -> String {
    value.chars().map(|character| if character.is_ascii_digit() { 'd' } else { character }).collect()
}

/// Whether a text is a form: groups of `d` with one space between.
pub fn is_form(text: &str) -> bool {
    let group = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte == b'd');
    text.len() <= MAX_VALUE && text.split(' ').all(group)
}

/// Groups of digits and the letters a to f with one space between: `03 07 12 25 28 31 09`, or a signature.
pub fn is_value(text: &str) -> bool {
    let group = |group: &str| !group.is_empty() && group.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    text.len() <= MAX_VALUE && text.split(' ').all(group)
}

/// Characters of a value.
const MAX_VALUE: usize = 200;
/// The domain of a chain's signatures (RFC 9380).
const SUITE: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// Whether a beacon has signed a round: BLS12-381, the signature on G1 over SHA-256 of the round as eight bytes, big-endian.
pub fn is_signed(key: &str, round: u32, signature: &str) -> bool {
    use blst::min_sig::{PublicKey, Signature};
    let bytes = |text: &str| hex::decode(text).ok().filter(|bytes| hex::encode(bytes) == text);
    let key = bytes(key).and_then(|key| PublicKey::key_validate(&key).ok());
    let signature = bytes(signature).and_then(|signature| Signature::uncompress(&signature).ok());
    let message = Sha256::digest(u64::from(round).to_be_bytes());

    key.zip(signature).is_some_and(|(key, signature)| {
        signature.verify(true, &message, SUITE, &[], &key, false) == blst::BLST_ERROR::BLST_SUCCESS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A round of the network that anybody can look up.
    #[test]
    fn a_published_round_is_signed() {
        let signature = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
                         41076862b98fad56e91a6b85b89cd97b";
        let beacon = Beacon::default();
        assert!(is_signed(&beacon.public_key, 657_413, signature));
        assert!(!is_signed(&beacon.public_key, 657_414, signature), "another round");
        assert!(!is_signed(&beacon.public_key, 657_413, &signature.to_uppercase()), "one spelling");
        for wrong in ["", "00", &signature[2..], &signature.replace('b', "c")] {
            assert!(!is_signed(&beacon.public_key, 657_413, wrong), "{wrong}");
        }
        let infinity = format!("c0{}", "00".repeat(95));
        assert!(!is_signed(&infinity, 657_413, &format!("c0{}", "00".repeat(47))), "the key that signs everything");
    }

    #[test]
    fn a_chain_that_is_none_is_not_usable() {
        let beacon = Beacon::default();
        assert!(beacon.is_usable());
        assert!(!Beacon { public_key: "ab".repeat(96), ..beacon.clone() }.is_usable());
        assert!(!Beacon { period_seconds: 0, ..beacon }.is_usable());
    }

    #[test]
    fn a_moment_has_its_round() {
        let beacon = Beacon::default();
        let at = |seconds: i64, millis: u32| DateTime::from_timestamp(seconds, millis * 1_000_000).unwrap_or_default();
        assert_eq!(beacon.round_at(at(beacon.genesis - 1, 0)), None);
        assert_eq!(beacon.round_at(at(beacon.genesis + 3, 0)), Some(2));
        assert_eq!(beacon.round_at(at(beacon.genesis + 3, 1)), Some(3), "never one that was known before");
        assert_eq!(beacon.round_at(at(beacon.genesis + 6, 0)), Some(3));
    }

    #[test]
    fn numbers_are_spelled_as_the_terms_say() {
        let chance = Chance {
            at: String::new(),
            beacon: None,
            form: Some("dd dd d".to_owned()),
            name: "某号码".to_owned(),
            round: None,
        };
        assert!(chance.vouches_for("03 07 1"));
        for other in ["3 7 1", "0307 1", "03 07 01", "03 07", "ab 07 1", "03  07 1"] {
            assert!(!chance.vouches_for(other), "{other}");
        }
        assert!(is_form("dd d") && !is_form("") && !is_form("dd  d") && !is_form("d1") && !is_form(" d"));
    }

    #[test]
    fn a_value_has_one_spelling() {
        for value in ["03 07 12 25 28 31 09", "6", "ab12"] {
            assert!(is_value(value), "{value}");
        }
        for value in ["", " 3", "3 ", "3  7", "3,7", "３", "3\n", "AB", &"1".repeat(201)] {
            assert!(!is_value(value), "{value:?}");
        }
    }
}
