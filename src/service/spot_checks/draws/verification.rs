//! Re-running a transcript that somebody sent, and comparing it with what was published.

use super::transcript;
use crate::kernel::error::{AppError, Result};
use crate::persistence::spot_checks::draws;
use domain::spot_checks::draws::Published;
use domain::spot_checks::draws::transcript::SignedTranscript;
use domain::spot_checks::draws::verify::{Difference, verify_within};
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;

/// What re-running a transcript that somebody sent has shown.
pub struct Verification {
    /// Whether it is consistent in itself.
    pub consistent: bool,
    pub published: Published,
    pub differences: Vec<Difference>,
    /// The draw that this service published of the same task and epoch.
    pub draw: Option<Model>,
}

/// Tickets of officers that are computed for anybody who asks: a third of a second of work; who has more re-runs it himself.
const TICKETS: usize = 400_000;

/// Re-runs a transcript and compares it with the record this service published, where it knows the draw. A copy taken at
/// an earlier stage is compared with that stage.
pub async fn verify_sent(conn: &impl ConnectionTrait, sent: SignedTranscript) -> Result<Verification> {
    let rerun = move || (verify_within(&sent, TICKETS), sent);
    let (mut differences, sent) = tokio::task::spawn_blocking(rerun).await.map_err(AppError::internal)?;
    let SignedTranscript { digest: stated, transcript: sent, .. } = sent;
    let consistent = differences.is_empty();
    let draw = draws::of_epoch(conn, sent.task, i32::try_from(sent.epoch).unwrap_or(0)).await?;

    let published = match &draw {
        Some(draw) => {
            let expected = transcript(conn, draw, false).await?.transcript.as_of(&sent).digest()?;
            let same = expected == stated && expected == sent.digest()?;
            if !same {
                differences.push(Difference {
                    pointer: "/digest".to_owned(),
                    code: "DIFFERS_FROM_PUBLISHED",
                    expected: hex::encode(expected),
                    found: hex::encode(stated),
                });
            }
            if same { Published::Yes } else { Published::No }
        }
        None => match draws::epochs_of(conn, sent.task).await? {
            0 => Published::UnknownTask,
            epochs => {
                differences.push(Difference {
                    pointer: "/transcript/epoch".to_owned(),
                    code: "NO_SUCH_EPOCH",
                    expected: format!("1..{epochs}"),
                    found: sent.epoch.to_string(),
                });
                Published::No
            }
        },
    };

    Ok(Verification { consistent, published, differences, draw })
}
