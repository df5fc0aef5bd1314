//! Reads the text of a PDF back, by the rules of the format and without the library that wrote it.

use std::collections::BTreeMap;
use std::io::Read;

/// What a document says.
#[derive(Debug)]
pub(crate) struct Document {
    /// The text of each page; texts drawn apart are separated by line ends.
    pub(crate) pages: Vec<String>,
}

/// Object number, dictionary and stream.
type Objects = BTreeMap<u32, (String, Vec<u8>)>;

/// Reads a document.
pub(crate) fn pdf(bytes: &[u8]) -> Document {
    assert!(bytes.starts_with(b"%PDF-"), "no PDF");
    let objects = objects(bytes);
    let mut pages = Vec::new();
    for (dictionary, _) in objects.values() {
        if !dictionary.contains("/Type /Page\n")
            && !dictionary.contains("/Type/Page/")
            && !page(dictionary)
        {
            continue;
        }
        let contents = reference(dictionary, "/Contents").expect("a page has contents");
        let resources = match reference(dictionary, "/Resources") {
            Some(number) => objects[&number].0.clone(),
            None => dictionary.clone(),
        };
        pages.push(text(&objects[&contents].1, &fonts(&resources, &objects)));
    }
    assert!(!pages.is_empty(), "a document has pages");
    Document { pages }
}

fn page(dictionary: &str) -> bool {
    let Some(at) = dictionary.find("/Type") else { return false };
    let rest = dictionary[at + 5..].trim_start();
    rest.strip_prefix("/Page").is_some_and(|rest| !rest.starts_with('s'))
}

fn reference(dictionary: &str, key: &str) -> Option<u32> {
    let at = dictionary.find(key)? + key.len();
    let mut words = dictionary[at..].split_whitespace();
    let number = words.next()?.trim_start_matches('[').parse().ok()?;
    (words.next() == Some("0") && words.next()?.starts_with('R')).then_some(number)
}

/// All objects that stand for themselves, and those in object streams.
fn objects(bytes: &[u8]) -> Objects {
    let mut objects = Objects::new();
    let mut at = 0;
    while let Some(found) = find(bytes, b" 0 obj", at) {
        let mut start = found;
        while start > 0 && bytes[start - 1].is_ascii_digit() {
            start -= 1;
        }
        let number: u32 = std::str::from_utf8(&bytes[start..found]).unwrap().parse().unwrap();
        let end = find(bytes, b"endobj", found).expect("an object ends");
        let stream = find(bytes, b"stream", found).filter(|at| *at < end);
        let dictionary = &bytes[found + 6..stream.unwrap_or(end)];
        let dictionary = String::from_utf8_lossy(dictionary).into_owned();
        let mut content = Vec::new();
        let mut next = end;
        if let Some(stream) = stream {
            let begin = stream + 6 + if bytes[stream + 6] == b'\r' { 2 } else { 1 };
            let length = number_of(&dictionary, "/Length").expect("a stream has a length");
            content = bytes[begin..begin + length].to_vec();
            if dictionary.contains("/FlateDecode") {
                let mut inflated = Vec::new();
                flate2::read::ZlibDecoder::new(&content[..]).read_to_end(&mut inflated).unwrap();
                content = inflated;
            }
            next = find(bytes, b"endobj", begin + length).unwrap();
        }
        if dictionary.contains("/ObjStm") {
            packed(&dictionary, &content, &mut objects);
        }
        objects.insert(number, (dictionary, content));
        at = next;
    }
    objects
}

/// The objects of an object stream.
fn packed(dictionary: &str, content: &[u8], objects: &mut Objects) {
    let first = number_of(dictionary, "/First").unwrap();
    let head: Vec<usize> = String::from_utf8_lossy(&content[..first])
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    for pair in head.chunks(2) {
        let start = first + pair[1];
        let next = head.chunks(2).map(|pair| first + pair[1]).filter(|at| *at > start).min();
        let text = String::from_utf8_lossy(&content[start..next.unwrap_or(content.len())]);
        objects.insert(pair[0] as u32, (text.into_owned(), Vec::new()));
    }
}

fn number_of(dictionary: &str, key: &str) -> Option<usize> {
    let at = dictionary.match_indices(key).find(|(at, _)| {
        !dictionary[at + key.len()..].starts_with(|next: char| next.is_ascii_alphabetic())
    })?;
    let rest = dictionary[at.0 + key.len()..].trim_start();
    let end = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    bytes[from..].windows(wanted.len()).position(|part| part == wanted).map(|at| at + from)
}

