//! 证据: photos, recordings, videos and papers of an inspection. The device numbers each piece and makes its digest when it is
//! captured; the file may come later, in pieces. What has arrived whole is checked once, kept, and never changed.

use crate::access::{Actor, Decide, Permission};
use crate::inspections::inspections::InspectionStatus;
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use crate::records::holds::check_not_held;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

code_list! {
    EvidenceKind "证据种类" { Photo "照片", Audio "录音", Video "录像", Document "书证材料" }
}

code_list! {
    EvidenceStatus "证据状态" {
        Declared "待上传", Received "检查中", Kept "已保存", Refused "已拒收", Discarded "已作废"
    }
}

code_list! {
    /// What can be done with a piece of evidence; `ACCEPT` and `REFUSE` are the platform's own, after its check.
    EvidenceAction "证据操作" { Upload "上传", Accept "保存", Refuse "拒收", Discard "作废", Open "查看" }
}

code_list! {
    /// What a link leads to.
    Variant "文件形式" { Original "原文件", Thumbnail "缩略图" }
}

code_list! {
    /// Why a file was not kept.
    EvidenceFault "拒收原因" {
        TypeNotAllowed "不是允许的文件类型", KindMismatch "文件内容与所报证据种类不符", TooLarge "图片尺寸超过限度",
        Infected "安全检查未通过", CheckFailed "多次检查未能完成"
    }
}

/// The life of a piece of evidence, whole. A file that was refused may be explained by discarding it; one that is kept stays.
pub const fn next(status: EvidenceStatus, action: EvidenceAction) -> Option<EvidenceStatus> {
    use EvidenceAction as A;
    use EvidenceStatus as S;

    match (status, action) {
        (S::Declared, A::Upload) => Some(S::Received),
        (S::Received, A::Accept) | (S::Kept, A::Open) => Some(S::Kept),
        (S::Received, A::Refuse) => Some(S::Refused),
        (S::Declared | S::Refused, A::Discard) => Some(S::Discarded),
        (S::Declared, A::Accept | A::Refuse | A::Open)
        | (S::Received, A::Upload | A::Discard | A::Open)
        | (S::Kept, A::Upload | A::Accept | A::Refuse | A::Discard)
        | (S::Refused, A::Upload | A::Accept | A::Refuse | A::Open)
        | (S::Discarded, A::Upload | A::Accept | A::Refuse | A::Discard | A::Open) => None,
    }
}

impl EvidenceAction {
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Upload | Self::Discard => Some(Permission::EvidenceWrite),
            Self::Open => Some(Permission::EvidenceRead),
            Self::Accept | Self::Refuse => None,
        }
    }
}

/// Its file is still to come, or to be checked.
pub const fn is_awaited(status: EvidenceStatus) -> bool {
    matches!(status, EvidenceStatus::Declared | EvidenceStatus::Received)
}

/// A piece of evidence, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct EvidenceFacts {
    pub status: EvidenceStatus,
    pub department_id: Uuid,
    /// Officers of the inspection.
    pub team: Vec<Uuid>,
    /// A legal hold covers the inspection's file.
    pub is_held: bool,
}

impl Decide for EvidenceFacts {
    type Action = EvidenceAction;
    type Next = EvidenceStatus;

    fn is_granted(&self, actor: &Actor, action: EvidenceAction) -> bool {
        let assigned = actor.personnel_id.is_some_and(|officer| self.team.contains(&officer));
        actor.may_take(action.permission(), self.department_id, assigned)
    }

    fn judge(&self, _: &Actor, action: EvidenceAction) -> Result<EvidenceStatus, Refusal> {
        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        check_not_held(self.is_held && action == EvidenceAction::Discard)?;
        Ok(next)
    }
}

/// Evidence is added while its inspection is made or its result is looked at: what was approved stands on what was there.
pub const fn takes_evidence(status: InspectionStatus, kind: EvidenceKind) -> bool {
    use InspectionStatus as S;

    match status {
        S::Started | S::Entered | S::UnderReview | S::Returned => true,
        // Receipts of what is served afterwards, and the like.
        S::Approved | S::Published | S::Withdrawn => matches!(kind, EvidenceKind::Document),
        S::Pending | S::Rejected | S::Void => false,
    }
}

pub fn check_takes_evidence(status: InspectionStatus, kind: EvidenceKind) -> Result<(), Refusal> {
    if takes_evidence(status, kind) {
        return Ok(());
    }
    let label = status.label();
    Err(Refusal::new(
        Code::StateConflict,
        text!(
            "检查为“{label}”，不能再登记该种证据；检查开始后、审核通过前可以登记，此后只登记书证材料（如送达回证）。",
            "The inspection is {code}: evidence is registered from its start until its result is approved, papers afterwards as well.",
            code = status.code()
        ),
    ))
}

