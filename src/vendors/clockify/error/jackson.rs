//! Messages of the vendor's JSON and parameter decoders. Source: clockify.md:1.6.

use crate::contract::Operation;
use crate::http::Expected;

/// The message for invalid JSON, from our parser's message.
pub(super) fn syntax(message: &str) -> String {
    if message.starts_with("EOF") {
        "Unexpected end-of-input".to_owned()
    } else if message.starts_with("recursion limit") {
        "Document nesting depth exceeds the maximum allowed".to_owned()
    } else {
        format!("Unexpected character: {message}")
    }
}

/// The message for JSON of the wrong type. Our named wire types already use Jackson's wording;
/// serde's messages are converted to it.
pub(super) fn mismatch(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(what, _)| what);
    if message.starts_with("Cannot deserialize") {
        return message.to_owned();
    }
    if let Some(rest) = message.strip_prefix("unknown variant `")
        && let Some((value, known)) = rest.split_once('`')
    {
        let words: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        return no_such_word(value, &words);
    }
    match message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        Some((found, expected)) => {
            let class = match expected {
                class if class.starts_with("java.") => class,
                "a sequence" => "java.util.ArrayList<java.lang.Object>",
                _ => "java.lang.Object",
            };
            format!("Cannot deserialize value of type `{class}` from {}", token(found))
        }
        None => format!("Cannot deserialize value: {message}"),
    }
}

/// The message for an unknown enum value.
pub(super) fn no_such_word(value: &str, words: &[&str]) -> String {
    format!(
        "Cannot deserialize value of type `Enum` from String \"{value}\": not one of the values \
         accepted for Enum class: [{}]",
        words.join(", ")
    )
}

/// Jackson's token for the value that serde names `found`.
pub(super) fn token(found: &str) -> &'static str {
    match found.split(' ').next().unwrap_or_default() {
        "map" => "Object value (token `JsonToken.START_OBJECT`)",
        "sequence" => "Array value (token `JsonToken.START_ARRAY`)",
        "string" => "String value (token `JsonToken.VALUE_STRING`)",
        "boolean" => "Boolean value (token `JsonToken.VALUE_TRUE`)",
        "integer" => "Integer value (token `JsonToken.VALUE_NUMBER_INT`)",
        "floating" => "Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)",
        _ => "Null value (token `JsonToken.VALUE_NULL`)",
    }
}

/// The method that wants a body, as Spring names it. Three are on record; those of other operations
/// follow their pattern. Source: facts.md:N-06.
pub(super) fn signature(operation: Option<&Operation>) -> String {
    const V1: &str = "com.clockify.adapter.http.v1";
    let (id, method, path) = operation
        .map_or(("", "", ""), |operation| (operation.id, operation.method, operation.path));
    let name = match method {
        "POST" => "create",
        "DELETE" => "delete",
        _ => "update",
    };
    let area = match id {
        "createNewProject" | "updateProject" => "Project".to_owned(),
        "createTimeEntry" => "TimeEntry".to_owned(),
        _ => area(path),
    };
    let request = match id {
        "createNewProject" => "ProjectRequest".to_owned(),
        _ => format!("{}{area}Request", if name == "create" { "Create" } else { "Update" }),
    };
    // The path's variables, then the body, then what the method asks of the query.
    let before = path.matches('{').count().max(1);
    let after = if id == "createTimeEntry" { 3 } else { 0 };
    let text = || "java.lang.String,";
    format!(
        "public {V1}.dto.{area}DtoImplV1 {V1}.{package}.{area}HttpAdapter.{name}({}{V1}.requests.{request},{}com.clockify.adapter.spring.security.CurrentAuth)",
        text().repeat(before),
        text().repeat(after),
        package = area.to_lowercase(),
    )
}

/// The kind of record that a path is about, as a class is named: `UserGroup` for `/…/user-groups/{id}`.
fn area(path: &str) -> String {
    let literal = path.rsplit('/').find(|part| !part.is_empty() && !part.starts_with('{'));
    let words = literal.unwrap_or_default().split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    let plural: String = words.collect();
    match plural.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plural.strip_suffix('s').unwrap_or(&plural).to_owned(),
    }
}

/// The message for a parameter of the wrong type.
pub(super) fn parameter(name: &str, value: &str, expected: Expected) -> String {
    let (class, why) = match expected {
        Expected::Boolean => ("java.lang.Boolean", format!("Invalid boolean value [{value}]")),
        Expected::Integer => ("java.lang.Integer", format!("For input string: \"{value}\"")),
        Expected::Date => ("java.time.Instant", format!("Text '{value}' could not be parsed")),
        Expected::Id => ("java.lang.String", format!("Invalid value [{value}]")),
        Expected::Word => ("java.lang.Enum", format!("No enum constant [{value}]")),
    };
    format!(
        "Method parameter '{name}': Failed to convert value of type 'java.lang.String' to required \
         type '{class}'; {why}"
    )
}
