//! What needs no database.

use std::io::Read;
use std::process::Stdio;

use crate::world::{World, homeroom};

const COMMANDS: [&str; 22] = [
    "import",
    "approve",
    "abandon",
    "rerun",
    "undo",
    "fix",
    "syncs",
    "sync",
    "errors",
    "row",
    "find",
    "show",
    "list",
    "edit",
    "explain",
    "report",
    "export",
    "profiles",
    "doctor",
    "verify",
    "completions",
    "demo",
];

#[test]
fn every_command_has_help() {
    let world = World::new();
    let all = homeroom!(world, "--help").exits(0);
    for command in COMMANDS {
        assert!(all.out.lines().any(|l| l.trim_start().starts_with(&format!("{command} "))), "{command} is not in --help");
        let help = homeroom!(world, command, "--help").exits(0);
        assert!(help.out.contains(&format!("Usage: homeroom {command}")) && help.err.is_empty(), "{}", help.out);
        assert!(!help.out.starts_with("Usage"), "{command} does not say what it is for");
    }
    assert_eq!(homeroom!(world, "--version").exits(0).out, format!("homeroom {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_is_mistyped_is_refused_with_what_was_meant() {
    let world = World::new();
    let cases: &[(&[&str], &str)] = &[
        (&["imprt"], "'import'"),
        (&["list", "studnets"], "'students'"),
        (&["report", "1", "--format", "sync-repot"], "'sync-report'"),
        (&["export", "schols"], "'schools'"),
        (&["explain", "VAL-2O1"], "did you mean VAL-201?"),
        (&["explain", "val201"], "did you mean VAL-201?"),
        (&["errors", "1", "--severity", "eror"], "did you mean error?"),
        (&["syncs", "--limt", "3"], "'--limit'"),
        (&["sync", "x"], "homeroom syncs"),
        (&["import"], "<FILE>"),
        (&["row", "1"], "LINE"),
        (&["edit", "staff:1", "email"], "NAME=VALUE"),
        (&["import", "a.csv", "--delimiter", "ab"], "one character"),
        (&["import", "a.csv", "--wait", "soon"], "30s"),
        (&["completions", "basch"], "'bash'"),
    ];
    for (args, meant) in cases {
        let did = world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(2);
        assert!(did.err.contains(meant), "{args:?}: {}", did.err);
        assert!(did.out.is_empty(), "{args:?}: {}", did.out);
    }
    assert!(!world.path("data").exists(), "a slip makes no database");
}

#[test]
fn an_argument_cannot_command_the_terminal() {
    let world = World::new();
    for args in [
        &["\x1b]0;x\x07\u{202e}"][..],
        &["explain", "\x1b[2J"],
        &["--db", "\x1b[2J", "list", "\u{9b}31m"],
        &["--config", "\x1b[2J", "syncs"],
    ] {
        let did = world.run(&args.iter().map(ToString::to_string).collect::<Vec<_>>()).exits(2);
        assert!(!did.err.chars().any(|c| c.is_control() && c != '\n') && !did.err.contains('\u{202e}'), "{:?}", did.err);
    }
}

#[test]
fn a_finding_is_explained() {
    let world = World::new();
    let did = homeroom!(world, "explain", "val-201").exits(0);
    for part in ["VAL-201", "error", "Resolve", "Example"] {
        assert!(did.out.contains(part), "{}", did.out);
    }
    let json = homeroom!(world, "explain", "VAL-201", "--json").exits(0).object();
    assert_eq!((json["code"].as_str(), json["severity"].as_str()), (Some("VAL-201"), Some("error")));
    let all = homeroom!(world, "explain", "--json").exits(0).json();
    assert!(all.iter().any(|l| l["code"] == "VAL-201"));
    assert_eq!(homeroom!(world, "explain").exits(0).out.lines().count(), all.len() + 1);
}

#[test]
fn shells_can_complete() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = homeroom!(world, "completions", shell).exits(0).out;
        assert!(script.contains("rerun") && script.contains("--dry-run") || script.contains("dry-run"), "{shell}");
    }
}

#[test]
fn a_config_file_is_checked_with_line_and_column() {
    let world = World::new();
    world.write("config/homeroom/config.toml", "theme = \"dark\"\nascci = true\n");
    let did = homeroom!(world, "explain", "VAL-201").exits(2);
    assert!(did.err.contains("config.toml:2:1") && did.err.contains("did you mean `ascii`?"), "{}", did.err);
    world.write("config/homeroom/config.toml", b"theme = \"\xff\"\n");
    assert!(homeroom!(world, "explain", "VAL-201").exits(2).err.contains("config.toml:1: not UTF-8"));
    world.write("other.toml", "time = \"utc\"\n");
    homeroom!(world, "--config", "other.toml", "explain", "VAL-201").exits(0);
    let did = homeroom!(world, "--config", "none.toml", "explain", "VAL-201").exits(2);
    assert!(did.err.contains("none.toml"), "{}", did.err);
}

#[test]
fn the_example_of_a_profile_is_right_and_a_slip_in_it_is_found() {
    let world = World::new();
    let example = homeroom!(world, "profiles", "--example").exits(0).out;
    world.write("own.toml", &example).write("slip.toml", format!("{example}\ntitel = \"x\"\n"));
    assert!(homeroom!(world, "profiles", "check", "own.toml").exits(0).out.contains("own.toml is right"));
    assert_eq!(homeroom!(world, "profiles", "check", "own.toml", "--json").exits(0).object()["ok"], true);
    let slip = homeroom!(world, "profiles", "check", "slip.toml").exits(2);
    assert!(slip.err.contains(&format!("slip.toml:{}:", example.lines().count() + 2)), "{}", slip.err);
}

#[test]
fn a_profile_that_cannot_be_read_is_said_so() {
    let world = World::new();
    world.write("latin.toml", b"name = \"x\"\ntitle = \"caf\xe9\"\n");
    let did = homeroom!(world, "profiles", "check", "latin.toml").exits(2);
    assert!(did.err.contains("latin.toml:2:13") && did.err.contains("UTF-8"), "{}", did.err);
    let json = homeroom!(world, "profiles", "check", "latin.toml", "--json").exits(2).object();
    assert_eq!((json["ok"].as_bool(), json["line"].as_u64(), json["column"].as_u64()), (Some(false), Some(2), Some(13)));
    assert!(homeroom!(world, "profiles", "check", "none.toml").exits(2).err.contains("none.toml"));
}

#[test]
fn the_console_needs_a_terminal() {
    let world = World::new();
    let did = homeroom!(world,).exits(2);
    assert!(did.err.contains("terminal") && did.err.contains("--help"), "{}", did.err);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let world = World::new();
    for args in [&["completions", "bash"][..], &["explain"], &["--help"]] {
        let mut child = world.command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let world = World::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let did = crate::world::did(world.command().arg("explain").stdout(full).stderr(Stdio::piped()));
    assert!(did.err.contains("cannot write the output"), "{}", did.err);
    did.exits(5);
}

#[test]
fn colours_are_asked_for_or_left_out() {
    let world = World::new();
    assert!(!homeroom!(world, "explain").exits(0).out.contains('\x1b'));
    assert!(homeroom!(world, "explain", "--color", "always").exits(0).out.contains('\x1b'));
    assert!(!homeroom!(world, "explain", "--color", "always", "--json").exits(0).out.contains('\x1b'));
}