/// 拍摄位置, CGCS2000 or WGS 84, decimal degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub longitude: f64,
    pub latitude: f64,
    /// Metres, as the device says.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
}

/// The finding of a result whose evidence is not all there.
pub const EVIDENCE_GAP: &str = "EVIDENCE_GAP";

/// A number that is missing among an inspection's evidence, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub seq: i32,
    /// What became of it; none where it was never registered.
    pub status: Option<EvidenceStatus>,
}

/// The numbers that are missing: never registered, registered and not arrived, or refused. `count` is how many the device says
/// it captured; without it, the highest number counts. One that was discarded has its reason, and is no gap.
pub fn gaps(count: Option<i32>, pieces: &[(i32, EvidenceStatus)]) -> Vec<Gap> {
    use EvidenceStatus as S;

    let last = pieces.iter().map(|(seq, _)| *seq).chain(count).max().unwrap_or(0);
    let there: BTreeSet<_> = pieces
        .iter()
        .filter(|(_, status)| matches!(status, S::Received | S::Kept | S::Discarded))
        .map(|(seq, _)| *seq)
        .collect();
    let missing = (1..=last).filter(|seq| !there.contains(seq));
    let known = |seq: i32| pieces.iter().find(|(known, _)| *known == seq).map(|(_, status)| *status);

    missing.map(|seq| Gap { seq, status: known(seq) }).collect()
}

/// What a file is by its content, of those that are taken; the rest is refused. Files that carry scripts (SVG, HTML) and
/// archives are none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType {
    pub name: &'static str,
    pub kind: EvidenceKind,
    pub extension: &'static str,
}

const fn media(name: &'static str, kind: EvidenceKind, extension: &'static str) -> MediaType {
    MediaType { name, kind, extension }
}

pub const MEDIA_TYPES: [MediaType; 22] = [
    media("image/jpeg", EvidenceKind::Photo, "jpg"),
    media("image/png", EvidenceKind::Photo, "png"),
    media("image/webp", EvidenceKind::Photo, "webp"),
    media("image/heif", EvidenceKind::Photo, "heic"),
    media("audio/mpeg", EvidenceKind::Audio, "mp3"),
    media("audio/m4a", EvidenceKind::Audio, "m4a"),
    media("audio/mp4", EvidenceKind::Audio, "m4a"),
    media("audio/3gpp", EvidenceKind::Audio, "3gp"),
    media("audio/x-wav", EvidenceKind::Audio, "wav"),
    media("audio/ogg", EvidenceKind::Audio, "ogg"),
    media("audio/amr", EvidenceKind::Audio, "amr"),
    media("audio/aac", EvidenceKind::Audio, "aac"),
    media("audio/x-flac", EvidenceKind::Audio, "flac"),
    media("video/mp4", EvidenceKind::Video, "mp4"),
    media("video/quicktime", EvidenceKind::Video, "mov"),
    media("video/webm", EvidenceKind::Video, "webm"),
    media("video/3gpp", EvidenceKind::Video, "3gp"),
    media("video/x-matroska", EvidenceKind::Video, "mkv"),
    media("application/pdf", EvidenceKind::Document, "pdf"),
    media("application/ofd", EvidenceKind::Document, "ofd"),
    media("application/vnd.openxmlformats-officedocument.wordprocessingml.document", EvidenceKind::Document, "docx"),
    media("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", EvidenceKind::Document, "xlsx"),
];

/// Whether a file of a type is taken as a kind: a paper may be photographed, anything else is what it says.
pub fn check_media(found: Option<&str>, kind: EvidenceKind) -> Result<MediaType, EvidenceFault> {
    // Containers of sound and of pictures begin alike: they are what the device says that it recorded.
    let found = match (found, kind) {
        (Some("video/mp4"), EvidenceKind::Audio) => Some("audio/mp4"),
        (Some("video/3gpp"), EvidenceKind::Audio) => Some("audio/3gpp"),
        (found, _) => found,
    };
    let known = found.and_then(|found| MEDIA_TYPES.into_iter().find(|known| known.name == found));
    let media = known.ok_or(EvidenceFault::TypeNotAllowed)?;
    let photographed = kind == EvidenceKind::Document && media.kind == EvidenceKind::Photo;
    if media.kind == kind || photographed { Ok(media) } else { Err(EvidenceFault::KindMismatch) }
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
