//! Which operations a request for an unknown path may have meant.

use axum::http::Method;

use super::surface::Mounted;
use crate::kernel::journal::NearMiss;

/// Least likeness of a route to be named, of 1.
const LIKE: f64 = 0.5;
/// Most that are named.
const MOST: usize = 3;

/// The operations closest to a request, closest first.
pub(super) fn near_misses(surfaces: &[Mounted], method: &Method, path: &str) -> Vec<NearMiss> {
    let asked: Vec<&str> = segments(path);
    let mut found: Vec<(f64, NearMiss)> = Vec::new();
    for Mounted { surface, routes } in surfaces {
        for route in routes.list() {
            let like = likeness(&asked, &segments(route.path));
            let like = if route.method == *method { like } else { like * 0.9 };
            if like >= LIKE {
                let method = route.method.to_string();
                let (surface, operation, path) =
                    (surface.name, route.operation, route.path.to_owned());
                found.push((like, NearMiss { surface, operation, method, path }));
            }
        }
    }
    found.sort_by(|(one, _), (two, _)| two.total_cmp(one));
    found.into_iter().take(MOST).map(|(_, near)| near).collect()
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).take(32).collect()
}

/// 1 for a path that fits, less the more differs. Paths are compared from their beginnings and from
/// their ends: what clients forget most often is a part of the base URL.
fn likeness(asked: &[&str], known: &[&str]) -> f64 {
    let from = |asked: &mut dyn Iterator<Item = &&str>, known: &mut dyn Iterator<Item = &&str>| {
        asked.zip(known).map(|(asked, known)| alike(asked, known)).sum::<f64>()
    };
    let begin = from(&mut asked.iter(), &mut known.iter());
    let end = from(&mut asked.iter().rev(), &mut known.iter().rev());
    #[expect(clippy::cast_precision_loss, reason = "a path has few segments")]
    let longer = asked.len().max(known.len()).max(1) as f64;
    begin.max(end) / longer
}

fn alike(asked: &str, known: &str) -> f64 {
    if known.starts_with('{') {
        return 0.6;
    }
    let (asked, known) = (asked.to_ascii_lowercase(), known.to_ascii_lowercase());
    if asked == known {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a segment has few letters")]
    let share = 1.0 - distance(&asked, &known) as f64 / asked.len().max(known.len()) as f64;
    if share >= 0.6 { share * 0.9 } else { 0.0 }
}

/// Letters to put in, take out or change; at most the length of the longer text.
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<u8> = two.bytes().take(64).collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (n, letter) in one.bytes().take(64).enumerate() {
        let mut corner = row[0];
        row[0] = n + 1;
        for (m, other) in two.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[m + 1];
            row[m + 1] = change.min(corner + 1).min(row[m] + 1);
        }
    }
    row[two.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, likeness, segments};

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("worklog", "worklogs"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn a_missing_letter_or_base_is_close_and_something_else_is_not() {
        let like = |asked, known| likeness(&segments(asked), &segments(known));
        assert!(like("/v1/worklog", "/v1/worklogs") > 0.8);
        assert!(like("/workspaces/1/tags", "/api/v1/workspaces/{ws}/tags") > 0.5);
        assert!(like("/wp-login.php", "/v1/worklogs") < 0.1);
        assert!(like("/v1/worklogs", "/v1/worklogs") > like("/v1/worklog", "/v1/worklogs"));
    }
}
