//! Work that nobody watches, by the program: folders taken, how it stands, who is told, what is printed for systemd and cron.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::world::{World, homeroom};

const SCHOOLS: &str = "external_id,name,type,parent_external_id,address\nD1,Lincoln Unified,district,,\nS1,Lincoln High,school,D1,\n";
const HEADER: &str = "first_name,middle_name,last_name,email,custom_id,school_district_external_id,user_type,position,grade,status";

fn users(email: &str) -> String {
    format!("{HEADER}\nKim,,Low,{email},0012,S1,Student,,5,Active\n")
}

/// A district with the feed `daily`, whose folder is `drop`.
fn world() -> World {
    let world = World::new();
    std::fs::create_dir(world.path("drop")).unwrap();
    world.write("schools.csv", SCHOOLS);
    homeroom!(world, "import", "schools.csv").exits(0);
    homeroom!(world, "feeds", "add", "daily", "--profile", "echalk-users", "--folder", "drop").exits(0);
    world
}

/// Puts a file into the folder whose upload ended long ago.
fn dropped(world: &World, name: &str, text: impl AsRef<[u8]>) {
    world.write(&format!("drop/{name}"), text);
    let file = std::fs::File::options().write(true).open(world.path(&format!("drop/{name}"))).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000)).unwrap();
}

#[test]
fn once_takes_what_is_still_and_exits_as_the_worst_file() {
    let world = world();
    let nothing = homeroom!(world, "watch", "--once", "--json").exits(0);
    assert_eq!(nothing.out, "");
    dropped(&world, "users.csv", users("k@l.example"));
    world.write("drop/fresh.csv", users("k@l.example"));
    let did = homeroom!(world, "watch", "--once", "--json").exits(0);
    let taken = did.object();
    assert_eq!((taken["feed"].as_str(), taken["file"].as_str(), taken["end"].as_str()), (Some("daily"), Some("users.csv"), Some("ran")));
    assert_eq!(taken["syncs"][0]["counts"]["students"]["created"], 1);
    assert!(
        did.err.contains("fresh.csv has not been still for long enough") && did.err.contains("users.csv: #2 completed: 1 rows"),
        "{did:?}"
    );
    std::fs::remove_file(world.path("drop/fresh.csv")).unwrap();
    dropped(&world, "users.csv", users("k at l"));
    homeroom!(world, "watch", "--once").exits(1);
    dropped(&world, "users.csv", "a,b\n1,2\n");
    let failed = homeroom!(world, "watch", "--once", "--json").exits(4).object();
    assert_eq!((failed["end"].as_str(), failed["syncs"][0]["status"].as_str()), (Some("quarantined"), Some("failed")));
    assert!(world.path("drop/failed/users.csv.errors.csv").exists());
}

#[test]
fn status_is_one_screen_for_people_programs_and_monitoring() {
    let world = world();
    let fine = homeroom!(world, "status", "--json").exits(0).object();
    assert_eq!((fine["state"].as_str(), fine["feeds"].as_array().unwrap().len()), (Some("fine"), 2));
    assert_eq!(
        homeroom!(world, "status", "--monitor").exits(0).out,
        "HOMEROOM OK - 2 feeds are fine | fine=2 errors=0 held=0 missing=0 failed=0\n"
    );
    dropped(&world, "users.csv", users("k at l"));
    homeroom!(world, "import", "--feed", "daily").exits(1);
    let errors = homeroom!(world, "status", "--json").exits(1).object();
    let daily = &errors["feeds"][0];
    assert_eq!((daily["feed"].as_str(), daily["state"].as_str(), daily["rows_refused"].as_u64()), (Some("daily"), Some("errors"), Some(1)));
    let shown = homeroom!(world, "status").exits(1).out;
    assert!(shown.lines().nth(1).unwrap().starts_with("errors") && shown.contains("1 rows of its latest file are refused"), "{shown}");
    assert!(homeroom!(world, "status", "--monitor").exits(1).out.starts_with("HOMEROOM WARNING - daily errors | "));
    dropped(&world, "users.csv", "a,b\n1,2\n");
    homeroom!(world, "import", "--feed", "daily").exits(4);
    homeroom!(world, "status").exits(4);
    assert!(homeroom!(world, "status", "--monitor").exits(2).out.starts_with("HOMEROOM CRITICAL - daily failed | "));
    homeroom!(world, "status", "--prometheus", "homeroom.prom").exits(4);
    let prom = std::fs::read_to_string(world.path("homeroom.prom")).unwrap();
    assert!(
        prom.contains("homeroom_feed_state{feed=\"daily\"} 4\n") && prom.contains("homeroom_feed_state{feed=\"schools\"} 0\n"),
        "{prom}"
    );
    world.write("no-database", "");
    assert!(homeroom!(world, "--db", "no-database", "status", "--monitor").exits(3).out.starts_with("HOMEROOM UNKNOWN - "));
    // A feed that waits for a file is held until somebody approves it.
    let held = world_held();
    homeroom!(held, "status").exits(3);
}

