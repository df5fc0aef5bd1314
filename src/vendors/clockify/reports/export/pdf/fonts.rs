//! The embedded fonts and which of them draws a letter. Each font is unpacked when the first letter needs it.

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use harfrust::ShaperData;
use krilla::text::{Font, GlyphId};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

macro_rules! packed {
    ($name:literal) => {
        include_bytes!(concat!("../fonts/", $name, "-Subset.ttf.gz"))
    };
}

/// The fonts of a [`Face`], packed: regular and bold.
static PACKED: [[&[u8]; 2]; 6] = [
    [packed!("DejaVuSansCondensed"), packed!("DejaVuSansCondensed-Bold")],
    [packed!("NotoSansHebrew-Regular"), packed!("NotoSansHebrew-Bold")],
    [packed!("NotoSansArabic-Regular"), packed!("NotoSansArabic-Bold")],
    [packed!("NotoSansDevanagari-Regular"), packed!("NotoSansDevanagari-Bold")],
    [packed!("NotoSansThai-Regular"), packed!("NotoSansThai-Bold")],
    [EAST_ASIAN, EAST_ASIAN],
];
static EAST_ASIAN: &[u8] = include_bytes!("../fonts/NotoSansCJKjp-Subset.otf.gz");
/// The first letter that is looked for in the font of East Asia.
const FIRST_EAST_ASIAN: char = '\u{1100}';

/// The letters that one font draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// Latin, Greek, Cyrillic and whatever has no font of its own.
    Sans,
    Hebrew,
    Arabic,
    Devanagari,
    Thai,
    /// Chinese, Japanese and Korean; in one weight.
    EastAsian,
}

impl Face {
    /// The face of the letter's script, if the script has one of its own.
    fn of_script(letter: char) -> Option<Self> {
        match letter {
            '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}' => Some(Self::Hebrew),
            '\u{600}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{8a0}'..='\u{8ff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' => Some(Self::Arabic),
            '\u{900}'..='\u{97f}' | '\u{1cd0}'..='\u{1cff}' | '\u{a8e0}'..='\u{a8ff}' => {
                Some(Self::Devanagari)
            }
            '\u{e00}'..='\u{e7f}' => Some(Self::Thai),
            _ => None,
        }
    }

    /// Whether the forms or places of its letters depend on their neighbours.
    pub(super) fn is_shaped(self) -> bool {
        !matches!(self, Self::Sans | Self::EastAsian)
    }
}

/// A font for measuring and drawing.
pub(super) struct Typeface {
    pub(super) face: FontRef<'static>,
    pub(super) shaping: ShaperData,
    pub(super) font: Font,
    pub(super) em: f32,
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
}

impl Typeface {
    fn unpack(packed: &[u8]) -> Option<Self> {
        let mut bytes = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut bytes).ok()?;
        // It is kept as long as the program runs.
        let bytes: &'static [u8] = bytes.leak();
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
    pub(super) fn glyph(&self, letter: char) -> (GlyphId, f32) {
        let glyph = self.letters.map(letter).unwrap_or_default();
        let width = self.widths.advance_width(glyph).unwrap_or_default();
        (GlyphId::new(glyph.to_u32()), width / self.em)
    }
}

/// The fonts of a document.
pub(super) struct Fonts {
    sans: [Typeface; 2],
    others: [[OnceLock<Option<Typeface>>; 2]; 6],
}

/// The embedded fonts; `None` if they cannot be read, which a test would show.
pub(super) fn fonts() -> Option<&'static Fonts> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    FONTS
        .get_or_init(|| {
            let [regular, bold] = PACKED[Face::Sans as usize];
            let sans = [Typeface::unpack(regular)?, Typeface::unpack(bold)?];
            Some(Fonts { sans, others: Default::default() })
        })
        .as_ref()
}

impl Fonts {
    /// The font of a face; the plain one where it cannot be read.
    pub(super) fn typeface(&self, face: Face, bold: bool) -> &Typeface {
        let bold = usize::from(bold && face != Face::EastAsian);
        let sans = &self.sans[bold];
        match face {
            Face::Sans => sans,
            _ => self.others[face as usize][bold]
                .get_or_init(|| Typeface::unpack(PACKED[face as usize][bold]))
                .as_ref()
                .unwrap_or(sans),
        }
    }

    /// The face that draws a letter. Spaces, marks and signs are drawn by that of the letter before them, if it has
    /// them.
    pub(super) fn face(&self, letter: char, bold: bool, before: Option<Face>) -> Face {
        let has = |face: Face| self.typeface(face, bold).has(letter);
        if let Some(own) = Face::of_script(letter).filter(|own| has(*own)) {
            return own;
        }
        let follows = !letter.is_alphanumeric() && before != Some(Face::EastAsian);
        match before.filter(|before| follows && has(*before)) {
            Some(before) => before,
            None if !has(Face::Sans) && letter >= FIRST_EAST_ASIAN && has(Face::EastAsian) => {
                Face::EastAsian
            }
            None => Face::Sans,
        }
    }
}
