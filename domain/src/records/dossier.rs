//! 一企一档: what is said of each record of an enterprise in one line. A record's state, now or of before, has the same names.

use crate::complaints::{ComplaintChannel, ComplaintKind, ComplaintOutcome, ComplaintStatus};
use crate::inspections::case_referrals::ReferralStatus;
use crate::inspections::follow_ups::FollowUpStatus;
use crate::inspections::inspections::InspectionStatus;
use crate::records::documents::{DocumentKind, DocumentStatus};
use crate::records::evidence::{EvidenceKind, EvidenceStatus};
use crate::risks::risk_clues::{ClueSource, ClueStatus, RiskLevel};
use crate::visits::VisitStatus;
use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What each line has.
pub trait Line: DeserializeOwned {
    /// The noun.
    const NAME: &'static str;
    fn id(&self) -> Uuid;
    fn created_at(&self) -> DateTime<Utc>;
    fn updated_at(&self) -> DateTime<Utc>;
    /// Its columns.
    const FIELDS: &'static [&'static str];

    /// What is not known of a record that has changed since, where no state is kept.
    fn forget(&mut self) {}
}

macro_rules! line {
    ($(#[$meta:meta])* pub struct $name:ident of $noun:literal { $($(#[$field_meta:meta])* $field:ident: $kind:ty),+ $(,)? } $($forget:item)?) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "orm", derive(sea_orm::FromQueryResult))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name {
            pub id: Uuid,
            $($(#[$field_meta])* #[cfg_attr(feature = "openapi", schema(required))] pub $field: $kind,)+
            pub created_at: DateTime<Utc>,
            pub updated_at: DateTime<Utc>,
        }

        impl Line for $name {
            const NAME: &'static str = $noun;
            const FIELDS: &'static [&'static str] = &["id", $(stringify!($field),)+ "created_at", "updated_at"];

            fn id(&self) -> Uuid {
                self.id
            }

            fn created_at(&self) -> DateTime<Utc> {
                self.created_at
            }

            fn updated_at(&self) -> DateTime<Utc> {
                self.updated_at
            }

            $($forget)?
        }
    };
}

line! {
    /// 一次入企检查
    pub struct VisitLine of "visits" {
        code: String,
        status: VisitStatus,
        lead_department_id: Uuid,
        window_from: NaiveDate,
        window_to: NaiveDate,
        entered_on: Option<NaiveDate>,
        urgent: bool,
        /// 占用哪一年度的检查额度
        budget_year: Option<i32>,
        found_problems: Option<bool>,
    }
}

line! {
    /// 一次检查
    pub struct InspectionLine of "inspections" {
        code: String,
        department_id: Uuid,
        status: InspectionStatus,
        inspected_on: Option<NaiveDate>,
        published_at: Option<DateTime<Utc>>,
        withdrawn_at: Option<DateTime<Utc>>,
    }
}

line! {
    /// 一项后续处置
    pub struct FollowUpLine of "follow-ups" {
        inspection_id: Uuid,
        measure: String,
        status: FollowUpStatus,
        due_on: Option<NaiveDate>,
        done_on: Option<NaiveDate>,
        referral_id: Option<Uuid>,
    }
}

line! {
    /// 一次案件移送
    pub struct ReferralLine of "case-referrals" {
        code: String,
        follow_up_id: Uuid,
        handler_department_id: Uuid,
        status: ReferralStatus,
        case_no: Option<String>,
        filed_on: Option<NaiveDate>,
        closed_on: Option<NaiveDate>,
    }
}

line! {
    /// 一条风险线索
    pub struct ClueLine of "risk-clues" {
        code: String,
        name: String,
        level: RiskLevel,
        source: ClueSource,
        status: ClueStatus,
        department_id: Option<Uuid>,
        issued_at: DateTime<Utc>,
    }
}

line! {
    /// 一件投诉举报; never who it was
    pub struct ComplaintLine of "complaints" {
        code: String,
        kind: ComplaintKind,
        channel: ComplaintChannel,
        title: String,
        status: ComplaintStatus,
        outcome: Option<ComplaintOutcome>,
        department_id: Option<Uuid>,
        received_at: DateTime<Utc>,
    }
}

line! {
    /// 一份执法文书
    pub struct DocumentLine of "documents" {
        inspection_id: Uuid,
        kind: DocumentKind,
        status: DocumentStatus,
        number: Option<String>,
        issued_on: Option<NaiveDate>,
        pdf_sha256: Option<String>,
        docx_sha256: Option<String>,
    }
}

line! {
    /// 一份证据
    pub struct EvidenceLine of "evidence" {
        inspection_id: Uuid,
        seq: i32,
        kind: EvidenceKind,
        /// null where it has changed since the day that was asked for
        status: Option<EvidenceStatus>,
        /// 采集时的摘要
        sha256: String,
        captured_at: DateTime<Utc>,
    }

    fn forget(&mut self) {
        self.status = None;
    }
}
