//! 执法证: applied for by departments, issued, examined and withdrawn by the justice bureau.

use super::personnel::{CertificateView, HeldCertificateView};
use crate::http::kernel::extract::{Act, AsKnown, Id, Json, List, Listed, Query, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::officers::personnel;
use crate::service::officers::personnel::bodies::{ExaminationBody, IssueBody, SuspendBody};
use crate::service::officers::personnel::certificates;
use crate::service::officers::personnel::then::certificate;
use domain::access::Permit;
use domain::access::permit::{CertificatesApprove, PersonnelRead, PersonnelWrite};
use domain::officers::certificates::CertificateAction;

pub fn routes(api: &mut Api) {
    let mut group = api.group("certificates", "行政执法证");
    group.get(
        "/api/v1/certificates",
        "list_certificates",
        "查询行政执法证",
        "按状态、证号、有效期、年审截止查询；所属人员和部门一并给出。",
        list_certificates,
    );
    group.get(
        "/api/v1/certificates/{id}",
        "get_certificate",
        "行政执法证详情",
        "一个证件；as_of、known_at 查询某日的状态，到期和暂扣期满按当日计算。",
        get_certificate,
    );

    group.post(
        "/api/v1/certificates/{id}/approve",
        "approve_certificate",
        "同意申领",
        "部门的申领经司法局同意后核发。",
        approve_certificate,
    );
    group.post("/api/v1/certificates/{id}/reject", "reject_certificate", "不同意申领", "附理由。", reject_certificate);
    group.post(
        "/api/v1/certificates/{id}/resume",
        "resume_certificate",
        "恢复行政执法证",
        "结束暂扣。",
        resume_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/revoke",
        "revoke_certificate",
        "吊销行政执法证",
        "不可恢复。",
        revoke_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/report-loss",
        "report_certificate_loss",
        "挂失行政执法证",
        "挂失期间不得执法，补发后原证作废。",
        report_certificate_loss,
    );
    group.post(
        "/api/v1/certificates/{id}/cancel",
        "cancel_certificate",
        "注销行政执法证",
        "调离、退休等。",
        cancel_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/issue",
        "issue_certificate",
        "核发行政执法证",
        "填写证号和日期；有效期默认六年，年审默认一年。",
        issue_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/suspend",
        "suspend_certificate",
        "暂扣行政执法证",
        "暂扣期间不得参加抽取和检查；到期自动恢复。",
        suspend_certificate,
    );
    group.post(
        "/api/v1/certificates/{id}/examine",
        "examine_certificate",
        "年审",
        "合格则顺延年审截止日，不合格则收回证件。",
        examine_certificate,
    );

    group.post(
        "/api/v1/certificates/{id}/reissue",
        "reissue_certificate",
        "补发行政执法证",
        "原证标为已补发，新证注明所补发的原证。",
        reissue_certificate,
    );
}

pub struct Certificates;

impl Listed for Certificates {
    type Entity = entity::officers::certificates::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &personnel::CERTIFICATES;
}

async fn list_certificates(
    read: Read<PersonnelRead>,
    list: List<Certificates>,
) -> Result<PageReply<HeldCertificateView>> {
    let (db, ctx) = (&read.app.db, &read.ctx);
    let scope = personnel::scoped_certificates(ctx);
    let page = list::page(db, ctx, &personnel::CERTIFICATES, scope, &list.request).await?;
    let holders =
        personnel::by_ids(db, page.items.iter().map(|certificate| certificate.personnel_id).collect()).await?;
    PageReply::new(&list, page.try_map(|certificate| HeldCertificateView::of(certificate, &holders))?)
}

type Certificate = Result<Reply<CertificateView>>;

async fn get_certificate(read: Read<PersonnelRead>, id: Id, known: Query<AsKnown>) -> Certificate {
    known.0.check(read.ctx.today())?;
    Reply::new(certificate(&read.app.db, &read.ctx, id.0, (known.0.as_of, known.0.known_at)).await?.into())
}

async fn approve_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Approve, body).await
}

async fn reject_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Reject, body).await
}

async fn resume_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Resume, body).await
}

async fn revoke_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Revoke, body).await
}

async fn report_certificate_loss(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::ReportLoss, body).await
}

async fn cancel_certificate(act: Act<PersonnelWrite>, at: Versioned, body: Json<ReasonBody>) -> Certificate {
    act_on(act, at, CertificateAction::Cancel, body).await
}

async fn act_on<P: Permit>(
    act: Act<P>,
    at: Versioned,
    action: CertificateAction,
    body: Json<ReasonBody>,
) -> Certificate {
    let reason = body.0.reason;
    act.0
        .run(async |tx| Ok(certificates::act(tx, at.id, at.version, action, &reason, None).await?.map(Into::into)))
        .await
}

async fn suspend_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<SuspendBody>) -> Certificate {
    let SuspendBody { reason, until } = body.0;
    let action = CertificateAction::Suspend;
    act.0
        .run(async |tx| Ok(certificates::act(tx, at.id, at.version, action, &reason, until).await?.map(Into::into)))
        .await
}

async fn issue_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<IssueBody>) -> Certificate {
    let app = &act.0.app;
    act.0
        .run(async |tx| Ok(certificates::issue(app, tx, at.id, at.version, body.0.clone()).await?.map(Into::into)))
        .await
}

async fn examine_certificate(act: Act<CertificatesApprove>, at: Versioned, body: Json<ExaminationBody>) -> Certificate {
    act.0
        .run(async |tx| {
            Ok(certificates::examine(&act.0.app, tx, at.id, at.version, body.0.clone()).await?.map(Into::into))
        })
        .await
}

async fn reissue_certificate(
    act: Act<CertificatesApprove>,
    at: Versioned,
    body: Json<IssueBody>,
) -> Result<Created<CertificateView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| Ok(certificates::reissue(app, tx, at.id, at.version, body.0.clone()).await?.map(Into::into)))
        .await
}
