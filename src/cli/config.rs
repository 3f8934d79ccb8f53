//! The operator's own settings, `config.toml`, and where things live.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::env::Env;
use super::exit::Stop;
use crate::feed::near::nearest;
use crate::tui::command::Keymap;
use crate::tui::rebind::{Binding, rebound};
use crate::watch::Settings;

/// What `config.toml` may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The console's theme, by name.
    pub theme: Option<String>,
    /// Draw the console with plain ASCII, or never; not there: where the terminal has nothing else.
    pub ascii: Option<bool>,
    /// Ask before what can be undone, as is done where this is not there. What cannot be undone is always asked.
    pub confirm: Option<bool>,
    /// In which zone times are shown.
    pub time: TimeShown,
    /// How a date is shown, in the letters of strftime.
    pub date: Option<String>,
    /// The school or district, by external ID, to which this operator is kept.
    pub scope: Option<String>,
    /// Keys of the console by command name, as they are written: a key or a list of keys.
    keys: BTreeMap<Spanned<String>, Keys>,
    /// What is done while nobody watches: who is told, and how.
    pub watch: Settings,
    /// The same, in the order of the file, each with the place of its line: the file's path, line and column.
    #[serde(skip)]
    bindings: Vec<(String, Binding)>,
}

/// A key or a list of keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a key such as \"ctrl-q\", or a list of keys; [] unbinds")]
enum Keys {
    One(String),
    Several(Vec<String>),
}

impl Config {
    /// The console's keys. What is wrong in `[keys]` is said with its place, command and key. Only the console asks: a key that cannot
    /// be bound stops no nightly import.
    pub(super) fn keymap(&self) -> Result<Keymap, Stop> {
        let bindings: Vec<Binding> = self.bindings.iter().map(|(_, binding)| binding.clone()).collect();
        rebound(&bindings).map_err(|refused| {
            let at = self.bindings.get(refused.index).map_or("", |(at, _)| at);
            Stop::usage(format!("{at}: keys.{}", refused.why), "Correct the line, or remove it: the console has keys of its own.")
        })
    }

    /// Finds the lines of `[keys]` in the text.
    fn locate(&mut self, path: &str, text: &str) {
        let mut found: Vec<(usize, Binding)> = std::mem::take(&mut self.keys)
            .into_iter()
            .map(|(name, keys)| {
                let keys = match keys {
                    Keys::One(key) => vec![key],
                    Keys::Several(keys) => keys,
                };
                (name.span().start, Binding { command: name.into_inner(), keys })
            })
            .collect();
        found.sort_by_key(|(start, _)| *start);
        let at = |start: usize| {
            let (line, column) = place(text, start);
            format!("{path}:{line}:{column}")
        };
        self.bindings = found.into_iter().map(|(start, binding)| (at(start), binding)).collect();
    }
}

/// In which zone times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeShown {
    /// That of `TZ` or the machine.
    #[default]
    Local,
    /// UTC.
    Utc,
}

/// Reads the settings. No file is no settings, unless it was asked for by name.
pub(super) fn read(path: &Path, asked_for: bool) -> Result<Config, Stop> {
    let refused = |what: String, next: &str| Stop::usage(format!("{}{what}", path.display()), next);
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !asked_for => return Ok(Config::default()),
        Err(e) => return Err(refused(format!(": {e}"), "Give the path of a config file that can be read.")),
    };
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = String::from_utf8_lossy(&e.as_bytes()[..e.utf8_error().valid_up_to()]).matches('\n').count() + 1;
        refused(format!(":{line}: not UTF-8"), "Save the file as UTF-8.")
    })?;
    parse(&path.display().to_string(), &text)
        .map_err(|(line, column, message)| refused(format!(":{line}:{column}: {message}"), "Correct the file, or remove the line."))
}

/// The settings of a text, or line, column and what is wrong there.
fn parse(path: &str, text: &str) -> Result<Config, (usize, usize, String)> {
    let mut config: Config = toml::from_str(text).map_err(|e| {
        let (line, column) = place(text, e.span().map_or(0, |s| s.start));
        (line, column, e.message().to_owned() + &meant(e.message()))
    })?;
    config.locate(path, text);
    Ok(config)
}

/// Line and column of a byte of the text, counted from 1.
fn place(text: &str, start: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(start)];
    (before.matches('\n').count() + 1, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}

