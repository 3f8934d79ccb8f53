//! Who may ask what: every request for every role, on a small roster of two schools; and no answer holds anything of another school.

use homeroom::desk::{
    AddWhat, Caller, CallerRole, ComparePart, Desk, ExportWhat, FindingQuery, Import, JobNo, ListAsk, Listed, MendOf, OneChange,
    PeopleQuery, Repair, Reply, ReportFormat, Request, RowAt, RowChoice, SchoolSort, Seen, SyncsOf, TroubleSort, Window,
};
use homeroom::ledger::{Actor, Feed, FeedWatch, Map, SyncNo};
use homeroom::roster::{ClassNo, Entity, Family, OrgNo, PersonNo, Table};

use crate::world::{SCHOOLS, World};

/// What comes of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    /// An answer.
    Answer,
    /// An answer without what is another school's.
    Own,
    /// No: it is another school's, or the role is not enough.
    Refused,
}
use Comes::{Answer, Own, Refused};

/// One request, and what comes of it for district, school (of S1), viewer (of all) and nobody.
struct Line {
    request: Request,
    comes: [Comes; 4],
}

/// Who has what on this roster. Everything of the second school has a name with `Zebra` in it, or an ID that begins with 9.
struct There {
    mine: PersonNo,
    theirs: PersonNo,
    my_class: ClassNo,
    their_class: ClassNo,
    my_org: OrgNo,
    their_org: OrgNo,
    my_sync: SyncNo,
    their_sync: SyncNo,
    their_course: Entity,
    their_enrollment: Entity,
    my_file: String,
    their_file: String,
}

const ROLES: [CallerRole; 4] = [CallerRole::District, CallerRole::School, CallerRole::Viewer, CallerRole::Nobody];

/// What is never to be seen by who is of the first school.
const SECRET: [&str; 3] = ["Zebra", "zebra", "9001"];

fn users(school: &str, from: u32, name: &str) -> String {
    let head = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n";
    let row = |n: u32| format!("{name},,{name}son,{}{n}@lincoln.example,{n},{school},Student,,5,Active\n", name.to_lowercase());
    // The last of each file is refused.
    let refused = format!("{name},,,{}x@lincoln.example,{},{school},Student,,5,Active\n", name.to_lowercase(), from + 3);
    format!("{head}{}{}{}{refused}", row(from), row(from + 1), row(from + 2))
}

fn import(path: &str, org: Option<&str>, dry_run: bool) -> Import {
    Import { path: path.to_owned(), profile: Some("echalk-users".into()), org: org.map(str::to_owned), dry_run, ..Import::default() }
}

