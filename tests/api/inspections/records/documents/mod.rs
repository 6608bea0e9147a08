//! 执法文书: drafted, issued once from what is stored, served, void with its number kept.

mod numbers;

use crate::harness::World;
use domain::records::documents::templates::{Values, version};
use domain::records::sheets::Stamp;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ADMIN: &str = "market.admin";

fn notice() -> Value {
    json!({ "materials": "营业执照、食品经营许可证", "contact": "王强，0839-4200000" })
}

fn year() -> i32 {
    chrono::Datelike::year(&crate::harness::today())
}

async fn file_of(world: &World, document: &str, format: &str) -> Vec<u8> {
    let call = world.post(ADMIN, &format!("{document}/links")).json(&json!({ "format": format }));
    let link = call.send().await.expect(201)["url"].as_str().unwrap().to_owned();
    let read = world.anonymous(Method::GET, &link).send().await;
    assert_eq!(read.status, 200, "{}", read.text);
    read.content
}

#[tokio::test]
async fn a_document_is_issued_once_from_what_is_stored_and_verified_by_everybody() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let document = world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", json!({ "materials": "营业执照" })).await;
    let id = document.rsplit('/').next().unwrap();
    world.assert_audit("documents", id, "CREATED", ADMIN).await;

    // A draft is looked at; what is missing is named when it is to be issued.
    let preview = world.get(ADMIN, &format!("{document}/preview")).await;
    assert_eq!((preview.status, preview.header("content-type")), (200, "application/pdf"));
    assert!(preview.content.starts_with(b"%PDF-"));
    let refused = world.act(ADMIN, &document, "issue", None).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/inputs/contact"), &json!("REQUIRED"))
    );
    let put = async |inputs: Value| {
        let version = world.get(ADMIN, &document).await.expect(200)["version"].as_i64().unwrap();
        world.request(Method::PUT, ADMIN, &document).if_match(version).json(&json!({ "inputs": inputs })).send().await
    };
    let bad = put(json!({ "colour": "red", "contact": "字".repeat(201) })).await.expect_problem(422, "INVALID_BODY");
    let named: Vec<_> = bad["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(named, ["/inputs/colour", "/inputs/contact"]);
    put(json!({ "contact": "王\u{e000}强" })).await.expect(200);
    world.assert_audit("documents", id, "UPDATED", ADMIN).await;
    let refused = world.act(ADMIN, &document, "issue", None).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_PRINTABLE", "said before it is an empty box on paper");
    put(notice()).await.expect(200);

    let issued = world.act(ADMIN, &document, "issue", None).await.expect(200);
    assert_eq!(issued["number"], format!("旺市监检通〔{}〕1号", year()));
    assert_eq!(issued["status"], "ISSUED");
    world.assert_audit("documents", id, "ISSUED", ADMIN).await;
    world.act(ADMIN, &document, "issue", None).await.expect_problem(409, "STATE_CONFLICT");
    put(notice()).await.expect_problem(409, "STATE_CONFLICT");

    // Its files are what their digests say, and what anybody makes of the same data again.
    let (pdf, docx) = (file_of(&world, &document, "PDF").await, file_of(&world, &document, "DOCX").await);
    world.assert_audit("documents", id, "FILE_OPENED", ADMIN).await;
    assert_eq!(issued["pdf_sha256"], hex::encode(Sha256::digest(&pdf)));
    assert_eq!(issued["docx_sha256"], hex::encode(Sha256::digest(&docx)));
    let again = set_again(&issued);
    assert!(again == (pdf, docx), "the same data, the same bytes");
    let fields = &issued["fields"];
    assert!(fields["body_name"].as_str().unwrap().contains("market"), "the published body: {fields}");
    assert!(fields["officers"].as_str().unwrap().contains("证号"), "{fields}");

    // Whoever holds the paper asks what was issued, and learns nothing of what it says.
    let code = issued["verify_url"].as_str().unwrap().rsplit('/').next().unwrap();
    let path = format!("/api/v1/public/documents/{code}");
    let seen = world.anonymous(Method::GET, &path).send().await.expect(200);
    assert_eq!((&seen["number"], &seen["pdf_sha256"]), (&issued["number"], &issued["pdf_sha256"]));
    assert!(!seen.to_string().contains(fields["object_name"].as_str().unwrap()));
    let lower = path.replace(code, &code.to_ascii_lowercase());
    world.anonymous(Method::GET, &lower).send().await.expect(200);
    world.anonymous(Method::GET, "/api/v1/public/documents/2222222222222222").send().await.expect(404);
    let page = world.anonymous(Method::GET, &format!("/verify/documents/{code}")).send().await;
    assert!(page.status == 200 && page.text.contains("执法文书核验"));

    // Served, and void afterwards by somebody else: the number stays.
    let waits = world.get(ADMIN, "/api/v1/worklist?kind=DOCUMENT_TO_SERVE").await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], id);
    let now = mingjian::kernel::ctx::now();
    let early = json!({ "way": "DIRECT", "to": "经营者", "at": "2020-01-01T00:00:00Z" });
    let refused = world.act(ADMIN, &document, "serve", Some(early)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/at");
    let served = json!({ "way": "DIRECT", "to": "张三（经营者）", "at": now });
    let served = world.act(ADMIN, &document, "serve", Some(served)).await.expect(200);
    assert_eq!((&served["status"], &served["service"]["way"]), (&json!("SERVED"), &json!("DIRECT")));
    world.assert_audit("documents", id, "SERVED", ADMIN).await;
    let reason = json!({ "reason": "被检查人名称有误" });
    world.act(ADMIN, &document, "void", Some(reason.clone())).await.expect_problem(403, "FORBIDDEN");
    let void = world.act("market.head", &document, "void", Some(reason)).await.expect(200);
    assert_eq!((&void["status"], &void["number"]), (&json!("VOID"), &issued["number"]));
    world.assert_audit("documents", id, "VOIDED", "market.head").await;
    let seen = world.anonymous(Method::GET, &path).send().await.expect(200);
    assert_eq!((&seen["status"], seen["voided_on"].is_string()), (&json!("VOID"), true));
    let next = world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", notice()).await;
    let next = world.act(ADMIN, &next, "issue", None).await.expect(200);
    assert_eq!(next["number"], format!("旺市监检通〔{}〕2号", year()));

    // Both acts stand in the public log, and name nobody.
    let acts = world.anonymous(Method::GET, &format!("/api/v1/public/log/acts?record_id={id}")).send().await;
    let acts = acts.expect(200);
    let told: Vec<_> = acts["items"].as_array().unwrap().iter().map(|act| act["action"].clone()).collect();
    assert_eq!(told.len(), 2, "{acts}");
    world.get("emergency.admin", &document).await.expect_problem(404, "NOT_FOUND");
}

