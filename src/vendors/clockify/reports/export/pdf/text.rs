//! Lines of text: directions, measuring, cutting and wrapping.
//!
//! A line whose letters all stand for themselves is laid out letter by letter. Scripts whose letters join, stack or
//! run from right to left are shaped. Parts of both directions are ordered by the Unicode bidirectional algorithm,
//! in the direction of the first letter that has one.

use std::collections::BTreeMap;
use std::ops::Range;

use harfrust::{Direction, ShapeOptions, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level};

use super::fonts::{Face, Fonts, Typeface};

/// Size and weight of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    /// In points.
    pub(super) size: f32,
    /// Bold or regular.
    pub(super) bold: bool,
}

/// Adjacent letters in one font and one direction.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The font.
    pub(super) font: Font,
    /// The text in reading order, to which the glyphs refer.
    pub(super) text: String,
    /// The glyphs to draw, from left to right.
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

/// No text of several letters has more of them in the width of an em.
const LETTERS_IN_AN_EM: f32 = 8.0;

/// `true` for letters that need the bidirectional algorithm.
fn is_leftward(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// `true` for letters whose form or place depends on their neighbours.
fn is_shaped(letter: char) -> bool {
    is_leftward(letter)
        || is_joiner(letter)
        || matches!(letter,
            '\u{300}'..='\u{36f}' | '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{eff}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1cd0}'..='\u{1cff}' | '\u{1dc0}'..='\u{1dff}' | '\u{a8e0}'..='\u{a8ff}')
}

/// `true` for the two signs that say whether letters join.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// `true` for the signs that are a letter of a direction without a form.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Replaces control characters with spaces and removes invisible ones, but for those that Persian, Hindi and
/// mixed directions need. What would turn the order of other letters goes, too.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
        .map(|letter| {
            let is_break = letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
            if is_break { ' ' } else { letter }
        })
        .collect()
}

/// The direction of a whole text; `None` where no letter needs one.
fn direction(text: &str) -> Option<Level> {
    if !text.contains(is_leftward) {
        return None;
    }
    Some(BidiInfo::new(text, None).paragraphs.first().map_or(Level::ltr(), |whole| whole.level))
}

/// The parts of a line from left to right, each in one direction: `true` is from right to left.
fn directions(text: &str, base: Option<Level>) -> Vec<(Range<usize>, bool)> {
    if base.is_none() {
        return vec![(0..text.len(), false)];
    }
    let info = BidiInfo::new(text, base);
    let Some(whole) = info.paragraphs.first() else { return Vec::new() };
    let (levels, runs) = info.visual_runs(whole, whole.range.clone());
    runs.into_iter().map(|run| (run.clone(), levels[run.start].is_rtl())).collect()
}

impl Fonts {
    /// Width of a single letter, in points.
    fn advance(&self, letter: char, style: Type) -> f32 {
        let face = self.face(letter, style.bold, None);
        self.typeface(face, style.bold).glyph(letter).1 * style.size
    }

    /// A whole line.
    pub(super) fn line(&self, text: &str, style: Type) -> Line {
        let text = tidy(text);
        self.line_of(&text, style, direction(&text))
    }

    /// A line of a text with this direction.
    fn line_of(&self, text: &str, style: Type, base: Option<Level>) -> Line {
        let mut runs = Vec::new();
        for (range, leftward) in directions(text, base) {
            let text = &text[range];
            let mut parts = self.parts(text, style.bold);
            if leftward {
                parts.reverse();
            }
            let run =
                |(face, part): (Face, Range<usize>)| self.run(face, leftward, &text[part], style);
            runs.extend(parts.into_iter().map(run));
        }
        Line { width: runs.iter().map(|run| run.width).sum(), runs, size: style.size }
    }

    /// The parts of a text that one font draws, in reading order.
    fn parts(&self, text: &str, bold: bool) -> Vec<(Face, Range<usize>)> {
        let mut parts: Vec<(Face, Range<usize>)> = Vec::new();
        for (at, letter) in text.char_indices() {
            let before = parts.last().map(|(face, _)| *face);
            let face = match before {
                Some(before) if is_joiner(letter) || is_direction(letter) => before,
                _ => self.face(letter, bold, before),
            };
            let end = at + letter.len_utf8();
            match parts.last_mut() {
                Some((last, part)) if *last == face => part.end = end,
                _ => parts.push((face, at..end)),
            }
        }
        parts
    }

    fn run(&self, face: Face, leftward: bool, text: &str, style: Type) -> Run {
        let typeface = self.typeface(face, style.bold);
        let is_simple = !leftward && !face.is_shaped() && !text.contains(is_shaped);
        let glyphs =
            if is_simple { letters(typeface, text) } else { shape(typeface, text, leftward) };
        let width = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
        Run { font: typeface.font.clone(), text: text.to_owned(), glyphs, width }
    }

