//! Lines of text: choosing fonts, measuring, cutting and wrapping.
//!
//! Simple scripts are laid out letter by letter. Scripts that join letters or run from right to
//! left are shaped. The runs of such a line are in reading order; the finer rules for mixed
//! directions are not applied.

use std::ops::Range;
use std::sync::OnceLock;

use harfrust::{Direction, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

static REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed-Bold.ttf");
static EAST_ASIAN: &[u8] = include_bytes!("../fonts/NotoSansCJKjp-Subset.otf");

/// A font for measuring and drawing.
struct Typeface {
    face: FontRef<'static>,
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    shaping: ShaperData,
    font: Font,
    em: f32,
}

impl Typeface {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let face = FontRef::new(bytes).ok()?;
        let (size, location) = (Size::unscaled(), LocationRef::default());
        Some(Self {
            letters: face.charmap(),
            widths: face.glyph_metrics(size, location),
            shaping: ShaperData::new(&face),
            font: Font::new(bytes.into(), 0)?,
            em: f32::from(face.metrics(size, location).units_per_em),
            face,
        })
    }

    fn has(&self, letter: char) -> bool {
        self.letters.map(letter).is_some()
    }

    /// Glyph and width of a single letter; the width is in ems.
    fn glyph(&self, letter: char) -> (GlyphId, f32) {
        let glyph = self.letters.map(letter).unwrap_or_default();
        let width = self.widths.advance_width(glyph).unwrap_or_default();
        (GlyphId::new(glyph.to_u32()), width / self.em)
    }
}

/// The fonts of a document.
pub(super) struct Fonts {
    regular: Typeface,
    bold: Typeface,
    east_asian: Typeface,
}

/// The embedded fonts; `None` if they cannot be read, which a test would show.
pub(super) fn fonts() -> Option<&'static Fonts> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    FONTS
        .get_or_init(|| {
            Some(Fonts {
                regular: Typeface::load(REGULAR)?,
                bold: Typeface::load(BOLD)?,
                east_asian: Typeface::load(EAST_ASIAN)?,
            })
        })
        .as_ref()
}

/// Size and weight of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    /// In points.
    pub(super) size: f32,
    /// Bold or regular.
    pub(super) bold: bool,
}

/// Adjacent letters in one font.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The font.
    pub(super) font: Font,
    /// The text, to which the glyphs refer.
    pub(super) text: String,
    /// The glyphs to draw.
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// In points.
    pub(super) width: f32,
}

/// A line that is ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its parts from left to right.
    pub(super) runs: Vec<Run>,
    /// In points.
    pub(super) width: f32,
    /// In points.
    pub(super) size: f32,
}

/// The layout of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    east_asian: bool,
    shaped: bool,
    leftward: bool,
}

/// `true` for letters that are written from right to left.
fn leftward(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// `true` for letters whose form depends on their neighbours.
fn shaped(letter: char) -> bool {
    leftward(letter)
        || matches!(letter, '\u{300}'..='\u{36f}' | '\u{e80}'..='\u{eff}' | '\u{1ab0}'..='\u{1aff}')
}

/// Replaces control characters with spaces and removes invisible ones.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
        .map(|letter| if letter.is_control() || letter == '\u{2028}' { ' ' } else { letter })
        .collect()
}

impl Fonts {
    fn typeface(&self, bold: bool, east_asian: bool) -> &Typeface {
        match (east_asian, bold) {
            (true, _) => &self.east_asian,
            (false, true) => &self.bold,
            (false, false) => &self.regular,
        }
    }

    fn kind(&self, letter: char, bold: bool) -> Kind {
        let own = self.typeface(bold, false).has(letter);
        Kind {
            east_asian: !own && self.east_asian.has(letter),
            shaped: shaped(letter),
            leftward: leftward(letter),
        }
    }

    /// Width of a single letter, in points.
    fn advance(&self, letter: char, style: Type) -> f32 {
        let kind = self.kind(letter, style.bold);
        let typeface = self.typeface(style.bold, kind.east_asian);
        typeface.glyph(letter).1 * style.size
    }

    /// A whole line.
    pub(super) fn line(&self, text: &str, style: Type) -> Line {
        let text = tidy(text);
        let mut runs: Vec<(Kind, String)> = Vec::new();
        let mut first = None;
        for letter in text.chars() {
            let mut kind = self.kind(letter, style.bold);
            let strong = letter.is_alphabetic();
            if strong {
                first = first.or(Some(kind.leftward));
            }
            match runs.last_mut() {
                // Spaces and marks stay with the letters before them.
                Some((last, run))
                    if *last == kind
                        || (!strong && !kind.east_asian && last.leftward)
                        || (kind.shaped && !kind.leftward && !last.east_asian) =>
                {
                    last.shaped |= kind.shaped;
                    run.push(letter);
                }
                _ => {
                    kind.shaped |= kind.leftward;
                    runs.push((kind, letter.to_string()));
                }
            }
        }
        if first == Some(true) {
            runs.reverse();
        }
        let runs: Vec<Run> =
            runs.into_iter().map(|(kind, text)| self.run(kind, text, style)).collect();
        Line { width: runs.iter().map(|run| run.width).sum(), runs, size: style.size }
    }