fn world_held() -> World {
    let world = world();
    homeroom!(world, "feeds", "edit", "daily", "--approval").exits(0);
    dropped(&world, "users.csv", users("k@l.example"));
    homeroom!(world, "watch", "--once").exits(3);
    world
}

#[test]
fn what_is_expected_is_set_up_shown_and_missed() {
    let world = world();
    let wrong = homeroom!(world, "feeds", "edit", "daily", "--expect", "hourly").exits(2);
    assert!(wrong.err.contains("daily 03:00"), "{wrong:?}");
    homeroom!(world, "feeds", "edit", "daily", "--expect", "daily 03:00 Mars/Phobos").exits(2);
    let shown =
        homeroom!(world, "feeds", "edit", "daily", "--expect", "weekdays 23:30 UTC", "--grace", "45m", "--settle", "2m", "--json").exits(0);
    let shown = shown.object();
    assert_eq!(
        (shown["expect"].as_str(), shown["grace_minutes"].as_u64(), shown["settle_seconds"].as_u64()),
        (Some("weekdays 23:30 UTC"), Some(45), Some(120))
    );
    assert!(shown["next"].as_str().unwrap().ends_with("T23:30:00Z") && shown["missing"].is_null(), "{shown}");
    let kept = homeroom!(world, "feeds", "edit", "daily", "--main").exits(0).out;
    assert!(kept.contains("weekdays 23:30 UTC") && kept.contains("45 min"), "{kept}");
    homeroom!(world, "feeds", "edit", "daily", "--expect", "none").exits(0);
    assert!(!homeroom!(world, "feeds", "show", "daily").exits(0).out.contains("23:30"));
}