/// Every request there is. A new one does not compile before it has been given its lines.
fn is_covered(request: &Request) -> &'static str {
    match request {
        Request::Overview => "overview",
        Request::Syncs { .. } => "syncs",
        Request::Sync(_) => "sync",
        Request::Findings { .. } => "findings",
        Request::Rows { .. } => "rows",
        Request::Row { .. } => "row",
        Request::CheckRow { .. } => "check row",
        Request::Fix { .. } => "fix",
        Request::Corrections(_) => "corrections",
        Request::Triage => "triage",
        Request::Import(_) => "import",
        Request::ImportSet(_) => "import set",
        Request::PickUp { .. } => "pick up",
        Request::Apply { .. } => "apply",
        Request::Abandon { .. } => "abandon",
        Request::Removals { .. } => "removals",
        Request::Rerun { .. } => "rerun",
        Request::Undo { .. } => "undo",
        Request::Plan { .. } => "plan",
        Request::Cancel(_) => "cancel",
        Request::Schools { .. } => "schools",
        Request::School(_) => "school",
        Request::People { .. } => "people",
        Request::Person(_) => "person",
        Request::Find { .. } => "find",
        Request::Resolve(_) => "resolve",
        Request::EditPerson { .. } => "edit person",
        Request::EditOrg { .. } => "edit org",
        Request::Add { .. } => "add",
        Request::Edit { .. } => "edit",
        Request::Fields(_) => "fields",
        Request::Classes { .. } => "classes",
        Request::Class(_) => "class",
        Request::Courses { .. } => "courses",
        Request::Record(_) => "record",
        Request::Ties { .. } => "ties",
        Request::Flips => "flips",
        Request::Feeds => "feeds",
        Request::PutFeed { .. } => "put feed",
        Request::RemoveFeed(_) => "remove feed",
        Request::Maps => "maps",
        Request::PutMap(_) => "put map",
        Request::RemoveMap(_) => "remove map",
        Request::DraftMap { .. } => "draft map",
        Request::Template(_) => "template",
        Request::Report { .. } => "report",
        Request::Export { .. } => "export",
        Request::Profiles => "profiles",
        Request::Recognise { .. } => "recognise",
        Request::Doctor => "doctor",
        Request::Verify { .. } => "verify",
        Request::Careful { .. } => "careful",
        Request::Audit { .. } => "audit",
        Request::Attach { .. } => "attach",
        Request::Detach { .. } => "detach",
        Request::Repairs { .. } => "repairs",
        Request::Mend { .. } => "mend",
        Request::TurnMend { .. } => "turn mend",
        Request::Rules => "rules",
        Request::PutRule { .. } => "put rule",
        Request::RemoveRule { .. } => "remove rule",
        Request::AllCorrections { .. } => "all corrections",
        Request::EndStanding(_) => "end standing",
        Request::Ticket { .. } => "ticket",
        Request::Listed(_) => "listed",
        Request::EditPeople { .. } => "edit people",
        Request::UndoEdit { .. } => "undo edit",
        Request::Backup { .. } => "backup",
        Request::Snoozed => "snoozed",
        Request::Snooze { .. } => "snooze",
        Request::Wake(_) => "wake",
        Request::Gone(_) => "gone",
        Request::Clash { .. } => "clash",
        Request::Decide { .. } => "decide",
        Request::OverviewOf(_) => "overview of",
        Request::TriageOf(_) => "triage of",
        Request::Compare { .. } => "compare",
        Request::UndoBack { .. } => "undo back",
        Request::UndoLeft { .. } => "undo left",
        Request::Shares(_) => "shares",
        Request::PutWatch { .. } => "put watch",
        Request::Take(_) => "take",
        Request::Status => "status",
        Request::News => "news",
    }
}

/// How many different requests there are.
const REQUESTS: usize = 84;

