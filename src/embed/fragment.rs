//! Scenario fragments, written with types.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::money::Minor;
pub use crate::scenario::format::SystemName;
use crate::scenario::format::{ClientIn, FragmentIn, PersonIn, ProjectIn, TaskIn, WorkIn};
pub use crate::scenario::seed::Role;

/// Part of a scenario, for [`Sandbox::plant`](super::Sandbox::plant). Its rows may name people, clients,
/// projects and tasks that the sandbox's scenario has.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), timetwin::embed::Error> {
/// # use timetwin::Timetwin;
/// use serde_json::json;
/// use timetwin::embed::{Client, Fragment, Person, Project, Role, SystemName, Task, Work};
///
/// let twin = Timetwin::builder().scenario("bare").at("2024-06-03T09:00:00Z").start().await?;
/// let fragment = Fragment::new()
///     .person(Person::new("zoe", "Zoe Park", "zoe@studio.example").role(Role::Admin).zone("Asia/Seoul"))
///     .client(Client::new("acme", "Acme"))
///     .project(Project::new("APP", "App").client("acme").rate(9000))
///     .task(Task::new("APP-1", "Sign in").assignee("zoe"))
///     .work(Work::new("zoe", "APP-1").at("d-1 09:00").seconds(3600).note("First look"))
///     .work(Work::new("anna", "DEMO-1").at("2024-05-31T09:00:00Z").seconds(60).only_in(&[SystemName::Jira]))
///     .overlay("clockify", json!({"tags": [{"name": "remote"}]}));
/// twin.main().plant(&fragment).await?;
/// let people: Vec<String> = twin.ledger("jira")?.into_iter().map(|line| line.who).collect();
/// assert_eq!(people, ["anna@studio.example", "zoe@studio.example"]);
/// assert_eq!(twin.ledger("clockodo")?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use = "it has to be planted"]
pub struct Fragment(FragmentIn);

impl Fragment {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a person.
    pub fn person(mut self, person: Person) -> Self {
        self.0.people.push(person.0);
        self
    }

    /// Adds a client.
    pub fn client(mut self, client: Client) -> Self {
        self.0.clients.push(client.0);
        self
    }

    /// Adds a project.
    pub fn project(mut self, project: Project) -> Self {
        self.0.projects.push(project.0);
        self
    }

    /// Adds a task.
    pub fn task(mut self, task: Task) -> Self {
        self.0.tasks.push(task.0);
        self
    }

    /// Adds work.
    pub fn work(mut self, work: Work) -> Self {
        self.0.work.push(work.0);
        self
    }

    /// Sets what only one system has, in the form of its overlay file.
    pub fn overlay(mut self, system: &str, overlay: Value) -> Self {
        self.0.overlays.insert(system.to_owned(), overlay);
        self
    }
}

/// Declares a row of a fragment; every row can be limited to some systems.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident($row:ident);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[must_use = "a fragment has to hold it"]
        pub struct $name($row);

        impl $name {
            /// In these systems only.
            pub fn only_in(mut self, systems: &[SystemName]) -> Self {
                self.0.systems = Some(systems.to_vec());
                self
            }
        }
    )*};
}

rows! {
    /// A person of a [`Fragment`].
    Person(PersonIn);
    /// A client of a [`Fragment`].
    Client(ClientIn);
    /// A project of a [`Fragment`].
    Project(ProjectIn);
    /// A part of a project of a [`Fragment`]: a Clockify task, a Jira issue.
    Task(TaskIn);
    /// A stretch of work of a [`Fragment`].
    Work(WorkIn);
}

impl Person {
    /// A member in UTC, by the id that other rows use, with full name and e-mail.
    pub fn new(id: &str, name: &str, email: &str) -> Self {
        Self(PersonIn {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            zone: "UTC".to_owned(),
            role: Role::Member,
            rate: None,
            active: None,
            systems: None,
        })
    }

    /// In this time zone, by its IANA name.
    pub fn zone(mut self, zone: &str) -> Self {
        zone.clone_into(&mut self.0.zone);
        self
    }

    /// In this role.
    pub fn role(mut self, role: Role) -> Self {
        self.0.role = role;
        self
    }

    /// At this rate, in minor units an hour.
    pub fn rate(mut self, rate: Minor) -> Self {
        self.0.rate = Some(rate);
        self
    }

    /// Deactivated.
    pub fn inactive(mut self) -> Self {
        self.0.active = Some(false);
        self
    }
}

impl Client {
    /// A client, by the id that projects use, with its name.
    pub fn new(id: &str, name: &str) -> Self {
        let (id, name) = (id.to_owned(), name.to_owned());
        Self(ClientIn { id, name, archived: false, systems: None })
    }

    /// Archived.
    pub fn archived(mut self) -> Self {
        self.0.archived = true;
        self
    }
}

impl Project {
    /// A public, billable project of everybody, with a key like `APP` and a name.
    pub fn new(key: &str, name: &str) -> Self {
        Self(ProjectIn {
            key: key.to_owned(),
            name: name.to_owned(),
            client: None,
            billable: None,
            rate: None,
            archived: false,
            public: None,
            members: None,
            systems: None,
        })
    }

    /// For this client, by id.
    pub fn client(mut self, id: &str) -> Self {
        self.0.client = Some(id.to_owned());
        self
    }

    /// At this rate, in minor units an hour; it precedes a person's rate.
    pub fn rate(mut self, rate: Minor) -> Self {
        self.0.rate = Some(rate);
        self
    }

    /// Whether its work is billed by default.
    pub fn billable(mut self, billable: bool) -> Self {
        self.0.billable = Some(billable);
        self
    }

    /// Archived.
    pub fn archived(mut self) -> Self {
        self.0.archived = true;
        self
    }

    /// For its members only.
    pub fn private(mut self) -> Self {
        self.0.public = Some(false);
        self
    }

    /// With these members, by id.
    pub fn members(mut self, ids: &[&str]) -> Self {
        self.0.members = Some(ids.iter().map(|id| (*id).to_owned()).collect());
        self
    }
}

impl Task {
    /// A part of a project, with a key like `APP-1` and a name.
    pub fn new(key: &str, name: &str) -> Self {
        let (key, name) = (key.to_owned(), name.to_owned());
        Self(TaskIn { key, name, done: false, assignee: None, systems: None })
    }

    /// Finished.
    pub fn done(mut self) -> Self {
        self.0.done = true;
        self
    }

    /// Assigned to this person, by id.
    pub fn assignee(mut self, id: &str) -> Self {
        self.0.assignee = Some(id.to_owned());
        self
    }
}

impl Work {
    /// A person's work, by id, on a project or task, by key. It needs a start and a duration.
    pub fn new(who: &str, on: &str) -> Self {
        Self(WorkIn {
            who: who.to_owned(),
            on: on.to_owned(),
            start: String::new(),
            seconds: None,
            running: false,
            note: String::new(),
            billable: None,
            systems: None,
        })
    }

    /// From this start: an instant like `2026-06-12T09:00:00Z`, or a time in the person's zone like
    /// `d-1 09:00`.
    pub fn at(mut self, start: &str) -> Self {
        start.clone_into(&mut self.0.start);
        self
    }

    /// For this long.
    pub fn seconds(mut self, seconds: i64) -> Self {
        self.0.seconds = Some(seconds);
        self
    }

    /// With this description.
    pub fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.0.note);
        self
    }

    /// Whether it is billed; by default as its project.
    pub fn billable(mut self, billable: bool) -> Self {
        self.0.billable = Some(billable);
        self
    }
}
