//! Files and arguments that are wrong in every way we know: the right exit code, an error that says what, where and what next, no
//! panic, nothing applied, and never an escape character from data on a terminal.
//!
//! `HOMEROOM_SAMPLES` names a folder of other people's awkward files; every one of them is then imported and looked at.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "support/program.rs"]
#[allow(dead_code)] // copies of a world are for other tests
mod program;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use program::{Did, World};

const SCHOOLS: &str = "external_id,name,type,parent_external_id,address\nD1,Vale Unified,district,,\nS1,Vale High,school,D1,\n";
const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status\n";
const ANA: &str = "Ana,,Sorrel,ana@vale.example,A1,S1,Teacher,,,Active\n";
const BEN: &str = "Ben,,Tarn,ben at vale,B1,S1,Student,,9,Active\n";

fn users(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

/// A roster of two schools and one teacher; sync #2 has one row that was refused, at line 3.
fn world() -> World {
    let world = World::new();
    world.write("schools.csv", SCHOOLS);
    world.write("users.csv", users(&[ANA, BEN].concat()));
    world.run(&["import", "schools.csv"]).exits(0);
    world.run(&["import", "users.csv"]).exits(1);
    world
}

fn roster(world: &World) -> String {
    world.run(&["export", "people"]).exits(0).out + &world.run(&["export", "schools"]).exits(0).out
}

/// A panic says so and exits with 70 (or 101, or a signal); what is printed for people has no control character from data.
#[track_caller]
fn is_well(did: &Did, what: &str) {
    assert!(did.code.is_some_and(|code| code != 70 && code != 101), "{what}: {did:?}");
    assert!(!did.err.contains("panicked"), "{what}: {}", did.err);
    for (name, text) in [("stdout", &did.out), ("stderr", &did.err)] {
        let control = text.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || is_bidi(*c));
        assert_eq!(control, None, "{what}: {name} has a control character: {text:?}");
    }
}

