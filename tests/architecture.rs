//! The invariants of `src/lib.rs`, read off the sources as text: who may know whom, who may do what, and what a file looks like.

// Functions that tests share are tests too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module and whom it may know. A module that is not here may not be there.
const MAY_KNOW: [(&str, &[&str]); 13] = [
    ("roster", &[]),
    ("ledger", &["roster"]),
    ("feed", &["roster", "ledger"]),
    ("intake", &["roster", "ledger", "feed"]),
    ("check", &["roster", "ledger", "feed", "intake"]),
    ("store", &["roster", "ledger"]),
    ("sync", &["roster", "ledger", "feed", "intake", "check", "store"]),
    ("search", &["roster"]),
    ("report", &["roster", "ledger", "feed", "intake"]),
    ("desk", &["roster", "ledger", "feed", "intake", "check", "store", "sync", "search", "report"]),
    // Modes and the like are the ledger's; of `feed` only the plain names of a profile's parts.
    ("cli", &["roster", "ledger", "feed", "report", "desk", "tui"]),
    ("tui", &["roster", "ledger", "feed", "report", "desk"]),
    ("main", &["cli"]),
];

/// Words that only these modules may say.
const ONLY: [(&str, &[&str]); 3] = [("sled", &["store"]), ("ratatui", &["tui"]), ("crossterm", &["tui"])];

/// What plain data never does. (`tests` of a file may print.)
const IO: [&str; 16] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::os",
    "SystemTime",
    "Instant",
    "File::",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "include_str!",
    "log::",
];

/// The store's writing functions as they are called, and who besides `store` itself may. Corrections and the
/// reports of other systems are what is written outside a sync: they change no roster, and it is the operator at the desk who brings them.
const WRITES: [(&str, &[&str]); 15] = [
    (".commit(", &["sync"]),
    // The reports end with a `finish` of their own.
    ("store.finish(", &["sync"]),
    (".begin_run(", &["sync"]),
    (".new_sync(", &["sync"]),
    (".put_sync(", &["sync"]),
    (".keep_upload(", &["sync"]),
    (".feed_no(", &["sync"]),
    (".put_corrections(", &["desk"]),
    (".take_back(", &["desk"]),
    (".put_attached(", &["desk"]),
    (".remove_attached(", &["desk"]),
    ("store.mend(", &["desk"]),
    (".put_standing(", &["desk"]),
    (".put_value_rules(", &["desk"]),
    (".run_with(", &["sync"]),
];

/// Files of more than 500 lines, and why each is one.
const LONG: [(&str, &str); 4] = [
    ("desk/protocol.rs", "the whole vocabulary between desk and its clients: plain types and their documentation, no code"),
    ("ledger/catalogue/table.rs", "the catalogue of findings: one table"),
    ("tui/screen/row_form.rs", "one form: its state, its keys and its drawing are of no use without each other"),
    ("tui/screen/tests/desk.rs", "the made-up district that the tests of the screens share: mostly data"),
];
const LINES: usize = 500;

/// Folders that only exist on somebody's machine. In two pieces, as this file is looked at too.
const MACHINE_PATHS: [&str; 4] = [concat!("/wo", "rk/"), concat!("/tmp", "/wt"), concat!("../sh", "ared"), concat!("/ro", "ot/")];

/// What is wrong with one file of `src`, by its path below `src`.
fn wrong(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let module = path.split(['/', '.']).next().unwrap();
    if !text.starts_with("//!") {
        wrong.push("does not begin with what it is for (//!)".to_owned());
    }
    let lines = text.lines().count();
    if lines > LINES && !LONG.iter().any(|(long, _)| *long == path) {
        wrong.push(format!("has {lines} lines; over {LINES} need a reason in LONG"));
    }
    let code = code(text);
    if names(&code, "unsafe") {
        wrong.push("says unsafe".to_owned());
    }
    for (word, who) in ONLY {
        if names(&code, word) && !who.contains(&module) {
            wrong.push(format!("names {word}"));
        }
    }
    let ours = code.split("#[cfg(test)]").next().unwrap();
    if matches!(module, "roster" | "ledger") {
        wrong.extend(IO.iter().filter(|io| ours.contains(*io)).map(|io| format!("does I/O: {io}")));
    }
    for (call, who) in WRITES {
        if ours.contains(call) && module != "store" && !who.contains(&module) {
            wrong.push(format!("writes to the store: {call}"));
        }
    }
    if module == "lib" {
        return wrong;
    }
    match MAY_KNOW.iter().find(|(name, _)| *name == module) {
        None => wrong.push(format!("is of a module {module} that MAY_KNOW does not know")),
        Some((_, may)) => {
            for known in knows(path, &code) {
                if known != module && MAY_KNOW.iter().any(|(name, _)| *name == known) && !may.contains(&known.as_str()) {
                    wrong.push(format!("knows {known}"));
                }
            }
        }
    }
    wrong
}

