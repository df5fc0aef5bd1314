//! Finds line and column of a field in a JSON text, for error messages.

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
    use super::locate;

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
}
