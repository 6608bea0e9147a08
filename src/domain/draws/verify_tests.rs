//! A small draw made by the book, then bent in every place.

use super::*;
use crate::domain::draws::matching::Unavailable;
use crate::domain::draws::pool::{Leaf, Recusal, RosterEntry};
use crate::domain::draws::sha256;
use crate::domain::draws::strata::Stratum;
use crate::domain::draws::transcript::{Matching, Opening, Outcome, Party, VoidEpoch};
use serde_json::Value;
use uuid::Uuid;

/// Twelve objects in two strata, two parties, four officers; the test vector of `docs/verifiable-draw.md`.
pub fn vector() -> SignedTranscript {
    let id = Uuid::from_u128;
    let task = id(0x0193_0000_0000_7000_8000_0000_0000_0001);
    let mut openings: Vec<_> = (1..=12u128)
        .map(|n| {
            let salt = n.to_be_bytes();
            let object = id(0x0193_0000_0000_7000_8000_0000_0000_1000 + n);
            (Opening { object, object_ref: object_ref(object, &salt), salt }, if n <= 8 { "S1" } else { "S2" })
        })
        .collect();
    openings.sort_by_key(|(opening, _)| opening.object_ref);
    let pool: Vec<_> = openings
        .iter()
        .map(|(opening, stratum)| Leaf { object_ref: opening.object_ref, stratum: (*stratum).to_owned() })
        .collect();
    let roster: Vec<_> = (1..=4u128).map(|n| RosterEntry { department: id(0xD1), officer: id(0xE0 + n) }).collect();
    let recusals = vec![Recusal { officer: id(0xE1), object_ref: pool[0].object_ref }];
    let parties: Vec<_> = [0xD1u128, 0xD2]
        .iter()
        .map(|party| {
            let secret = sha256(&[b"secret of ", &party.to_be_bytes()]);
            Party {
                commitment: commit(task, 1, id(*party), &secret),
                committed_at: "2026-11-24T01:00:00.000Z".into(),
                party: id(*party),
                revealed_at: Some("2026-11-24T03:00:00.000Z".into()),
                secret: Some(hex::encode(secret)),
            }
        })
        .collect();
    let roots = FrozenRoots { pool: pool_root(&pool), roster: roster_root(&roster), recusals: recusal_root(&recusals) };
    let secrets: Vec<_> = parties
        .iter()
        .filter_map(|party| Some((party.party, party.secret.as_deref().and_then(parse_digest)?)))
        .collect();
    let seed = seed(task, 1, &roots, &secrets);
    let strata = vec![Stratum::new("S1".into(), 2_500, 1, 8), Stratum::new("S2".into(), 5_000, 1, 4)];
    let selected = select(&seed, task, &strata, &pool);
    let unavailable = vec![Unavailable { officer: id(0xE4), reason: "CERTIFICATE_EXPIRED".into() }];
    let teams = match_officers(&seed, 2, &selected, &roster, &recusals, &unavailable).unwrap_or_default();
    let transcript = Transcript {
        algorithm: ALGORITHM.into(),
        draw: id(0x0193_0000_0000_7000_8000_0000_0000_0002),
        epoch: 1,
        frozen_at: "2026-11-24T02:00:00.000Z".into(),
        matching: Some(Matching { matched_at: "2026-11-24T03:02:00.000Z".into(), teams, unavailable }),
        officers_per_object: 2,
        outcome: Some(Outcome { drawn_at: "2026-11-24T03:01:00.000Z".into(), seed, selected }),
        parties,
        pool,
        pool_root: roots.pool,
        previous: vec![VoidEpoch {
            draw: id(3), epoch: 0, pool_root: [7; 32], reason: "一方拒绝公开秘密值".into()
        }],
        recusal_root: roots.recusals,
        recusals,
        roster,
        roster_root: roots.roster,
        strata,
        task,
    };
    let opened: Vec<_> = openings.into_iter().map(|(opening, _)| opening).take(3).collect();
    let published = transcript.publish(&opened).and_then(|text| serde_json::from_str(&text));
    published.unwrap_or_else(|error| panic!("{error}"))
}

fn codes(value: Value) -> Vec<&'static str> {
    let signed: SignedTranscript = match serde_json::from_value(value) {
        Ok(signed) => signed,
        Err(_) => return vec!["UNREADABLE"],
    };
    verify(&signed).into_iter().map(|difference| difference.code).collect()
}

