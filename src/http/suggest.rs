//! Suggests operations for a request with an unknown path.

use axum::http::Method;

use super::surface::Mounted;
use crate::kernel::journal::NearMiss;

/// Minimum similarity of a suggestion, of 1.
const LIKE: f64 = 0.5;
/// Maximum length of a segment that is compared letter by letter, in bytes; routes have shorter ones.
const LONGEST: usize = 64;
/// Maximum number of suggestions.
const MOST: usize = 3;

/// The operations closest to a request, closest first.
pub(super) fn near_misses(surfaces: &[Mounted], method: &Method, path: &str) -> Vec<NearMiss> {
    let asked: Vec<&str> = segments(path);
    let mut found: Vec<(f64, NearMiss)> = Vec::new();
    for Mounted { surface, routes } in surfaces {
        for route in routes.list() {
            let like = likeness(&asked, &segments(&route.path));
            let like = if route.method == *method { like } else { like * 0.9 };
            if like >= LIKE {
                let method = route.method.to_string();
                let (surface, operation, path) =
                    (surface.name, route.operation.id, route.path.clone());
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

/// Similarity of two paths, 1 for equal ones. They are compared from the start and from the end, because
/// clients often forget a part of the base URL.
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
    if asked.len() > LONGEST {
        return 0.0;
    }
    let share = strsim::normalized_levenshtein(&asked, &known);
    if share >= 0.6 { share * 0.9 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{likeness, segments};

    #[test]
    fn a_missing_letter_or_base_is_close_and_something_else_is_not() {
        let like = |asked, known| likeness(&segments(asked), &segments(known));
        assert!(like("/v1/worklog", "/v1/worklogs") > 0.8);
        assert!(like("/workspaces/1/tags", "/api/v1/workspaces/{ws}/tags") > 0.5);
        assert!(like("/wp-login.php", "/v1/worklogs") < 0.1);
        assert!(like("/v1/worklogs", "/v1/worklogs") > like("/v1/worklog", "/v1/worklogs"));
    }
}
