//! Value rules: what a feed's later files mean by a value, kept by an operator.

use homeroom::desk::{Import, MendOf, Repair, Reply, ReportFormat, Request, RowAt, RuleInfo, Window};
use homeroom::ledger::Feed;

use super::world::{Took, World, file};

fn student(id: &str, grade: &str) -> String {
    format!("Ana,,Diaz,s{id}@l.example,{id},S1,Student,,{grade},Active")
}

fn users(world: &World, rows: &[(&str, &str)]) -> Took {
    let rows: Vec<String> = rows.iter().map(|(id, grade)| student(id, grade)).collect();
    world.users(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

fn put(feed: &str, column: &str, from: &str, to: &str) -> Request {
    Request::PutRule { feed: feed.into(), column: column.into(), from: from.into(), to: to.into() }
}

fn rules(reply: Reply) -> Vec<String> {
    match reply {
        Reply::Rules(all) => {
            all.into_iter().map(|RuleInfo { feed, rule: r }| format!("{feed} {}: {} -> {}", r.column, r.from, r.to)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rule_is_laid_over_later_files_and_not_over_this_one() {
    let world = World::new();
    let took = users(&world, &[("0001", "Kinder"), ("0002", "9")]);
    let repair = Repair::Set { column: "grade".into(), value: "K".into(), from: None };
    let mend = Request::Mend {
        sync: took.sync.number,
        cause: Some(1),
        of: MendOf::All,
        repair,
        save_rule: true,
        dry_run: false,
        window: Window::ALL,
    };
    let Reply::Mended(mended) = world.ask(mend) else { panic!("not mended") };
    assert_eq!((mended.mended, mended.rules.len()), (1, 1));
    assert_eq!(rules(world.ask(Request::Rules)), ["echalk-users grade: Kinder -> K"]);
    let next = users(&world, &[("0003", " Kinder "), ("0004", "Kindre")]);
    next.is("students +1 !1", &["3 grade VAL-214"]);
    assert_eq!(world.value("student:0003", "grade"), "KG");
    // The file's own words stay, in the row and in what goes back.
    let row = world.row(&next, 2);
    let cell = row.cells.iter().find(|c| c.column == "grade").unwrap();
    assert_eq!((cell.original.as_str(), cell.value.as_str(), cell.corrected), (" Kinder ", " Kinder ", false));
    assert_eq!(cell.note.as_deref(), Some("changed by a rule of the feed: K"));
    let results = match world.ask(Request::Report { sync: next.sync.number, format: ReportFormat::Results, xlsx: false, original: None }) {
        Reply::Output(output) => String::from_utf8(output.bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(results.contains(" Kinder "), "{results}");
    // The rule speaks for later files: the correction does not have to.
    let Reply::AllCorrections(all) = world.ask(Request::AllCorrections { filter: String::new(), window: Window::ALL }) else {
        panic!("no list")
    };
    assert_eq!(all.rows.iter().map(|c| c.state.name()).collect::<Vec<_>>(), ["this file only"]);
    // Without the rule's value nothing is said.
    let cell = world.row(&next, 3).cells.into_iter().find(|c| c.column == "grade").unwrap();
    assert_eq!(cell.note, None);
}

#[test]
fn the_rule_goes_and_comes_with_the_step_that_kept_it() {
    let world = World::new();
    let took = users(&world, &[("0001", "Kinder"), ("0002", "9")]);
    let repair = Repair::Set { column: "grade".into(), value: "K".into(), from: None };
    let (sync, of, window) = (took.sync.number, MendOf::All, Window::ALL);
    world.ask(Request::Mend { sync, cause: Some(1), of, repair, save_rule: true, dry_run: false, window });
    let turn = |again| match world.ask(Request::TurnMend { sync, step: None, again }) {
        Reply::Turned(turned) => turned.rules,
        other => panic!("{other:?}"),
    };
    assert_eq!(turn(false), 1);
    assert!(rules(world.ask(Request::Rules)).is_empty());
    assert_eq!(turn(true), 1);
    assert_eq!(rules(world.ask(Request::Rules)), ["echalk-users grade: Kinder -> K"]);
    // One that was changed since stays.
    rules(world.ask(put("echalk-users", "grade", "Kinder", "1")));
    turn(false);
    assert_eq!(rules(world.ask(Request::Rules)), ["echalk-users grade: Kinder -> 1"]);
}

#[test]
fn an_old_sync_is_read_with_the_rules_that_it_was_run_with() {
    let world = World::new();
    users(&world, &[("0009", "9")]);
    let before = users(&world, &[("0001", "Kinder")]);
    rules(world.ask(put("echalk-users", "grade", "Kinder", "K")));
    // Run without it: still refused, also when it is run again.
    world.rerun(&before, false).is("students !1", &["2 grade VAL-214"]);
    let rows = [student("0002", "Kinder")];
    let dry = world.dry(&[&rows[0]]);
    dry.is("students +1", &[]);
    rules(world.ask(Request::RemoveRule { feed: "echalk-users".into(), column: "grade".into(), from: "Kinder".into() }));
    assert!(rules(world.ask(Request::Rules)).is_empty());
    // The dry run was shown with the rule, and is applied as it was shown.
    world.run(Request::Apply { sync: dry.sync.number, without_removals: false, reason: None }).is("students +1", &[]);
    assert_eq!(world.value("student:0002", "grade"), "KG");
    let note = world.row(&dry, 2).cells.into_iter().find(|c| c.column == "grade").unwrap().note;
    assert!(note.is_some_and(|n| n.contains("rule")));
    users(&world, &[("0003", "Kinder")]).is("students !1", &["2 grade VAL-214"]);
}

#[test]
fn a_correction_goes_before_a_rule_and_a_rule_is_for_its_feed_alone() {
    let world = World::new();
    let feed = Feed::new("north", "echalk-users");
    let Reply::Feeds(_) = world.ask(Request::PutFeed { feed, replaces: None }) else { panic!("no feed") };
    let through = |rows: &[(&str, &str)]| {
        let rows: Vec<String> = rows.iter().map(|(id, grade)| student(id, grade)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        world.run(Request::Import(Import { feed: Some("north".into()), ..world.write("north.csv", file(&rows)) }))
    };
    through(&[("0009", "9")]);
    rules(world.ask(put("north", "grade", "Kinder", "K")));
    users(&world, &[("0001", "Kinder")]).is("students !1", &["2 grade VAL-214"]);
    let took = through(&[("0002", "Kinder"), ("0003", "Kindre")]);
    world.fix(&took, 3, "grade", "Kinder");
    world.rerun(&took, false).is("students +1", &[]);
    assert_eq!(world.value("student:0003", "grade"), "KG", "what is typed means what the file would mean by it");
    // A feed that is renamed keeps its rules.
    let feed = Feed::new("south", "echalk-users");
    world.ask(Request::PutFeed { feed, replaces: Some("north".into()) });
    assert_eq!(rules(world.ask(Request::Rules)), ["south grade: Kinder -> K"]);
}

#[test]
fn keys_secrets_and_what_is_not_accepted_have_no_rules() {
    let world = World::new();
    users(&world, &[("0001", "9")]);
    for (column, from, to, message) in [
        ("custom_id", "1", "2", "is the key"),
        ("password", "a", "b", "is secret"),
        ("grade", "Kinder", "Kindergarten", "not accepted"),
        ("grade", " ", "K", "none is given"),
        ("grad", "Kinder", "K", "no column"),
    ] {
        let trouble = world.trouble(put("echalk-users", column, from, to));
        assert!(trouble.message.contains(message), "{column}: {trouble:?}");
        assert!(!trouble.next.is_empty());
    }
    assert!(world.trouble(put("nobody", "grade", "Kinder", "K")).message.contains("no feed"));
    let remove = Request::RemoveRule { feed: "echalk-users".into(), column: "grade".into(), from: "Kinder".into() };
    assert!(world.trouble(remove).message.contains("no rule for"));
    assert!(rules(world.ask(Request::Rules)).is_empty());
    rules(world.ask(put("echalk-users", "grade", "Kinder", "K")));
    assert_eq!(rules(world.ask(put("echalk-users", "grade", "Kinder", "1"))), ["echalk-users grade: Kinder -> 1"], "one for a value");
    let world = world.reopened(true);
    assert!(world.trouble(put("echalk-users", "grade", "Kinder", "K")).message.contains("read-only"));
}

#[test]
fn whoever_is_kept_to_a_school_mends_its_rows_and_keeps_no_rules() {
    let world = World::new();
    let took = world.of_school("S1", &[&student("0001", "Kinder")]);
    let world = world.kept_to("S1");
    let mend = |save_rule| Request::Mend {
        sync: took.sync.number,
        cause: Some(1),
        of: MendOf::All,
        repair: Repair::Set { column: "grade".into(), value: "K".into(), from: None },
        save_rule,
        dry_run: false,
        window: Window::ALL,
    };
    assert!(world.trouble(mend(true)).message.contains("for other schools"));
    assert!(world.trouble(put("echalk-users", "grade", "Kinder", "K")).message.contains("outside S1"));
    let Reply::Mended(mended) = world.ask(mend(false)) else { panic!("not mended") };
    assert_eq!(mended.mended, 1);
    let other = world.kept_to("S2");
    assert!(other.trouble(mend(false)).message.contains("outside S2"));
}

#[test]
fn single_peoples_values_are_not_kept_as_rules() {
    let world = World::new();
    let rows: Vec<String> = (0..30).map(|n| format!("Ana,,Diaz,s{n} at l.example,{n:04},S1,Student,,9,Active")).collect();
    let took = world.users(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let mend = |save_rule| Request::Mend {
        sync: took.sync.number,
        cause: Some(1),
        of: MendOf::All,
        repair: Repair::Nearest { column: "email".into() },
        save_rule,
        dry_run: false,
        window: Window::ALL,
    };
    let trouble = world.trouble(mend(true));
    assert!(trouble.message.contains("30 different values"), "{trouble:?}");
    let Reply::Corrections(none) = world.ask(Request::Corrections(took.sync.number)) else { panic!("no answer") };
    assert!(none.is_empty(), "all or nothing");
    let Reply::Mended(mended) = world.ask(mend(false)) else { panic!("not mended") };
    assert_eq!(mended.mended, 30);
    assert!(matches!(world.ask(Request::Row { sync: took.sync.number, at: RowAt::Line(2) }), Reply::Row(_)));
}
