//! The same report as CSV, XLSX and PDF: each file is read back, and all have the same numbers.

use std::sync::Arc;

use calamine::{Data, Reader, Xlsx};
use chrono::{DateTime, NaiveDate, Utc};
use timetwin::kernel::civil::Tz;
use timetwin::kernel::ids::Hex24;
use timetwin::kernel::money::ExactAmount;
use timetwin::vendors::clockify::model::entries::EntryType;
use timetwin::vendors::clockify::model::fields::{FieldContent, FieldType};
use timetwin::vendors::clockify::model::settings::{CurrencyFormat, DurationFormat, NumberFormat};
use timetwin::vendors::clockify::model::users::TimeFormat;
use timetwin::vendors::clockify::model::{
    ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId,
};
use timetwin::vendors::clockify::reports::export::{csv, pdf, table, xlsx};
use timetwin::vendors::clockify::reports::result::{
    AmountKind, ByCurrency, Day, Details, Group, GroupId, GroupKind, Label, Labels, Money, Named,
    ReportContext, Row, RowField, Sum, Summary, Totals, Weekly,
};
use timetwin::vendors::clockify::reports::style::{Style, plain_money};

use super::read;

fn id(n: u8) -> Hex24 {
    Hex24::from_bytes([n; 12])
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, n).unwrap()
}

fn context(shown: &[AmountKind]) -> ReportContext {
    ReportContext {
        workspace: "Studio Nový".into(),
        currency: "EUR".into(),
        zone: Tz::Europe__Prague,
        first: day(1),
        last: day(14),
        amounts: shown.to_vec(),
        style: Style {
            date: "DD.MM.YYYY".to_owned(),
            time: TimeFormat::Hour24,
            seconds: true,
            duration: DurationFormat::Full,
            number: NumberFormat::CommaPeriod,
            currency: CurrencyFormat::CurrencySpaceValue,
        },
        labels: Labels {
            project: "Project".to_owned(),
            client: "Client".to_owned(),
            task: "Task".to_owned(),
        },
        made: "2026-06-15T08:00:00Z".parse().unwrap(),
        newer_columns: false,
    }
}

fn label(n: u8, name: &str, color: Option<&str>, client: Option<&str>) -> Arc<Label> {
    Arc::new(Label {
        id: GroupId::One(id(n)),
        name: name.into(),
        day: None,
        color: color.map(Into::into),
        client: client.map(Into::into),
    })
}

const PROJECTS: [(&str, &str, &str); 4] = [
    ("Website", "#03A9F4", "Müller & Söhne"),
    ("Мобильное приложение", "#E91E63", "Иванов"),
    ("社内システム", "#4CAF50", "山田商事"),
    ("(Without project)", "", ""),
];
const USERS: [&str; 5] = ["Anna Novák", "Иван Петров", "山田太郎", "김민준", "ليلى حسن"];

/// Entries with all kinds of names; two a day and user.
fn rows(count: usize) -> Vec<Row> {
    (0..count)
        .map(|n| {
            let (project, color, client) = PROJECTS[n % 4];
            let with = !color.is_empty();
            let start: DateTime<Utc> = "2026-06-01T06:00:00Z".parse().unwrap();
            let start = start + chrono::TimeDelta::minutes(313 * n as i64 % 19_000);
            let seconds = 900 + 77 * (n as i64 % 120);
            let billable = with && n % 3 != 0;
            let rate = if billable { 6050 } else { 0 };
            let earned = ExactAmount::earned(rate, seconds);
            let money = Money { earned, cost: ExactAmount::earned(3333, seconds) };
            Row {
                id: EntryId(id(n as u8)),
                description: match n % 5 {
                    0 => String::new(),
                    1 => "Review of the \"new\" layout,\nsecond round".to_owned(),
                    2 => "=SUM(A1:A2)".to_owned(),
                    3 => "会議と設計".to_owned(),
                    _ => "A long description that goes on and on about what was done, why it was done, who asked for it and what is still left to do".to_owned(),
                },
                user: Named { id: UserId(id(n as u8 % 5)), name: USERS[n % 5].into() },
                email: format!("user{}@example.com", n % 5).into(),
                groups: "Design".into(),
                billable,
                project: with.then(|| Named { id: ProjectId(id(n as u8 % 4)), name: project.into() }),
                color: with.then(|| color.into()),
                client: with.then(|| Named { id: ClientId(id(9)), name: client.into() }),
                task: (n % 4 == 1).then(|| Named { id: TaskId(id(7)), name: "Návrh".into() }),
                tags: vec![Named { id: TagId(id(3)), name: "remote".into() }; n % 3],
                start,
                end: start + chrono::TimeDelta::seconds(seconds),
                seconds,
                kind: EntryType::Regular,
                locked: false,
                invoiced: false,
                fields: vec![RowField {
                    id: FieldId(id(4)),
                    name: "Location".into(),
                    kind: FieldType::DropdownSingle,
                    value: (n % 2 == 0).then(|| FieldContent::Text("Brno".into())),
                }],
                currency: "EUR".into(),
                rate: Some(rate),
                cost_rate: Some(3333),
                money,
                created: start,
            }
        })
        .collect()
}