    /// A line that is at most `width` wide; cut with an ellipsis if it is too long.
    pub(super) fn fit(&self, text: &str, style: Type, width: f32) -> Line {
        self.wrap(text, style, width, 1).remove(0)
    }

    /// At least one line, at most `most`, each at most `width` wide; the last is cut with an
    /// ellipsis if the text is too long.
    pub(super) fn wrap(&self, text: &str, style: Type, width: f32, most: usize) -> Vec<Line> {
        let text = tidy(text);
        let base = direction(&text);
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while lines.len() + 1 < most && self.break_at(rest, style, width) < rest.len() {
            let (line, end) = cut_to(width, style, |room| {
                let end = self.break_at(rest, style, room);
                (self.line_of(rest[..end].trim_end(), style, base), end)
            });
            lines.push(line);
            rest = rest[end..].trim_start();
        }
        lines.push(if self.break_at(rest, style, width) >= rest.len() {
            self.line_of(rest, style, base)
        } else {
            let ellipsis = self.advance('…', style);
            let (line, _) = cut_to(width, style, |room| {
                let end = self.letters_within(rest, style, room - ellipsis);
                (self.line_of(&format!("{}…", rest[..end].trim_end()), style, base), end)
            });
            line
        });
        lines
    }

    /// Bytes of `text` that fit in `width`, up to the end of a letter with its marks.
    fn letters_within(&self, text: &str, style: Type, width: f32) -> usize {
        let mut used = 0.0;
        let mut end = 0;
        for (next, step) in self.steps(text, style, width) {
            used += step;
            if used > width + 0.01 {
                return end;
            }
            end = next;
        }
        end
    }

    /// The end in bytes of the first line that fits in `width`: after a space, else between
    /// letters. The line has at least one letter.
    fn break_at(&self, text: &str, style: Type, width: f32) -> usize {
        let end = self.letters_within(text, style, width);
        if end >= text.len() {
            return text.len();
        }
        match text[..end].rfind(' ') {
            Some(space) if space > 0 => space + 1,
            _ if end > 0 => end,
            _ => self.steps(text, style, width).first().map_or(text.len(), |(end, _)| *end),
        }
    }

    /// The ends in bytes and the widths of letters with their marks, in reading order, until `width` is full.
    fn steps(&self, text: &str, style: Type, width: f32) -> Vec<(usize, f32)> {
        if text.contains(is_shaped) {
            return self.shaped_steps(text, style, width);
        }
        let mut used = 0.0;
        text.char_indices()
            .map_while(|(at, letter)| {
                let step = self.advance(letter, style);
                let is_open = used <= width + 0.01;
                used += step;
                is_open.then_some((at + letter.len_utf8(), step))
            })
            .collect()
    }

    /// The same for a text that has to be shaped.
    fn shaped_steps(&self, text: &str, style: Type, width: f32) -> Vec<(usize, f32)> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a page is no wider than a thousand points"
        )]
        let most = (width.max(0.0) / style.size * LETTERS_IN_AN_EM) as usize + 8;
        let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let mut widths: BTreeMap<usize, f32> = BTreeMap::new();
        for (range, leftward) in directions(text, direction(text)) {
            for (face, part) in self.parts(&text[range.clone()], style.bold) {
                let start = range.start + part.start;
                let run = self.run(face, leftward, &text[start..range.start + part.end], style);
                for glyph in &run.glyphs {
                    *widths.entry(start + glyph.text_range.start).or_default() +=
                        glyph.x_advance * style.size;
                }
            }
        }
        let ends = widths.keys().skip(1).copied().chain([text.len()]);
        ends.zip(widths.values().copied()).collect()
    }
}

/// The line that `cut` makes within a width, and its end. Letters that join take another form at a cut, so that the
/// line may come out wider than its letters were: then it is cut again.
fn cut_to(width: f32, style: Type, cut: impl Fn(f32) -> (Line, usize)) -> (Line, usize) {
    let mut room = width;
    let (mut line, mut end) = cut(room);
    while line.width > width + 0.01 {
        room -= (line.width - width).max(style.size / 10.0);
        let (shorter, before) = cut(room);
        if before >= end {
            break;
        }
        (line, end) = (shorter, before);
    }
    (line, end)
}

/// Glyphs of letters that do not touch.
fn letters(typeface: &Typeface, text: &str) -> Vec<KrillaGlyph> {
    text.char_indices()
        .filter(|(_, letter)| !is_direction(*letter))
        .map(|(at, letter)| {
            let (glyph, advance) = typeface.glyph(letter);
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, range, None)
        })
        .collect()
}

/// Glyphs of letters that join or stack.
#[expect(clippy::cast_precision_loss, reason = "font units stay far below 2^23")]
fn shape(typeface: &Typeface, text: &str, leftward: bool) -> Vec<KrillaGlyph> {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if leftward { Direction::RightToLeft } else { Direction::LeftToRight });
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
mod tests;