    fn run(&self, kind: Kind, text: String, style: Type) -> Run {
        let typeface = self.typeface(style.bold, kind.east_asian);
        let glyphs = if kind.shaped { shape(typeface, &text) } else { letters(typeface, &text) };
        let width = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
        Run { font: typeface.font.clone(), text, glyphs, width }
    }

    /// A line that is at most `width` wide; cut with an ellipsis if it is too long.
    pub(super) fn fit(&self, text: &str, style: Type, width: f32) -> Line {
        self.wrap(text, style, width, 1).remove(0)
    }

    /// At least one line, at most `most`, each at most `width` wide; the last is cut with an
    /// ellipsis if the text is too long.
    pub(super) fn wrap(&self, text: &str, style: Type, width: f32, most: usize) -> Vec<Line> {
        let text = tidy(text);
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while lines.len() + 1 < most {
            let end = self.break_at(rest, style, width);
            if end >= rest.len() {
                break;
            }
            lines.push(self.line(rest[..end].trim_end(), style));
            rest = rest[end..].trim_start();
        }
        if self.break_at(rest, style, width) >= rest.len() {
            lines.push(self.line(rest, style));
        } else {
            let room = width - self.advance('…', style);
            let end = self.letters_within(rest, style, room);
            lines.push(self.line(&format!("{}…", rest[..end].trim_end()), style));
        }
        lines
    }

    /// Bytes of `text` whose letters fit in `width`.
    fn letters_within(&self, text: &str, style: Type, width: f32) -> usize {
        let mut used = 0.0;
        for (at, letter) in text.char_indices() {
            used += self.advance(letter, style);
            if used > width + 0.01 {
                return at;
            }
        }
        text.len()
    }

    /// The end in bytes of the first line that fits in `width`: after a space, else between
    /// letters. The line has at least one letter.
    fn break_at(&self, text: &str, style: Type, width: f32) -> usize {
        let end = self.letters_within(text, style, width);
        if end >= text.len() {
            return text.len();
        }
        let first = text.chars().next().map_or(0, char::len_utf8);
        match text[..end].rfind(' ') {
            Some(space) if space > 0 => space + 1,
            _ => end.max(first),
        }
    }
}

/// Glyphs of letters that do not touch.
fn letters(typeface: &Typeface, text: &str) -> Vec<KrillaGlyph> {
    text.char_indices()
        .map(|(at, letter)| {
            let (glyph, advance) = typeface.glyph(letter);
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, range, None)
        })
        .collect()
}

/// Glyphs of letters that join or stack.
#[expect(clippy::cast_precision_loss, reason = "font units stay far below 2^23")]
fn shape(typeface: &Typeface, text: &str) -> Vec<KrillaGlyph> {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    if text.chars().any(leftward) {
        buffer.set_direction(Direction::RightToLeft);
    }
    let shaper = typeface.shaping.shaper(&typeface.face).build();
    let glyphs = shaper.shape(buffer, ShapeOptions::new());
    let mut starts: Vec<usize> =
        glyphs.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let range = |start: usize| -> Range<usize> {
        let next = starts.partition_point(|other| *other <= start);
        start..starts.get(next).copied().unwrap_or(text.len())
    };
    let em = typeface.em;
    glyphs
        .glyph_infos()
        .iter()
        .zip(glyphs.glyph_positions())
        .map(|(info, position)| {
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                position.y_advance as f32 / em,
                range(info.cluster as usize),
                None,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Type, fonts};

    const PLAIN: Type = Type { size: 9.0, bold: false };

    #[test]
    fn every_name_is_drawn_with_glyphs_that_exist() {
        let fonts = fonts().unwrap();
        for name in [
            "Jana Dvořáková",
            "Иван Петров",
            "Ελένη",
            "山田太郎",
            "김민준",
            "王小明",
            "אבי כהן",
            "ليلى حسن",
        ] {
            let line = fonts.line(name, PLAIN);
            assert!(line.width > 10.0, "{name}");
            for glyph in line.runs.iter().flat_map(|run| &run.glyphs) {
                assert!(glyph.glyph_id.to_u32() != 0, "{name} has an empty box");
            }
        }
    }

    #[test]
    fn lines_are_never_wider_than_asked() {
        let fonts = fonts().unwrap();
        let text = "A description of several words and one Donaudampfschifffahrtsgesellschaft 山田太郎山田太郎";
        for width in [20.0, 60.0, 150.0, 400.0] {
            let lines = fonts.wrap(text, PLAIN, width, 3);
            assert!((1..=3).contains(&lines.len()));
            assert!(lines.iter().all(|line| line.width <= width + 0.5), "{width}");
        }
        assert_eq!(fonts.wrap("", PLAIN, 50.0, 3).len(), 1);
        let letters = fonts.wrap("WWWW", PLAIN, 1.0, 9);
        assert_eq!(letters.len(), 4);
    }
}