/// True if a sum of so many rounded amounts fits the exact sum.
fn is_about(sum: i64, exact: ExactAmount, lines: usize) -> bool {
    (sum as f64 - exact.minor()).abs() <= lines as f64 / 2.0
}

fn sum<'a>(rows: impl Iterator<Item = &'a Row>) -> Sum {
    let mut sum = Sum::default();
    for row in rows {
        sum += Sum { seconds: row.seconds, money: row.money };
    }
    sum
}

fn date(row: &Row) -> NaiveDate {
    row.start.with_timezone(&Tz::Europe__Prague).date_naive()
}

fn days(rows: &[Row]) -> Vec<Day> {
    let mut dates: Vec<NaiveDate> = rows.iter().map(date).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
        .into_iter()
        .map(|day| Day {
            date: day,
            sum: sum(rows.iter().filter(|row| date(row) == day)),
            billable_seconds: sum(rows.iter().filter(|row| row.billable && date(row) == day))
                .seconds,
        })
        .collect()
}

fn totals(rows: &[Row]) -> Totals {
    let all = sum(rows.iter());
    Totals {
        sum: all,
        billable_seconds: sum(rows.iter().filter(|row| row.billable)).seconds,
        entries: rows.len() as u64,
        by_currency: vec![("EUR".into(), all.money)],
    }
}

fn project_of(row: &Row) -> &str {
    row.project.as_ref().map_or("(Without project)", |project| &project.name)
}

/// Groups by project and user, with figures of `dates` in each.
fn groups(rows: &[Row], dates: &[NaiveDate]) -> Vec<Group> {
    let by_day = |rows: &[&Row]| -> Vec<Sum> {
        let of = |day| sum(rows.iter().copied().filter(|row| date(row) == day));
        dates.iter().map(|day| of(*day)).collect()
    };
    PROJECTS
        .iter()
        .enumerate()
        .map(|(n, (name, color, client))| {
            let on: Vec<&Row> = rows.iter().filter(|row| project_of(row) == *name).collect();
            let children = USERS
                .iter()
                .enumerate()
                .map(|(m, user)| {
                    let theirs: Vec<&Row> =
                        on.iter().copied().filter(|row| &*row.user.name == *user).collect();
                    Group {
                        label: label(m as u8, user, None, None),
                        sum: sum(theirs.iter().copied()),
                        by_currency: ByCurrency::One("EUR".into()),
                        days: by_day(&theirs),
                        children: Vec::new(),
                    }
                })
                .filter(|group| group.sum.seconds > 0)
                .collect();
            Group {
                label: label(n as u8, name, Some(color), Some(client)),
                sum: sum(on.iter().copied()),
                by_currency: ByCurrency::One("EUR".into()),
                days: by_day(&on),
                children,
            }
        })
        .collect()
}

fn summary(rows: &[Row]) -> Summary {
    Summary {
        totals: totals(rows),
        kinds: vec![GroupKind::Project, GroupKind::User],
        groups: groups(rows, &[]),
        days: days(rows),
    }
}

fn details(rows: &[Row]) -> Details {
    let fields = vec![Named { id: FieldId(id(4)), name: "Location".into() }];
    Details { totals: totals(rows), days: days(rows), fields }
}