/// Characters that turn text around on a terminal.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Imports a file that is refused whole, and gives the codes that refused it.
#[track_caller]
fn refused(world: &World, file: &str, more: &[&str]) -> Vec<String> {
    let before = roster(world);
    let did = world.run(&[&["import", file], more].concat());
    is_well(&did, file);
    let did = did.exits(4);
    let said = format!("{}{}", did.out, did.err);
    let shown = Path::new(file).file_name().map_or(file.into(), |name| name.to_string_lossy());
    assert!(said.contains(&*shown), "{file}: it does not say which file: {said}");
    assert_eq!(roster(world), before, "{file}: nothing was applied");
    let last = world.run(&["syncs", "--json", "--limit", "1"]).exits(0).json().remove(0);
    assert_eq!(last["status"], "failed", "{file}");
    let findings = world.run(&["errors", &last["sync"].to_string(), "--json"]).exits(0).json();
    let bad: Vec<_> = findings.iter().filter(|f| f["severity"] == "refused").collect();
    for finding in &bad {
        for text in ["message", "resolution"] {
            assert!(finding[text].as_str().is_some_and(|t| t.len() > 8 && !t.contains('{')), "{file}: {finding}");
        }
    }
    bad.iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_that_are_no_rosters() {
    let world = world();
    world.write("xlsx.csv", [b"PK\x03\x04\x14\x00\x06\x00", &[0; 2_000][..]].concat());
    world.write("pdf.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n");
    world.write("page.csv", "<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n");
    world.write("nul.csv", users("Ana,,So\0rrel,ana@vale.example,A1,S1,Teacher,,,Active\n"));
    world.write("empty.csv", "");
    world.write("blank.csv", "\n\n  \n");
    world.write("mark.csv", "\u{feff}");
    world.write("header.csv", HEADER);
    world.write("quote.csv", users(&format!("{ANA}\"Ben,,Tarn,ben@vale.example,B1,S1,Student,,9,Active\n{ANA}")));
    world.write("twice.csv", users(ANA).replace("grade,status", "grade,status,grade"));
    world.write("capitals.csv", users(ANA).replace("email", "Email"));
    world.write("missing.csv", users(ANA).replace("email", "mail"));
    world.write("less.csv", users(ANA).replace(",status", "").replace(",Active", ""));
    world.write("strange.csv", "a,b\n1,2\n");
    world.write("cut.csv", users(&format!("{ANA}Ben,,Tarn,ben@va")));
    world.write("noise.csv", (0..20_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<u8>>());
    fs::create_dir(world.path("folder.csv")).unwrap();
    for (file, codes) in [
        ("xlsx.csv", &["FIL-006"][..]),
        ("pdf.csv", &["FIL-006"]),
        ("page.csv", &["FIL-006"]),
        ("nul.csv", &["FIL-014"]),
        ("empty.csv", &["FIL-002"]),
        ("blank.csv", &["FIL-002", "FIL-003", "FIL-017"]),
        ("mark.csv", &["FIL-002", "FIL-003", "FIL-017"]),
        ("header.csv", &["FIL-003"]),
        ("quote.csv", &["FIL-013"]),
        ("twice.csv", &["HDR-106"]),
        ("capitals.csv", &["HDR-104"]),
        ("missing.csv", &["HDR-103"]),
        ("less.csv", &["HDR-101"]),
        ("strange.csv", &["FIL-017"]),
        ("cut.csv", &["FIL-016"]),
        ("noise.csv", &["FIL-006", "FIL-014", "FIL-017"]),
        ("folder.csv", &["FIL-001"]),
        ("none.csv", &["FIL-001"]),
        ("none/none.csv", &["FIL-001"]),
        ("/dev/null", &["FIL-002"]),
    ] {
        let more: &[&str] =
            if matches!(file, "capitals.csv" | "missing.csv" | "less.csv" | "twice.csv") { &["--profile", "echalk-users"] } else { &[] };
        let found = refused(&world, file, more);
        assert!(found.iter().any(|code| codes.contains(&code.as_str())), "{file}: {found:?}");
    }
    world.run(&["verify", "--deep"]).exits(0);
}

#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    world.write("locked.csv", users(ANA));
    fs::set_permissions(world.path("locked.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(world.path("locked.csv")).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert_eq!(refused(&world, "locked.csv", &[]), ["FIL-001"]);
}

#[test]
fn files_that_are_too_much() {
    let world = world();
    world.write("line.csv", "x".repeat(10_000_000));
    let columns: Vec<String> = (0..100_000).map(|n| format!("c{n}")).collect();
    world.write("columns.csv", format!("{}\n{}\n", columns.join(","), vec!["1"; 100_000].join(",")));
    for file in ["line.csv", "columns.csv"] {
        assert!(!refused(&world, file, &[]).is_empty());
        assert!(!refused(&world, file, &["--profile", "echalk-users"]).is_empty());
    }
    // What can be read is read: a million blank lines around a row, a row of 100,000 cells, a cell of ten million.
    world.write("blanks.csv", users(&format!("{}{ANA}{}", "\n".repeat(500_000), "\n".repeat(500_000))));
    let did = world.run(&["import", "blanks.csv", "--json"]).exits(0).json();
    assert_eq!((did[0]["rows"].as_u64(), did[0]["counts"]["staff"]["unchanged"].as_u64()), (Some(1), Some(1)));
    world.write("wide.csv", users(&format!("{ANA}{}\n", vec!["x"; 100_000].join(","))));
    world.write("long.csv", users(&format!("{ANA}{},,Long,l@vale.example,L1,S1,Student,,9,Active\n", "n".repeat(10_000_000))));
    for (file, code) in [("wide.csv", "VAL-205"), ("long.csv", "VAL-207")] {
        let did = world.run(&["import", file]);
        is_well(&did, file);
        did.exits(1);
        let n = world.run(&["syncs", "--json", "--limit", "1"]).json()[0]["sync"].to_string();
        let errors = world.run(&["errors", &n, "--severity", "error", "--json"]).exits(0).json();
        assert_eq!((errors.len(), &errors[0]["code"], &errors[0]["line"]), (1, &code.into(), &3.into()), "{file}");
        looked_at(&world, &n);
    }
    world.run(&["verify", "--deep"]).exits(0);
}

/// Every command that reads, on one sync: none of them may panic or let a control character through.
fn looked_at(world: &World, n: &str) {
    let lines: Vec<String> = [1, 2, 3, 40].map(|l: u32| l.to_string()).to_vec();
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["sync", n],
        vec!["syncs"],
        vec!["errors", n],
        vec!["list", "people"],
        vec!["list", "schools"],
        vec!["find", "a"],
        vec!["undo", n, "--dry-run"],
    ];
    commands.extend(lines.iter().map(|line| vec!["row", n, line]));
    for command in &commands {
        let did = world.run(command);
        is_well(&did, &format!("{command:?}"));
        let json = world.run(&[&command[..], &["--json"]].concat());
        is_well(&json, &format!("{command:?} --json"));
        json.json();
    }
    for format in ["sync-report", "users-errors", "results", "summary", "corrected", "plan"] {
        // A report is a file: what stood in the upload stands in it.
        let did = world.run(&["report", n, "--format", format, "--out", "out.csv"]);
        is_well(&did, format);
        assert!(matches!(did.code, Some(0 | 2)), "{format}: {did:?}");
        let _ = fs::remove_file(world.path("out.csv"));
        let did = world.run(&["report", n, "--format", format, "--xlsx", "--out", "out.xlsx"]);
        is_well(&did, format);
        assert!(matches!(did.code, Some(0 | 2)), "{format}: {did:?}");
        let _ = fs::remove_file(world.path("out.xlsx"));
    }
    for what in ["staff", "admins", "students", "guardians", "people", "schools", "classes", "enrollments", "corrections"] {
        is_well(&world.run(&["export", what, "--out", "out.csv"]).exits(0), what);
        fs::remove_file(world.path("out.csv")).unwrap();
    }
}

#[test]
fn terminal_escapes_in_data_stay_data() {
    let world = world();
    let evils = [
        "\x1b[2J\x1b]0;owned\x07",
        "\x1b]52;c;ZXZpbA==\x07",
        "\u{9b}31m",
        "a\u{202e}nimda",
        "tail\x08\x08\x08\x7f",
        "\x1bP0;1|17/ab\x1b\\",
    ];
    let mut rows = String::from(ANA);
    for (n, evil) in evils.iter().enumerate() {
        // In names that are right, in each cell that is not, and in IDs.
        writeln!(rows, "{evil},{evil},N{evil},e{n}@vale.example,E{n},S1,Teacher,{evil},,Active").unwrap();
        writeln!(rows, "Bad,,Mail,{evil},F{n},S1,Student,,9,Active").unwrap();
        writeln!(rows, "Bad,,School,g{n}@vale.example,G{n}{evil},{evil},Student,,9,Active").unwrap();
        writeln!(rows, "Bad,,Type,h{n}@vale.example,H{n},S1,{evil},,{evil},{evil}").unwrap();
    }
    world.write("evil\x1b[31m.csv", users(&rows));
    world.write("evil.csv", users(&rows));
    for file in ["evil\x1b[31m.csv", "evil.csv"] {
        is_well(&world.run(&["import", file, "--dry-run"]), "dry run");
        is_well(&world.run(&["import", file]), "import");
        is_well(&world.run(&["import", file, "--json"]), "import --json");
    }
    let last = world.run(&["syncs", "--json", "--limit", "1"]).json()[0]["sync"].to_string();
    for n in 3..=last.parse().unwrap() {
        looked_at(&world, &n.to_string());
    }
    for evil in evils {
        for args in [
            &["find", evil][..],
            &["show", evil],
            &["explain", evil],
            &["errors", &last, "--column", evil],
            &["errors", &last, "--severity", evil],
            &["fix", &last, "3", &format!("{evil}=x")],
            &["fix", &last, "4", &format!("email={evil}"), "--dry-run"],
            &["edit", "staff:A1", &format!("first_name={evil}")],
            &["edit", "staff:A1", &format!("{evil}=1")],
            &["list", "staff", "--org", evil],
            &["import", evil],
            &["import", "users.csv", "--profile", evil],
            &["import", "users.csv", "--org", evil],
            &["import", "users.csv", "--encoding", evil],
            &["profiles", "show", evil],
            &[evil],
            &["show", "staff:A1"],
        ] {
            is_well(&world.run(args), &format!("{args:?}"));
        }
    }
    // A header may do it too.
    world.write("header.csv", users(ANA).replace("position", "posi\x1b[31mtion").replace("grade", "\x1b[2J"));
    for more in [&[][..], &["--profile", "echalk-users"]] {
        let did = world.run(&[&["import", "header.csv"], more].concat());
        is_well(&did, "header");
        assert!(matches!(did.code, Some(4)), "{did:?}");
        looked_at(&world, &world.run(&["syncs", "--json", "--limit", "1"]).json()[0]["sync"].to_string());
    }
    let names = world.run(&["list", "staff"]).exits(0);
    assert!(names.out.contains("Sorrel"));
}

#[test]
fn encodings_that_are_not_what_they_seem() {
    let world = world();
    let row = "Renée,,Muñoz,rm@vale.example,R1,S1,Teacher,,,Active\n";
    let latin: Vec<u8> = users(row).chars().map(|c| c as u32 as u8).collect();
    let utf16 = |mark: &str, le: bool| -> Vec<u8> {
        let units: Vec<u16> = format!("{mark}{}", users(row)).encode_utf16().collect();
        units.iter().flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    };
    world.write("latin.csv", &latin);
    world.write("le.csv", utf16("\u{feff}", true));
    world.write("be.csv", utf16("\u{feff}", false));
    // All of them are the same person.
    for (n, file) in ["latin.csv", "le.csv", "be.csv"].into_iter().enumerate() {
        let did = world.run(&["import", file, "--json"]);
        is_well(&did, file);
        let counts = did.exits(0).json()[0]["counts"]["staff"].clone();
        assert_eq!((counts["created"].as_u64(), counts["unchanged"].as_u64()), (Some(u64::from(n == 0)), Some(u64::from(n > 0))), "{file}");
    }
    assert!(world.run(&["list", "staff"]).exits(0).out.contains("Muñoz"));
    // What was demanded is done or refused, never guessed around.
    assert_eq!(refused(&world, "latin.csv", &["--encoding", "utf-8"]), ["FIL-008"]);
    for (file, encoding) in [("latin.csv", "utf-16le"), ("le.csv", "windows-1252"), ("be.csv", "utf-16le"), ("users.csv", "utf-16be")] {
        assert!(!refused(&world, file, &["--encoding", encoding]).is_empty(), "{file} as {encoding}");
    }
    let mut odd = utf16("\u{feff}", true);
    odd.pop();
    world.write("odd.csv", odd);
    world.write("half.csv", [users(ANA).as_bytes(), b"Ren\xc3"].concat());
    world.write("surrogate.csv", [&[0xff, 0xfe, 0x00, 0xd8][..], &utf16("", true)].concat());
    for file in ["odd.csv", "half.csv", "surrogate.csv"] {
        let did = world.run(&["import", file]);
        is_well(&did, file);
    }
    for delimiter in ["tab", ";", "|"] {
        assert!(!refused(&world, "users.csv", &["--delimiter", delimiter]).is_empty(), "{delimiter}");
    }
}

#[test]
fn arguments_that_make_no_sense() {
    let world = world();
    let before = (roster(&world), world.run(&["export", "corrections"]).out);
    let mut odd = Vec::new();
    for (args, says) in [
        (&["fix", "2", "0", "email=x@vale.example"][..], "0"),
        (&["fix", "2", "1", "email=x@vale.example"], "1"),
        (&["fix", "2", "99999", "email=x@vale.example"], "99999"),
        (&["fix", "2", "4294967295", "email=x@vale.example"], "4294967295"),
        (&["fix", "2", "4294967296", "email=x@vale.example"], "4294967296"),
        (&["fix", "2", "-1", "email=x@vale.example"], "-1"),
        (&["fix", "99999", "2", "email=x@vale.example"], "99999"),
        (&["fix", "2", "3", "emial=x@vale.example"], "emial"),
        (&["fix", "2", "3", "=x"], "column"),
        (&["fix", "2", "3", "email"], "email"),
        (&["fix", "2", "3"], "COLUMN=VALUE"),
        (&["sync", "99999"], "99999"),
        (&["sync", "0"], "0"),
        (&["sync", "-5"], "-5"),
        (&["sync", "one"], "one"),
        (&["sync", "4294967296"], "4294967296"),
        (&["sync"], "N"),
        (&["errors", "2", "--cause", "77"], "77"),
        (&["errors", "2", "--severity", "bad"], "bad"),
        (&["errors", "2", "--column", "nothing"], "nothing"),
        (&["row", "2", "0"], "0"),
        (&["row", "2", "77"], "77"),
        (&["rerun", "77"], "77"),
        (&["undo", "77"], "77"),
        (&["approve", "77"], "77"),
        (&["approve", "2"], "2"),
        (&["abandon", "77"], "77"),
        (&["abandon", "2"], "2"),
        (&["show", "staff:"], "staff:"),
        (&["show", "@99999"], "99999"),
        (&["show", "nobody"], "nobody"),
        (&["edit", "staff:A1", "colour=red"], "colour"),
        (&["edit", "staff:A1", "first_name"], "first_name"),
        (&["edit", "staff:A1", "email=not one"], "email"),
        (&["edit", "staff:A1", "role=king"], "king"),
        (&["edit", "staff:A1", "orgs=S9"], "S9"),
        (&["edit", "staff:A1", "first_name=Anna", "email=no"], "email"),
        (&["edit", "staff:ZZ", "first_name=Anna"], "ZZ"),
        (&["edit", "school:S1", "parent_external_id=S1"], "parent_external_id"),
        (&["import", "users.csv", "--org", "S9"], "S9"),
        (&["import", "users.csv", "--profile", "echalk"], "echalk"),
        (&["import", "users.csv", "--mode", "half"], "half"),
        (&["import", "users.csv", "--encoding", "ebcdic"], "ebcdic"),
        (&["import", "users.csv", "--delimiter", "\""], "\""),
        (&["import", "users.csv", "--delimiter", "ab"], "ab"),
        (&["import"], "FILE"),
        (&["list", "staff", "--org", "S9"], "S9"),
        (&["list", "cats"], "cats"),
        (&["export", "cats"], "cats"),
        (&["export", "people", "--org", "S9"], "S9"),
        (&["report", "2", "--format", "poem"], "poem"),
        (&["report", "77", "--format", "results"], "77"),
        (&["explain", "VAL-999"], "VAL-999"),
        (&["explain", "val201x"], "val201x"),
        (&["profiles", "show", "cats"], "cats"),
        (&["frobnicate"], "frobnicate"),
        (&["syncs", "--limit", "-1"], "-1"),
        (&["syncs", "--wait", "soon"], "soon"),
        (&["syncs", "--color", "pink"], "pink"),
        (&["syncs", "--config", "none.toml"], "none.toml"),
        (&["import", "users.csv", "--fail-on", "monday"], "monday"),
    ] {
        let did = world.run(args);
        is_well(&did, &format!("{args:?}"));
        let what_and_next = did.err.contains(says) && did.err.lines().filter(|l| !l.trim().is_empty()).count() >= 2;
        if did.code != Some(2) || !did.out.is_empty() || !what_and_next {
            odd.push(format!("{args:?}, which should say {says}: {did:?}"));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
    assert_eq!((roster(&world), world.run(&["export", "corrections"]).out), before);
    let syncs = world.run(&["syncs", "--json"]).exits(0).json();
    assert!(syncs.iter().all(|s| s["sync"].as_u64() <= Some(2) || s["status"] == "failed"), "{syncs:?}");
}

#[test]
fn places_where_no_database_can_be() {
    let world = world();
    world.write("file", "not a folder");
    for (db, says) in [("file", "file"), ("file/below", "file"), ("/proc/nowhere", "/proc"), ("/dev/null", "/dev/null")] {
        let did = world.run(&["syncs", "--db", db]);
        is_well(&did, db);
        assert!(matches!(did.code, Some(2 | 5)) && did.err.contains(says), "{did:?}");
    }
    // Damaged on purpose: said, not guessed around.
    let control = world.path("db/control/db");
    let bytes = fs::read(&control).unwrap();
    fs::write(&control, vec![0x5a; bytes.len()]).unwrap();
    let did = world.run(&["list", "people"]);
    is_well(&did, "damaged");
    assert!(did.code == Some(5) && did.err.contains("control"), "{did:?}");
}

/// A disk of our own, in memory, for as long as this lives; `None`, said once, where we may not have one.
struct Disk<'w>(&'w Path);

impl<'w> Disk<'w> {
    fn new(at: &'w Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let size = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(at).stderr(Stdio::null()).status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no disk of our own can be mounted here");
            return None;
        }
        Some(Self(at))
    }

    /// Fills it to the last byte but those.
    fn fill(&self, but: u64) {
        let free = rustix::fs::statvfs(self.0).map(|s| s.f_bavail * s.f_frsize).unwrap();
        fs::write(self.ballast(), vec![1; free.saturating_sub(but) as usize]).unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

fn many() -> String {
    (0..6_000).fold(HEADER.to_owned(), |mut rows, n| {
        writeln!(rows, "Given{n},,Family{},p{n}@vale.example,P{n},S1,Student,,9,Active", n * 7_919 % 6_007).unwrap();
        rows
    })
}

#[test]
fn a_disk_that_is_too_small() {
    let world = world();
    let at = world.path("disk");
    let Some(_disk) = Disk::new(&at, "3m") else { return };
    let did = world.run(&["import", "users.csv", "--db", "disk/db"]);
    is_well(&did, "too small");
    assert!(did.code == Some(5) && did.err.contains("room") && did.err.contains("disk/db"), "{did:?}");
}

/// The disk was roomy when the work began and is full when it writes. However little is left, the roster is the one before.
#[test]
fn a_disk_that_fills_up_meanwhile() {
    let world = world();
    let at = world.path("disk");
    world.write("many.csv", many());
    let Some(disk) = Disk::new(&at, "40m") else { return };
    let db = ["--db", "disk/db"];
    let on_disk = |args: &[&str]| world.run(&[args, &db].concat());
    on_disk(&["import", "schools.csv"]).exits(0);
    on_disk(&["import", "users.csv"]).exits(1);
    let before = on_disk(&["export", "people"]).exits(0).out;
    let pipe = world.path("pipe.csv");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR, 0).unwrap();
    let mut failed = 0;
    for left in [0, 8 << 10, 64 << 10, 256 << 10, 600 << 10, 1 << 20, 9 << 20] {
        let child = world.command(&["import", "pipe.csv", "--db", "disk/db"]).spawn().unwrap();
        // Whoever reads the pipe has opened the database: only now the disk fills up.
        let mut to = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        disk.fill(left);
        std::io::Write::write_all(&mut to, many().as_bytes()).unwrap();
        drop(to);
        let did = Did::of(child.wait_with_output().unwrap());
        is_well(&did, &format!("{left} bytes left"));
        let full = on_disk(&["syncs"]);
        is_well(&full, &format!("opened with {left} bytes left"));
        disk.empty();
        on_disk(&["verify", "--deep"]).exits(0);
        let now = on_disk(&["export", "people"]).exits(0).out;
        let last = on_disk(&["syncs", "--json", "--limit", "1"]).exits(0).json().remove(0);
        if did.code == Some(0) {
            on_disk(&["undo", &last["sync"].to_string()]).exits(0);
            continue;
        }
        failed += 1;
        assert_eq!(did.code, Some(5), "{left} bytes left: {did:?}");
        assert!(did.err.contains("disk") && (did.err.contains("room") || did.err.contains("space")), "{left} bytes left: {}", did.err);
        assert_eq!(now, before, "{left} bytes left");
        assert_eq!(last["status"], "failed", "{left} bytes left: {last}");
    }
    assert!(failed >= 4, "the disk was never full");
    on_disk(&["import", "many.csv"]).exits(0);
}

/// Every file of a folder and those below it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

#[test]
fn other_peoples_files() {
    let Some(folder) = std::env::var_os("HOMEROOM_SAMPLES") else {
        eprintln!("skipped: HOMEROOM_SAMPLES names no folder");
        return;
    };
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    assert!(!found.is_empty());
    let world = world();
    let mut ends = std::collections::BTreeMap::<i32, usize>::new();
    for (at, path) in found.iter().enumerate() {
        let file = path.to_str().unwrap();
        let mut last = String::new();
        for more in [&[][..], &["--profile", "echalk-users"], &["--profile", "schools"]] {
            let did = world.run(&[&["import", file], more].concat());
            is_well(&did, &format!("{file} {more:?}"));
            *ends.entry(did.code.unwrap()).or_default() += 1;
            if let Some(sync) = world.run(&["syncs", "--json", "--limit", "1"]).exits(0).json().first() {
                last = sync["sync"].to_string();
            }
        }
        looked_at(&world, &last);
        // The strings of a file as names and cells of a roster: half of them in rows that are right.
        let Ok(text) = fs::read_to_string(path) else { continue };
        let mut rows = String::new();
        for (n, string) in text.lines().take(700).filter(|l| !l.contains('\0')).enumerate() {
            let cell = format!("\"{}\"", string.replace('"', "\"\""));
            let mail = if n % 2 == 0 { format!("w{at}x{n}@vale.example") } else { cell.clone() };
            writeln!(rows, "{cell},,x{n},{mail},W{at}x{n},S1,Teacher,{cell},,Active").unwrap();
        }
        if rows.is_empty() {
            continue;
        }
        world.write("strings.csv", users(&rows));
        is_well(&world.run(&["import", "strings.csv"]), &format!("strings of {file}"));
        looked_at(&world, &world.run(&["syncs", "--json", "--limit", "1"]).json()[0]["sync"].to_string());
    }
    is_well(&world.run(&["doctor"]), "doctor");
    world.run(&["verify", "--deep"]).exits(0);
    eprintln!("{} files, imports by exit code: {ends:?}", found.len());
}
