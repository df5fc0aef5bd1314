//! From a field of a JSON text to its line and column, and back, for error messages.

/// Line and column, counted from 1, of the value at `path` (`work[17].who`) in valid JSON; of the
/// nearest parent if the field is absent.
#[must_use]
pub fn locate(text: &str, path: &str) -> (usize, usize) {
    let mut at = skip_space(text, 0);
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let found = match step.strip_suffix(']').and_then(|n| n.parse::<usize>().ok()) {
            Some(position) => element(text, at, position),
            None => member(text, at, step),
        };
        match found {
            Some(next) => at = next,
            None => break,
        }
    }
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    (line, column)
}

/// What the part of a JSON text that is already read leads into.
enum Frame {
    /// An object, at the member of this name.
    Object(String),
    /// A list, at this element.
    List(usize),
}

/// The path (`work[17].who`) of the value at which `decode` fails with `error`; empty for the whole text.
///
/// An error of a type of ours has no place until `serde_json` gives it one, behind the brace, bracket or comma that
/// follows the value. Whether that is so shows when the text ends after the value and one more: then the same error
/// comes at the same place.
pub fn path_of(
    text: &[u8],
    error: &serde_json::Error,
    decode: &mut dyn FnMut(&[u8]) -> Option<serde_json::Error>,
) -> String {
    let end = offset(text, error);
    let before = text[..end].trim_ascii_end().len().saturating_sub(1);
    if matches!(text.get(before), Some(b'}' | b']' | b',')) {
        let frames = frames_at(text, before);
        let mut ended = text[..before].to_vec();
        ended.extend(match frames.last() {
            Some(Frame::Object(_)) => &b",\"\":null"[..],
            _ => b",null",
        });
        ended.extend(frames.iter().rev().map(|frame| match frame {
            Frame::Object(_) => b'}',
            Frame::List(_) => b']',
        }));
        let is_there = |again: &serde_json::Error| {
            message(again) == message(error) && offset(&ended, again) <= before + 1
        };
        if decode(&ended).as_ref().is_some_and(is_there) {
            return path(frames);
        }
    }
    path(frames_at(text, end))
}

/// What an error says, without its place.
#[must_use]
pub fn message(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if let Some(end) = text.rfind(" at line ") {
        text.truncate(end);
    }
    text
}

/// How much of the text was read before an error: lines count from 1, columns in bytes.
fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    (lines.map(<[u8]>::len).sum::<usize>() + error.column()).min(text.len())
}

/// The objects and lists around the value that ends or begins at `end`. The text must be valid up to there.
fn frames_at(text: &[u8], end: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut is_name = false;
    let mut at = 0;
    while at < end {
        match text[at] {
            b'{' => {
                frames.push(Frame::Object(String::new()));
                is_name = true;
            }
            b'[' => frames.push(Frame::List(0)),
            b'}' | b']' => {
                frames.pop();
            }
            b':' => is_name = false,
            b',' => match frames.last_mut() {
                Some(Frame::List(position)) => *position += 1,
                _ => is_name = true,
            },
            b'"' => {
                let begin = at;
                at += 1;
                while at < end && text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                if let Some(Frame::Object(name)) = frames.last_mut()
                    && is_name
                {
                    let quoted = text.get(begin..=at).unwrap_or_default();
                    *name = serde_json::from_slice(quoted).unwrap_or_default();
                }
            }
            _ => {}
        }
        at += 1;
    }
    frames
}

fn path(frames: Vec<Frame>) -> String {
    let mut path = String::new();
    for frame in frames {
        match frame {
            Frame::Object(name) if path.is_empty() => path = name,
            Frame::Object(name) => path.extend([".", &name]),
            Frame::List(position) => path.extend(["[", &position.to_string(), "]"]),
        }
    }
    path
}

fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

fn skip_space(text: &str, mut at: usize) -> usize {
    while byte(text, at).is_ascii_whitespace() {
        at += 1;
    }
    at
}

/// The start of element `position` of the list at `at`.
fn element(text: &str, at: usize, position: usize) -> Option<usize> {
    if byte(text, at) != b'[' {
        return None;
    }
    let mut at = skip_space(text, at + 1);
    for _ in 0..position {
        at = skip_space(text, skip_value(text, at)?);
        if byte(text, at) != b',' {
            return None;
        }
        at = skip_space(text, at + 1);
    }
    (byte(text, at) != b']').then_some(at)
}

