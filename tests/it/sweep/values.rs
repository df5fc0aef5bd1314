//! What is put in a place: numbers and dates at the ends of their ranges, long texts, long lists, deep nesting.

use serde_json::{Map, Value, json};

use super::calls::{Call, Sent};

/// Short texts for a place in a path or a query.
const SHORT: [&str; 18] = [
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "1e308",
    "NaN",
    "0001-01-01",
    "0001-01-01T00:00:00Z",
    "1970-01-01",
    "1970-01-01T00:00:00Z",
    "9998-12-31",
    "9998-12-31T23:59:59Z",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "P2900000D",
    "PT1S",
    "5000",
    "1000000",
];
/// Number of texts.
const TEXTS: usize = SHORT.len() + 4;
/// Number of values.
const VALUES: usize = TEXTS + 15;

fn text(n: usize) -> String {
    match n.checked_sub(SHORT.len()) {
        None => SHORT[n].to_owned(),
        Some(0) => "x".repeat(20_000),
        Some(1) => "1,".repeat(10_000),
        Some(2) => "(".repeat(10_000),
        Some(_) => "a b OR ".repeat(2_000),
    }
}

/// A value for a place in a body, beside `plain`.
fn value(n: usize, plain: Option<&Value>) -> Value {
    match n.checked_sub(TEXTS) {
        None => text(n).into(),
        Some(0) => json!(0),
        Some(1) => json!(-1),
        Some(2) => json!(i64::MAX),
        Some(3) => json!(i64::MIN),
        Some(4) => json!(1e308),
        Some(5) => json!(u64::MAX),
        Some(6) => json!(null),
        Some(7) => json!(true),
        Some(8) => json!("x".repeat(200_000)),
        Some(9) => vec![json!(0); 20_000].into(),
        Some(10) => vec![json!("659bb990d83035a3d6000000"); 5_000].into(),
        Some(11) => (0..5_000).map(|n| format!("{n:024x}")).collect(),
        Some(12) => (0..100).fold(json!(1), |inside, _| json!([inside])),
        Some(13) => {
            Value::Object((0..5_000).map(|n| (format!("k{n}"), json!(n))).collect::<Map<_, _>>())
        }
        // Many of what is right.
        Some(_) => match plain {
            Some(Value::Array(rows)) => rows.iter().cycle().take(5_000).cloned().collect(),
            Some(one) => vec![one.clone(); 2_000].into(),
            None => vec![json!({}); 5_000].into(),
        },
    }
}

/// Some of so many numbers, spread over all of them; others with each turn.
fn turns(all: usize, turn: usize, count: usize) -> impl Iterator<Item = usize> {
    let step = all.div_ceil(count);
    (0..count).map(move |n| (turn * 7 + n * step) % all)
}

