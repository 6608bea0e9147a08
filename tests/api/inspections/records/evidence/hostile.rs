//! Files that somebody made to do harm: refused, or inert, and never many bytes of memory.

use super::uploads::sound;
use crate::harness::{World, photo};
use reqwest::Method;
use serde_json::json;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const KIB: usize = 1024;

/// A picture of so many pixels, as its header says.
fn endless_png(width: u32, height: u32) -> Vec<u8> {
    let mut picture = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(1, 1).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let mut bytes = picture.into_inner();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    bytes
}

/// A picture of black pixels that packs a thousandfold.
fn packed_png(side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(side, side).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn zipped(name: &str, size: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    zip.write_all(&vec![0; size]).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Name, kind, content, and what becomes of it: nothing where it is kept and inert.
fn hostile() -> Vec<(String, &'static str, Vec<u8>, Option<&'static str>)> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script></svg>";
    let html = "<!DOCTYPE html><html><body onload=\"alert(1)\"></body></html>";
    let entities =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>";
    let mut files = Vec::new();
    let mut add = |name: &str, kind, content: Vec<u8>, fault| files.push((name.to_owned(), kind, content, fault));
    const REFUSED: Option<&str> = Some("TYPE_NOT_ALLOWED");
    const OTHER: Option<&str> = Some("KIND_MISMATCH");
    const HUGE: Option<&str> = Some("TOO_LARGE");

    for round in 0..25u32 {
        let pad = " ".repeat(round as usize);
        let seed = u64::from(round);
        // Scripts under the name of a picture, a paper, a video.
        add("photo.jpg", "PHOTO", format!("{svg}{pad}").into_bytes(), REFUSED);
        add("paper.pdf", "DOCUMENT", format!("{html}{pad}").into_bytes(), REFUSED);
        add("feed.xml", "DOCUMENT", format!("{entities}{pad}").into_bytes(), REFUSED);
        add("run.sh", "VIDEO", format!("#!/bin/sh\nrm -rf /\n{pad}").into_bytes(), REFUSED);
        // Programs and archives.
        add("tool.exe", "DOCUMENT", [b"MZ\x90\0".as_slice(), &sound(500 + round as usize, seed)].concat(), REFUSED);
        add("bomb.zip", "DOCUMENT", zipped("0.bin", 8 * KIB * KIB + round as usize), REFUSED);
        // What is one thing and says it is another.
        add("photo.mp3", "PHOTO", sound(3_000 + round as usize, seed), OTHER);
        add("video.mp4", "VIDEO", photo(round), OTHER);
        // A picture and a page at once: kept, and served as a picture and nothing else.
        add("both.jpg", "PHOTO", [photo(round), html.as_bytes().to_vec()].concat(), None);
        add("both.png", "PHOTO", [packed_png(8), zipped("0.bin", 1_000 + round as usize)].concat(), None);
        // Pictures without end, and such as unpack to a thousand times their size.
        add("endless.png", "PHOTO", endless_png(0x7fff_ff00 + round, 0x7fff_ffff), HUGE);
        add("packed.png", "PHOTO", packed_png(3_000 + round), None);
    }
    files
}

/// Names are for show: they name no place.
#[tokio::test]
async fn names_that_lead_elsewhere_are_refused() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    for name in ["../../etc/passwd", "..\\boot.ini", "a/b", "", "\u{1}"] {
        let mut body = World::captured(1, "PHOTO", b"x");
        body["filename"] = json!(name);
        let refused = world.post("market.admin", &format!("{inspection}/evidence")).json(&body).send().await;
        assert_eq!(refused.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/filename", "{name:?}");
    }
}

#[tokio::test]
async fn three_hundred_hostile_files_are_refused_or_inert() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let files = hostile();
    assert_eq!(files.len(), 300);
    // What a server holds that has kept a few photos: its connections, its caches.
    for seq in 1..=20 {
        let content = photo(u32::try_from(1_000 + seq).unwrap());
        world.kept("market.admin", &inspection, &World::captured(seq, "PHOTO", &content), &content).await;
    }
    let before = world.server.resident_kib();
    let mut most = before;

    for (seq, (name, kind, content, fault)) in (21..).zip(&files) {
        let mut body = World::captured(seq, kind, content);
        body["filename"] = json!(name);
        let path = world.declare("market.admin", &inspection, &body).await;
        world.send_bytes("market.admin", &path, 0, content.clone()).await.expect(204);
        let one = world.checked("market.admin", &path).await;
        most = most.max(world.server.resident_kib());

        if let Some(fault) = fault {
            assert_eq!((&one["status"], &one["fault"]), (&json!("REFUSED"), &json!(fault)), "{name}");
            let call = world.post("market.admin", &format!("{path}/links")).json(&json!({ "variant": "ORIGINAL" }));
            call.send().await.expect_problem(409, "STATE_CONFLICT");
        } else {
            assert_eq!(one["status"], "KEPT", "{name}: {one}");
            let link = world.link("market.admin", &path, "ORIGINAL").await;
            let read = world.anonymous(Method::GET, &link).send().await;
            assert!(read.header("content-type").starts_with("image/"), "{name}");
            assert_eq!(read.header("x-content-type-options"), "nosniff");
            assert_eq!(read.header("content-security-policy"), "default-src 'none'; sandbox");
        }
    }

    let grown = (most - before) / 1024;
    // 64 MiB are in use at most; the allocator keeps up to another file's bytes (16 MiB) that it was given back.
    assert!(grown <= 64 + 16, "{grown} MiB more than before");
    // What was refused waits for its explanation.
    let waits = world.get("market.admin", "/api/v1/worklist?kind=EVIDENCE_TO_EXPLAIN&total=exact&limit=1").await;
    assert_eq!(waits.expect(200)["page"]["total"], files.iter().filter(|file| file.3.is_some()).count());
}

