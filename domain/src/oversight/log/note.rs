//! Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint and tlog-cosignature): a text that says how large the log
//! is and what its root is, with a line for each signature below it.

use crate::kernel::merkle::{Digest, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Kinds of key: Ed25519, and Ed25519 that says when it cosigned.
pub const SIGNS: u8 = 1;
pub const COSIGNS: u8 = 4;

/// A key that others know: `name+id+base64(kind ‖ public key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    pub kind: u8,
    pub public: [u8; 32],
}

impl VerifierKey {
    /// The first four bytes of `H(name ‖ 0x0A ‖ kind ‖ public key)`: which key a line is of.
    pub fn id(&self) -> [u8; 4] {
        let digest = sha256(&[self.name.as_bytes(), b"\n", &[self.kind], &self.public]);
        [digest[0], digest[1], digest[2], digest[3]]
    }

    pub fn text(&self) -> String {
        let key = [&[self.kind][..], &self.public].concat();
        format!("{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(key))
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, BASE64.decode(parts.next()?).ok()?);
        let (kind, public) = key.split_first()?;
        let found = Self { name: name.to_owned(), kind: *kind, public: public.try_into().ok()? };
        let named = !name.is_empty() && !name.contains(char::is_whitespace);
        (named && hex::encode(found.id()) == id && matches!(*kind, SIGNS | COSIGNS)).then_some(found)
    }

    /// The line of a signature by this key.
    pub fn line(&self, signature: &[u8]) -> String {
        format!("— {} {}\n", self.name, BASE64.encode([&self.id()[..], signature].concat()))
    }

    /// The signature in a line, where it is of this key.
    pub fn signature(&self, line: &str) -> Option<Vec<u8>> {
        let (name, signature) = line.trim_end_matches('\n').strip_prefix("— ")?.split_once(' ')?;
        let signature = BASE64.decode(signature).ok()?;
        (name == self.name).then(|| signature.strip_prefix(&self.id()).map(<[u8]>::to_vec))?
    }
}

/// How large a log is, and its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Digest,
}

impl Checkpoint {
    /// What is signed.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// A note's checkpoint and its lines of signatures, which are not checked here.
    pub fn parse(note: &str) -> Option<(Self, Vec<&str>)> {
        let (body, lines) = note.split_once("\n\n")?;
        let mut parts = body.split('\n');
        let (origin, size, root) = (parts.next()?, parts.next()?, parts.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: BASE64.decode(root).ok()?.try_into().ok()?,
        };
        let lines: Vec<_> = lines.lines().collect();
        let whole = parts.next().is_none() && !lines.is_empty() && checkpoint.body() == format!("{body}\n");
        (whole && lines.iter().all(|line| line.starts_with("— "))).then_some((checkpoint, lines))
    }

    /// What a witness signs who saw it at a time (seconds since 1970).
    pub fn cosigned(&self, time: u64) -> String {
        format!("cosignature/v1\ntime {time}\n{}", self.body())
    }
}

/// When a cosignature says that it was made, and the signature itself.
pub fn cosignature(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    (signature.len() == 64).then(|| (u64::from_be_bytes(*time), signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_keys_are_read_as_they_are_written() {
        let key = VerifierKey { name: "mingjian/510821".to_owned(), kind: SIGNS, public: [7; 32] };
        assert_eq!(VerifierKey::parse(&key.text()).as_ref(), Some(&key));
        let checkpoint = Checkpoint { origin: key.name.clone(), size: 20_852_163, root: [9; 32] };
        let note = format!("{}\n{}", checkpoint.body(), key.line(&[1; 64]));
        let (read, lines) = Checkpoint::parse(&note).map_or((None, Vec::new()), |(read, lines)| (Some(read), lines));
        assert_eq!((read, lines.len()), (Some(checkpoint), 1));
        assert_eq!(key.signature(lines[0]), Some(vec![1; 64]));
        let other = VerifierKey { public: [8; 32], ..key.clone() };
        assert_eq!(other.signature(lines[0]), None, "of another key");

        for broken in [
            note.replace("20852163", "020852163"),
            note.replace("\n\n", "\nx\n\n"),
            note.replace("\n\n", "\n"),
            note.replace("— ", "- "),
        ] {
            assert_eq!(Checkpoint::parse(&broken), None, "{broken}");
        }
        assert_eq!(VerifierKey::parse(&key.text().replace("mingjian", "other")), None, "the id names the key");
    }

    /// The example of the specification (C2SP signed-note).
    #[test]
    fn the_id_is_the_specifications() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = VerifierKey::parse(text);
        assert_eq!(
            key.map(|key| (key.name.clone(), hex::encode(key.id()), key.text())),
            Some(("PeterNeumann".into(), "c74f20a3".into(), text.into()))
        );
    }
}
