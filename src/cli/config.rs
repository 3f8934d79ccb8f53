//! The operator's own settings, `config.toml`, and where things live.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::env::Env;
use super::exit::Stop;
use crate::feed::near::nearest;
use crate::watch::Settings;

/// What `config.toml` may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The console's theme, by name.
    pub theme: Option<String>,
    /// Draw with plain ASCII.
    pub ascii: bool,
    /// Ask before anything that changes the roster.
    pub confirm: Option<bool>,
    /// In which zone times are shown.
    pub time: TimeShown,
    /// How a date is shown, in the letters of strftime.
    pub date: Option<String>,
    /// The school or district, by external ID, to which this operator is kept.
    pub scope: Option<String>,
    /// Keys of the console by command name.
    pub keys: BTreeMap<String, String>,
    /// What is done while nobody watches: who is told, and how.
    pub watch: Settings,
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
    parse(&text).map_err(|(line, column, message)| refused(format!(":{line}:{column}: {message}"), "Correct the file, or remove the line."))
}

/// The settings of a text, or line, column and what is wrong there.
fn parse(text: &str) -> Result<Config, (usize, usize, String)> {
    toml::from_str(text).map_err(|e| {
        let before = &text[..e.span().map_or(0, |s| s.start.min(text.len()))];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column, e.message().to_owned() + &meant(e.message()))
    })
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

/// An XDG folder. As the specification has it, a relative one does not count.
fn home(env: &Env, var: &str, else_in_home: &str) -> Option<PathBuf> {
    env.path(var).filter(|p| p.is_absolute()).or_else(|| Some(env.path("HOME")?.join(else_in_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let config = parse("theme = \"dark\"\nscope = \"S1\"\ntime = \"utc\"\ndate = \"%d.%m.%Y\"\n[keys]\nquit = \"ctrl-q\"\n").unwrap();
        assert_eq!(config.theme.as_deref(), Some("dark"));
        assert_eq!((config.time, config.scope.as_deref()), (TimeShown::Utc, Some("S1")));
        assert_eq!(config.keys["quit"], "ctrl-q");
        assert_eq!(parse("").unwrap(), Config::default());
        let config = parse("[watch]\non_event = [\"/usr/local/bin/tell\", \"it\"]\nmail_to = [\"it@d.example\"]\n").unwrap();
        assert_eq!((config.watch.on_event.len(), config.watch.mail_to.len(), config.watch.on_event_seconds), (2, 1, 30));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, line, column, part) in [
            ("theme = \"dark\"\nthene = 1\n", 2, 1, "did you mean `theme`?"),
            ("time = \"lokal\"", 1, 8, "did you mean `local`?"),
            ("\nascii = \"yes\"", 2, 9, "invalid type"),
            ("theme = ", 1, 9, ""),
        ] {
            let (l, c, message) = parse(text).unwrap_err();
            assert_eq!((l, c), (line, column), "{text}: {message}");
            assert!(message.contains(part), "{message}");
        }
    }
}