#[test]
fn somebody_is_told_by_a_command_a_mail_and_a_file() {
    let world = world();
    let here = world.path("told");
    std::fs::create_dir(&here).unwrap();
    let sendmail = format!("#!/bin/sh\ncat > {}/mail\n", here.display());
    world.write("sendmail", sendmail);
    std::fs::set_permissions(world.path("sendmail"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let config = format!(
        "[watch]\non_event = [\"/bin/sh\", \"-c\", \"cat >> {0}/events\"]\nmail_to = [\"it@d.example\"]\nsendmail = \"{1}\"\nprometheus = \"{0}/homeroom.prom\"\n",
        here.display(),
        world.path("sendmail").display()
    );
    world.write("config/homeroom/config.toml", config);
    dropped(&world, "users.csv", users("k at l"));
    homeroom!(world, "watch", "--once").exits(1);
    let event: Value = serde_json::from_str(std::fs::read_to_string(here.join("events")).unwrap().trim()).unwrap();
    assert_eq!(
        (event["event"].as_str(), event["feed"].as_str(), event["codes"][0].as_str()),
        (Some("errors"), Some("daily"), Some("VAL-210"))
    );
    assert!(std::fs::read_to_string(here.join("mail")).unwrap().contains("Subject: [homeroom] daily: errors\n"));
    assert!(std::fs::read_to_string(here.join("homeroom.prom")).unwrap().contains("homeroom_feed_rows_refused{feed=\"daily\"} 1\n"));
    // Nothing new is told of what has been told.
    homeroom!(world, "watch", "--once").exits(0);
    assert_eq!(std::fs::read_to_string(here.join("events")).unwrap().lines().count(), 1);
    // A command that cannot be run stops nothing.
    world.write("config/homeroom/config.toml", "[watch]\non_event = [\"/no/such/program\"]\n");
    dropped(&world, "users.csv", users("k@l.example"));
    let did = homeroom!(world, "watch", "--once").exits(0);
    assert!(did.err.contains("on_event: /no/such/program cannot be run") && did.err.contains("well again"), "{did:?}");
    world.write("config/homeroom/config.toml", "[watch]\non_evnt = []\n");
    assert!(homeroom!(world, "watch", "--once").exits(2).err.contains("did you mean `on_event`?"));
}

#[test]
fn a_signal_ends_the_watching() {
    let world = world();
    let mut child = world.command().args(["watch"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    dropped(&world, "marked.csv", users("k@l.example"));
    world.write("drop/marked.csv.done", "");
    // It says when it has taken the file: until then it is watching.
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    let said = lines.find(|l| l.as_ref().is_ok_and(|l| l.contains("marked.csv"))).unwrap().unwrap();
    assert!(said.contains("#2 completed"), "{said}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // The store was let go, and is whole.
    homeroom!(world, "verify").exits(0);
}

/// Sections and lines of units: name and value.
fn unit(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match (line.strip_prefix('[').and_then(|l| l.strip_suffix(']')), line.split_once('=')) {
            (Some(section), _) => sections.push((section.to_owned(), Vec::new())),
            (None, Some((key, value))) => sections.last_mut().unwrap().1.push((key.to_owned(), value.to_owned())),
            _ => panic!("no line of a unit: {line}"),
        }
    }
    sections
}

/// The words of a command line as systemd reads it.
fn unit_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut chars) = (Vec::new(), String::new(), false, line.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' => word.extend(chars.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.into_iter().map(|w| w.replace("%%", "%").replace("$$", "$")).collect()
}

/// The files that a text of several units is to be written to, each under its `# /etc/systemd/system/NAME`.
fn files(text: &str) -> Vec<(String, String)> {
    let parts = text.split("# /etc/systemd/system/").skip(1);
    parts.map(|p| p.split_once('\n').map(|(name, body)| (name.to_owned(), body.to_owned())).unwrap()).collect()
}

const KNOWN: [(&str, &[&str]); 4] = [
    ("Unit", &["Description", "After"]),
    (
        "Service",
        &[
            "Type",
            "ExecStart",
            "Restart",
            "RestartSec",
            "TimeoutStopSec",
            "User",
            "UMask",
            "NoNewPrivileges",
            "CapabilityBoundingSet",
            "AmbientCapabilities",
            "ProtectSystem",
            "ProtectHome",
            "PrivateTmp",
            "PrivateDevices",
            "PrivateNetwork",
            "RestrictAddressFamilies",
            "IPAddressDeny",
            "ProtectHostname",
            "ProtectClock",
            "ProtectKernelTunables",
            "ProtectKernelModules",
            "ProtectKernelLogs",
            "ProtectControlGroups",
            "RestrictNamespaces",
            "RestrictRealtime",
            "RestrictSUIDSGID",
            "LockPersonality",
            "MemoryDenyWriteExecute",
            "SystemCallArchitectures",
            "SystemCallFilter",
            "ReadWritePaths",
            "SuccessExitStatus",
        ],
    ),
    ("Timer", &["OnCalendar", "Persistent"]),
    ("Install", &["WantedBy"]),
];

/// A world whose names want quoting everywhere.
fn odd_world() -> World {
    let world = World::new();
    world.write("schools.csv", SCHOOLS);
    homeroom!(world, "import", "schools.csv").exits(0);
    std::fs::create_dir(world.path("50% \"drop\" $X")).unwrap();
    let folder = world.path("50% \"drop\" $X").display().to_string();
    homeroom!(world, "feeds", "add", "it's 5% \"daily\" $Y", "--profile", "echalk-users", "--folder", folder, "--expect", "weekdays 03:15")
        .exits(0);
    world
}

#[test]
fn printed_units_are_units_and_their_commands_run() {
    let world = odd_world();
    let commands = homeroom!(world, "--help").exits(0).out;
    for what in ["systemd", "timer"] {
        let text = homeroom!(world, "install", "--print", what, "--user", "homeroom").exits(0).out;
        let units = files(&text);
        assert_eq!(units.len(), if what == "systemd" { 1 } else { 4 }, "{text}");
        for (name, body) in &units {
            for (section, lines) in unit(body) {
                let known = KNOWN.iter().find(|(s, _)| *s == section).unwrap_or_else(|| panic!("[{section}]")).1;
                for (key, value) in lines {
                    assert!(known.contains(&key.as_str()), "{name}: {key}");
                    if key == "ReadWritePaths" {
                        let paths = unit_words(&value.replace('$', "$$"));
                        assert!(paths.iter().any(|p| Path::new(p.trim_start_matches('-')) == world.path("50% \"drop\" $X")), "{paths:?}");
                        assert!(paths.iter().all(|p| Path::new(p.trim_start_matches('-')).is_dir()), "{paths:?}");
                    }
                    if key == "ExecStart" {
                        let words = unit_words(&value);
                        assert_eq!(Path::new(&words[0]), Path::new(env!("CARGO_BIN_EXE_homeroom")));
                        // `serve` does not end by itself; that it is there is all that can be asked here.
                        if words.last().is_some_and(|w| w == "serve") {
                            let there = commands.lines().any(|l| l.trim_start().starts_with("serve "));
                            assert_eq!(world.command().args(&words[1..]).arg("--help").status().unwrap().success(), there);
                        } else {
                            assert_eq!(world.command().args(&words[1..]).status().unwrap().code(), Some(0), "{words:?}");
                        }
                    }
                }
            }
        }
        verified(&world, &units);
    }
    homeroom!(world, "install").exits(2);
}

/// What systemd itself says of the units, where there is one.
fn verified(world: &World, units: &[(String, String)]) {
    let folder = world.path("units");
    std::fs::create_dir_all(&folder).unwrap();
    let paths: Vec<_> = units
        .iter()
        .map(|(name, body)| {
            let path = folder.join(name);
            std::fs::write(&path, body).unwrap();
            path
        })
        .collect();
    let Ok(said) = Command::new("systemd-analyze").arg("verify").arg("--man=no").args(&paths).output() else { return };
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    // Of the machine it may say much; of our files nothing.
    let ours: Vec<&str> =
        said.lines().filter(|l| l.contains("homeroom") && !l.contains("Transaction") && !l.contains("not executable")).collect();
    assert!(ours.is_empty(), "{said}");
}

#[test]
fn printed_lines_for_cron_run_in_a_shell() {
    let world = odd_world();
    let text = homeroom!(world, "install", "--print", "cron").exits(0).out;
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("*/5 * * * * ") && lines[1].starts_with("15 3 * * 1-5 "), "{text}");
    for line in lines {
        let fields: Vec<&str> = line.splitn(6, ' ').collect();
        // Cron takes an escaped per cent sign for one, and gives the rest to a shell.
        assert!(!fields[5].replace("\\%", "").contains('%'), "{line}");
        let command = fields[5].replace("\\%", "%");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &command]).env_clear().env("HOME", world.path("")).env("USER", "ana").env("TZ", "UTC");
        let did = shell.output().unwrap();
        assert_eq!(did.status.code(), Some(0), "{command}: {}", String::from_utf8_lossy(&did.stderr));
    }
}
