//! By hand: what is made and edited one by one, the context, the profiles at hand.

use homeroom::desk::{Import, Request, TroubleSort};
use homeroom::ledger::SyncStatus;

use crate::screen::{Screen, import};
use crate::typed::homeroom;
use crate::world::{HEADER, World};

const ANA: &str = "Ana,,Diaz,ana@l.example,1001,S1,Teacher,,,Active";
const ELI: &str = "Eli,,Ward,eli@l.example,2001,S2,Student,,9,Active";

fn typed() -> crate::typed::World {
    let world = crate::typed::World::new();
    world.write("schools.csv", crate::world::SCHOOLS).write("users.csv", format!("{HEADER}\n{ANA}\n{ELI}\n"));
    homeroom!(world, "import", "schools.csv", "users.csv").exits(0);
    world
}

#[test]
fn by_hand_everything_is_added_and_edited_on_the_command_line() {
    let world = typed();
    homeroom!(world, "add", "person", "role=teacher", "first_name=Mia", "last_name=Kern", "sourced_id=1002", "orgs=S1").exits(0);
    homeroom!(world, "add", "person", "role=guardian", "last_name=Ward", "sourced_id=G1", "email=ward@home.example").exits(0);
    homeroom!(world, "add", "school", "external_id=S9", "name=Vale High", "parent_external_id=D1").exits(0);
    homeroom!(world, "add", "class", "id=ALG-1", "title=Algebra", "org=S1").exits(0);
    homeroom!(world, "add", "enrollment", "person=staff:1002", "class=ALG-1", "role=teacher", "primary=true").exits(0);
    homeroom!(world, "add", "link", "guardian=guardian:G1", "student=student:2001", "relation=parent").exits(0);
    homeroom!(world, "edit", "staff:1002", "first_name=Maria").exits(0);
    // The external ID among the rest.
    homeroom!(world, "edit", "school:S9", "external_id=S8", "name=Vale").exits(0);
    homeroom!(world, "edit", "class:ALG-1", "title=Algebra 1").exits(0);
    homeroom!(world, "edit", "enrollment:staff:1002/ALG-1", "primary=false").exits(0);
    homeroom!(world, "edit", "link:guardian:G1/student:2001", "relation=aunt").exits(0);
    assert!(homeroom!(world, "export", "people").exits(0).out.contains("Maria,,Kern,1002,teacher"));
    assert!(homeroom!(world, "export", "schools").exits(0).out.contains("S8,Vale,school,D1"));
    assert!(homeroom!(world, "export", "classes").exits(0).out.contains("ALG-1,Algebra 1,"));
    assert!(homeroom!(world, "export", "enrollments").exits(0).out.contains("1002,ALG-1,teacher,,active"));
    assert!(homeroom!(world, "export", "guardians").exits(0).out.contains("2001,G1,"));
}

#[test]
fn by_hand_everything_is_added_and_edited_in_the_console() {
    let world = World::new();
    world.users(&[ANA, ELI]);
    let mut at = Screen::of(world, (120, 40));
    let fill = |at: &mut Screen, fields: &[(&str, &str)]| {
        for (field, value) in fields {
            at.field(field).press("<C-a> <C-k>").type_text(value);
        }
    };
    at.press("3 a p").see("add person");
    fill(&mut at, &[("last_name", "Kern"), ("sourced_id", "1002"), ("role", "teacher"), ("orgs", "S1")]);
    at.press("<Enter>").see("was added");
    at.press("3 a s");
    fill(&mut at, &[("external_id", "S9"), ("name", "Vale High")]);
    at.press("<Enter>").see("was added");
    at.press("3 a c");
    fill(&mut at, &[("class_id", "ALG-1"), ("class_title", "Algebra"), ("class_org", "S1")]);
    at.press("<Enter>").see("was added");
    at.press("3 a e");
    fill(&mut at, &[("enrollment_person", "1002"), ("enrollment_class", "ALG-1"), ("enrollment_role", "teacher")]);
    at.press("<Enter>").see("was added");
    at.press("3 a p");
    fill(&mut at, &[("last_name", "Ward"), ("sourced_id", "G1"), ("role", "guardian"), ("email", "ward@home.example")]);
    at.press("<Enter>").see("was added");
    at.press("3 a g");
    fill(&mut at, &[("link_guardian", "G1"), ("link_student", "2001")]);
    at.press("<Enter>").see("was added");
    // A school's external ID among the rest.
    at.press("2").go_to("Vale High").press("e");
    fill(&mut at, &[("external_id", "S8")]);
    at.press("<Enter>");
    let world = at.closed();
    for reference in ["staff:1002", "school:S8", "class:ALG-1", "enrollment:staff:1002/ALG-1", "link:guardian:G1/student:2001"] {
        assert!(world.knows(reference), "{reference}");
    }
}

#[test]
fn by_hand_the_same_rules_hold_as_in_files() {
    let world = typed();
    for (args, says) in [
        (&["add", "person", "role=teacher", "last_name=Low", "sourced_id=1001", "orgs=S1"][..], "1001"),
        (&["add", "person", "role=teacher", "last_name=Low", "email=low at l.example", "orgs=S1"], "not an e-mail address"),
        (&["add", "class", "id=ALG-1", "title=Algebra", "org=S7"], "S7"),
        (&["add", "school", "external_id=S1", "name=Other"], "Lincoln High"),
        (&["edit", "staff:1001", "email=eli@l.example"], "Ward, Eli"),
        (&["edit", "staff:1001", "grade=Kinder"], "Kinder"),
    ] {
        let did = world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(2);
        assert!(did.err.contains(says) && did.err.contains('\n'), "{args:?}: {}", did.err);
    }
    assert_eq!(homeroom!(world, "list", "people", "--json").exits(0).json().len(), 2);
}

