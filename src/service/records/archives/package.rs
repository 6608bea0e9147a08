//! 移交包: the files that go to the archive as one bag (BagIt 1.0, RFC 8493) in a ZIP, written while it is sent: whatever its size, a
//! piece of evidence at a time is in memory. The checksums come last, when everything has been read.

use crate::app::App;
use crate::kernel::ctx::now;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::{case_files, disposal_lists as store, evidence as evidence_store};
use crate::persistence::register::departments;
use crate::service::records::archives::disposal::{complete_one, decision_facts};
use crate::service::records::documents::{Filled, Handing};
use crate::service::records::files;
use crate::service::records::links::{Link, Target, link};
use domain::access::Decide;
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::audit::AuditAction;
use domain::records::disposal::DisposalAction;
use domain::records::evidence::{EvidenceStatus, MEDIA_TYPES};
use domain::records::retention::FileClass;
use entity::records::disposal_lines::Model as Line;
use entity::records::disposal_lists::{Entity, Model};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Makes a link to the package, for whoever may hand it over now, and writes down that they did.
pub async fn open(app: &App, tx: &WriteTx, id: Uuid) -> Result<Change<Link>> {
    let list = complete_one(tx.conn(), find::<Entity>(tx.conn(), tx.ctx(), id).await?).await?;
    decision_facts(&list).decide(&tx.ctx().actor, DisposalAction::Package)?;

    let link = link(app, tx.ctx(), id, Target::Package);
    let event = Event::of::<Entity>(AuditAction::FileOpened, &list.list);
    let event = event.after(&json!({ "expires_at": link.expires_at }));
    Ok(Change::new(link, event))
}

/// A package that is to be sent.
pub struct Package {
    list: Model,
    lines: Vec<Line>,
    department: String,
}

/// The package of a list.
pub async fn package(app: &App, id: Uuid) -> Result<Package> {
    let list = store::any(&app.db, id).await?;
    let department = departments::get(&app.db, list.department_id).await?.name;
    let lines = store::to_hand_over(&app.db, id).await?;
    Ok(Package { list, lines, department })
}

impl Package {
    /// How it is called, without the ending.
    pub fn name(&self) -> &str {
        &self.list.code
    }

    /// Writes it to whoever reads, until they go away; what cannot be read breaks it off, and then no reader takes it for whole.
    pub async fn write(self, app: Arc<App>, out: Sender<Result<Vec<u8>>>) {
        // Each reads through all of a list's evidence: a few at a time.
        let Ok(turn) = app.packages.acquire().await else { return };
        let mut bag = Bag::new(self.list.code.clone(), out.clone());
        let filled = self.fill(&app, &mut bag).await;
        // Whoever has stopped reading is not waited for with a turn in hand.
        drop(turn);

        if let Err(error) = filled {
            tracing::warn!(%error, list = %self.list.code, "a package was broken off");
            let _gone = out.send(Err(error)).await;
        }
    }

    async fn fill(&self, app: &App, bag: &mut Bag) -> Result<()> {
        let mut rows = Vec::new();
        for line in &self.lines {
            let file = case_files::read(&app.db, line.class, line.record_id).await?;
            if file.is_empty() {
                return Err(AppError::internal(format!("the file {} is not there", line.code)));
            }
            let before = bag.payload.len();
            let text = serde_json_canonicalizer::to_string(&file.content).map_err(AppError::internal)?;
            bag.put(&format!("data/{}/file.json", line.code), text.as_bytes()).await?;
            if line.class == FileClass::Inspection {
                self.put_inspection(app, bag, line).await?;
            }
            rows.push(row(line, bag.payload.len() - before));
        }

        bag.put("data/transfer.json", &serde_json::to_vec_pretty(&json!({ "files": rows }))?).await?;
        self.finish(bag).await
    }

    /// Evidence in the order of its numbers, and the documents.
    async fn put_inspection(&self, app: &App, bag: &mut Bag, line: &Line) -> Result<()> {
        let kept = case_files::pieces(&app.db, line.record_id).await?.into_iter();
        for piece in kept.filter(|piece| piece.status == EvidenceStatus::Kept) {
            let media = MEDIA_TYPES.into_iter().find(|media| Some(media.name) == piece.media_type.as_deref());
            let ending = media.map_or("bin", |media| media.extension);
            bag.begin(&format!("data/{}/evidence/{:04}.{ending}", line.code, piece.seq), piece.size_bytes)?;
            for chunk in evidence_store::chunks(&app.db, piece.id, -1, i64::MAX).await? {
                bag.write(&files::read(app, &chunk.key).await?).await?;
            }
            bag.end();
        }

        for paper in case_files::papers(&app.db, line.record_id).await? {
            // What is filled in and to whom it was served is sealed here; the archive keeps it in words.
            let (filled, handing) = (Filled::open(app, &paper).await?, Handing::open(app, &paper).await?);
            let said = json!({ "content": filled, "service": handing.service, "refusal": handing.refusal });
            let name = format!("data/{}/documents/{}.json", line.code, paper.id);
            bag.put(&name, &serde_json::to_vec_pretty(&said)?).await?;
            for (key, ending) in [(&paper.pdf_key, "pdf"), (&paper.docx_key, "docx")] {
                let Some(key) = key else { continue };
                let name = format!("data/{}/documents/{}.{ending}", line.code, paper.id);
                bag.put(&name, &files::read(app, key).await?).await?;
            }
        }
        Ok(())
    }