/// Serde names the wrong word first and then all that it knows, each in backticks.
fn meant(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let Some(wrong) = words.next().filter(|_| message.starts_with("unknown")) else { return String::new() };
    nearest(wrong, words).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// The folder of the settings: of `--config`, else `$XDG_CONFIG_HOME/homeroom`, else `~/.config/homeroom`.
pub(super) fn path(asked_for: Option<&Path>, env: &Env) -> Option<PathBuf> {
    match asked_for {
        Some(path) => Some(env.cwd.join(path)),
        None => Some(home(env, "XDG_CONFIG_HOME", ".config")?.join("homeroom/config.toml")),
    }
}

/// The database: `--db`, else `$HOMEROOM_DB`, else `$XDG_DATA_HOME/homeroom/default`, else below the home folder.
pub(super) fn database(asked_for: Option<&Path>, env: &Env) -> Result<PathBuf, Stop> {
    if let Some(path) = asked_for.map(Path::to_owned).or_else(|| env.path("HOMEROOM_DB")) {
        return Ok(env.cwd.join(path));
    }
    let data = home(env, "XDG_DATA_HOME", ".local/share")
        .ok_or_else(|| Stop::usage("There is no home folder to keep the database in", "Say where it is: --db DIR, or HOMEROOM_DB."))?;
    Ok(data.join("homeroom/default"))
}

/// Where the console keeps what it remembers: `$XDG_STATE_HOME/homeroom/console.toml`, else below the home folder; nowhere without one.
pub(super) fn state(env: &Env) -> Option<PathBuf> {
    Some(home(env, "XDG_STATE_HOME", ".local/state")?.join("homeroom/console.toml"))
}

/// An XDG folder. As the specification has it, a relative one does not count.
fn home(env: &Env, var: &str, else_in_home: &str) -> Option<PathBuf> {
    env.path(var).filter(|p| p.is_absolute()).or_else(|| Some(env.path("HOME")?.join(else_in_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, (usize, usize, String)> {
        parse("config.toml", text)
    }

    #[test]
    fn settings_are_read() {
        let config =
            read("theme = \"dark\"\nscope = \"S1\"\ntime = \"utc\"\ndate = \"%d.%m.%Y\"\nascii = true\nconfirm = false\n").unwrap();
        assert_eq!(config.theme.as_deref(), Some("dark"));
        assert_eq!((config.time, config.scope.as_deref()), (TimeShown::Utc, Some("S1")));
        assert_eq!((config.ascii, config.confirm), (Some(true), Some(false)));
        assert_eq!(read("").unwrap(), Config::default());
        let config = read("[watch]\non_event = [\"/usr/local/bin/tell\", \"it\"]\nmail_to = [\"it@d.example\"]\n").unwrap();
        assert_eq!((config.watch.on_event.len(), config.watch.mail_to.len(), config.watch.on_event_seconds), (2, 1, 30));
    }

    #[test]
    fn keys_are_one_or_several_or_none_and_keep_their_place() {
        let config = read("theme = \"dark\"\n[keys]\nquit = \"ctrl-q\"\nhelp = [\"f1\", \"H\"]\nmask = []\n").unwrap();
        let found: Vec<(&str, &str, usize)> =
            config.bindings.iter().map(|(at, b)| (at.as_str(), b.command.as_str(), b.keys.len())).collect();
        assert_eq!(found, [("config.toml:3:1", "quit", 1), ("config.toml:4:1", "help", 2), ("config.toml:5:1", "mask", 0)]);
        assert_eq!(config.keymap().ok().unwrap().hint(crate::tui::command::Command::Quit), "ctrl-q");
    }

    #[test]
    fn a_key_that_cannot_be_bound_is_said_with_line_command_and_key() {
        let check = |line: &str, expected: &str| {
            let config = read(&format!("[keys]\n\n{line}\n")).unwrap();
            let Err(Stop::Trouble(trouble)) = config.keymap() else { panic!("{line} was taken") };
            assert!(trouble.message.starts_with(expected), "{}", trouble.message);
        };
        check("quitt = \"x\"", "config.toml:3:1: keys.quitt: no command is called so; did you mean `quit`?");
        check("quit = \"ctrl-quux\"", "config.toml:3:1: keys.quit: there is no key `ctrl-quux`");
        check("theme = \"x\"\nabandon = [\"ctrl-x\", \"enter\"]", "config.toml:4:1: keys.abandon: never enter");
        check("  theme = \"f\"", "config.toml:3:3: keys.theme: f is find's key in lists");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, line, column, part) in [
            ("theme = \"dark\"\nthene = 1\n", 2, 1, "did you mean `theme`?"),
            ("time = \"lokal\"", 1, 8, "did you mean `local`?"),
            ("\nascii = \"yes\"", 2, 9, "invalid type"),
            ("theme = ", 1, 9, ""),
            ("[keys]\nquit = 3", 2, 8, "a key such as"),
        ] {
            let (l, c, message) = read(text).unwrap_err();
            assert_eq!((l, c), (line, column), "{text}: {message}");
            assert!(message.contains(part), "{message}");
        }
    }
}
