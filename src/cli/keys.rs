//! `keys`: changing keys while servers go on.

use super::{connect, explain, say};
use crate::config::Settings;
use crate::kernel::secrets;
use crate::service::kernel::sealed;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Put a new secret before the others in the secret file: it signs and wraps from now on, the others still verify.
    RotateSecret,
    /// Make a new data key (security.data_cipher) and seal all personal data anew.
    RotateData,
}

pub async fn run(settings: Settings, command: KeysCommand) -> Result<(), String> {
    match command {
        KeysCommand::RotateSecret => {
            let kid = secrets::rotate(&settings.security.secret_file).map_err(|error| explain(&error))?;
            say(&format!("new signing key {kid}; running servers use it within 5 s"));
        }
        KeysCommand::RotateData => {
            let app = connect(settings).await?;
            let bar = ProgressBar::new_spinner();
            bar.set_style(ProgressStyle::with_template("{spinner} {pos} values").map_err(|error| error.to_string())?);
            let done =
                sealed::rotate(&app, |values| bar.set_position(values)).await.map_err(|error| explain(&error))?;
            bar.finish_and_clear();
            say(&format!("new data key {}: {} values sealed anew", done.key, done.values));
        }
    }
    Ok(())
}
