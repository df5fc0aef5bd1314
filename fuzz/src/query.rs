//! Query strings.

use timetwin::http::query::QueryMap;

/// What is read can be written and is then read as the same; whatever is asked for is noted as read.
pub fn holds(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let query = QueryMap::parse(&text);
    let pairs: Vec<(&str, &str)> = query.pairs().collect();
    let written = query.mapped(|_, value| value.into());
    let again = QueryMap::parse(&written);
    assert_eq!(again.pairs().collect::<Vec<_>>(), pairs, "{written}");
    for (name, value) in &pairs {
        assert!(query.has(name));
        assert_eq!(query.all(name).next(), query.first(name));
        assert_eq!(query.all(name).next_back(), query.last(name));
        assert!(query.list(name).iter().all(|part| !part.is_empty() && !part.contains(',')));
        if let Ok(Some(number)) = query.integer(name) {
            assert_eq!(query.first(name).and_then(|text| text.trim().parse().ok()), Some(number));
        }
        let _ = query.boolean(name);
        let plain = name.split('[').next().unwrap_or_default();
        for (key, _) in query.deep(plain) {
            assert!(query.has(&format!("{plain}[{key}]")), "{plain}[{key}] of {value}");
        }
    }
    assert!(query.unread().is_empty());
}
