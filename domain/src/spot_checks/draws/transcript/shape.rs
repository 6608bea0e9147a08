//! What serde lets pass and a transcript does not: lists in the place of objects, NUL.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Members that are lists; every other is an object or a plain value.
const LISTS: [&str; 19] = [
    "industry_prefixes",
    "libraries",
    "object_types",
    "officer_openings",
    "officers",
    "openings",
    "parties",
    "pool",
    "previous",
    "recusals",
    "region_codes",
    "roster",
    "selected",
    "signatures",
    "strata",
    "tags",
    "teams",
    "township_codes",
    "unavailable",
];

/// Members that are objects; every other that is no list is a plain value. A code such as `LEAD` is its text and nothing else.
const OBJECTS: [&str; 12] = [
    "chance",
    "changes",
    "conditions",
    "eligibility",
    "ended",
    "filter",
    "left_out",
    "matching",
    "outcome",
    "receipt",
    "transcript",
    "who",
];

/// Walks a document without keeping it.
pub fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Shape { list: false, object: true }.deserialize(&mut deserializer)?;
    deserializer.end()
}

#[derive(Clone, Copy)]
struct Shape {
    list: bool,
    object: bool,
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.list { "a list" } else { "an object or a plain value" })
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(E::custom("NUL in a string")) } else { Ok(()) }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if !self.list {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        while access.next_element_seed(Self { list: false, object: true })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if !self.object {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        while let Some(key) = access.next_key::<std::borrow::Cow<'de, str>>()? {
            if key.contains('\0') {
                access.next_value::<IgnoredAny>()?;
                return Err(A::Error::custom("NUL in a key"));
            }
            access.next_value_seed(Self {
                list: LISTS.contains(&key.as_ref()),
                object: OBJECTS.contains(&key.as_ref()),
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stand_where_lists_belong() {
        assert!(check(br#"{"transcript":{"pool":[{"ref":"00"}],"outcome":null}}"#).is_ok());
        for bad in [
            r#"["mingjian-draw/2"]"#,
            r#"{"transcript":["mingjian-draw/2"]}"#,
            r#"{"transcript":{"pool":[["00","S1"]]}}"#,
            r#"{"transcript":{"epoch":1.0}}"#,
            r#"{"transcript":{"epoch":-1}}"#,
            r#"{"transcript":{"task":"\u0000"}}"#,
            r#"{"transcript":{}} x"#,
            r#"{"transcript":{"parties":[{"who":{"duty":{"LEAD":null}}}]}}"#,
        ] {
            assert!(check(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