/// The start of the value of member `name` of the object at `at`.
fn member(text: &str, at: usize, name: &str) -> Option<usize> {
    if byte(text, at) != b'{' {
        return None;
    }
    let mut at = skip_space(text, at + 1);
    while byte(text, at) == b'"' {
        let end = skip_value(text, at)?;
        let is_it = text.get(at + 1..end - 1) == Some(name);
        let colon = skip_space(text, end);
        let value = skip_space(text, colon + 1);
        if is_it {
            return Some(value);
        }
        let comma = skip_space(text, skip_value(text, value)?);
        if byte(text, comma) != b',' {
            return None;
        }
        at = skip_space(text, comma + 1);
    }
    None
}

/// The end of the value at `at`.
fn skip_value(text: &str, mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match byte(text, at) {
            0 => return None,
            b'"' => {
                at += 1;
                while byte(text, at) != b'"' {
                    if byte(text, at) == 0 {
                        return None;
                    }
                    at += if byte(text, at) == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            letter if depth == 0 && letter.is_ascii_whitespace() => return Some(at),
            _ => {}
        }
        let done = depth == 0 && matches!(byte(text, at), b'"' | b'}' | b']');
        at += 1;
        if done {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{locate, path_of};

    #[test]
    fn fields_are_found_by_line_and_column() {
        let text =
            "{\n  \"a\": [1, {\"b\\\"\": \"]\"},\n    {\"c\": {\"d\": null}}],\n  \"e\": 2 }";
        assert_eq!(locate(text, "a[0]"), (2, 9));
        assert_eq!(locate(text, "a[2].c.d"), (3, 17));
        assert_eq!(locate(text, "e"), (4, 8));
        assert_eq!(locate(text, "a[2].nothing"), (3, 5), "the nearest part above");
        assert_eq!(locate(text, "a[9]"), (2, 8));
        assert_eq!(locate("", "a"), (1, 1));
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoding is looked at")]
    struct Order {
        name: String,
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoding is looked at")]
    struct Line {
        pieces: u32,
        #[serde(default)]
        names: Vec<String>,
        #[serde(default)]
        size: (u8, u8),
        #[serde(default)]
        dates: Vec<Date>,
    }

    /// Its errors have no place of their own.
    #[derive(Debug, Deserialize)]
    #[serde(untagged, expecting = "a date is a number or a text and a number")]
    #[expect(dead_code, reason = "only decoding is looked at")]
    enum Date {
        Number(u32),
        Pair(String, u32),
    }

    #[test]
    fn an_error_of_a_decoder_leads_to_the_field_that_does_not_fit() {
        let path = |text: &str| {
            let mut decode = |text: &[u8]| serde_json::from_slice::<Order>(text).err();
            let error = decode(text.as_bytes()).unwrap();
            path_of(text.as_bytes(), &error, &mut decode)
        };
        assert_eq!(path("7"), "");
        assert_eq!(path("{\"name\": 1}"), "name");
        assert_eq!(path("{\"na\\u006de\": null}"), "name");
        assert_eq!(path("{\"name\": [1]}"), "name");
        assert_eq!(path("{\"name\": \"a\"}"), "", "a member is missing");
        assert_eq!(path("{\"name\": \"}\\\"]\",\n \"lines\": {}}"), "lines");
        assert_eq!(path("{\"lines\": [{\"pieces\": 1},\n {\"pieces\": -1}]}"), "lines[1].pieces");
        assert_eq!(path("{\"lines\": [{\"pieces\": 1}, {}]}"), "lines[1]");
        assert_eq!(path("{\"lines\": [{\"names\": [\"a\", 5]}]}"), "lines[0].names[1]");
        assert_eq!(path("{\"lines\": [{\"size\": [1]}]}"), "lines[0].size");
        for row in ["{\"dates\": [1, true]}", "{\"dates\": [1, true], \"pieces\": 1}"] {
            assert_eq!(path(&format!("{{\"lines\": [{row}]}}")), "lines[0].dates[1]");
        }
        assert_eq!(path("{\"lines\": [{\"dates\": [1, {}, 2]}]}"), "lines[0].dates[1]");
    }
}
