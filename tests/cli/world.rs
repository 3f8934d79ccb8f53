//! A world of its own for each test: a folder that is home, config and data, and the built program.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Runs the program in a world: `homeroom!(world, "errors", 1, "--json")`.
macro_rules! homeroom {
    ($world:expr, $($arg:expr),* $(,)?) => {
        $world.run(&[$($arg.to_string()),*])
    };
}
pub(crate) use homeroom;

/// A folder that is home, config and data.
pub(crate) struct World {
    dir: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub(crate) struct Did {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        let home = self.dir.path();
        command.env_clear().current_dir(home).env("HOME", home).env("USER", "ana").env("TZ", "UTC");
        command
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"));
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[String]) -> Did {
        did(self.command().args(args))
    }

    /// Runs it with something on standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &str) -> Did {
        let mut command = self.command();
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        Did::from(child.wait_with_output().unwrap())
    }
}

pub(crate) fn did(command: &mut Command) -> Did {
    command.output().unwrap().into()
}

impl From<std::process::Output> for Did {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Did {
    /// Fails the test unless it exited so; says what it printed.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Standard output as JSON lines, each with its schema.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        let lines: Vec<serde_json::Value> = self.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        for line in &lines {
            assert_eq!(line["schema"], 1, "{line}");
        }
        lines
    }

    /// Standard output as one JSON object.
    #[track_caller]
    pub(crate) fn object(&self) -> serde_json::Value {
        let mut lines = self.json();
        assert_eq!(lines.len(), 1, "{}", self.out);
        lines.remove(0)
    }
}

/// The keys of an object, as they are printed.
pub(crate) fn keys(json_line: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut text, mut in_text, mut escaped) = (0, String::new(), false, false);
    for c in json_line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => {
                in_text = !in_text;
                if in_text {
                    text.clear();
                }
            }
            c if in_text => text.push(c),
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ':' if depth == 1 => keys.push(text.clone()),
            _ => {}
        }
    }
    keys
}
