//! Evidence of an inspection that goes on.

use crate::harness::{Answer, Server, World};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Cursor;

/// A photo that no other is like.
pub fn photo(seed: u32) -> Vec<u8> {
    let shade = |at: u32| u8::try_from(at % 251).unwrap();
    let picture = RgbImage::from_fn(640, 400, |x, y| image::Rgb([shade(x + seed), shade(y * 3), shade(x * y + seed)]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

impl World {
    /// An inspection of a side that its officers have begun.
    pub async fn begun_inspection(&self, side: &str) -> String {
        let object = self.get("market.lead", "/api/v1/objects?limit=1&registration_status=ACTIVE").await.expect(200);
        self.begun_inspection_at(side, &object["items"][0]["id"]).await
    }

    /// The same, of an object.
    pub async fn begun_inspection_at(&self, side: &str, object: &Value) -> String {
        let visit = self.daily_visit(side, object).await;
        self.walk_visit(side, &visit, 4).await;
        let admin = format!("{side}.admin");
        let made = self.get(&admin, &visit).await.expect(200);
        let inspection = format!("/api/v1/inspections/{}", made["parts"][0]["inspection_ids"][0].as_str().unwrap());
        self.act(&admin, &inspection, "start", None).await.expect(200);
        inspection
    }

    /// What is registered of a file when it is captured.
    pub fn captured(seq: i64, kind: &str, content: &[u8]) -> Value {
        json!({
            "seq": seq, "kind": kind, "filename": format!("IMG_{seq:04}"), "size_bytes": content.len(),
            "sha256": hex::encode(Sha256::digest(content)), "captured_at": mingjian::kernel::ctx::now(),
        })
    }

    /// Registers a file; gives the evidence's path.
    pub async fn declare(&self, who: &str, inspection: &str, body: &Value) -> String {
        let made = self.post(who, &format!("{inspection}/evidence")).json(body).send().await;
        let id = made.expect(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(made.header("location"), format!("/api/v1/evidence/{id}"));
        made.header("location").to_owned()
    }

    /// Sends bytes of a file from an offset on.
    pub async fn send_bytes(&self, who: &str, evidence: &str, offset: usize, bytes: Vec<u8>) -> Answer {
        self.request(Method::PATCH, who, &format!("{evidence}/upload"))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", &offset.to_string())
            .raw("application/offset+octet-stream", bytes)
            .send()
            .await
    }

    /// Sends bytes over a line that may break.
    pub async fn cut(
        &self,
        server: &Server,
        who: &str,
        evidence: &str,
        offset: usize,
        length: usize,
        body: reqwest::Body,
    ) -> reqwest::Result<reqwest::Response> {
        reqwest::Client::new()
            .patch(format!("{}{evidence}/upload", server.url))
            .bearer_auth(self.token(who))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset.to_string())
            .header("content-type", "application/offset+octet-stream")
            .header("content-length", length.to_string())
            .body(body)
            .send()
            .await
    }

    /// How far a file has come.
    pub async fn upload_offset(&self, who: &str, evidence: &str) -> usize {
        let call = self.request(Method::HEAD, who, &format!("{evidence}/upload")).header("tus-resumable", "1.0.0");
        let answer = call.send().await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        answer.header("upload-offset").parse().unwrap()
    }

    /// Evidence after its check.
    pub async fn checked(&self, who: &str, evidence: &str) -> Value {
        for _ in 0..1_200 {
            let one = self.get(who, evidence).await.expect(200);
            if one["status"] != "RECEIVED" {
                return one;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the check did not end");
    }

    /// Registers a file and sends it whole; gives its path, when it is checked.
    pub async fn kept(&self, who: &str, inspection: &str, body: &Value, content: &[u8]) -> String {
        let path = self.declare(who, inspection, body).await;
        self.send_bytes(who, &path, 0, content.to_vec()).await.expect(204);
        assert_eq!(self.checked(who, &path).await["status"], "KEPT");
        path
    }

    /// A draft of a document of an inspection; gives its path.
    pub async fn draft(&self, who: &str, inspection: &str, kind: &str, inputs: Value) -> String {
        let body = json!({ "kind": kind, "inputs": inputs });
        let made = self.post(who, &format!("{inspection}/documents")).json(&body).send().await.expect(201);
        format!("/api/v1/documents/{}", made["id"].as_str().unwrap())
    }

    /// The address at which a file can be read for a while.
    pub async fn link(&self, who: &str, evidence: &str, variant: &str) -> String {
        let call = self.post(who, &format!("{evidence}/links")).json(&json!({ "variant": variant }));
        call.send().await.expect(201)["url"].as_str().unwrap().to_owned()
    }
}