#[tokio::test]
async fn a_scanner_has_a_say_before_anybody_reads() {
    // Finds what it looks for by its exit code, as scanners do; reads its standard input to the end.
    const SCANNER: (&str, &str) = ("MINGJIAN__FILES__SCANNER", "sh,-c,if grep -q HARMFUL-TEST-FILE; then exit 1; fi");
    let world = World::county_with(&[SCANNER]).await;
    let inspection = world.begun_inspection("market").await;
    let clean = photo(1);
    world.kept("market.admin", &inspection, &World::captured(1, "PHOTO", &clean), &clean).await;

    let harmful = [photo(2), b"HARMFUL-TEST-FILE".to_vec()].concat();
    let path = world.declare("market.admin", &inspection, &World::captured(2, "PHOTO", &harmful)).await;
    world.send_bytes("market.admin", &path, 0, harmful).await.expect(204);
    let one = world.checked("market.admin", &path).await;
    assert_eq!((&one["status"], &one["fault"]), (&json!("REFUSED"), &json!("INFECTED")));
    world.assert_audit("evidence", path.rsplit('/').next().unwrap(), "FILE_REFUSED", "evidence").await;
}

/// A scanner that is not there keeps files waiting: none is read unseen, none is refused for it.
#[tokio::test]
async fn without_its_scanner_a_file_waits() {
    const SCANNER: (&str, &str) = ("MINGJIAN__FILES__SCANNER", "/no/such/scanner");
    let mut world = World::county_with(&[
        SCANNER,
        ("MINGJIAN__FILES__SCANNER_SECONDS", "1"),
        ("MINGJIAN__SERVER__JOB_LEASE_SECONDS", "1"),
    ])
    .await;
    let inspection = world.begun_inspection("market").await;
    let content = photo(1);
    let path = world.declare("market.admin", &inspection, &World::captured(1, "PHOTO", &content)).await;
    world.send_bytes("market.admin", &path, 0, content).await.expect(204);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(world.get("market.admin", &path).await.expect(200)["status"], "RECEIVED");

    world.restart();
    assert_eq!(world.checked("market.admin", &path).await["status"], "KEPT");
}
