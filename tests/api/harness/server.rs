//! The real binary as a process of its own.

use super::{Database, beacon};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use domain::oversight::log::note::{COSIGNS, Checkpoint, SIGNS, VerifierKey};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub struct Server {
    pub url: String,
    child: Child,
}

/// The binary with the database's settings; limits are out of the way unless a test wants them.
pub fn command(database: &Database, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingjian"));
    command
        .args(args)
        .env("MINGJIAN__DATABASE__URL", &database.url)
        .env("MINGJIAN__SECURITY__SECRET_FILE", database.secret_file())
        .env("MINGJIAN__FILES__PLACE", database.files())
        .env("MINGJIAN__LIMITS__REQUESTS_PER_SECOND", "0")
        .env("MINGJIAN__TRANSPARENCY__WITNESSES", Witness::new().key.text())
        .env("MINGJIAN__TRANSPARENCY__PARTY_KEYS", Witness::party_key().text())
        .env("MINGJIAN__TRANSPARENCY__BEACON__PUBLIC_KEY", beacon::public_key())
        .env("MINGJIAN__RULES__REVEAL_WAIT_MINUTES", "0")
        .env("MINGJIAN__LOG__FILTER", "error");
    command
}

impl Server {
    pub fn start(database: &Database) -> Self {
        Self::start_with(database, &[])
    }

    pub fn start_with(database: &Database, env: &[(&str, &str)]) -> Self {
        let mut child = command(database, &["serve", "--bind", "127.0.0.1:0"])
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log_file(env))
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("the server said {line:?}")).to_owned();
        Self { url, child }
    }

    /// SIGTERM, and the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.terminate();
        self.wait()
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
    }

    /// The exit code, once it has ended.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Resident memory, KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Whether the process runs still.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a test that reads the log wants it; standard error otherwise.
fn log_file(env: &[(&str, &str)]) -> Stdio {
    let wanted = env.iter().find(|(name, _)| *name == "MINGJIAN_TEST_LOG");
    wanted.map_or_else(Stdio::inherit, |(_, path)| std::fs::File::create(path).unwrap().into())
}

/// Runs a command of the binary to its end: exit code, standard output, standard error.
pub fn run(database: &Database, args: &[&str]) -> (i32, String, String) {
    let done = command(database, args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap_or(-1), text(done.stdout), text(done.stderr))
}

/// The witness of the log that every server knows.
pub struct Witness {
    pair: Ed25519KeyPair,
    pub key: VerifierKey,
}

impl Witness {
    pub fn new() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let public = pair.public_key().as_ref().try_into().unwrap();
        Self { pair, key: VerifierKey { name: "justice.wangcang".to_owned(), kind: COSIGNS, public } }
    }

    /// The same key as that of the justice bureau as a party of draws.
    pub fn party_key() -> VerifierKey {
        VerifierKey { name: "51082104".to_owned(), kind: SIGNS, public: Self::new().key.public }
    }

    /// The line by which a key cosigns a message at a time.
    pub fn line(&self, key: &VerifierKey, time: u64, message: &str) -> String {
        let signature = [&time.to_be_bytes()[..], self.pair.sign(message.as_bytes()).as_ref()].concat();
        key.line(&signature).trim_end().to_owned()
    }

    /// The key's signature of a message.
    pub fn signs(&self, message: &str) -> [u8; 64] {
        self.pair.sign(message.as_bytes()).as_ref().try_into().unwrap()
    }

    /// What is sent to cosign a checkpoint.
    pub fn cosigns(&self, note: &str) -> Value {
        let (checkpoint, _) = Checkpoint::parse(note).unwrap();
        json!({ "line": self.line(&self.key, 1_790_000_000, &checkpoint.cosigned(1_790_000_000)) })
    }
}