/// The whole matrix.
fn matrix(there: &There) -> Vec<Line> {
    const ALL: Window = Window::ALL;
    let There { mine, theirs, my_class, their_class, my_org, their_org, my_sync, their_sync, .. } = *there;
    let mut lines: Vec<Line> = Vec::new();
    // Looked at by everybody who looks; a school sees its own.
    let mut look = |request: Request, school: Comes| lines.push(Line { request, comes: [Answer, school, Answer, Refused] });
    look(Request::Overview, Own);
    look(Request::Syncs { window: ALL, org: None, filter: String::new(), of: SyncsOf::default() }, Own);
    look(Request::Syncs { window: ALL, org: Some("S2".into()), filter: String::new(), of: SyncsOf::default() }, Refused);
    for (sync, comes) in [(my_sync, Own), (their_sync, Refused)] {
        look(Request::Sync(sync), comes);
        look(Request::Findings { sync, query: FindingQuery::default(), window: ALL }, comes);
        look(Request::Rows { sync, cause: None, filter: String::new(), window: ALL }, comes);
        look(Request::Row { sync, at: RowAt::Record(1) }, comes);
        look(
            Request::CheckRow { sync, record: 1, cells: vec![("custom_id".into(), "9001".into())] },
            if comes == Own { Answer } else { comes },
        );
        look(Request::Corrections(sync), comes);
        look(Request::Removals { sync, window: ALL }, comes);
        look(Request::Plan { sync, window: ALL }, comes);
        look(Request::Undo { sync, dry_run: true }, comes);
        for format in ReportFormat::ALL.iter().copied() {
            look(Request::Report { sync, format, xlsx: false, original: None }, comes);
        }
    }
    look(Request::Triage, Own);
    look(Request::Cancel(JobNo(1)), Own);
    look(Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window: ALL }, Own);
    for (org, comes) in [(my_org, Own), (their_org, Refused)] {
        look(Request::School(org), comes);
        look(Request::People { query: PeopleQuery { org: Some(org), ..PeopleQuery::default() }, window: ALL }, comes);
        look(Request::Classes { org: Some(org), filter: String::new(), window: ALL }, comes);
        look(Request::Courses { org: Some(org), filter: String::new(), window: ALL }, comes);
        look(Request::Ties { table: Table::Enrollments, org: Some(org), window: ALL }, comes);
    }
    look(Request::People { query: PeopleQuery::default(), window: ALL }, Own);
    look(Request::People { query: PeopleQuery { filter: "zebra".into(), ..PeopleQuery::default() }, window: ALL }, Own);
    look(Request::People { query: PeopleQuery { family: Some(Family::Students), ..PeopleQuery::default() }, window: ALL }, Own);
    look(Request::Person(mine), Own);
    look(Request::Person(theirs), Refused);
    for query in ["zebra", "9001", "maria", "lincoln"] {
        look(Request::Find { query: query.into(), org: None, limit: 50 }, Own);
    }
    look(Request::Find { query: "zebra".into(), org: Some("S2".into()), limit: 50 }, Refused);
    look(Request::Resolve("student:1001".into()), Own);
    look(Request::Resolve("student:9001".into()), Refused);
    look(Request::Resolve("class:ZEBRA".into()), Refused);
    look(Request::Fields(mine.into()), Own);
    look(Request::Fields(theirs.into()), Refused);
    look(Request::Class(my_class), Own);
    look(Request::Class(their_class), Refused);
    look(Request::Classes { org: None, filter: String::new(), window: ALL }, Own);
    look(Request::Courses { org: None, filter: String::new(), window: ALL }, Own);
    look(Request::Record(there.their_course), Refused);
    look(Request::Record(there.their_enrollment), Refused);
    look(Request::Ties { table: Table::Enrollments, org: None, window: ALL }, Own);
    look(Request::Ties { table: Table::Links, org: None, window: ALL }, Own);
    look(Request::Flips, Own);
    look(Request::Feeds, Own);
    look(Request::Maps, Own);
    look(Request::DraftMap { path: there.my_file.clone(), map: Map { profile: "echalk-users".into(), ..map() } }, Own);
    look(Request::Template("echalk-users".into()), Own);
    for what in ExportWhat::ALL.iter().copied() {
        look(Request::Export { what, org: None, for_spreadsheet: false }, Own);
        look(Request::Export { what, org: Some("S2".into()), for_spreadsheet: false }, Refused);
    }
    look(Request::Profiles, Own);
    look(Request::Recognise { path: there.my_file.clone() }, Own);

    let lists = [
        Request::People { query: PeopleQuery::default(), window: ALL },
        Request::Schools { filter: String::new(), sort: SchoolSort::Name, reverse: false, window: ALL },
        Request::Classes { org: None, filter: String::new(), window: ALL },
        Request::Syncs { window: ALL, org: None, filter: String::new(), of: SyncsOf::default() },
        Request::Rows { sync: my_sync, cause: None, filter: String::new(), window: ALL },
        Request::Findings { sync: my_sync, query: FindingQuery::default(), window: ALL },
    ];
    for list in lists {
        for ask in [ListAsk::Page, ListAsk::Around(0), ListAsk::Ids, ListAsk::Csv(Vec::new())] {
            look(Request::Listed(Box::new(Listed { list: list.clone(), sort: None, ask })), Own);
        }
    }
    let theirs_listed = Request::Rows { sync: their_sync, cause: None, filter: String::new(), window: ALL };
    look(Request::Listed(Box::new(Listed { list: theirs_listed, sort: None, ask: ListAsk::Page })), Refused);
    for (org, comes) in [("S1", Own), ("S2", Refused)] {
        look(Request::OverviewOf(org.into()), comes);
        look(Request::TriageOf(org.into()), comes);
    }
    for (sync, comes) in [(my_sync, Own), (their_sync, Refused)] {
        let part = ComparePart::default();
        look(Request::Compare { older: None, newer: sync, part, filter: String::new(), window: ALL }, comes);
        look(Request::UndoBack { sync, window: ALL }, comes);
        look(Request::UndoLeft { sync, window: ALL }, comes);
        look(Request::Shares(sync), comes);
        look(Request::Gone(Some(sync)), comes);
        look(Request::Clash { sync, at: RowAt::Record(4) }, comes);
    }
    look(
        Request::Compare { older: Some(their_sync), newer: my_sync, part: ComparePart::default(), filter: String::new(), window: ALL },
        Refused,
    );
    look(Request::Status, Refused);
    look(Request::Snoozed, Own);
    look(Request::Gone(None), Own);
    look(Request::Rules, Own);
    look(Request::AllCorrections { filter: String::new(), window: ALL }, Own);
    look(Request::Ticket { feed: None }, Own);
    for (sync, comes) in [(my_sync, Own), (their_sync, Refused)] {
        look(Request::Repairs { sync, cause: 1, of: MendOf::default() }, comes);
        look(Request::Attach { sync, path: there.my_file.clone(), dry_run: true }, comes);
    }

    // Changed by the district, and by a school what is its own.
    let mut change = |request: Request, school: Comes| lines.push(Line { request, comes: [Answer, school, Refused, Refused] });
    let cells = || vec![("last_name".to_owned(), "Mended".to_owned())];
    for (sync, comes) in [(my_sync, Own), (their_sync, Refused)] {
        change(Request::Fix { sync, at: RowAt::Record(4), cells: cells() }, comes);
        change(Request::Careful { change: OneChange::Fix { sync, at: RowAt::Record(4), cells: cells() }, seen: Seen::Nothing }, comes);
        for choice in [RowChoice::Skip, RowChoice::TakeBack, RowChoice::SameAs(theirs)] {
            let comes = if choice == RowChoice::SameAs(theirs) { Refused } else { comes };
            change(Request::Decide { sync, at: RowAt::Record(4), choice }, comes);
        }
        change(Request::Snooze { sync, cause: 1, until: "1w".into(), reason: "They know".into() }, comes);
        change(Request::Rerun { sync, all: false, dry_run: false }, comes);
        change(Request::Undo { sync, dry_run: false }, comes);
        change(Request::Abandon { sync, reason: None }, comes);
        change(Request::Apply { sync, without_removals: false, reason: None }, comes);
    }
    change(Request::Import(import(&there.my_file, Some("S1"), false)), Own);
    change(Request::Import(import(&there.their_file, Some("S2"), false)), Refused);
    change(Request::ImportSet(vec![import(&there.my_file, Some("S1"), true)]), Own);
    change(Request::ImportSet(vec![import(&there.my_file, Some("S1"), true), import(&there.their_file, Some("S2"), true)]), Refused);
    change(Request::PickUp { feed: "zebra feed".into(), dry_run: true }, Refused);
    for (person, comes) in [(mine, Own), (theirs, Refused)] {
        let fields = || vec![("first_name".to_owned(), "Edited".to_owned())];
        change(Request::EditPerson { person, fields: fields() }, comes);
        change(Request::Edit { entity: person.into(), fields: fields() }, comes);
        change(Request::Careful { change: OneChange::Person { person, fields: fields() }, seen: Seen::Nothing }, comes);
        change(Request::Careful { change: OneChange::Record { entity: person.into(), fields: fields() }, seen: Seen::Nothing }, comes);
    }
    for (sync, comes) in [(my_sync, Own), (their_sync, Refused)] {
        change(Request::Attach { sync, path: there.my_file.clone(), dry_run: false }, comes);
        change(Request::Detach { sync, name: "report.csv".into() }, comes);
        change(Request::TurnMend { sync, step: None, again: false }, comes);
        let repair = Repair::Set { column: "last_name".into(), value: "Mended".into(), from: None };
        let (cause, of) = (None, MendOf::default());
        change(Request::Mend { sync, cause, of, repair, save_rule: false, dry_run: false, window: ALL }, comes);
    }
    change(Request::EndStanding(1), Own);
    change(Request::Wake("nothing".into()), Own);
    let renamed = || vec![("position".to_owned(), "Pupil".to_owned())];
    change(Request::EditPeople { people: vec![mine], fields: renamed(), dry_run: false }, Own);
    change(Request::EditPeople { people: vec![mine, theirs], fields: renamed(), dry_run: false }, Refused);
    change(Request::UndoEdit { position: 3 }, Refused);
    // Nobody is sent to another school, nor fetched from one.
    change(Request::EditPerson { person: mine, fields: vec![("orgs".into(), "S2".into())] }, Refused);
    for (org, comes) in [(my_org, Own), (their_org, Refused)] {
        let fields = || vec![("address".to_owned(), "3 Main St".to_owned())];
        change(Request::EditOrg { org, fields: fields() }, comes);
        change(Request::Careful { change: OneChange::Org { org, fields: fields() }, seen: Seen::Nothing }, comes);
    }
    let person = |id: &str, org: &str| {
        let fields = [("role", "student"), ("first_name", "New"), ("last_name", "One"), ("sourced_id", id), ("orgs", org)];
        fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec()
    };
    change(Request::Add { what: AddWhat::Person, fields: person("1500", "S1") }, Own);
    change(Request::Add { what: AddWhat::Person, fields: person("9500", "S2") }, Refused);
    change(
        Request::Add { what: AddWhat::School, fields: vec![("external_id".into(), "S9".into()), ("name".into(), "New".into())] },
        Refused,
    );
    let enrollment = |person: &str, class: &str| {
        let fields = [("enrollment_person", person), ("enrollment_class", class), ("enrollment_role", "student")];
        Request::Add { what: AddWhat::Enrollment, fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec() }
    };
    change(enrollment("student:1002", "class:ALG"), Own);
    change(enrollment("student:1002", "class:ZEBRA"), Refused);
    change(enrollment("student:9002", "class:ALG"), Refused);

    // The district's alone.
    let mut district = |request: Request| lines.push(Line { request, comes: [Answer, Refused, Refused, Refused] });
    district(Request::PutFeed { feed: Feed::new("another", "echalk-users"), replaces: None });
    district(Request::RemoveFeed("another".into()));
    let (feed, column, from) = ("another".to_owned(), "grade".to_owned(), "Kinder".to_owned());
    district(Request::PutRule { feed: feed.clone(), column: column.clone(), from: from.clone(), to: "K".into() });
    district(Request::RemoveRule { feed, column, from });
    district(Request::Backup { path: format!("{}.backup", there.my_file) });
    district(Request::PutWatch { feed: "another".into(), watch: FeedWatch::default() });
    district(Request::Take(Vec::new()));
    district(Request::News);
    district(Request::PutMap(map()));
    district(Request::RemoveMap(map().name));
    district(Request::Doctor);
    district(Request::Verify { deep: false });
    district(Request::Audit { window: ALL });
    lines
}

