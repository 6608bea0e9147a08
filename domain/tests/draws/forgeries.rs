//! Ten thousand forgeries of the test vector: edited as they are, with the digest made right again, and with everything made
//! right again that needs no key.

use crate::{bend, honest, honest_with_chance, meaning, rerun, resigned};
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::verify;
use domain::spot_checks::draws::{Digest, sha256};
use serde_json::{Value, json};
use std::io::Write as _;

const FORGERIES: u32 = 10_000;

/// Numbers of chance that are the same every time.
struct Chance(Digest, usize);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        if self.1 + 4 > self.0.len() {
            *self = Self(sha256(&[&self.0]), 0);
        }
        let bytes = [self.0[self.1], self.0[self.1 + 1], self.0[self.1 + 2], self.0[self.1 + 3]];
        self.1 += 4;
        u32::from_be_bytes(bytes) as usize % end.max(1)
    }
}

/// Where an edit can be made: every value of the document.
fn places(value: &Value, pointer: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| places(child, format!("{pointer}/{key}"), into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, child)| places(child, format!("{pointer}/{at}"), into));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    into.push(pointer);
}

fn edit(value: &mut Value, chance: &mut Chance) {
    let mut pointers = Vec::new();
    places(value, String::new(), &mut pointers);
    let place = pointers[chance.below(pointers.len())].clone();
    let other = value.pointer(&pointers[chance.below(pointers.len())]).cloned().unwrap_or_default();
    let twin = |end: &str| pointers.iter().filter(|known| known.ends_with(end)).cloned().collect::<Vec<_>>();
    let like = twin(place.rsplit_once('/').map_or("", |(_, name)| name));
    let like = like.get(chance.below(like.len())).and_then(|known| value.pointer(known)).cloned().unwrap_or_default();
    let Some(slot) = value.pointer_mut(&place) else { return };

    let (first, second) = (chance.below(8), chance.below(20));
    match (slot, first) {
        (Value::Array(list), 0) if !list.is_empty() => drop(list.remove(second % list.len())),
        (Value::Array(list), 1) if !list.is_empty() => list.push(list[second % list.len()].clone()),
        (Value::Array(list), 2) if !list.is_empty() => {
            let (length, to) = (list.len(), chance.below(list.len()));
            list.swap(second % length, to);
        }
        (Value::Object(members), 0) => {
            let name = members.keys().nth(second % members.len().max(1)).cloned().unwrap_or_default();
            members.remove(&name);
        }
        (Value::Object(members), 1) => drop(members.insert("note".to_owned(), json!("x"))),
        (slot, 3) => *slot = Value::Null,
        (slot, 4) => *slot = other,
        // A word as the only member of an object: some readers take it for the word.
        (slot @ Value::String(_), 7) => *slot = json!({ slot.as_str().unwrap_or_default(): null }),
        (slot @ (Value::String(_) | Value::Number(_)), 0..3) => *slot = bend(slot),
        (slot, _) => *slot = like,
    }
}

/// Everything made right again that follows from something else; the keys are not the forger's.
fn rebuilt(value: &Value) -> Value {
    let Ok(mut signed) = serde_json::from_value::<SignedTranscript>(value.clone()) else { return value.clone() };
    rerun(&mut signed.transcript);
    resigned(&serde_json::to_value(signed).unwrap_or_default())
}

#[test]
fn no_forgery_is_accepted() {
    let records = [honest(), honest_with_chance()];
    let (mut accepted, mut forged) = (0, 0);
    // For the other verifiers, which must say the same of each.
    let mut file = std::env::var_os("MINGJIAN_FORGERIES")
        .and_then(|path| std::fs::File::create(path).ok())
        .map(std::io::BufWriter::new);

    for number in 0..FORGERIES {
        let mut chance = Chance(sha256(&[b"forgery", &number.to_be_bytes()]), 0);
        let honest = &records[number as usize % records.len()];
        let mut altered = honest.clone();
        for _ in 0..=chance.below(3) {
            edit(&mut altered, &mut chance);
        }
        while altered == *honest {
            edit(&mut altered, &mut chance);
        }
        let altered = match number % 3 {
            0 => altered,
            1 => resigned(&altered),
            _ => rebuilt(&altered),
        };
        let text = altered.to_string();
        let passes = SignedTranscript::read(text.as_bytes()).is_ok_and(|signed| verify(&signed).is_empty());
        if let Some(file) = &mut file {
            let line = json!({ "accepted": passes, "text": text });
            writeln!(file, "{line}").unwrap_or_else(|error| panic!("{error}"));
        }
        if passes {
            assert!(
                meaning(&altered, honest) == meaning(honest, honest),
                "forgery {number} is taken for the record: {text}"
            );
            accepted += 1;
        }
        forged += u32::from(altered != *honest);
    }

    // What is made right again may be the record itself.
    assert!(forged > FORGERIES / 10 * 9, "{forged}");
    assert!(accepted < FORGERIES / 10, "{accepted}: nearly every edit changes the meaning");
}