fn file(style: &Style, columns: &[table::Column], cells: Vec<Vec<table::Cell>>) -> String {
    let bytes: Vec<u8> = csv::chunks(style.clone(), columns, cells.into_iter()).flatten().collect();
    String::from_utf8(bytes).unwrap()
}

/// Heading and rows of a CSV file.
fn parse(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    (heading, rows.collect())
}

fn seconds(text: &str) -> i64 {
    text.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// A table as a workbook, with all its pieces.
fn workbook(
    title: &'static str,
    made: DateTime<Utc>,
    style: &Style,
    columns: &[table::Column],
    rows: impl Iterator<Item = Vec<table::Cell>>,
) -> Vec<u8> {
    let rows: Vec<_> = rows.collect();
    let book = xlsx::Book { title, made, style, columns, count: rows.len() };
    xlsx::pieces(&book, rows.into_iter()).unwrap().flatten().collect()
}

fn sheet(bytes: Vec<u8>) -> calamine::Range<Data> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    book.worksheet_range_at(0).unwrap().unwrap()
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        Data::DateTime(time) => time.as_f64(),
        other => panic!("no number: {other:?}"),
    }
}

const BOTH: [AmountKind; 2] = [AmountKind::Earned, AmountKind::Cost];

#[test]
fn detailed_exports_have_the_observed_headings_and_the_same_numbers() {
    let context = context(&BOTH);
    let rows = rows(500);
    let details = details(&rows);
    let columns = table::detailed_columns(&context, &details);
    let cells: Vec<_> =
        rows.iter().map(|row| table::detailed_cells(&context, &details, row)).collect();
    let text = file(&context.style, &columns, cells.clone());
    assert!(text.starts_with(
        "\"Project\",\"Client\",\"Description\",\"Task\",\"User\",\"Group\",\"Email\",\"Tags\",\"Billable\",\
         \"Start Date\",\"Start Time\",\"End Date\",\"End Time\",\"Duration (h)\",\"Duration (decimal)\",\
         \"Billable Rate (EUR)\",\"Billable Amount (EUR)\",\"Cost Rate (EUR)\",\"Cost Amount (EUR)\",\"Location\"\n"
    ));
    let (_, lines) = parse(&text);
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(line[2], row.description);
        assert_eq!(line[8], if row.billable { "Yes" } else { "No" });
        assert_eq!(line[9], date(row).format("%d.%m.%Y").to_string());
        assert_eq!(seconds(&line[13]), row.seconds);
        assert_eq!(cents(&line[16]), row.money.earned.rounded());
    }
    let book =
        workbook("Detailed Report", context.made, &context.style, &columns, cells.into_iter());
    let range = sheet(book);
    assert_eq!(range.height(), rows.len() + 2);
    for (at, row) in rows.iter().enumerate() {
        let line = at as u32 + 1;
        let cell = |column| range.get_value((line, column)).unwrap();
        let days = number(cell(13));
        assert_eq!((days * 86_400.0).round() as i64, row.seconds);
        assert_eq!((number(cell(16)) * 100.0).round() as i64, row.money.earned.rounded());
        assert!(matches!(cell(9), Data::DateTime(_)), "a date is a date");
        if !row.description.is_empty() {
            assert_eq!(cell(2).to_string(), row.description, "a text is no formula");
        }
    }
    let totals = &details.totals;
    let last = |column| number(range.get_value((rows.len() as u32 + 1, column)).unwrap());
    assert_eq!((last(13) * 86_400.0).round() as i64, totals.sum.seconds);
    assert_eq!((last(16) * 100.0).round() as i64, totals.sum.money.earned.rounded());

    let document = read::pdf(&pdf::detailed(&context, &details, rows.iter().cloned()).unwrap());
    let text = document.pages.join("\n");
    assert!(text.contains(&context.style.duration(totals.sum.seconds)));
    assert!(text.contains(&context.style.money(totals.sum.money.earned.rounded(), "EUR")));
    assert!(document.pages.len() > 5);
    for (n, page) in document.pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", n + 1, document.pages.len())), "{page}");
    }
    for row in &rows {
        assert!(text.contains(&context.style.moment(row.start, context.zone)));
    }
}