fn map() -> Map {
    Map { name: "own".into(), profile: "echalk-users".into(), ..Map::default() }
}

fn caller(role: CallerRole) -> Caller {
    let schools = if role == CallerRole::School { vec!["S1".to_owned()] } else { Vec::new() };
    Caller { by: Actor(role.name().into()), role, schools, ..Caller::default() }
}

/// The same after it has gone over the line.
fn over<T: serde::Serialize + serde::de::DeserializeOwned>(sent: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(sent).unwrap()).unwrap()
}

fn ask(desk: &Desk, request: Request) -> Reply {
    desk.ask(request, &mut |_| true)
}

/// Two schools, each with people, a class, a course and a sync of its own.
fn there(world: &World, desk: &Desk) -> There {
    let path = |name: &str, text: String| world.write(name, text).display().to_string();
    let schools = path("schools.csv", SCHOOLS.replace("Lincoln Middle", "Zebra Middle"));
    assert!(matches!(ask(desk, Request::Import(Import { path: schools, ..Import::default() })), Reply::Ran(_)));
    let (my_file, their_file) = (path("mine.csv", users("S1", 1001, "Maria")), path("zebra.csv", users("S2", 9001, "Zebra")));
    let sync = |path: &str, org: &str| match ask(desk, Request::Import(import(path, Some(org), false))) {
        Reply::Ran(ran) => {
            assert_eq!((ran.detail.sync.counts.total().created, ran.detail.sync.rows_with_errors), (3, 1), "{:?}", ran.detail.causes);
            ran.detail.sync.number
        }
        other => panic!("{other:?}"),
    };
    let (my_sync, their_sync) = (sync(&my_file, "S1"), sync(&their_file, "S2"));
    let add = |what, fields: &[(&str, &str)]| {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        match ask(desk, Request::Add { what, fields }) {
            Reply::Added(named) => named.what.entity().unwrap(),
            other => panic!("{what:?}: {other:?}"),
        }
    };
    let mut classes = Vec::new();
    let mut last = None;
    for (id, title, org, student) in [("ALG", "Algebra", "S1", "student:1001"), ("ZEBRA", "Zebra keeping", "S2", "student:9001")] {
        let course = add(AddWhat::Course, &[("course_id", id), ("course_title", title), ("course_org", org)]);
        classes.push(add(AddWhat::Class, &[("class_id", id), ("class_title", title), ("class_org", org), ("class_course", id)]));
        let class = format!("class:{id}");
        let fields = [("enrollment_person", student), ("enrollment_class", &class), ("enrollment_role", "student")];
        last = Some((course, add(AddWhat::Enrollment, &fields)));
    }
    let feed = Feed { org: Some("S2".into()), ..Feed::new("zebra feed", "echalk-users") };
    assert!(matches!(ask(desk, Request::PutFeed { feed, replaces: None }), Reply::Feeds(_)));
    let resolved = |reference: &str| match ask(desk, Request::Resolve(reference.into())) {
        Reply::Resolved(named) => named[0].what.entity().unwrap().slot,
        other => panic!("{other:?}"),
    };
    let (their_course, their_enrollment) = last.unwrap();
    There {
        mine: PersonNo(resolved("student:1001")),
        theirs: PersonNo(resolved("student:9001")),
        my_class: ClassNo(classes[0].slot),
        their_class: ClassNo(classes[1].slot),
        my_org: OrgNo(resolved("school:S1")),
        their_org: OrgNo(resolved("school:S2")),
        my_sync,
        their_sync,
        their_course,
        their_enrollment,
        my_file,
        their_file,
    }
}

