//! The subset of JQL that saved filters use: `=`, `!=`, `in`, `not in` and `~` over project,
//! issuetype, status, priority, assignee, labels, key and texts, `IS EMPTY`, with `AND`, `OR`, `NOT`,
//! parentheses and `ORDER BY key`. Anything else is an error that names it.
//! Source: jira-vendors.md:2.3.

use crate::vendors::jira::model::{Issue, State};

/// A parsed search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Every issue.
    All,
    /// All of these.
    And(Vec<Query>),
    /// Any of these.
    Or(Vec<Query>),
    /// Negation.
    Not(Box<Query>),
    /// The field has no value.
    Empty(Field),
    /// The field has one of these values.
    In(Field, Vec<String>),
    /// The field's text contains this.
    Contains(Field, String),
}

/// A field that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Project key, name or id.
    Project,
    /// Issue type by name or id.
    IssueType,
    /// Status by name or id.
    Status,
    /// Priority by name or id.
    Priority,
    /// Assignee by account id.
    Assignee,
    /// One of the labels.
    Labels,
    /// Issue key.
    Key,
    /// Summary.
    Summary,
    /// Description.
    Description,
    /// Summary and description.
    Text,
}

/// A search that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("JQL: {0}")]
pub struct Unsupported(String);

/// Parses a search.
///
/// # Errors
/// The first clause that is not supported.
pub fn parse(text: &str) -> Result<Query, Unsupported> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let query = if parser.peek_word("order") || parser.tokens.is_empty() {
        Query::All
    } else {
        parser.or()?
    };
    if parser.word("order") {
        let by_key = parser.word("by") && (parser.word("key") || parser.word("issuekey"));
        if !by_key {
            return Err(Unsupported("only ORDER BY key is supported".to_owned()));
        }
        let _ = parser.word("asc") || parser.word("desc");
    }
    match parser.tokens.get(parser.at) {
        None => Ok(query),
        Some(token) => Err(Unsupported(format!("'{}' is not supported here", token.text))),
    }
}

/// Whether the issue matches.
#[must_use]
pub fn matches(query: &Query, site: &State, issue: &Issue) -> bool {
    match query {
        Query::All => true,
        Query::And(all) => all.iter().all(|query| matches(query, site, issue)),
        Query::Or(any) => any.iter().any(|query| matches(query, site, issue)),
        Query::Not(a) => !matches(a, site, issue),
        Query::Empty(field) => texts(*field, site, issue).is_empty(),
        Query::In(field, values) => {
            let texts = texts(*field, site, issue);
            let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
            values.iter().any(|value| texts.iter().any(|text| same(text, value)))
        }
        Query::Contains(field, part) => {
            let part = part.to_lowercase();
            texts(*field, site, issue).iter().any(|text| text.to_lowercase().contains(&part))
        }
    }
}

fn texts(field: Field, site: &State, issue: &Issue) -> Vec<String> {
    match field {
        Field::Project => site.projects.get(issue.project).map_or_else(Vec::new, |project| {
            vec![project.key.clone(), project.name.clone(), project.id.to_string()]
        }),
        Field::IssueType => vec![issue.kind.name.to_owned(), issue.kind.id.to_string()],
        Field::Status => vec![issue.status.name.to_owned(), issue.status.id.to_string()],
        Field::Priority => vec![issue.priority.name.to_owned(), issue.priority.id.to_string()],
        Field::Assignee => {
            let user = issue.assignee.and_then(|id| site.users.get(id));
            user.map(|user| vec![user.account_id.clone()]).unwrap_or_default()
        }
        Field::Labels => issue.labels.clone(),
        Field::Key => vec![issue.key.clone(), issue.id.to_string()],
        Field::Summary => vec![issue.summary.clone()],
        Field::Description => issue.description.iter().cloned().collect(),
        Field::Text => {
            let description = issue.description.iter().cloned();
            std::iter::once(issue.summary.clone()).chain(description).collect()
        }
    }
}

#[derive(Debug, Clone)]
struct Token {
    text: String,
    quoted: bool,
}