/// The plain request with an extreme value in one place after the other, `count` values for each; one in `share`
/// of these requests, others with each turn.
pub(super) fn extremes(call: &Call, turn: usize, count: usize, share: usize) -> Vec<Sent> {
    let mut all = Vec::new();
    let mut number = turn;
    let mut has_turn = || {
        number += 1;
        number.is_multiple_of(share)
    };
    let body = call.json.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let mut place = turn;
    let mut next = || {
        place += 1;
        place
    };
    let named = call.path.iter().filter_map(|(name, _)| name.as_deref());
    for name in named {
        for n in turns(TEXTS, next(), count).filter(|_| has_turn()) {
            let path = call.path_with(Some((name, &text(n))));
            all.push(call.sent(&path, &call.query, body.clone()));
        }
    }
    let path = call.path_with(None);
    for name in &call.parameters {
        for n in turns(TEXTS, next(), count).filter(|_| has_turn()) {
            let mut query = call.query.clone();
            query.retain(|(known, _)| known != name);
            query.push((name.clone(), text(n)));
            all.push(call.sent(&path, &query, body.clone()));
        }
    }
    if !call.parameters.is_empty() {
        // A whole range of time, and everything at once.
        for (least, most) in [("0001-01-01", "9998-12-31"), ("1970-01-01", "9998-12-31")] {
            for clock in ["", "T00:00:00Z"].iter().filter(|_| has_turn()) {
                let mut query = call.query.clone();
                query.retain(|(name, _)| !call.parameters.contains(name) || !is_time(name));
                for name in call.parameters.iter().filter(|name| is_time(name)) {
                    let day = if is_late(name) { most } else { least };
                    query.push((name.clone(), format!("{day}{clock}")));
                }
                all.push(call.sent(&path, &query, body.clone()));
            }
        }
        if has_turn() {
            let many = call.parameters.iter().cycle().take(1_500);
            let many: Vec<(String, String)> = many.map(|name| (name.clone(), "1".into())).collect();
            all.push(call.sent(&path, &many, body.clone()));
        }
    }
    for at in &call.fields {
        let plain = call.json.clone().unwrap_or_else(|| json!({}));
        for n in turns(VALUES, next(), count).filter(|_| has_turn()) {
            let mut body = plain.clone();
            put(&mut body, at, value(n, plain.pointer(at)));
            all.push(call.sent(&path, &call.query, body.to_string().into_bytes()));
        }
    }
    all
}

fn is_time(name: &str) -> bool {
    is_late(name) || ["start", "since", "from", "begin"].iter().any(|word| name.contains(word))
}

fn is_late(name: &str) -> bool {
    ["end", "until", "to"].iter().any(|word| name.starts_with(word) || name.ends_with(word))
}

/// Puts a value at a pointer, and makes what lies before it.
fn put(body: &mut Value, at: &str, value: Value) {
    let mut here = body;
    for name in at.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        here = if let Ok(n) = name.parse::<usize>() {
            if !here.is_array() {
                *here = json!([]);
            }
            let Value::Array(rows) = here else { unreachable!() };
            while rows.len() <= n {
                rows.push(json!({}));
            }
            &mut rows[n]
        } else {
            if !here.is_object() {
                *here = json!({});
            }
            let Value::Object(members) = here else { unreachable!() };
            members.entry(name).or_insert(Value::Null)
        };
    }
    *here = value;
}

/// Bodies of about this length.
pub(super) fn bodies(call: &Call, length: usize) -> Vec<Sent> {
    if length == 0 {
        return Vec::new();
    }
    let path = call.path_with(None);
    let json = |text: String| call.sent(&path, &call.query, text.into_bytes());
    let fields = |separator: &str, form: fn(usize) -> String| {
        let mut text = String::with_capacity(length);
        let mut n = 0;
        while text.len() + 24 < length {
            if n > 0 {
                text.push_str(separator);
            }
            text.push_str(&form(n));
            n += 1;
        }
        text
    };
    let mut all = vec![
        json("[".repeat(length - 1)),
        json(format!("{{\"name\":\"{}\"}}", "x".repeat(length - 20))),
        json(format!("{{{}}}", fields(",", |n| format!("\"{n:x}\":0")))),
        json(format!("[{}]", fields(",", |n| n.to_string()))),
    ];
    // The plain body with its longest list filled up.
    let plain = call.json.clone().unwrap_or_else(|| json!({}));
    let lists = call.fields.iter().filter(|at| plain.pointer(at).is_some_and(Value::is_array));
    for at in lists {
        let Some(Value::Array(rows)) = plain.pointer(at) else { continue };
        let Some(first) = rows.first() else { continue };
        let count = (length - plain.to_string().len().min(length)) / (first.to_string().len() + 1);
        let mut body = plain.clone();
        put(&mut body, at, vec![first.clone(); count].into());
        all.push(json(body.to_string()));
    }
    if call.takes_form {
        let mut form = json(fields("&", |n| format!("{n:x}=")));
        form.headers.retain(|(name, _)| name != "Content-Type");
        form.headers
            .push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        all.push(form);
    }
    all
}