#[test]
fn every_request_for_every_role() {
    let world = World::new();
    let owner = Desk::open(world.setting("owner", true).surroundings).unwrap();
    let there = there(&world, &owner);
    let mut covered: Vec<&str> = matrix(&there).iter().map(|l| is_covered(&l.request)).collect();
    covered.sort_unstable();
    covered.dedup();
    assert_eq!(covered.len(), REQUESTS, "each request has a line: {covered:?}");
    // The ones that may least come first: what the district does at the end changes what there is.
    for (at, role) in ROLES.iter().enumerate().rev() {
        let desk = owner.called_by(caller(*role));
        for line in matrix(&there) {
            let what = format!("{} asks {:?}", role.name(), line.request);
            assert_eq!(over(&line.request), line.request, "{what} travels as it is");
            let reply = ask(&desk, line.request.clone());
            assert_eq!(over(&reply), reply, "{what}: the answer travels as it is");
            let refused = matches!(&reply, Reply::Trouble(t) if t.sort == TroubleSort::NotPermitted);
            assert_eq!(refused, line.comes[at] == Refused, "{what}: {reply:?}");
            if let Reply::Trouble(trouble) = &reply {
                assert!(!trouble.message.is_empty(), "{what}");
            }
            if refused {
                let Reply::Trouble(trouble) = &reply else { unreachable!() };
                assert!(!trouble.next.is_empty(), "{what} is told what to do: {trouble:?}");
                let Reply::Audit(audit) = ask(&owner, Request::Audit { window: Window { first: 0, count: 1 } }) else { panic!() };
                assert_eq!((audit.rows[0].by.0.as_str(), &audit.rows[0].why), (role.name(), &trouble.message), "{what}");
            } else if *role == CallerRole::School && line.comes[at] == Own {
                let text = match &reply {
                    // Bytes are not read as numbers.
                    Reply::Output(output) => String::from_utf8_lossy(&output.bytes).into_owned(),
                    reply => format!("{reply:?}"),
                };
                for secret in SECRET {
                    assert!(!text.contains(secret), "{what} shows {secret}:\n{text}");
                }
            }
        }
    }
}

