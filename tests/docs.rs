//! The documentation says what is so: its examples are run, its codes are looked up, its links and paths are followed.
//!
//! In `README.md` a block ```` ```csv NAME ```` or ```` ```toml NAME ```` is a file, and a block ```` ```console ```` is a session in the folder
//! of those files, which is shown as `/home/maria`: each line that begins with `$ ` is a command, the lines after it are what it prints. Moments
//! and durations may differ. After a change of the output, `HOMEROOM_BLESS=1 cargo test --test docs` writes what is printed now into `README.md`; read the difference.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so by failing

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use homeroom::ledger::Code;
use tempfile::TempDir;

/// Pages that are documentation.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        entries.filter(|p| p.extension().is_some_and(|e| e == "md")).collect::<Vec<_>>()
    };
    let mut all = pages(root);
    all.extend(pages(&root.join("docs")));
    all.sort();
    assert!(all.len() >= 6, "{all:?}");
    all
}

/// A block of a page between two fences: what stands after the first, its lines, and at which line (from 0) they begin.
struct Block<'a> {
    info: &'a str,
    lines: Vec<&'a str>,
    first: usize,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some(Block { info, lines: Vec::new(), first: at + 1 }),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.lines.push(line);
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// The text of a page without its blocks.
fn prose(text: &str) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// What differs from run to run: moments, and durations in seconds.
fn masked(line: &str) -> String {
    let number = |c: char| c.is_ascii_digit();
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let shape: String = rest.chars().take(16).map(|c| if number(c) { '0' } else { c }).collect();
        let digits = rest.len() - rest.trim_start_matches(|c| number(c) || c == '.').len();
        if shape == "0000-00-00 00:00" {
            out += "MOMENT";
            rest = &rest[16..];
        } else if number(c) && rest[..digits].contains('.') && rest[digits..].starts_with(" s ") {
            out += "TOOK";
            rest = &rest[digits..];
        } else {
            // A whole run of digits at once, so that no part of it is taken for the beginning of a moment.
            let step = if number(c) { digits } else { c.len_utf8() };
            out += &rest[..step];
            rest = &rest[step..];
        }
    }
    out.trim_end().to_owned()
}

/// A folder in which commands are run, and the code that the last one exited with.
struct Session {
    dir: TempDir,
    code: i32,
}

impl Session {
    /// Runs a line and gives everything that it prints, in the order in which it is printed.
    fn run(&mut self, line: &str) -> String {
        if line == "echo $?" {
            return format!("{}\n", self.code);
        }
        let words = words(line);
        assert_eq!(words[0], "homeroom", "only the program's own commands are run: {line}");
        let home = self.dir.path();
        let (mut printed, to) = std::io::pipe().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command.args(&words[1..]).env_clear().current_dir(home).env("HOME", home).env("USER", "maria").env("TZ", "UTC");
        command.stdin(Stdio::null()).stdout(to.try_clone().unwrap()).stderr(to);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut out = String::new();
        printed.read_to_string(&mut out).unwrap();
        self.code = child.wait().unwrap().code().unwrap_or(-1);
        out.replace(home.to_str().unwrap(), "/home/maria")
    }
}