/// Both files of an issued document, made from what its record says and nothing else.
fn set_again(issued: &Value) -> (Vec<u8>, Vec<u8>) {
    let values = |value: &Value| serde_json::from_value::<Values>(value.clone()).unwrap();
    let kind = serde_json::from_value(issued["kind"].clone()).unwrap();
    let template = version(kind, i32::try_from(issued["template_version"].as_i64().unwrap()).unwrap()).unwrap();
    let day: chrono::NaiveDate = issued["issued_on"].as_str().unwrap().parse().unwrap();
    let address = issued["verify_url"].as_str().unwrap();
    let (code, content) = (address.rsplit('/').next().unwrap(), &issued["content_sha256"].as_str().unwrap()[..16]);
    let mut lines = vec![format!("核验码 {code}　内容摘要 {content}…"), address.to_owned()];
    if let Some(root) = issued["checkpoint"]["root"].as_str() {
        lines.push(format!("存证日志检查点 {} · {}…", issued["checkpoint"]["size"], &root[..16]));
    }
    let stamp = Stamp { address: address.to_owned(), lines };
    let made_on = (chrono::Datelike::year(&day), chrono::Datelike::month(&day), chrono::Datelike::day(&day));
    let sheet = template.sheet(&values(&issued["fields"]), &values(&issued["inputs"]), made_on, Some(stamp));
    (typesetting::pdf(&sheet).unwrap(), typesetting::docx(&sheet).unwrap())
}