#[test]
fn what_a_row_names_at_another_school_is_not_told() {
    let world = World::new();
    let owner = Desk::open(world.setting("owner", true).surroundings).unwrap();
    let there = there(&world, &owner);
    let school = owner.called_by(caller(CallerRole::School));
    // The ID of somebody at another school in the place of one's own: the row is checked, and who it is stays there.
    let check = Request::CheckRow { sync: there.my_sync, record: 1, cells: vec![("custom_id".into(), "9001".into())] };
    let Reply::Row(row) = ask(&owner, check.clone()) else { panic!() };
    assert!(row.on_roster.is_some_and(|n| n.title.contains("Zebra")), "the district sees it");
    let Reply::Row(row) = ask(&school, check) else { panic!() };
    assert_eq!((row.on_roster, row.changes.len()), (None, 0));
}

#[test]
fn of_several_schools_each_is_one_s_own_and_what_is_for_one_wants_to_know_which() {
    let world = World::new();
    let owner = Desk::open(world.setting("owner", true).surroundings).unwrap();
    let there = there(&world, &owner);
    let both = owner.called_by(Caller { schools: vec!["S1".into(), "S2".into()], ..caller(CallerRole::School) });
    let Reply::People(page) = ask(&both, Request::People { query: PeopleQuery::default(), window: Window::ALL }) else { panic!() };
    assert_eq!(page.total, 6);
    assert!(matches!(ask(&both, Request::Person(there.theirs)), Reply::Person(_)));
    let Reply::Trouble(t) = ask(&both, Request::Export { what: ExportWhat::People, org: None, for_spreadsheet: false }) else { panic!() };
    assert!(t.sort == TroubleSort::Usage && t.message.contains("S1, S2") && t.next.contains("--org"), "{t:?}");
    // A scope of one's own narrows it further, and never widens it.
    let narrow = |scope: &str, schools: &[&str]| {
        let schools = schools.iter().map(|s| (*s).to_owned()).collect();
        let desk = owner.called_by(Caller { schools, scope: Some(scope.into()), ..caller(CallerRole::School) });
        ask(&desk, Request::People { query: PeopleQuery::default(), window: Window::ALL })
    };
    assert!(matches!(narrow("S2", &["S1", "S2"]), Reply::People(page) if page.total == 3));
    assert!(matches!(narrow("S2", &["S1"]), Reply::Trouble(t) if t.sort == TroubleSort::NotPermitted));
    assert!(matches!(narrow("D1", &["S1"]), Reply::People(page) if page.total == 3));
    // A district as school is all of its schools; a school that there is not is none.
    let all = owner.called_by(Caller { schools: vec!["D1".into()], ..caller(CallerRole::School) });
    assert!(matches!(ask(&all, Request::Person(there.theirs)), Reply::Person(_)));
    let none = owner.called_by(Caller { schools: vec!["S7".into()], ..caller(CallerRole::School) });
    assert!(matches!(ask(&none, Request::Overview), Reply::Trouble(t) if t.sort == TroubleSort::NotPermitted && t.message.contains("S7")));
    // A viewer of one school sees that one.
    let viewer = owner.called_by(Caller { schools: vec!["S1".into()], ..caller(CallerRole::Viewer) });
    assert!(matches!(ask(&viewer, Request::Person(there.theirs)), Reply::Trouble(_)));
    assert!(matches!(ask(&viewer, Request::Person(there.mine)), Reply::Person(_)));
}

