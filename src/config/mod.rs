//! Configuration: defaults, then a TOML file, then `MINGJIAN__…` in the environment, then flags.

mod load;

pub use load::load;

use crate::kernel::vault::Cipher;
use domain::access::Role;
use domain::access::passwords::{Policy, Profile};
use domain::kernel::rules::Rules;
use domain::spot_checks::draws::chance::Beacon;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub server: Server,
    pub database: Database,
    pub security: Security,
    pub oidc: OidcSettings,
    pub limits: Limits,
    pub files: FileStore,
    pub county: County,
    /// The numbers of the trade, each with its source.
    pub rules: Rules,
    pub risk: RiskSettings,
    pub transparency: Transparency,
    /// Log filter, as in `info,mingjian=debug`; `json` output where `log.json` is set.
    pub log: LogSettings,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub bind: String,
    /// Where the public reaches the platform, as printed documents say it: `https://…`, without a slash behind.
    pub public_address: String,
    /// Worker threads; 0 means one a core.
    pub workers: usize,
    /// Origins that browsers may call from; none by default.
    pub cors_origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed; none by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// Seconds after which a job whose holder no longer tells of it is taken up by another process.
    pub job_lease_seconds: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://path` or `postgres://user@host/name`.
    pub url: String,
    /// Shared out among the workers and background work, six each at least.
    pub max_connections: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Security {
    /// File with one secret a line, the first in use; made at the first start where it is missing.
    pub secret_file: PathBuf,
    pub issuer: String,
    pub audience: String,
    /// Life of an access token, seconds.
    pub access_token_seconds: u32,
    /// Life of a session, seconds.
    pub session_seconds: u32,
    /// Seconds without a refresh after which a session ends.
    pub idle_seconds: u32,
    /// `dengbao3` (GB/T 22239-2019, level 3) or `asvs` (OWASP ASVS 5.0).
    pub password_profile: Profile,
    /// Wrong guesses until an account is locked, where the profile's number does not suit.
    pub lockout_attempts: Option<u32>,
    /// Roles that must prove a second factor; others may.
    pub second_factor_roles: Vec<Role>,
    /// `aes-256-gcm` or `sm4-gcm`: what new data keys are for.
    pub data_cipher: Cipher,
}

impl Security {
    pub fn policy(&self) -> Policy {
        let policy = self.password_profile.policy();
        Policy { lockout_attempts: self.lockout_attempts.unwrap_or(policy.lockout_attempts), ..policy }
    }

    pub fn second_factor_due(&self, role: Role) -> bool {
        self.second_factor_roles.contains(&role)
    }
}

/// Single sign-on with the unified service platform; off while `issuer` is empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcSettings {
    /// The provider's issuer, exactly as it names itself.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// The frontend's page that receives `code` and `state`.
    pub redirect_url: String,
    /// Where the provider sends the browser after its logout.
    pub post_logout_url: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest JSON body, bytes.
    pub body_bytes: usize,
    /// Largest transcript sent for verification, bytes.
    pub transcript_bytes: usize,
    /// Largest imported file, bytes.
    pub import_bytes: u64,
    /// Seconds a body may take to arrive.
    pub body_seconds: u64,
    /// Requests a second and client, and how many at once; 0 switches the limit off.
    pub requests_per_second: u32,
    pub request_burst: u32,
    /// Log-ins a second and address; an office behind one address arrives six seconds' worth at once.
    pub log_ins_per_second: u32,
    /// The seconds that the two rates above hold for: 1, unless a rate below one a second is wanted.
    pub rate_seconds: u32,
    /// Seconds a file to be imported may take to arrive.
    pub import_seconds: u64,
}

/// Where evidence and documents are kept. Their content is sealed before it goes there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileStore {
    /// A folder, or a bucket of an S3-compatible service: `s3://bucket/prefix`. All processes use the same.
    pub place: String,
    /// How the bucket is reached: `endpoint`, `region`, `access_key_id`, `secret_access_key`, `allow_http`, `virtual_hosted_style_request`.
    pub options: BTreeMap<String, String>,
    /// Largest piece of evidence, bytes.
    pub evidence_bytes: u64,
    /// Minutes that a link to a file is good for.
    pub link_minutes: u32,
    /// A command that reads a file on its standard input and ends with 0 where it is clean, with 1 where it is not; empty: none.
    pub scanner: Vec<String>,
    /// Seconds that the scanner may take for one file.
    pub scanner_seconds: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct County {
    /// GB/T 2260 code of the county served.
    pub code: String,
    /// 已撤并乡镇: former name to the code of the township that it became part of, so that old addresses are placed.
    pub former_townships: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RiskSettings {
    /// Minutes between two runs of the risk models on what has changed; 0: they run only when they are asked to.
    pub run_minutes: u32,
}

/// 存证日志
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transparency {
    /// Verifier keys (C2SP cosignature/v1) of those who cosign checkpoints: the justice bureau's, and others'.
    pub witnesses: Vec<String>,
    /// Keys (C2SP signed-note, named by the department's code) by which parties of a draw may sign the receipt of its freeze.
    pub party_keys: Vec<String>,
    /// The drand chain whose rounds a draw may wait for; as it comes, the League of Entropy's quicknet.
    pub beacon: Beacon,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    pub filter: String,
    pub json: bool,
    /// Tells each client in `Server-Timing` how many statements its request took; for tests and tuning only.
    pub server_timing: bool,
}

impl Server {
    /// Worker threads, with 0 resolved to the cores.
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            workers => workers,
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".to_owned(),
            public_address: "http://127.0.0.1:8080".to_owned(),
            workers: 0,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            job_lease_seconds: 30,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://var/mingjian.db".to_owned(), max_connections: 30 }
    }
}

impl Default for Security {
    fn default() -> Self {
        Self {
            secret_file: PathBuf::from("var/secret.key"),
            issuer: "mingjian".to_owned(),
            audience: "mingjian-api".to_owned(),
            access_token_seconds: 600,
            session_seconds: 8 * 3600,
            idle_seconds: 30 * 60,
            password_profile: Profile::default(),
            lockout_attempts: None,
            second_factor_roles: Vec::new(),
            data_cipher: Cipher::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 * 1024 * 1024,
            transcript_bytes: 32 * 1024 * 1024,
            import_bytes: 256 * 1024 * 1024,
            body_seconds: 30,
            requests_per_second: 200,
            request_burst: 400,
            log_ins_per_second: 10,
            rate_seconds: 1,
            import_seconds: 600,
        }
    }
}

impl Default for FileStore {
    fn default() -> Self {
        Self {
            place: "var/files".to_owned(),
            options: BTreeMap::new(),
            evidence_bytes: 2 * 1024 * 1024 * 1024,
            link_minutes: 5,
            scanner: Vec::new(),
            scanner_seconds: 300,
        }
    }
}

impl Default for County {
    fn default() -> Self {
        Self { code: "510821".to_owned(), former_townships: BTreeMap::new() }
    }
}

impl Default for RiskSettings {
    fn default() -> Self {
        Self { run_minutes: 15 }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { filter: "warn,mingjian=info".to_owned(), json: false, server_timing: false }
    }
}