/// The code without comments and without what stands in strings.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len())
        } else if c == '"' {
            string_end(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest[1..].find('\'').map_or(1, |at| at + 2)
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        // A string stays one, so that words before and after it do not run together.
        out.push_str(if c == '/' { "" } else { "\"\"" });
        rest = &rest[skip..];
    }
    out
}

/// Where the string at the beginning of `text` has ended.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The number of `#` of the raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// Whether `word` stands in the code as a word.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(part) && !code[at + word.len()..].starts_with(part))
}

/// The top-level modules that a file's paths lead to: by `crate::`, by the library's name, or by as many `super::` as lead there.
fn knows(path: &str, code: &str) -> Vec<String> {
    let mut known = Vec::new();
    for root in ["crate::", "homeroom::"] {
        for (at, _) in code.match_indices(root) {
            first_names(&code[at + root.len()..], &mut known);
        }
    }
    // How deep the file's module is below the crate's root; its inline tests one deeper.
    let depth = path.split('/').count() - usize::from(path.ends_with("/mod.rs"));
    let (ours, tests) = code.split_once("#[cfg(test)]").unwrap_or((code, ""));
    for (code, depth) in [(ours, depth), (tests, depth + 1)] {
        let up = "super::".repeat(depth);
        for (at, _) in code.match_indices(&up) {
            if !code[..at].ends_with("super::") {
                first_names(&code[at + up.len()..], &mut known);
            }
        }
    }
    known.sort();
    known.dedup();
    known
}