#[test]
fn who_asks_again_and_again_fills_no_audit() {
    let world = World::new();
    let owner = Desk::open(world.setting("owner", true).surroundings).unwrap();
    let nobody = owner.called_by(caller(CallerRole::Nobody));
    for _ in 0..5 {
        ask(&nobody, Request::Triage);
    }
    ask(&nobody, Request::Doctor);
    let Reply::Audit(page) = ask(&owner, Request::Audit { window: Window::ALL }) else { panic!() };
    let said: Vec<(&str, u64)> = page.rows.iter().map(|r| (r.what.as_str(), r.times)).collect();
    assert_eq!(said, [("see the state of the database", 1), ("see open causes", 5)]);
    assert!(page.rows[1].last > page.rows[1].at && page.rows[1].why.contains("needs a role that looks"));
    // It lasts.
    drop((nobody, owner));
    let again = Desk::open(world.setting("owner", true).surroundings).unwrap();
    assert!(matches!(ask(&again, Request::Audit { window: Window::ALL }), Reply::Audit(page) if page.total == 2));
}

#[test]
fn every_event_travels_as_it_is() {
    use homeroom::desk::{Event, Progress, Trouble};
    let progress = Progress {
        job: JobNo(u64::MAX),
        sync: Some(SyncNo(7)),
        title: "users.csv".into(),
        step: "checking".into(),
        done: 1,
        total: 2,
        rate: 0.5,
        left: Some(1.25),
    };
    let events = [
        Event::Progress(progress.clone()),
        Event::Progress(Progress { sync: None, left: None, ..progress }),
        Event::RosterChanged { position: 9 },
        Event::SyncChanged(SyncNo(3)),
        Event::Broken(Trouble::new(TroubleSort::Store, "a", "b")),
        Event::Notice("c".into()),
    ];
    for event in events {
        match &event {
            // A new one is given its line above.
            Event::Progress(_) | Event::RosterChanged { .. } | Event::SyncChanged(_) | Event::Broken(_) | Event::Notice(_) => {}
        }
        assert_eq!(over(&event), event);
    }
    for sort in [
        TroubleSort::Usage,
        TroubleSort::Refused,
        TroubleSort::Store,
        TroubleSort::NotPermitted,
        TroubleSort::Cancelled,
        TroubleSort::Internal,
    ] {
        let reply = Reply::Trouble(Trouble::new(sort, "what", "next"));
        assert_eq!(over(&reply), reply);
    }
}

#[test]
fn a_list_of_lists_is_not_read() {
    let mut list = Request::Overview;
    for _ in 0..2 {
        list = Request::Listed(Box::new(Listed { list, sort: None, ask: ListAsk::Page }));
    }
    let sent = postcard::to_stdvec(&list).unwrap();
    assert!(postcard::from_bytes::<Request>(&sent).is_err());
    // As often as one likes: nothing is left over from the one before.
    let one = Request::Listed(Box::new(Listed { list: Request::Overview, sort: None, ask: ListAsk::Page }));
    assert_eq!(over(&one), one);
}
