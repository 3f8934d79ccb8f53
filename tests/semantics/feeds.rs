//! Several feeds, local fixes, the same content.

use crate::world::World;

/// The users' profile under another name: a second feed that brings the same people.
fn two_feeds() -> World {
    let text = include_str!("../../src/feed/profiles/echalk-users.toml").replace("name = \"echalk-users\"", "name = \"second\"");
    World::with_profiles(&[("second", text)])
}

const ANA: &str = "Ana,,Diaz,a@l.example,1,S1,Teacher,,,Active";
const ANA_AT_S2: &str = "Ana,,Diaz,a@l.example,1,S2,Teacher,,,Active";

fn first(world: &World, rows: &[&str]) -> crate::world::Took {
    world.through("echalk-users", &crate::world::file(rows))
}

fn second(world: &World, rows: &[&str]) -> crate::world::Took {
    world.through("second", &crate::world::file(rows))
}

#[test]
fn the_same_file_twice_changes_nothing_and_is_a_note() {
    let world = two_feeds();
    let rows = [ANA, "Ben,,Ode,b@l.example,2,S2,Student,,5,Active", "Cyd,,Low,no,3,S1,Teacher,,,Active"];
    let took = first(&world, &rows);
    took.is("staff +1 !1, students +1", &["4 email VAL-210"]);
    let before = world.roster();
    let again = first(&world, &rows);
    again.is("staff =1 !1, students =1", &["4 email VAL-210"]).notes(&["- - FIL-015"]);
    assert_eq!(again.finding("FIL-015").arg("n"), Some(took.sync.number.0.to_string().as_str()));
    assert_eq!(world.roster(), before);
    assert_eq!(world.person("1").history.len(), 1, "nothing new in the journal");
}

#[test]
fn to_be_brought_by_one_more_feed_is_journalled_and_counts_as_unchanged() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    second(&world, &[ANA]).is("staff =1", &[]);
    let ana = world.person("1");
    assert_eq!((ana.feeds.len(), ana.history.len()), (2, 2));
    assert_eq!(ana.history[0].feed, "second");
}

#[test]
fn orgs_are_the_union_over_feeds_and_each_feed_replaces_its_own_share() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    second(&world, &[ANA_AT_S2]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S2");
    first(&world, &[&ANA.replace("S1", "S3")]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S2; S3");
    second(&world, &[&ANA.replace("S1", "S3")]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S3");
    first(&world, &[ANA, ANA_AT_S2]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S2; S3");
}

#[test]
fn of_single_values_the_last_file_wins_and_the_journal_says_which_feed() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    second(&world, &[&ANA.replace("Diaz", "Dias")]).is("staff ~1", &[]);
    assert_eq!(world.value("1", "last_name"), "Dias");
    let ana = world.person("1");
    assert_eq!((ana.history[0].feed.as_str(), ana.history[0].changes[0].after.as_str()), ("second", "Dias"));
}

#[test]
fn undo_takes_away_what_its_own_feed_brought_and_no_more() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    let took = second(&world, &[ANA]);
    world.edit("1", "orgs", "S1; S3");
    world.undo(&took).is("staff ~1", &[]);
    assert_eq!(world.value("1", "orgs"), "S1; S3");
    assert_eq!(world.person("1").feeds, ["by hand", "echalk-users"]);
}

#[test]
fn the_next_file_takes_a_local_fix_back_and_says_so() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    world.edit("1", "last_name", "D\u{ed}az");
    let took = first(&world, &[ANA]);
    took.is("staff ~1", &["- - SAF-508"]);
    assert_eq!(took.finding("SAF-508").message(), "Local fixes that the file overwrites: 1 (last_name)");
    assert_eq!(world.value("1", "last_name"), "Diaz");
    first(&world, &[ANA]).is("staff =1", &[]);
}

#[test]
fn a_local_fix_that_the_source_has_taken_up_or_outrun_needs_no_word() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    world.edit("1", "last_name", "D\u{ed}az");
    first(&world, &[&ANA.replace("Diaz", "D\u{ed}az")]).is("staff =1", &[]);
    first(&world, &[&ANA.replace("Diaz", "Diaz-Low")]).is("staff ~1", &[]);
}

#[test]
fn a_role_may_change_and_the_person_stays_the_same() {
    let world = two_feeds();
    first(&world, &[ANA]).is("staff +1", &[]);
    first(&world, &[&ANA.replace("Teacher", "Administrator")]).is("staff ~1", &[]);
    let ana = world.person("1");
    assert_eq!((ana.row.role.name(), ana.history.len()), ("school_admin", 2));
}
