//! Settings as they are read and checked; a refusal is one line that names the key.

use super::Settings;
use config::{Config, Environment, File};
use domain::oversight::log::note::{COSIGNS, SIGNS, VerifierKey};
use std::path::Path;

/// Reads the settings; the error is one line that names the key.
pub fn load(file: Option<&Path>, overrides: &[(&str, Option<String>)]) -> Result<Settings, String> {
    let mut builder = Config::builder().add_source(Config::try_from(&Settings::default()).map_err(one_line)?);
    if let Some(file) = file {
        builder = builder.add_source(File::from(file));
    }
    builder = builder.add_source(
        Environment::with_prefix("MINGJIAN")
            .prefix_separator("__")
            .separator("__")
            .list_separator(",")
            .ignore_empty(true)
            .with_list_parse_key("server.cors_origins")
            .with_list_parse_key("server.trusted_proxies")
            .with_list_parse_key("security.second_factor_roles")
            .with_list_parse_key("files.scanner")
            .with_list_parse_key("transparency.party_keys")
            .with_list_parse_key("transparency.witnesses")
            .try_parsing(true),
    );
    // A secret made of digits is no number.
    let secret = std::env::var("MINGJIAN__OIDC__CLIENT_SECRET").ok();
    builder = builder.set_override_option("oidc.client_secret", secret).map_err(one_line)?;
    for (key, value) in overrides {
        builder = builder.set_override_option(*key, value.clone()).map_err(one_line)?;
    }
    let settings: Settings = builder.build().and_then(Config::try_deserialize).map_err(one_line)?;
    settings.check()?;

    Ok(settings)
}

impl Settings {
    /// What a type alone does not say; the error names the key.
    fn check(&self) -> Result<(), String> {
        let url = &self.database.url;
        let numbers = [
            ("server.job_lease_seconds", u64::from(self.server.job_lease_seconds), 1),
            ("database.max_connections", u64::from(self.database.max_connections), 1),
            ("limits.body_bytes", self.limits.body_bytes as u64, 1),
            ("limits.transcript_bytes", self.limits.transcript_bytes as u64, 1),
            ("files.evidence_bytes", self.files.evidence_bytes, 1),
            ("files.link_minutes", u64::from(self.files.link_minutes), 1),
            ("files.scanner_seconds", u64::from(self.files.scanner_seconds), 1),
            ("limits.import_bytes", self.limits.import_bytes, 1),
            ("limits.import_seconds", self.limits.import_seconds, 1),
            ("limits.rate_seconds", u64::from(self.limits.rate_seconds), 1),
            ("limits.body_seconds", self.limits.body_seconds, 1),
            ("security.access_token_seconds", u64::from(self.security.access_token_seconds), 1),
            ("security.session_seconds", u64::from(self.security.session_seconds), 1),
            ("security.idle_seconds", u64::from(self.security.idle_seconds), 1),
            // The verifier and the law know no draw with fewer.
            ("rules.minimum_parties", u64::from(self.rules.minimum_parties), 2),
            ("rules.minimum_officers", u64::from(self.rules.minimum_officers), 2),
            ("rules.disposal_list_files", u64::from(self.rules.disposal_list_files), 1),
            ("rules.hold_review_days", u64::from(self.rules.hold_review_days), 1),
            ("rules.data_set_review_months", u64::from(self.rules.data_set_review_months), 1),
        ];
        let at_most = [
            // What is asked about all lines of a list is one statement.
            ("rules.disposal_list_files", self.rules.disposal_list_files, 5_000),
            ("rules.hold_review_days", self.rules.hold_review_days, 3_660),
            ("rules.data_set_review_months", self.rules.data_set_review_months, 120),
            ("rules.inspection_file_years", self.rules.inspection_file_years, 100),
            ("rules.clue_file_years", self.rules.clue_file_years, 100),
            ("rules.hand_over_keep_years", self.rules.hand_over_keep_years, 100),
        ];
        if let Some((key, value, most)) = at_most.into_iter().find(|(_, value, most)| value > most) {
            return Err(format!("configuration: {key} is {value}; it must be {most} or less"));
        }
        if let Some((key, value, least)) = numbers.into_iter().find(|(_, value, least)| value < least) {
            return Err(format!("configuration: {key} is {value}; it must be {least} or more"));
        }
        if !url.starts_with("sqlite:") && !url.starts_with("postgres") {
            return Err("configuration: database.url must begin with sqlite:// or postgres://".to_owned());
        }
        if self.files.place.is_empty() || (self.files.place.contains("://") && !self.files.place.starts_with("s3://")) {
            return Err("configuration: files.place must be a folder, or begin with s3://".to_owned());
        }
        // Codes of tasks, plans, libraries begin with it, and draws are verified by their spelling.
        if self.county.code.len() != 6 || !self.county.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "configuration: county.code is {:?}; it must be six digits (GB/T 2260)",
                self.county.code
            ));
        }
        let is_origin = |origin: &&String| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ']))
        };

        if !is_origin(&&self.server.public_address) {
            let address = &self.server.public_address;
            return Err(format!(
                "configuration: server.public_address: {address:?} is no address such as https://example.cn"
            ));
        }

        if let Some(origin) = self.server.cors_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(format!(
                "configuration: server.cors_origins: {origin:?} is no origin such as https://example.cn"
            ));
        }

        let is_witness = |key: &&String| VerifierKey::parse(key).is_some_and(|key| key.kind == COSIGNS);
        if let Some(key) = self.transparency.witnesses.iter().find(|key| !is_witness(key)) {
            return Err(format!(
                "configuration: transparency.witnesses: {key:?} is no key of a cosigner (name+id+base64)"
            ));
        }

        let is_party = |key: &&String| VerifierKey::parse(key).is_some_and(|key| key.kind == SIGNS);
        if let Some(key) = self.transparency.party_keys.iter().find(|key| !is_party(key)) {
            return Err(format!(
                "configuration: transparency.party_keys: {key:?} is no key of a department (code+id+base64)"
            ));
        }

        if !self.transparency.beacon.is_usable() {
            return Err("configuration: transparency.beacon: public_key is no key of 192 hexadecimal digits on G2, or period_seconds is 0".to_owned());
        }

        Ok(())
    }
}

fn one_line(error: impl ToString) -> String {
    format!("configuration: {}", error.to_string().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::load;

    #[test]
    fn a_bad_value_is_named_in_one_line() {
        let error = load(None, &[("rules.minimum_officers", Some("two".to_owned()))]).err().unwrap_or_default();
        assert!(error.contains("rules.minimum_officers") && !error.contains('\n'), "{error}");
        let error = load(None, &[("database.url", Some("mysql://x".to_owned()))]).err().unwrap_or_default();
        assert!(error.contains("database.url"), "{error}");

        for (key, value) in [
            ("rules.minimum_parties", "1"),
            ("limits.body_seconds", "0"),
            ("county.code", "5108-21"),
            ("county.code", "51082"),
        ] {
            let error = load(None, &[(key, Some(value.to_owned()))]).err().unwrap_or_default();
            assert!(error.contains(key), "{error}");
        }
        let error = load(None, &[("server.bnid", Some("x".to_owned()))]).err().unwrap_or_default();
        assert!(error.contains("bnid"), "{error}");
    }
}