/// The first name of a path, or of each path in braces.
fn first_names(paths: &str, known: &mut Vec<String>) {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = paths.strip_prefix('{') else {
        known.push(name(paths));
        return;
    };
    let (mut depth, mut from) = (0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            ',' if depth == 0 => {
                known.push(name(list[from..].trim_start()));
                from = at + 1;
            }
            '}' if depth == 0 => {
                known.push(name(list[from..at].trim_start()));
                return;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// Every file below a folder, hidden ones and what was built left out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if name == ".git" || name == "target" {
            continue;
        }
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_file_keeps_the_rules() {
    let mut sources = Vec::new();
    files(&root().join("src"), &mut sources);
    sources.retain(|path| path.extension().is_some_and(|ext| ext == "rs"));
    assert!(sources.len() > 80, "only {} files found", sources.len());
    let mut all = Vec::new();
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let short = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().replace('\\', "/");
        all.extend(wrong(&short, &text).into_iter().map(|w| format!("src/{short} {w}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_table_of_long_files_has_no_others_in_it() {
    for (path, why) in LONG {
        let text = fs::read_to_string(root().join("src").join(path)).unwrap_or_default();
        assert!(text.lines().count() > LINES && !why.is_empty(), "{path} is not over {LINES} lines any more: take it out of LONG");
    }
}

#[test]
fn every_module_of_the_map_has_its_rule() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.len() >= 12);
    for module in &modules {
        assert!(lib.contains(&format!("| [`{module}`] |")), "{module} is not in the map of lib.rs");
        assert!(MAY_KNOW.iter().any(|(name, _)| name == module), "{module} has no rule");
    }
    assert!(MAY_KNOW.iter().all(|(name, _)| *name == "main" || modules.contains(name)));
}

#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    let mut all = Vec::new();
    files(root(), &mut all);
    assert!(all.len() > 100);
    for path in all {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for folder in MACHINE_PATHS {
            assert!(!text.contains(folder), "{} names {folder}", path.display());
        }
    }
}

/// The checker must be able to fail: each of these breaks one rule.
#[test]
fn broken_rules_are_seen() {
    for (path, text, expected) in [
        ("roster/a.rs", "use crate::ledger::Sync;", "knows ledger"),
        ("roster/a.rs", "use std::fs;", "does I/O: std::fs"),
        ("roster/a.rs", "fn f() { let t = std::time::SystemTime::now(); }", "does I/O: SystemTime"),
        ("ledger/a.rs", "fn f() { println!(\"x\"); }", "does I/O: println!"),
        ("ledger/a.rs", "use crate::{roster::Kind, feed::Profile};", "knows feed"),
        ("feed/a.rs", "use crate::store::Store;", "knows store"),
        ("intake/mod.rs", "use super::desk::Desk;", "knows desk"),
        ("intake/a.rs", "use super::super::sync;", "knows sync"),
        ("check/a.rs", "fn f(s: &crate::store::Store) {}", "knows store"),
        ("check/a.rs", "#[cfg(test)]\nmod tests {\n use super::super::super::sync;\n}", "knows sync"),
        ("search/a.rs", "use crate::ledger::Sync;", "knows ledger"),
        ("report/a.rs", "use crate::check::Checked;", "knows check"),
        ("cli/a.rs", "use crate::{\n    desk::{Desk, Reply},\n    store::Store,\n};", "knows store"),
        ("tui/a.rs", "use crate::sync::Runner;", "knows sync"),
        ("main.rs", "use homeroom::desk::Desk;", "knows desk"),
        ("sync/a.rs", "use sled::Db;", "names sled"),
        ("cli/a.rs", "fn f() -> ratatui::Frame {}", "names ratatui"),
        ("desk/a.rs", "use crossterm::event;", "names crossterm"),
        ("desk/a.rs", "fn f() { self.store.commit(x); }", "writes to the store: .commit("),
        ("desk/a.rs", "fn f() { store.finish(run, &[]); }", "writes to the store: store.finish("),
        ("sync/a.rs", "fn f() { store.take_back(a, b, c); }", "writes to the store: .take_back("),
        ("sync/a.rs", "fn f() { unsafe { g() } }", "says unsafe"),
        ("helpers/a.rs", "", "is of a module helpers that MAY_KNOW does not know"),
    ] {
        assert_eq!(wrong(path, &format!("//! A.\n{text}\n")), [expected], "{path}: {text}");
    }
    assert_eq!(wrong("roster/a.rs", "use std::fmt;\n"), ["does not begin with what it is for (//!)"]);
    assert_eq!(wrong("roster/a.rs", &"//! A.\n".repeat(501)), ["has 501 lines; over 500 need a reason in LONG"]);
}

/// And it must not see what is not there.
#[test]
fn kept_rules_are_let_be() {
    for (path, text) in [
        ("roster/a.rs", "// use crate::store::Store; println!()\nuse crate::roster::Kind;"),
        ("ledger/a.rs", "const A: &str = \"unsafe sled crate::store \\\" println!\";\nuse crate::roster::Kind;"),
        ("ledger/a.rs", "const A: &str = r#\"sled \" std::fs\"#; const Q: char = '\"'; use crate::roster::Kind; // \""),
        ("ledger/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n fn f() { println!(); }\n}"),
        ("cli/sync.rs", "use super::sync; use super::json;"),
        ("cli/mod.rs", "mod sync;\nuse sync::Args;\n#[cfg(test)]\nmod tests {\n use super::sync;\n}"),
        ("report/a.rs", "fn f(r: Report) { r.finish(); }"),
        ("desk/a.rs", "fn f() { self.store.put_corrections(&c); unsafe_sled(); }"),
        ("store/a.rs", "use sled::Db; fn f() { self.put_sync(&s); }"),
        ("lib.rs", "pub mod store;"),
    ] {
        assert_eq!(wrong(path, &format!("//! A.\n{text}\n")), Vec::<String>::new(), "{path}: {text}");
    }
}