    /// What a bag says of itself, and the checksums.
    async fn finish(&self, bag: &mut Bag) -> Result<()> {
        let info = format!(
            "Source-Organization: {}\nBagging-Date: {}\nExternal-Identifier: {}\nExternal-Description: {} 年到期档案移交，{} 件\nPayload-Oxum: {}.{}\n",
            self.department,
            local_date(now()),
            self.list.code,
            self.list.year,
            self.lines.len(),
            bag.octets,
            bag.payload.len(),
        );
        bag.tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n").await?;
        bag.tag("bag-info.txt", &info).await?;
        let manifest = listed(&bag.payload);
        bag.tag("manifest-sha256.txt", &manifest).await?;
        let tags = listed(&bag.tags);
        bag.tag("tagmanifest-sha256.txt", &tags).await?;

        bag.close().await
    }
}

/// A line of the transfer list.
fn row(line: &Line, parts: usize) -> Value {
    json!({
        "code": line.code, "class": line.class, "record_id": line.record_id, "object_id": line.object_id,
        "closed_on": line.closed_on, "due_on": line.due_on, "reason": line.reason, "parts": parts
    })
}

fn listed(files: &[(String, String)]) -> String {
    files.iter().fold(String::new(), |mut text, (name, digest)| {
        let _ = writeln!(text, "{digest}  {name}");
        text
    })
}

/// A bag being written: each file's digest is made of what is written.
struct Bag {
    name: String,
    zip: ZipWriter<StreamWriter<Buffer>>,
    buffer: Buffer,
    out: Sender<Result<Vec<u8>>>,
    /// Names and digests of the payload, and of the files about it.
    payload: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    octets: u64,
    open: Option<(String, Sha256)>,
}

/// How long a reader may take for a part.
const PATIENCE: Duration = Duration::from_mins(1);
/// So much is gathered before it is sent.
const SEND: usize = 64 << 10;

impl Bag {
    fn new(name: String, out: Sender<Result<Vec<u8>>>) -> Self {
        let buffer = Buffer::default();
        let zip = ZipWriter::new_stream(buffer.clone());
        Self { name, zip, buffer, out, payload: Vec::new(), tags: Vec::new(), octets: 0, open: None }
    }

    fn begin(&mut self, name: &str, size: i64) -> Result<()> {
        let large = u32::try_from(size).is_err();
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        self.zip.start_file(format!("{}/{name}", self.name), options).map_err(AppError::internal)?;
        self.open = Some((name.to_owned(), Sha256::new()));
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some((_, digest)) = &mut self.open {
            digest.update(bytes);
        }
        self.octets += bytes.len() as u64;
        self.zip.write_all(bytes).map_err(AppError::internal)?;
        self.send(SEND).await
    }

    fn end(&mut self) {
        let Some((name, digest)) = self.open.take() else { return };
        self.payload.push((name, hex::encode(digest.finalize())));
    }

    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.begin(name, i64::try_from(bytes.len()).unwrap_or(i64::MAX))?;
        self.write(bytes).await?;
        self.end();
        Ok(())
    }

    /// A file about the bag.
    async fn tag(&mut self, name: &str, text: &str) -> Result<()> {
        self.begin(name, 0)?;
        self.open = None;
        self.zip.write_all(text.as_bytes()).map_err(AppError::internal)?;
        self.tags.push((name.to_owned(), hex::encode(Sha256::digest(text))));
        self.send(SEND).await
    }

    async fn close(&mut self) -> Result<()> {
        let zip = std::mem::replace(&mut self.zip, ZipWriter::new_stream(Buffer::default()));
        zip.finish().map_err(AppError::internal)?;
        self.send(0).await
    }

    /// Sends what has come together.
    async fn send(&mut self, enough: usize) -> Result<()> {
        let Some(bytes) = self.buffer.take(enough) else { return Ok(()) };
        match tokio::time::timeout(PATIENCE, self.out.send(Ok(bytes))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(AppError::unavailable("whoever read the package has gone, or reads no more")),
        }
    }
}

/// Where the ZIP writes to, and whence it is sent.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// What is in it, once it is enough.
    fn take(&self, enough: usize) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().ok()?;
        (bytes.len() >= enough).then(|| std::mem::take(&mut *bytes))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().map_err(|_| io::Error::other("a writer broke off"))?;
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