/// Puts the right digest on a bent transcript: the forger knows how to hash.
fn resigned(value: &Value) -> Value {
    let mut value = value.clone();
    if let Ok(signed) = serde_json::from_value::<SignedTranscript>(value.clone())
        && let Ok(digest) = signed.transcript.digest()
    {
        value["digest"] = hex::encode(digest).into();
    }
    value
}

fn honest() -> Value {
    serde_json::to_value(vector()).unwrap_or_default()
}

#[test]
fn the_published_vector() {
    assert_eq!(codes(honest()), Vec::<&str>::new());
    insta::assert_json_snapshot!("draw_vector", vector());
}

/// Every leaf value of the document, changed one at a time with the digest left as it was: always found.
#[test]
fn any_changed_field_is_found() {
    let honest = honest();
    let mut pointers = Vec::new();
    collect(&honest, String::new(), &mut pointers);
    assert!(pointers.len() > 100, "{}", pointers.len());
    for pointer in pointers {
        let mut bent = honest.clone();
        let Some(slot) = bent.pointer_mut(&pointer) else { continue };
        *slot = bend(slot);
        assert!(!codes(bent).is_empty(), "{pointer} was changed and nobody noticed");
    }
}

/// A forger who recomputes the digest still cannot change what was drawn, from what, by whom.
#[test]
fn what_matters_is_bound_without_the_digest() {
    type Forgery = (&'static str, fn(&mut Value));
    let cases: [Forgery; 12] = [
        ("an object swapped", |v| {
            v["transcript"]["outcome"]["selected"][0] = v["transcript"]["outcome"]["selected"][1].clone();
        }),
        ("a pool leaf replaced", |v| v["transcript"]["pool"][3]["ref"] = "00".repeat(32).into()),
        ("a leaf moved to another stratum", |v| {
            let old = v["transcript"]["pool"][3]["stratum"].clone();
            v["transcript"]["pool"][3]["stratum"] = if old == "S1" { "S2" } else { "S1" }.into();
        }),
        ("a count", |v| v["transcript"]["strata"][0]["count"] = 3.into()),
        ("a population", |v| v["transcript"]["strata"][1]["population"] = 5.into()),
        ("the order", |v| swap(&mut v["transcript"]["outcome"]["selected"], 0, 1)),
        ("the pool's order", |v| swap(&mut v["transcript"]["pool"], 0, 1)),
        ("a secret", |v| v["transcript"]["parties"][0]["secret"] = "11".repeat(32).into()),
        ("a commitment", |v| v["transcript"]["parties"][1]["commitment"] = "22".repeat(32).into()),
        ("an officer", |v| {
            v["transcript"]["matching"]["teams"][0]["officers"][0] = Uuid::from_u128(0xE9).to_string().into();
        }),
        ("a leader", |v| {
            let team = &mut v["transcript"]["matching"]["teams"][0];
            let other = team["officers"].as_array().and_then(|all| all.iter().find(|o| **o != team["leader"])).cloned();
            team["leader"] = other.unwrap_or_default();
        }),
        ("the epoch", |v| v["transcript"]["epoch"] = 2.into()),
    ];
    for (what, change) in cases {
        let mut bent = honest();
        change(&mut bent);
        let found = codes(resigned(&bent));
        assert!(!found.is_empty() && !found.contains(&"DIGEST_DIFFERS"), "{what}: {found:?}");
    }
}

fn swap(list: &mut Value, a: usize, b: usize) {
    if let Some(list) = list.as_array_mut() {
        list.swap(a, b);
    }
}

fn collect(value: &Value, pointer: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| collect(child, format!("{pointer}/{key}"), into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, child)| collect(child, format!("{pointer}/{at}"), into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => into.push(pointer),
    }
}

fn bend(value: &Value) -> Value {
    match value {
        Value::Number(number) => (number.as_u64().unwrap_or(0) + 1).into(),
        Value::String(text) => {
            let last = text.chars().last().unwrap_or(' ');
            let other = if last == '1' { '2' } else { '1' };
            format!("{}{other}", text.strip_suffix(last).unwrap_or("")).into()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => "bent".into(),
    }
}
