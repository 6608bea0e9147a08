//! Characters as people paste them: invisible ones, full-width ones, references to characters that got lost on the way.

/// Whether a character shows nothing: blanks, controls, format characters (Unicode Cf) and fillers.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_format(c)
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}')
}

/// A format character: it directs how others are shown and has no place in a code.
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}'
    )
}

/// Whether there is anything to see.
pub fn has_visible(text: &str) -> bool {
    !text.chars().all(is_invisible)
}

/// Full-width letters, digits and signs as half-width ones.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}

/// A code as registers write it: half-width, upper case, without anything invisible.
pub fn code_form(text: &str) -> String {
    half_width(text).chars().filter(|c| !is_invisible(*c)).collect::<String>().to_ascii_uppercase()
}

/// A name as it is compared: half-width, without anything invisible, brackets of either width alike.
pub fn name_form(text: &str) -> String {
    half_width(text).chars().filter(|c| !is_invisible(*c)).collect()
}

/// Text without format characters, zero bytes, blanks at its ends, and the wrappers by which spreadsheets keep digits:
/// a leading apostrophe, `="…"`.
pub fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '\0' && !is_format(*c)).collect();
    let text = text.trim();
    let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let text = match text.strip_prefix(['\'', '\u{2019}']) {
        // As spreadsheets do, and as our own tables keep a formula from being one.
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) || !rest.contains(['\'', '\u{2019}']) => rest,
        _ => text,
    };
    text.trim().to_owned()
}

/// The text with character references (`&#19886;`, `&#x4DAE;`, `&amp;`) as the characters they stand for; `None` where
/// there is none.
pub fn dereferenced(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;

    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest reference is `&#x10FFFF;`.
        let end = rest.char_indices().take(11).find(|(_, c)| *c == ';').map(|(end, _)| end);
        if let Some((end, c)) = end.and_then(|end| Some((end, referred(&rest[1..end])?))) {
            out.push(c);
            found = true;
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);

    found.then_some(out)
}

fn referred(name: &str) -> Option<char> {
    const NAMES: [(&str, char); 6] =
        [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
    if let Some((_, c)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*c);
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_as_they_are_pasted() {
        for pasted in [
            "91510821MAR0501184\u{200b}",
            "\u{feff}９１510821mar0501184",
            "91510821M\u{ad}AR 0501184",
            "\u{200e}91510821MAR0501184\u{a0}",
        ] {
            assert_eq!(code_form(pasted), "91510821MAR0501184", "{pasted:?}");
        }
        assert_eq!(clean("=\"91510821MAR0501184\""), "91510821MAR0501184");
        assert_eq!(clean("'0012"), "0012");
        assert_eq!(clean("'某'店"), "'某'店", "quotes in pairs are the text's own");
    }

    #[test]
    fn references_become_characters() {
        assert_eq!(dereferenced("汪&#19886;").as_deref(), Some("汪䶮"));
        assert_eq!(dereferenced("汪&#x4DAE;&amp;子").as_deref(), Some("汪䶮&子"));
        for plain in ["A&B店", "R&D;", "&#0;", "&#xD800;", "&", "&#99999999999;"] {
            assert_eq!(dereferenced(plain), None, "{plain}");
        }
    }

    #[test]
    fn what_shows_nothing() {
        for nothing in ["", " \u{3000}", "\u{200b}", "\u{feff}\u{ad}", "\u{3164}", "\u{2800}"] {
            assert!(!has_visible(nothing), "{nothing:?}");
        }
        assert!(has_visible("\u{200b}甲"));
    }

    proptest! {
        /// Whatever invisible is strewn into a code, it reads the same.
        #[test]
        fn invisible_characters_change_no_code(at in 0usize..=18, which in 0usize..6, wide in any::<bool>()) {
            let code = "91510821MAR0501184";
            let invisible = ['\u{200b}', '\u{feff}', '\u{200e}', '\u{ad}', ' ', '\u{3000}'][which];
            let mut pasted: String = code[..at].to_owned();
            pasted.push(invisible);
            pasted.push_str(&code[at..]);
            if wide {
                pasted = pasted.chars().map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c }).collect();
            }
            prop_assert_eq!(code_form(&pasted), code);
        }
    }
}
