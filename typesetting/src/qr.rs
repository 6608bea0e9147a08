//! QR codes (ISO/IEC 18004), level M, with the quiet zone that scanners need.

use crate::Fault;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use std::io::Cursor;

/// Light modules around the code.
const QUIET: u32 = 4;
/// Pixels a module.
const SCALE: u32 = 6;

fn code(text: &str) -> Result<QrCode, Fault> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| Fault(error.to_string()))
}

pub fn as_svg(text: &str) -> Result<String, Fault> {
    Ok(code(text)?.render::<svg::Color>().quiet_zone(true).build())
}

/// The code as a PNG, and its side in pixels.
pub fn as_png(text: &str) -> Result<(Vec<u8>, u32), Fault> {
    let code = code(text)?;
    let width = u32::try_from(code.width()).unwrap_or_default();
    let dark = |x: u32, y: u32| {
        let (x, y) = (x / SCALE, y / SCALE);
        let within = x >= QUIET && y >= QUIET && x < width + QUIET && y < width + QUIET;
        within && code[((x - QUIET) as usize, (y - QUIET) as usize)] == Color::Dark
    };
    let side = (width + 2 * QUIET) * SCALE;
    let picture = GrayImage::from_fn(side, side, |x, y| Luma([if dark(x, y) { 0 } else { 255 }]));
    let mut bytes = Cursor::new(Vec::new());
    let written = DynamicImage::ImageLuma8(picture).write_to(&mut bytes, ImageFormat::Png);
    written.map_err(|error| Fault(error.to_string()))?;

    Ok((bytes.into_inner(), side))
}