#[tokio::test]
async fn what_is_refused_has_its_witness_and_a_receipt_says_of_what() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let inputs = json!({
        "violation": "销售标签不符合规定的预包装食品。", "law": "《中华人民共和国食品安全法》第六十七条",
        "order_basis": "《中华人民共和国食品安全法》第一百二十六条", "demand": "停止销售并改正标签", "due_on": in_a_month(),
        "review_organ": "旺苍县人民政府", "court": "旺苍县人民法院",
    });
    let order = world.draft(ADMIN, &inspection, "RECTIFICATION_ORDER", inputs).await;
    let at = || mingjian::kernel::ctx::now();
    let early = json!({ "to": "张三", "at": at(), "witnesses": ["李四"], "note": "拒绝签收" });
    world.act(ADMIN, &order, "record-refusal", Some(early)).await.expect_problem(409, "STATE_CONFLICT");
    let issued = world.act(ADMIN, &order, "issue", None).await.expect(200);

    let nobody = json!({ "to": "张三", "at": at(), "witnesses": [], "note": "拒绝签收" });
    world.act(ADMIN, &order, "record-refusal", Some(nobody)).await.expect_problem(422, "INVALID_BODY");
    let refusal = json!({ "to": "张三", "at": at(), "witnesses": ["李四（社区干部）"], "note": "拒绝签收" });
    let refused = world.act(ADMIN, &order, "record-refusal", Some(refusal)).await.expect(200);
    assert_eq!((&refused["status"], &refused["service"]), (&json!("REFUSED"), &Value::Null));
    assert_eq!(refused["refusal"]["witnesses"], json!(["李四（社区干部）"]));
    // What was refused is not served: it still waits for that.
    let waits = world.get(ADMIN, "/api/v1/worklist?kind=DOCUMENT_TO_SERVE").await.expect(200);
    assert_eq!(waits["items"][0]["resource_id"], order.rsplit('/').next().unwrap());
    let id = order.rsplit('/').next().unwrap();
    world.assert_audit("documents", id, "SERVICE_REFUSED", ADMIN).await;
    let left = json!({ "way": "LEFT", "to": "张三", "at": at() });
    let answer = world.act(ADMIN, &order, "serve", Some(left)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(answer["errors"][0]["pointer"], "/witnesses");
    let foreign = mingjian::kernel::ctx::random_id();
    let left =
        json!({ "way": "LEFT", "to": "张三", "at": at(), "witnesses": ["李四"], "receipt_evidence_id": foreign });
    let answer = world.act(ADMIN, &order, "serve", Some(left)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(answer["errors"][0]["pointer"], "/receipt_evidence_id");
    let left = json!({ "way": "LEFT", "to": "张三", "at": at(), "witnesses": ["李四"] });
    let left = world.act(ADMIN, &order, "serve", Some(left)).await.expect(200);
    assert_eq!((&left["status"], &left["service"]["way"]), (&json!("SERVED"), &json!("LEFT")));
    assert_eq!(left["refusal"]["note"], "拒绝签收", "the refusal stays");
    let line = world.assert_audit("documents", id, "SERVED", ADMIN).await;
    assert!(!line.to_string().contains("李四"), "the trail names nobody of outside");

    // A receipt is of a document of the same inspection that has its number.
    let create = async |body: Value| world.post(ADMIN, &format!("{inspection}/documents")).json(&body).send().await;
    let alone = create(json!({ "kind": "SERVICE_RECEIPT" })).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(alone["errors"][0]["pointer"], "/about_id");
    create(json!({ "kind": "SITE_RECORD", "about_id": id })).await.expect_problem(422, "INVALID_BODY");
    create(json!({ "kind": "SERVICE_RECEIPT", "about_id": foreign })).await.expect_problem(422, "INVALID_BODY");
    let inputs = json!({ "place": "旺苍县东河镇", "way": "留置送达" });
    let receipt = create(json!({ "kind": "SERVICE_RECEIPT", "about_id": id, "inputs": inputs })).await.expect(201);
    let receipt = format!("/api/v1/documents/{}", receipt["id"].as_str().unwrap());
    let receipt = world.act(ADMIN, &receipt, "issue", None).await.expect(200);
    let about = receipt["fields"]["about"].as_str().unwrap();
    assert!(about.contains(issued["number"].as_str().unwrap()), "{about}");
    let path = format!("/api/v1/documents/{}", receipt["id"].as_str().unwrap());
    let served = json!({ "way": "DIRECT", "to": "张三", "at": at() });
    world.act(ADMIN, &path, "serve", Some(served)).await.expect_problem(409, "STATE_CONFLICT");

    // A draft that nobody needs had no number.
    let draft = world.draft(ADMIN, &inspection, "SITE_RECORD", json!({})).await;
    let reason = json!({ "reason": "重复起草" });
    let gone = world.act(ADMIN, &draft, "discard", Some(reason)).await.expect(200);
    assert_eq!((&gone["status"], &gone["number"]), (&json!("DISCARDED"), &Value::Null));
    world.assert_audit("documents", draft.rsplit('/').next().unwrap(), "DISCARDED", ADMIN).await;
    world.get(ADMIN, &format!("{draft}/preview")).await.expect_problem(404, "NOT_FOUND");
}

fn in_a_month() -> chrono::NaiveDate {
    crate::harness::today() + chrono::Days::new(30)
}

/// Drafts and issues a kind with what its template asks for; gives the answer.
async fn issue_as_asked(world: &World, inspection: &str, kind: &str, about: &Value) -> crate::harness::Answer {
    let templates = world.get(ADMIN, "/api/v1/document-templates").await.expect(200);
    let template = templates["items"].as_array().unwrap().iter().find(|template| template["kind"] == kind).unwrap();
    let given = template["inputs"].as_array().unwrap().iter().map(|input| {
        let value = if input["is_date"] == true { json!(in_a_month()) } else { json!("按实际情况填写") };
        (input["name"].as_str().unwrap().to_owned(), value)
    });
    let inputs: serde_json::Map<_, _> = given.collect();
    let body = json!({ "kind": kind, "inputs": inputs, "about_id": about });
    let made = world.post(ADMIN, &format!("{inspection}/documents")).json(&body).send().await.expect(201);
    world.act(ADMIN, &format!("/api/v1/documents/{}", made["id"].as_str().unwrap()), "issue", None).await
}

/// Each of the nine in its order: a result is not told before it is approved, and no record says what nobody has recorded.
#[tokio::test]
async fn every_kind_is_issued_in_its_order() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let issue = async |kind: &str, about: &Value| issue_as_asked(&world, &inspection, kind, about).await;
    for kind in ["INSPECTION_APPROVAL", "INSPECTION_NOTICE", "SAMPLING_RECORD", "INQUEST_RECORD", "INQUIRY_RECORD"] {
        let issued = issue(kind, &Value::Null).await.expect(200);
        if kind == "INSPECTION_APPROVAL" {
            assert_eq!(issued["fields"]["head_opinion"], "同意", "as the head said it, not as somebody typed it");
        }
    }
    for early in ["SITE_RECORD", "RESULT_NOTICE"] {
        issue(early, &Value::Null).await.expect_problem(409, "STATE_CONFLICT");
    }

    let item = world.items_of("51082103").await.remove(0);
    let result = json!({
        "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["1"],
        "points": [World::point(&item, "1")],
    });
    world.act(ADMIN, &inspection, "record-result", Some(result)).await.expect(200);
    let record = issue("SITE_RECORD", &Value::Null).await.expect(200);
    assert!(record["fields"]["checks"].as_str().unwrap().contains("现场查看"), "{record}");
    issue("INSPECTION_NOTICE", &Value::Null).await.expect_problem(409, "STATE_CONFLICT");
    world.act(ADMIN, &inspection, "submit", None).await.expect(200);
    issue("RESULT_NOTICE", &Value::Null).await.expect_problem(409, "STATE_CONFLICT");
    world.act("market.reviewer", &inspection, "approve-result", Some(json!({}))).await.expect(200);
    issue("RESULT_NOTICE", &Value::Null).await.expect(200);
    let order = issue("RECTIFICATION_ORDER", &Value::Null).await.expect(200);
    issue("SERVICE_RECEIPT", &order["id"]).await.expect(200);

    // A receipt comes back after the result is approved, and is evidence then.
    let paper = b"%PDF-1.4 a receipt";
    world.kept(ADMIN, &inspection, &World::captured(1, "DOCUMENT", paper), paper).await;
}