/// Cuts a line into words as a shell does; quotes keep a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match c {
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            ' ' if quote.is_none() => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn the_examples_of_the_readme_print_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut session = Session { dir: tempfile::tempdir().unwrap(), code: 0 };
    let mut now: Vec<String> = Vec::new();
    let (mut done, mut commands, mut wrong) = (0, 0, Vec::new());
    let lines: Vec<&str> = text.lines().collect();
    for block in blocks(&text) {
        if let Some(name) = block.info.strip_prefix("csv ").or_else(|| block.info.strip_prefix("toml ")) {
            let path = session.dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, block.lines.join("\n") + "\n").unwrap();
        }
        if block.info != "console" {
            continue;
        }
        now.extend(lines[done..block.first].iter().map(ToString::to_string));
        done = block.first + block.lines.len();
        assert!(block.lines[0].starts_with("$ "), "line {}: a session begins with a command", block.first + 1);
        for said in block.lines.chunk_by(|_, next| !next.starts_with("$ ")) {
            let printed = session.run(&said[0][2..]);
            commands += 1;
            let printed: Vec<String> = printed.trim_end().lines().map(|l| l.trim_end().to_owned()).collect();
            let masked_all = |lines: &[String]| lines.iter().map(|l| masked(l)).collect::<Vec<_>>();
            let promised: Vec<String> = said[1..].iter().map(ToString::to_string).collect();
            let same = masked_all(&printed) == masked_all(&promised);
            if !same {
                wrong.push(format!("{}\n{}\n", said[0], printed.join("\n")));
            }
            now.push(said[0].to_owned());
            now.extend(if same { promised } else { printed });
        }
    }
    now.extend(lines[done..].iter().map(ToString::to_string));
    assert!(commands >= 10, "only {commands} commands were found");
    if std::env::var_os("HOMEROOM_BLESS").is_some() {
        fs::write(&path, now.join("\n") + "\n").unwrap();
    } else {
        assert!(wrong.is_empty(), "README.md promises something else than these print:\n{}", wrong.join("\n"));
    }
}

#[test]
fn what_may_differ_is_masked_and_nothing_else() {
    assert_eq!(masked("2026-11-22 03:49 · 0.023 s · by maria"), "MOMENT · TOOK s · by maria");
    assert_eq!(masked("email  x  #3 line 3, 2026-11-22 03:49"), "email  x  #3 line 3, MOMENT");
    assert_eq!(masked("12026-11-22 is 3.5 students, 4 s "), "12026-11-22 is 3.5 students, 4 s");
}

#[test]
fn every_code_is_in_the_catalogue() {
    let mut found = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let is_code = word.split_once('-').is_some_and(|(a, b)| {
                a.len() == 3 && b.len() == 3 && a.chars().all(|c| c.is_ascii_uppercase()) && b.chars().all(|c| c.is_ascii_digit())
            });
            if is_code {
                found += 1;
                assert!(Code::from_name(word).is_some(), "{}: there is no {word}", page.display());
            }
        }
    }
    assert!(found > 10, "only {found} codes were found");
}

/// What stands between `](` and `)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

/// The anchors of a page, as the usual viewers make them from its headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|l| l.starts_with('#')).map(|l| l.trim_start_matches('#').trim());
    headings
        .map(|h| h.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut found = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&prose(&text)).filter(|l| !l.contains("://") && !l.starts_with("mailto:")) {
            found += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(to.exists(), "{}: {link} leads nowhere", page.display());
            if !anchor.is_empty() {
                let there = fs::read_to_string(&to).unwrap();
                assert!(anchors(&there).iter().any(|a| a == anchor), "{}: {link} has no such heading", page.display());
            }
        }
    }
    assert!(found > 5, "only {found} links were found");
}

#[test]
fn every_path_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = ["src/", "tests/", "benches/", "docs/", "themes/", "demo-data/", ".ci/"];
    let mut found = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for path in prose(&text).split('`').skip(1).step_by(2).filter(|p| ours.iter().any(|o| p.starts_with(o))) {
            if path.contains(['*', '<', '{', ' ']) {
                continue;
            }
            found += 1;
            assert!(root.join(path).exists(), "{}: there is no {path}", page.display());
        }
    }
    assert!(found > 20, "only {found} paths were found");
}

#[test]
fn the_readme_names_every_command() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_homeroom")).arg("--help").output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let listed = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let commands: Vec<&str> = listed.filter_map(|l| l.split_whitespace().next()).collect();
    assert!(commands.len() > 15, "{help}");
    for command in commands {
        let named = [format!("`{command}`"), format!("`{command} ")].iter().any(|n| text.contains(n.as_str()));
        assert!(named, "README.md does not name the command {command}");
    }
}
