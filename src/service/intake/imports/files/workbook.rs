//! A workbook is read by a process of its own, with bounds on memory, time and output. What a file claims of itself may make its
//! reader ask for all memory there is: then that process ends, and the file is refused; the server goes on.

use super::formats::unreadable;
use super::sheets;
use crate::kernel::error::{AppError, Result};
use domain::intake::imports::Dataset;
use domain::kernel::refusal::Code;
use domain::kernel::text::Text;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The command by which the service calls itself.
const COMMAND: &str = "read-workbook";
/// Bytes of address space, bytes of what it writes, and seconds of a processor's time.
const MEMORY: u64 = 2 << 30;
const OUTPUT: u64 = 1 << 30;
const SECONDS: u64 = 120;
/// Until when the reader must have ended, however busy the machine.
const PATIENCE: Duration = Duration::from_mins(10);

/// Why a workbook is refused, as one process tells it the other.
#[derive(Serialize, Deserialize)]
struct Refused {
    code: Code,
    zh: String,
    en: String,
}

/// The rows of the sheet that holds the data set, read apart.
pub fn read(file: &File, dataset: Dataset) -> Result<File> {
    let mut rows = tempfile::tempfile().map_err(AppError::io)?;
    let mut reader = Command::new(std::env::current_exe().map_err(AppError::internal)?)
        .arg(COMMAND)
        .arg(dataset.code())
        .env_clear()
        .stdin(file.try_clone().map_err(AppError::internal)?)
        .stdout(rows.try_clone().map_err(AppError::internal)?)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(AppError::internal)?;
    let ended = wait(&mut reader)?;

    if ended {
        rows.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
        return Ok(rows);
    }
    let mut said = String::new();
    if let Some(errors) = reader.stderr.take() {
        errors.take(16 << 10).read_to_string(&mut said).unwrap_or_default();
    }
    Err(serde_json::from_str::<Refused>(&said).map_or_else(
        |_| unreadable("工作簿", &"文件内容超出读取限度 (it asks for more than a reader may have)"),
        |refused| AppError::new(refused.code, Text { zh: refused.zh, en: refused.en }),
    ))
}

/// Whether the reader came to a good end; one that takes too long is ended.
fn wait(reader: &mut Child) -> Result<bool> {
    let begun = Instant::now();
    loop {
        if let Some(status) = reader.try_wait().map_err(AppError::internal)? {
            return Ok(status.success());
        }
        if begun.elapsed() > PATIENCE {
            reader.kill().map_err(AppError::internal)?;
            reader.wait().map_err(AppError::internal)?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The other side: bounds itself, reads the workbook from standard input and writes the sheet's rows to standard output.
pub fn serve(dataset: &str) -> ExitCode {
    let bounded = [(rlimit::Resource::AS, MEMORY), (rlimit::Resource::FSIZE, OUTPUT), (rlimit::Resource::CPU, SECONDS)]
        .iter()
        .try_for_each(|(resource, most)| resource.set(*most, *most));
    let done = bounded.map_err(AppError::internal).and_then(|()| {
        let dataset = Dataset::of(dataset)?;
        let file = File::open("/dev/stdin").map_err(AppError::internal)?;
        sheets::copy(&file, dataset, io::stdout().lock())
    });

    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let refused = Refused { code: error.code, zh: error.detail.zh, en: error.detail.en };
            let said = serde_json::to_string(&refused).unwrap_or_default();
            let _ = io::stderr().write_all(said.as_bytes());
            ExitCode::FAILURE
        }
    }
}