/// By name in the page's resources, the letters of a font by glyph.
fn fonts(resources: &str, objects: &Objects) -> BTreeMap<String, BTreeMap<u16, String>> {
    let mut fonts = BTreeMap::new();
    let at = resources.find("/Font").expect("a page has fonts") + 5;
    let inner = match reference(resources, "/Font") {
        Some(number) => objects[&number].0.clone(),
        None => resources[at..].to_owned(),
    };
    let inner = &inner[inner.find("<<").unwrap() + 2..];
    let inner = &inner[..inner.find(">>").unwrap()];
    for part in inner.split('/').skip(1) {
        let words: Vec<&str> = part.split_whitespace().collect();
        let [name, number, ..] = words[..] else { continue };
        let font = &objects[&number.parse().unwrap()].0;
        let map = reference(font, "/ToUnicode").expect("a font can be read");
        fonts.insert(name.to_owned(), letters(&objects[&map].1));
    }
    fonts
}

fn utf16(hex: &str) -> String {
    let units: Vec<u16> = (0..hex.len() / 4)
        .map(|n| u16::from_str_radix(&hex[n * 4..n * 4 + 4], 16).unwrap())
        .collect();
    String::from_utf16(&units).unwrap()
}

/// A `ToUnicode` map: single characters and ranges.
fn letters(map: &[u8]) -> BTreeMap<u16, String> {
    let text = String::from_utf8_lossy(map);
    let mut letters = BTreeMap::new();
    for block in text.split("beginbfchar").skip(1) {
        let block = &block[..block.find("endbfchar").unwrap()];
        let parts: Vec<&str> = hexes(block);
        for pair in parts.chunks(2) {
            letters.insert(u16::from_str_radix(pair[0], 16).unwrap(), utf16(pair[1]));
        }
    }
    for block in text.split("beginbfrange").skip(1) {
        let block = &block[..block.find("endbfrange").unwrap()];
        for line in block.lines().filter(|line| line.contains('<')) {
            let parts = hexes(line);
            let first = u16::from_str_radix(parts[0], 16).unwrap();
            let last = u16::from_str_radix(parts[1], 16).unwrap();
            for glyph in first..=last {
                let mut to: Vec<u16> = utf16(parts[2]).encode_utf16().collect();
                *to.last_mut().unwrap() += glyph - first;
                letters.insert(glyph, String::from_utf16(&to).unwrap());
            }
        }
    }
    letters
}

fn hexes(text: &str) -> Vec<&str> {
    text.split('<').skip(1).map(|part| part.split('>').next().unwrap()).collect()
}

/// What a content stream draws.
fn text(content: &[u8], fonts: &BTreeMap<String, BTreeMap<u16, String>>) -> String {
    let mut text = String::new();
    let mut font = None;
    let mut name = String::new();
    let mut at = 0;
    while at < content.len() {
        match content[at] {
            b'/' => {
                let end = word_end(content, at + 1);
                name = String::from_utf8_lossy(&content[at + 1..end]).into_owned();
                at = end;
            }
            b'(' => {
                let (bytes, end) = literal(content, at);
                show(&bytes, font, fonts, &mut text);
                at = end;
            }
            b'<' if content[at + 1] != b'<' => {
                let end = find(content, b">", at).unwrap();
                let hex = String::from_utf8_lossy(&content[at + 1..end]);
                let bytes: Vec<u8> = (0..hex.len() / 2)
                    .map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap())
                    .collect();
                show(&bytes, font, fonts, &mut text);
                at = end + 1;
            }
            letter if letter.is_ascii_alphabetic() => {
                let end = word_end(content, at);
                match &content[at..end] {
                    b"Tf" => font = Some(name.clone()).and_then(|name| fonts.get(&name)),
                    b"ET" => text.push('\n'),
                    _ => {}
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    text
}

fn word_end(content: &[u8], from: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/<>()[]".contains(byte);
    content[from..].iter().position(ends).map_or(content.len(), |at| at + from)
}

fn literal(content: &[u8], from: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut depth = 0;
    let mut at = from;
    loop {
        match content[at] {
            b'\\' => {
                at += 1;
                match content[at] {
                    b'n' => bytes.push(b'\n'),
                    b'r' => bytes.push(b'\r'),
                    b't' => bytes.push(b'\t'),
                    b'b' => bytes.push(8),
                    b'f' => bytes.push(12),
                    digit if digit.is_ascii_digit() => {
                        let digits = std::str::from_utf8(&content[at..at + 3]).unwrap();
                        bytes.push(u8::from_str_radix(digits, 8).unwrap());
                        at += 2;
                    }
                    other => bytes.push(other),
                }
            }
            b'(' => {
                depth += 1;
                if depth > 1 {
                    bytes.push(b'(');
                }
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return (bytes, at + 1);
                }
                bytes.push(b')');
            }
            other => bytes.push(other),
        }
        at += 1;
    }
}

fn show(
    bytes: &[u8],
    font: Option<&BTreeMap<u16, String>>,
    _: &BTreeMap<String, BTreeMap<u16, String>>,
    text: &mut String,
) {
    let font = font.expect("a font is set before text is shown");
    for glyph in bytes.chunks(2) {
        let glyph = u16::from(glyph[0]) << 8 | u16::from(glyph[1]);
        text.push_str(font.get(&glyph).map_or("\u{fffd}", String::as_str));
    }
}
