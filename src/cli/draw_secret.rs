//! `draw-secret`: a party's secret and the commitment to it, made on the party's own machine.

use super::say;
use crate::kernel::ctx::random;
use clap::Args;
use domain::spot_checks::draws::Algorithm;
use domain::spot_checks::draws::commitment::commit;
use serde_json::json;
use uuid::Uuid;

#[derive(Args)]
pub struct SecretArgs {
    /// The task's id
    #[arg(long)]
    task: Uuid,
    /// The epoch, as the task shows it
    #[arg(long)]
    epoch: u32,
    /// The id of the department that takes part
    #[arg(long)]
    party: Uuid,
}

/// Prints `{"commitment", "secret"}`; nothing is sent and nothing kept.
pub fn run(args: &SecretArgs) {
    let secret = random::<32>();
    let commitment = commit(Algorithm::NEWEST, args.task, args.epoch, args.party, &secret);
    say(&json!({ "commitment": hex::encode(commitment), "secret": hex::encode(secret) }).to_string());
}
