//! Pages. Drawing is recorded first, because each page shows the number of pages.

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime as Stamp, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::fonts::Fonts;
use super::text::{Line, Type};
use crate::kernel::abandon;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// Ordinary text.
pub(super) const INK: Colour = [0x22, 0x30, 0x3a];
/// Secondary text.
pub(super) const GREY: Colour = [0x6b, 0x7a, 0x85];
/// Rules between rows.
pub(super) const RULE: Colour = [0xd9, 0xdf, 0xe4];
/// Background of headings.
pub(super) const GROUND: Colour = [0xf0, 0xf4, 0xf7];
/// Billable time.
pub(super) const BILLABLE: Colour = [0x1e, 0x88, 0xc9];
/// Other time.
pub(super) const OTHER: Colour = [0xa9, 0xd3, 0xec];

/// Margin of a page, in points.
pub(super) const MARGIN: f32 = 42.0;

/// The alignment of a text at its x position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Middle,
}

#[derive(Debug)]
enum Mark {
    Text { x: f32, y: f32, line: Line, colour: Colour },
    Box { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

/// The pages of a document.
pub(super) struct Pages {
    pub(super) fonts: &'static Fonts,
    /// In points.
    pub(super) width: f32,
    /// In points.
    pub(super) height: f32,
    /// The position below the last drawing on the current page.
    pub(super) y: f32,
    marks: Vec<Vec<Mark>>,
}

impl Pages {
    /// An empty A4 page, portrait or landscape.
    pub(super) fn new(fonts: &'static Fonts, landscape: bool) -> Self {
        let (width, height) = if landscape { (842.0, 595.0) } else { (595.0, 842.0) };
        Self { fonts, width, height, y: MARGIN, marks: vec![Vec::new()] }
    }

    /// The right edge of the content.
    pub(super) fn right(&self) -> f32 {
        self.width - MARGIN
    }

    /// `true` if `height` more fits above the footer.
    pub(super) fn fits(&self, height: f32) -> bool {
        self.y + height <= self.height - MARGIN - 14.0
    }

    /// Starts a new page.
    pub(super) fn next_page(&mut self) {
        abandon::look();
        self.marks.push(Vec::new());
        self.y = MARGIN;
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.marks.last_mut() {
            page.push(mark);
        }
    }

    /// Draws a line of text with its baseline at `y`.
    pub(super) fn line(&mut self, x: f32, y: f32, align: Align, line: Line, colour: Colour) {
        let x = match align {
            Align::Left => x,
            Align::Right => x - line.width,
            Align::Middle => x - line.width / 2.0,
        };
        self.mark(Mark::Text { x, y, line, colour });
    }

    /// Draws a text with its baseline at `y`.
    pub(super) fn text(
        &mut self,
        x: f32,
        y: f32,
        align: Align,
        text: &str,
        style: Type,
        colour: Colour,
    ) {
        let line = self.fonts.line(text, style);
        self.line(x, y, align, line, colour);
    }

    /// Draws a filled box.
    pub(super) fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.mark(Mark::Box { x, y, width, height, colour });
    }

    /// Draws a rule across the page.
    pub(super) fn rule(&mut self, y: f32, colour: Colour) {
        self.block(MARGIN, y, self.width - 2.0 * MARGIN, 0.6, colour);
    }

    /// Writes the document with a footer on every page. `None` if it cannot be written, which a
    /// test would show.
    pub(super) fn finish(
        mut self,
        title: &str,
        made: DateTime<Utc>,
        foot: &str,
    ) -> Option<Vec<u8>> {
        let small = Type { size: 7.5, bold: false };
        let count = self.marks.len();
        let mut document = Document::new_with(SerializeSettings::default());
        document.set_metadata(metadata(title, made));
        for (n, marks) in std::mem::take(&mut self.marks).into_iter().enumerate() {
            abandon::look();
            let settings = PageSettings::from_wh(self.width, self.height)?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in &marks {
                draw(&mut surface, mark);
            }
            let y = self.height - MARGIN + 8.0;
            let number = self.fonts.line(&format!("Page {} of {count}", n + 1), small);
            let x = self.right() - number.width;
            let room = x - MARGIN - 20.0;
            let foot = self.fonts.fit(foot, small, room);
            draw(&mut surface, &Mark::Text { x: MARGIN, y, line: foot, colour: GREY });
            draw(&mut surface, &Mark::Text { x, y, line: number, colour: GREY });
            surface.finish();
            page.finish();
        }
        document.finish().ok()
    }
}

fn fill(colour: Colour) -> Fill {
    let [red, green, blue] = colour;
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text { x, y, line, colour } => {
            surface.set_fill(Some(fill(*colour)));
            let mut at = *x;
            for run in &line.runs {
                let start = Point::from_xy(at, *y);
                surface.draw_glyphs(
                    start,
                    &run.glyphs,
                    run.font.clone(),
                    &run.text,
                    line.size,
                    false,
                );
                at += run.width;
            }
        }
        Mark::Box { x, y, width, height, colour } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            let Some(path) = path.finish() else { return };
            surface.set_fill(Some(fill(*colour)));
            surface.draw_path(&path);
        }
    }
}

fn metadata(title: &str, made: DateTime<Utc>) -> Metadata {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let stamp = Stamp::new(u16::try_from(made.year()).unwrap_or(1970))
        .month(small(made.month()))
        .day(small(made.day()))
        .hour(small(made.hour()))
        .minute(small(made.minute()))
        .second(small(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title.to_owned())
        .creator("Clockify".to_owned())
        .language("en".to_owned())
        .creation_date(stamp)
}
