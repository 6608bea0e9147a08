//! Small pictures of photos. What a picture says of its size is believed before any of it is unpacked.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use std::io::Cursor;

/// Pixels that a photo may say it has.
const MOST_PIXELS: u64 = 300_000_000;
/// Bytes of a photo, and of what it unpacks to, up to which it gets a small picture.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const MOST_UNPACKED: u64 = 40 * 1024 * 1024;
/// The longer side of a small picture, pixels, and its quality.
const SIDE: u32 = 480;
const QUALITY: u8 = 78;

/// What became of looking at a picture.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// A small JPEG of it.
    Small(Vec<u8>),
    /// None: its format is one that is not unpacked here, it is too large for that, or it is damaged.
    Nothing,
    /// It says that it has more pixels than any camera makes.
    TooLarge,
}

/// How much of a photo has to be looked at.
pub const fn is_worth_reading(size: usize) -> bool {
    size <= MOST_BYTES
}

/// Looks at a picture, whole or its beginning.
pub fn look(bytes: &[u8], whole: bool) -> Seen {
    match reader(bytes).map(ImageReader::into_dimensions) {
        Some(Ok((width, height))) if u64::from(width) * u64::from(height) > MOST_PIXELS => return Seen::TooLarge,
        Some(Err(ImageError::Limits(_))) => return Seen::TooLarge,
        Some(Ok(_)) => {}
        Some(Err(_)) | None => return Seen::Nothing,
    }
    if !whole {
        return Seen::Nothing;
    }
    unpack(bytes).and_then(|picture| small(&picture)).map_or(Seen::Nothing, Seen::Small)
}

fn reader(bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits());
    Some(reader)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_UNPACKED);
    limits
}

/// A JPEG that comes in passes (SOF2) is held three times over while it is unpacked.
fn is_progressive(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8]) && bytes.windows(4).any(|mark| mark[..3] == [0xff, 0xc2, 0x00])
}

/// A small picture of a picture, as it is looked at.
fn unpack(bytes: &[u8]) -> Option<DynamicImage> {
    let mut decoder = reader(bytes)?.into_decoder().ok()?;
    let most = if is_progressive(bytes) { MOST_UNPACKED / 3 } else { MOST_UNPACKED };
    if decoder.total_bytes() > most {
        return None;
    }
    let turned = decoder.orientation().ok()?;
    // Made small first: turning makes another picture of its size.
    let mut small = DynamicImage::from_decoder(decoder).ok()?.thumbnail(SIDE, SIDE);
    small.apply_orientation(turned);
    Some(small)
}

fn small(picture: &DynamicImage) -> Option<Vec<u8>> {
    let small = picture.to_rgb8();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&small).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let written = DynamicImage::ImageRgb8(RgbImage::new(width, height)).write_to(&mut bytes, ImageFormat::Png);
        assert!(written.is_ok());
        bytes.into_inner()
    }

    #[test]
    fn a_photo_gets_a_small_picture_and_a_damaged_one_none() {
        let whole = png(1_000, 500);
        let Seen::Small(small) = look(&whole, true) else { panic!("no small picture") };
        let size = reader(&small).and_then(|reader| reader.into_dimensions().ok());
        assert_eq!(size, Some((480, 240)));

        assert_eq!(look(&whole[..whole.len() / 2], true), Seen::Nothing);
        assert_eq!(look(b"no picture", true), Seen::Nothing);
        assert_eq!(look(&whole, false), Seen::Nothing, "only its beginning is here");
    }

    /// A few bytes that say they are an endless picture.
    #[test]
    fn an_endless_picture_is_told_by_what_it_says() {
        let mut bytes = png(1, 1);
        bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        let mut hasher = flate2::Crc::new();
        hasher.update(&bytes[12..29]);
        let sum = hasher.sum().to_be_bytes();
        bytes[29..33].copy_from_slice(&sum);

        assert_eq!(look(&bytes, true), Seen::TooLarge);
    }
}
