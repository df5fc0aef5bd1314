//! Names of the world's scripts, and lines of both directions.

use super::super::fonts::{Fonts, fonts};
use super::{Line, Type};

const PLAIN: Type = Type { size: 9.0, bold: false };
const BOLD: Type = Type { size: 9.0, bold: true };

/// One name of each script, and some of several.
const NAMES: [&str; 16] = [
    "Jana Dvořáková",
    "Иван Петров",
    "Ελένη",
    "山田太郎",
    "김민준",
    "王小明",
    "אבי כהן",
    "שָׁלוֹם",
    "ليلى حسن",
    "مُحَمَّد الفاتح",
    "می‌خواهم",
    "สมชาย ใจดี",
    "น้ำผึ้ง ปิ่นแก้ว",
    "श्रीनिवास राजेन्द्र",
    "प्रियंका क्षत्रिय",
    "Projekt אבי (v2) — ليلى 2026, สมชาย & प्रिया",
];

fn glyphs(line: &Line) -> Vec<u32> {
    line.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.glyph_id.to_u32()).collect()
}

/// The text of a line's parts from left to right, each from left to right.
fn seen(fonts: &Fonts, text: &str) -> String {
    let line = fonts.line(text, PLAIN);
    let runs = line.runs.iter();
    runs.map(|run| {
        let starts: Vec<usize> = run.glyphs.iter().map(|glyph| glyph.text_range.start).collect();
        let is_leftward = starts.first() > starts.last();
        let letters = run.text.chars();
        if is_leftward { letters.rev().collect::<String>() } else { letters.collect() }
    })
    .collect()
}

#[test]
fn every_name_is_drawn_with_glyphs_that_exist() {
    let fonts = fonts().unwrap();
    for style in [PLAIN, BOLD] {
        for name in NAMES {
            let line = fonts.line(name, style);
            assert!(line.width > 10.0, "{name}");
            assert!(!glyphs(&line).contains(&0), "{name} has an empty box");
        }
    }
}

#[test]
fn letters_join_and_stack() {
    let fonts = fonts().unwrap();
    let count = |text: &str| glyphs(&fonts.line(text, PLAIN)).len();
    // Letters in the middle of a word differ from those that stand alone.
    let word = glyphs(&fonts.line("ليلى", PLAIN));
    let apart: Vec<u32> =
        "ليل".chars().flat_map(|letter| glyphs(&fonts.line(&letter.to_string(), PLAIN))).collect();
    assert!(word.iter().all(|glyph| !apart.contains(glyph)), "{word:?} {apart:?}");
    // The first of two consonants is halved or takes the second in: one glyph less than letters.
    assert!(count("क्ष") < 3);
    assert!(count("श्री") < 4);
    // The vowel sign that is written after its consonant is drawn before it.
    let line = fonts.line("कि", PLAIN);
    let sign = glyphs(&fonts.line("क", PLAIN))[0];
    assert_eq!(glyphs(&line).last(), Some(&sign));
    // A mark takes no room.
    for (marked, bare) in [("ที่", "ท"), ("שָׁ", "ש"), ("مُ", "م")] {
        let (marked, bare) = (fonts.line(marked, PLAIN), fonts.line(bare, PLAIN));
        assert!((marked.width - bare.width).abs() < 0.01, "{} {}", marked.width, bare.width);
    }
    // Without the joiner's opposite these letters would touch.
    assert_ne!(glyphs(&fonts.line("می‌خ", PLAIN)), glyphs(&fonts.line("میخ", PLAIN)));
}

#[test]
fn mixed_directions_are_in_the_order_in_which_they_are_read() {
    let fonts = fonts().unwrap();
    for (text, wanted) in [
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("abc (אבג) def", "abc (גבא) def"),
        ("Version 2.0 של הדוח", "Version 2.0 חודה לש"),
        ("דוח (2026)", "(2026) חוד"),
        ("12:30 אבג", "גבא 12:30"),
        ("abc", "abc"),
        // Letters that would turn others around are not obeyed.
        ("a\u{202e}bc", "abc"),
        // A mark of a direction counts as a letter of it.
        ("abc \u{200f}- אבג", "abc גבא -\u{200f}"),
    ] {
        let seen = seen(fonts, text);
        // Brackets are mirrored when they are drawn, not in the text.
        let mirrored = |letter| match letter {
            '(' => ')',
            ')' => '(',
            other => other,
        };
        let is_leftward = text.starts_with('ד');
        let wanted: String =
            if is_leftward { wanted.chars().map(mirrored).collect() } else { wanted.to_owned() };
        assert_eq!(seen, wanted, "{text}");
    }
}

#[test]
fn brackets_face_what_they_enclose() {
    let fonts = fonts().unwrap();
    let [open, close] = ["(", ")"].map(|bracket| glyphs(&fonts.line(bracket, PLAIN))[0]);
    let drawn: Vec<u32> = glyphs(&fonts.line("אב (גד)", PLAIN));
    let place = |bracket| drawn.iter().position(|glyph| *glyph == bracket);
    assert!(place(open).unwrap() < place(close).unwrap(), "the line begins on the right");
}

#[test]
fn lines_are_never_wider_than_asked() {
    let fonts = fonts().unwrap();
    let text = "A description of several words and one Donaudampfschifffahrtsgesellschaft 山田太郎山田太郎";
    let arabic = "اجتماع مع العميل حول التقرير الشهري (2026) والمستحقات";
    let hindi = "ग्राहक के साथ मासिक रिपोर्ट पर बैठक और अगले चरण";
    let thai = "ประชุมกับลูกค้าเรื่องรายงานประจำเดือนและขั้นตอนต่อไป";
    for text in [text, arabic, hindi, thai, NAMES[15]] {
        for width in [20.0, 60.0, 150.0, 400.0] {
            let lines = fonts.wrap(text, PLAIN, width, 3);
            assert!((1..=3).contains(&lines.len()));
            for line in lines {
                assert!(line.width <= width + 0.5, "{text}: {} of {width}", line.width);
                assert!(!glyphs(&line).contains(&0));
            }
        }
    }
    assert_eq!(fonts.wrap("", PLAIN, 50.0, 3).len(), 1);
    let letters = fonts.wrap("WWWW", PLAIN, 1.0, 9);
    assert_eq!(letters.len(), 4);
}

#[test]
fn a_mark_is_never_parted_from_its_letter() {
    let fonts = fonts().unwrap();
    for text in ["ที่ที่ที่ที่", "किकिकिकि", "שָׁשָׁשָׁשָׁ", "مُمُمُمُ"]
    {
        let letter = fonts.line(text, PLAIN).width / 4.0;
        let lines = fonts.wrap(text, PLAIN, letter * 1.5, 9);
        assert!((3..=5).contains(&lines.len()), "{text}: {} lines", lines.len());
        for line in lines {
            let first = line.runs[0].text.chars().next().unwrap();
            assert!(first.is_alphabetic() && !"ี่ิًُ".contains(first), "{text}: {first:?}");
        }
    }
}

#[test]
fn a_long_text_costs_no_more_than_the_line_that_shows_it() {
    let fonts = fonts().unwrap();
    let long = "مرحبا بكم ".repeat(20_000);
    let line = fonts.fit(&long, PLAIN, 200.0);
    assert!(line.width <= 200.5 && line.width > 150.0, "{}", line.width);
}