fn tokens(text: &str) -> Result<Vec<Token>, Unsupported> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(&letter) = letters.peek() {
        let mut token = Token { text: String::new(), quoted: false };
        match letter {
            _ if letter.is_whitespace() => {
                letters.next();
                continue;
            }
            '"' | '\'' => {
                letters.next();
                token.quoted = true;
                loop {
                    match letters.next() {
                        None => return Err(Unsupported("a quote is not closed".to_owned())),
                        Some('\\') => token.text.extend(letters.next()),
                        Some(end) if end == letter => break,
                        Some(other) => token.text.push(other),
                    }
                }
            }
            '(' | ')' | ',' | '=' | '~' => {
                letters.next();
                token.text.push(letter);
            }
            '!' | '<' | '>' => {
                letters.next();
                token.text.push(letter);
                if let Some(next @ ('=' | '~')) = letters.peek().copied() {
                    letters.next();
                    token.text.push(next);
                }
            }
            _ => {
                while let Some(next) =
                    letters.next_if(|c| !c.is_whitespace() && !"()=,~!<>\"'".contains(*c))
                {
                    token.text.push(next);
                }
            }
        }
        tokens.push(token);
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek_word(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| !t.quoted && t.text.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self, wanted: &str) -> Result<Token, Unsupported> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| Unsupported(format!("{wanted} is missing at the end")))
    }

    fn or(&mut self) -> Result<Query, Unsupported> {
        let first = self.and()?;
        if !self.peek_word("or") {
            return Ok(first);
        }
        let mut any = vec![first];
        while self.word("or") {
            any.push(self.and()?);
        }
        Ok(Query::Or(any))
    }

    fn and(&mut self) -> Result<Query, Unsupported> {
        let first = self.not()?;
        if !self.peek_word("and") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.word("and") {
            all.push(self.not()?);
        }
        Ok(Query::And(all))
    }

    fn not(&mut self) -> Result<Query, Unsupported> {
        self.depth += 1;
        if self.depth > 50 {
            return Err(Unsupported("the search is nested too deep".to_owned()));
        }
        let query = if self.word("not") {
            Query::Not(Box::new(self.not()?))
        } else if self.word("(") {
            let query = self.or()?;
            if !self.word(")") {
                return Err(Unsupported("a parenthesis is not closed".to_owned()));
            }
            query
        } else {
            self.clause()?
        };
        self.depth -= 1;
        Ok(query)
    }

    fn clause(&mut self) -> Result<Query, Unsupported> {
        let name = self.next("a field")?.text;
        let field = match name.to_ascii_lowercase().as_str() {
            "project" => Field::Project,
            "issuetype" | "type" => Field::IssueType,
            "status" => Field::Status,
            "priority" => Field::Priority,
            "assignee" => Field::Assignee,
            "labels" => Field::Labels,
            "key" | "issuekey" | "issue" | "id" => Field::Key,
            "summary" => Field::Summary,
            "description" => Field::Description,
            "text" => Field::Text,
            _ => return Err(Unsupported(format!("the field '{name}' is not supported"))),
        };
        let operator = self.next("an operator")?.text.to_ascii_lowercase();
        let (negated, several, contains) = match operator.as_str() {
            "=" => (false, false, false),
            "is" => (self.word("not"), false, false),
            "!=" => (true, false, false),
            "~" => (false, false, true),
            "!~" => (true, false, true),
            "in" => (false, true, false),
            "not" if self.word("in") => (true, true, false),
            _ => return Err(Unsupported(format!("the operator '{operator}' is not supported"))),
        };
        let text = matches!(field, Field::Summary | Field::Description | Field::Text);
        if contains != text && operator != "is" {
            let message = format!("'{operator}' is not supported for the field '{name}'");
            return Err(Unsupported(message));
        }
        let is = match self.values(several)? {
            None => Query::Empty(field),
            Some(_) if operator == "is" => {
                return Err(Unsupported("IS and IS NOT go with EMPTY alone".to_owned()));
            }
            Some(values) if contains => {
                Query::Contains(field, values.into_iter().next().unwrap_or_default())
            }
            Some(values) => Query::In(field, values),
        };
        if !negated {
            return Ok(is);
        }
        let not = Query::Not(Box::new(is.clone()));
        // A negated comparison does not match a field without a value.
        let empty = Query::Not(Box::new(Query::Empty(field)));
        Ok(match is {
            Query::Empty(_) => not,
            _ => Query::And(vec![empty, not]),
        })
    }

    /// One value or a list in parentheses; `None` for `EMPTY` and `NULL`.
    fn values(&mut self, several: bool) -> Result<Option<Vec<String>>, Unsupported> {
        if !several {
            let empty = self.word("empty") || self.word("null");
            return if empty { Ok(None) } else { Ok(Some(vec![self.value()?])) };
        }
        if !self.word("(") {
            return Err(Unsupported("a list stands in parentheses".to_owned()));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            if self.word(")") {
                return Ok(Some(values));
            }
            if !self.word(",") {
                return Err(Unsupported("a list has commas between its values".to_owned()));
            }
        }
    }

    fn value(&mut self) -> Result<String, Unsupported> {
        let token = self.next("a value")?;
        let is_sign = !token.quoted && "()=,~!<>".contains(token.text.as_str());
        let is_call = !token.quoted && self.peek_word("(");
        if is_sign || is_call {
            return Err(Unsupported(format!("the value '{}' is not supported", token.text)));
        }
        Ok(token.text)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_not_supported_is_named() {
        for (text, named) in [
            ("created > -7d", "created"),
            ("status was Done", "was"),
            ("assignee = currentUser()", "currentUser"),
            ("project in (A B)", "commas"),
            ("(project = A", "parenthesis"),
            ("project = A ORDER BY created", "ORDER BY key"),
            ("project = \"A", "quote"),
            ("project =", "value"),
            ("project ~ DEMO", "'~'"),
            ("summary = x", "'='"),
            ("labels is x", "EMPTY"),
            ("key in ()", "value"),
            ("AND project = A", "AND"),
            ("project = A project = B", "project"),
            (&"(".repeat(2000), "nested"),
            (&"not ".repeat(2000), "nested"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
    }

    #[test]
    fn what_filters_use_is_read() {
        for text in [
            "",
            "project = SSP",
            "project in (SSP, \"Demo, Inc.\") AND NOT (status = Done OR labels = x) ORDER BY key DESC",
            "summary ~ 'log in' and assignee is not empty",
            "description is null or labels != EMPTY and text !~ draft",
            "order by key",
            &format!("key = A-1{}", " or key = A-2 and key != A-3".repeat(2000)),
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }
}