#[test]
fn summary_exports_add_up_to_the_same_totals() {
    let context = context(&[AmountKind::Earned]);
    let rows = rows(300);
    let report = summary(&rows);
    let columns = table::summary_columns(&context, &report);
    let cells = table::summary_cells(&context, report.clone()).collect::<Vec<_>>();
    let (heading, lines) = parse(&file(&context.style, &columns, cells.clone()));
    assert_eq!(
        heading,
        ["Project", "Client", "User", "Time (h)", "Time (decimal)", "Amount (EUR)"]
    );
    let total = &report.totals.sum;
    assert_eq!(lines.iter().map(|line| seconds(&line[3])).sum::<i64>(), total.seconds);
    let listed: i64 = lines.iter().map(|line| cents(&line[5])).sum();
    assert!(is_about(listed, total.money.earned, lines.len()), "each line is rounded by itself");

    let book =
        workbook("Summary Report", context.made, &context.style, &columns, cells.into_iter());
    let range = sheet(book);
    let last = range.height() as u32 - 1;
    assert_eq!(range.get_value((last, 0)).unwrap().to_string(), "Total");
    let number = |line, column| number(range.get_value((line, column)).unwrap());
    assert_eq!((number(last, 5) * 100.0).round() as i64, total.money.earned.rounded());
    let listed: f64 = (1..last).map(|line| number(line, 4)).sum();
    assert!((listed - number(last, 4)).abs() < 1e-9);

    let document = read::pdf(&pdf::summary(&context, &report).unwrap());
    let text = document.pages.join("\n");
    for group in &report.groups {
        assert!(text.contains(&context.style.duration(group.sum.seconds)), "{}", group.label.name);
        assert!(text.contains(&context.style.money(group.sum.money.earned.rounded(), "EUR")));
        assert!(text.contains(&*group.label.name), "{} in {text}", group.label.name);
    }
    for name in
        ["Summary report", "Studio Nový", "01.06.2026", "14.06.2026", "山田太郎", "Иван Петров"]
    {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(text.contains(&context.style.money(total.money.earned.rounded(), "EUR")));
}

#[test]
fn weekly_exports_show_the_days() {
    let context = context(&[AmountKind::Earned]);
    let dates: Vec<NaiveDate> = (1..=7).map(day).collect();
    let rows: Vec<Row> = rows(300).into_iter().filter(|row| dates.contains(&date(row))).collect();
    let mut report = Weekly {
        totals: totals(&rows),
        kinds: [GroupKind::Project, GroupKind::User],
        money: false,
        days: days(&rows),
        groups: groups(&rows, &dates),
    };
    assert_eq!(report.days.len(), 7);
    let columns = table::weekly_columns(&context, &report);
    let cells = table::weekly_cells(&context, report.clone()).collect::<Vec<_>>();
    let (heading, lines) = parse(&file(&context.style, &columns, cells));
    assert_eq!(heading[3], "01.06.2026");
    for (n, day) in report.days.iter().enumerate() {
        assert_eq!(lines.iter().map(|line| seconds(&line[3 + n])).sum::<i64>(), day.sum.seconds);
    }
    report.money = true;
    let cells = table::weekly_cells(&context, report.clone()).collect::<Vec<_>>();
    let (_, lines) = parse(&file(&context.style, &columns, cells.clone()));
    for (n, day) in report.days.iter().enumerate() {
        let earned: i64 = lines.iter().map(|line| cents(&line[3 + n])).sum();
        assert!(is_about(earned, day.sum.money.earned, lines.len()));
    }
    let book = workbook("Weekly Report", context.made, &context.style, &columns, cells.into_iter());
    let range = sheet(book);
    let last = range.height() as u32 - 1;
    let shown = number(range.get_value((last, 3)).unwrap());
    assert_eq!((shown * 100.0).round() as i64, report.days[0].sum.money.earned.rounded());
    let text = read::pdf(&pdf::weekly(&context, &report).unwrap()).pages.join("\n");
    for day in &report.days {
        assert!(text.contains(&context.style.number(day.sum.money.earned.rounded())));
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let context = context(&BOTH);
    let rows = rows(40);
    let (report, details) = (summary(&rows), details(&rows));
    let columns = table::summary_columns(&context, &report);
    let book = || {
        let cells = table::summary_cells(&context, report.clone()).collect::<Vec<_>>();
        workbook("Summary Report", context.made, &context.style, &columns, cells.into_iter())
    };
    assert_eq!(book(), book());
    assert_eq!(pdf::summary(&context, &report), pdf::summary(&context, &report));
    let document = || pdf::detailed(&context, &details, rows.iter().cloned()).unwrap();
    assert_eq!(document(), document());
}

#[test]
fn empty_reports_are_files_too() {
    let context = context(&[]);
    let report = summary(&[]);
    let report = Summary { groups: Vec::new(), ..report };
    let columns = table::summary_columns(&context, &report);
    let text = file(&context.style, &columns, Vec::new());
    assert_eq!(text, "\"Project\",\"Client\",\"User\",\"Time (h)\",\"Time (decimal)\"\n");
    let book =
        workbook("Summary Report", context.made, &context.style, &columns, std::iter::empty());
    assert_eq!(sheet(book).height(), 2);
    let document = read::pdf(&pdf::summary(&context, &report).unwrap());
    assert_eq!(document.pages.len(), 1);
    assert!(document.pages[0].contains("No time entries in this range."));
    assert_eq!(plain_money(report.totals.sum.money.earned.rounded()), "0.00");
}

/// Rows of a person each minute of a day, one shorter than the other.
fn brief(count: usize) -> Vec<Row> {
    let some = rows(1).remove(0);
    let row = |n: usize| Row { description: format!("row {n}."), seconds: 105, ..some.clone() };
    (1..=count).map(row).collect()
}

#[test]
fn a_pdf_has_at_most_three_thousand_rows_and_the_totals_of_all() {
    let context = context(&[]);
    let rows = brief(3001);
    let details = details(&rows);
    let document = read::pdf(&pdf::detailed(&context, &details, rows.iter().cloned()).unwrap());
    let text = document.pages.join("\n");
    assert!(text.contains("row 3000.") && !text.contains("row 3001."));
    assert!(text.contains(&context.style.duration(3001 * 105)));
}

#[test]
fn all_files_head_their_columns_in_the_workspaces_own_words() {
    let mut context = context(&[]);
    context.labels = Labels {
        project: "Product".to_owned(),
        client: "Department".to_owned(),
        task: "Activity".to_owned(),
    };
    let rows = rows(40);
    let report = Summary { kinds: vec![GroupKind::Project, GroupKind::User], ..summary(&rows) };
    let columns = table::summary_columns(&context, &report);
    let headings: Vec<&str> = columns.iter().map(|column| &*column.heading).collect();
    assert_eq!(headings[..3], ["Product", "Department", "User"]);
    let cells = table::summary_cells(&context, report.clone());
    let book = workbook("Summary Report", context.made, &context.style, &columns, cells);
    let range = sheet(book);
    assert_eq!(range.get_value((0, 1)).unwrap().to_string(), "Department");
    let document = read::pdf(&pdf::summary(&context, &report).unwrap());
    assert!(document.pages[0].contains("Product") && !document.pages[0].contains("Project"));
}

#[test]
fn compact_durations_show_the_nearest_minute_in_every_file() {
    let mut context = context(&[]);
    context.style.duration = DurationFormat::Compact;
    let rows = brief(2);
    let details = details(&rows);
    let columns = table::detailed_columns(&context, &details);
    let cells: Vec<_> =
        rows.iter().map(|row| table::detailed_cells(&context, &details, row)).collect();
    let (_, lines) = parse(&file(&context.style, &columns, cells.clone()));
    assert_eq!((&*lines[0][13], &*lines[0][14]), ("0:02", "0.03"));
    let cells = cells.into_iter();
    let book = workbook("Detailed Report", context.made, &context.style, &columns, cells);
    let range = sheet(book);
    let minutes = |line| number(range.get_value((line, 13)).unwrap()) * 24.0 * 60.0;
    assert!((minutes(1) - 2.0).abs() < 1e-6, "the entry, as it is shown");
    assert!((minutes(3) - 4.0).abs() < 1e-6, "210 seconds are 3:30, the nearest minute is 4");
    let document = read::pdf(&pdf::detailed(&context, &details, rows.into_iter()).unwrap());
    assert!(document.pages[0].contains("0:02") && document.pages[0].contains("0:04"));
}