#[test]
fn by_hand_people_without_an_id_are_one_list_and_mended_one_by_one() {
    let world = typed();
    homeroom!(world, "add", "person", "role=staff", "first_name=No", "last_name=Id", "orgs=S1").exits(0);
    homeroom!(world, "add", "person", "role=staff", "first_name=Nor", "last_name=This", "orgs=S1").exits(0);
    let without = || homeroom!(world, "list", "people", "--without-id", "--json").exits(0).json();
    let list = without();
    assert_eq!(list.len(), 2);
    homeroom!(world, "edit", list[0]["ref"].as_str().unwrap(), "sourced_id=1009").exits(0);
    assert_eq!(without().len(), 1);
    // The same list in the console, one after the other.
    let world = World::new();
    for name in ["Ito", "Lund"] {
        let fields = [("role", "staff"), ("last_name", name), ("orgs", "S1")].map(|(f, v)| (f.to_owned(), v.to_owned())).to_vec();
        world.ask(Request::Add { what: homeroom::desk::AddWhat::Person, fields });
    }
    let mut at = Screen::of(world, (120, 40));
    at.press("3 t n").see("only without an ID").see("Ito").see("Lund").press("e").type_text("1008").press("<Enter>");
    at.see("‣ sourced_id").type_text("1009").press("<Enter>").see("Everybody has an ID");
}

#[test]
fn by_hand_the_context_is_chosen_with_w_and_holds_everywhere() {
    let world = World::new();
    world.users(&[ANA, ELI]);
    import(&world, "echalk-users", Some("S2"), "middle.csv", &format!("{HEADER}\n{ELI}\n"));
    let mut at = Screen::of(world, (120, 40));
    at.press("w").type_text("middle").press("<Enter>").see("only Lincoln Middle");
    at.press("2").see("Lincoln Middle").miss("Lincoln High").press("3").miss("Diaz, Ana").press("<Tab>").see("Ward, Eli");
    at.press("4").see("middle.csv").miss("users.csv").press("f").type_text("diaz ana").see("Nobody and nothing found").press("<Esc>");
    let path = at.file("two.csv", &format!("{HEADER}\n{}\n{ELI}\n", ANA.replace("1001", "1005").replace("ana@", "an@")));
    at.plan(&path)
        .see("Rows for school Lincoln High")
        .press("X y <Enter> w <Enter>")
        .miss("only Lincoln")
        .press("3 <S-Tab>")
        .see("Diaz, Ana");
}

#[test]
fn by_hand_the_context_is_chosen_with_org_and_fixed_by_the_scope_of_the_config() {
    let world = typed();
    let ids = |did: crate::typed::Did| did.exits(0).json().iter().map(|p| p["sourced_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(homeroom!(world, "list", "people", "--org", "S1", "--json")), ["1001"]);
    world.write("config/homeroom/config.toml", "scope = \"S2\"\n");
    assert_eq!(ids(homeroom!(world, "list", "people", "--json")), ["2001"]);
    homeroom!(world, "list", "people", "--org", "S1").exits(6);
    homeroom!(world, "edit", "staff:1001", "first_name=Anna").exits(6);
    homeroom!(world, "import", "users.csv", "--org", "S1").exits(6);
    homeroom!(world, "export", "people", "--org", "S1").exits(6);
    let people = homeroom!(world, "export", "people").exits(0).out;
    assert!(people.contains("2001") && !people.contains("1001"), "{people}");
    let kept = World::new().kept_to("S2");
    let other = Import { org: Some("S1".into()), ..kept.write("users.csv", format!("{HEADER}\n{ANA}\n")) };
    assert_eq!(kept.trouble(Request::Import(other)).sort, TroubleSort::NotPermitted);
}

#[test]
fn by_hand_columns_needs_and_accepted_values_of_a_profile_are_at_hand() {
    let world = crate::typed::World::new();
    let out = homeroom!(world, "profiles", "show", "echalk-users").exits(0).out;
    for text in ["custom_id", "needed", "Administrator", "Disabled", "PreK"] {
        assert!(out.contains(text), "{text}: {out}");
    }
    let world = World::new();
    world.users(&[ANA]);
    let mut at = Screen::of(world, (120, 40));
    at.press(":").type_text("profiles").press("<Enter>").go_to("echalk-users").press("<Enter>").see("custom_id").see("needed");
    at.see("Administrator");
}

#[test]
fn by_hand_an_empty_file_with_the_right_header_can_be_had() {
    let world = crate::typed::World::new();
    for (profile, header) in [
        ("greatminds-classes", "className,primaryTeacher,grade,subject"),
        ("schoolstatus-guardians", "student_code,guardian_code,first_name,last_name,email,phone,home_phone,language"),
    ] {
        assert_eq!(homeroom!(world, "profiles", "show", profile, "--template").exits(0).out.trim_end(), header);
    }
    // It is a file that is recognised, and empty.
    let out = homeroom!(world, "profiles", "show", "echalk-users", "--template").exits(0).out;
    let world = World::new();
    world.through("echalk-users", &out).is("", &["- - FIL-003"]);
    // A row below it comes in.
    let took = world.import("filled.csv", format!("{}{ANA}\n", out.trim_end().to_owned() + "\n"));
    assert_eq!((took.sync.status, took.sync.profile.as_str()), (SyncStatus::Completed, "echalk-users"), "{:?}", took.findings);
}
