//! A drand chain whose key the tests hold: the rounds of the real one cannot be had before their time.

use blst::min_sig::SecretKey;
use domain::spot_checks::draws::chance::is_signed;
use sha2::{Digest, Sha256};

const SUITE: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

fn key() -> SecretKey {
    SecretKey::key_gen(&[7; 32], &[]).unwrap()
}

pub fn public_key() -> String {
    hex::encode(key().sk_to_pk().compress())
}

/// What the chain publishes for a round.
pub fn signature(round: u32) -> String {
    let message = Sha256::digest(u64::from(round).to_be_bytes());
    let signature = hex::encode(key().sign(&message, SUITE, &[]).compress());
    assert!(is_signed(&public_key(), round, &signature));
    signature
}
