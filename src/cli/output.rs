//! Reports and exports to standard output, or whole to a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::context::Context;
use super::exit::{Exit, Stop};
use super::table::number;
use crate::desk::{Output, Trouble, TroubleSort};

/// Where an output goes.
#[derive(clap::Args)]
pub(super) struct To {
    /// Write to this file, or into this folder, instead of standard output
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "out")]
    force: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    file: &'a Path,
    lines: u64,
    bytes: usize,
    note: &'a str,
}

impl To {
    /// Whether it would be shown on a terminal.
    pub(super) fn is_terminal(&self, cx: &Context<'_>) -> bool {
        self.out.is_none() && cx.env.columns.is_some()
    }

    /// Hands an output out.
    pub(super) fn hand_out(&self, cx: &mut Context<'_>, output: &Output) -> Result<Exit, Stop> {
        if !output.note.is_empty() {
            cx.tell(&output.note);
        }
        let Some(out) = &self.out else {
            cx.out.write_all(&output.bytes)?;
            return Ok(Exit::Done);
        };
        let mut path = cx.env.cwd.join(out);
        if path.is_dir() {
            path.push(&output.file_name);
        }
        write_whole(&path, &output.bytes, self.force).map_err(|e| not_written(&path, &e))?;
        if cx.json {
            cx.print_json(&Json { file: &path, lines: output.lines, bytes: output.bytes.len(), note: &output.note })?;
        } else {
            cx.tell(&format!("{}: {} lines", path.display(), number(output.lines)));
        }
        Ok(Exit::Done)
    }
}

fn not_written(path: &Path, error: &io::Error) -> Stop {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Stop::usage(format!("{} is there already", path.display()), "Give another name, or --force to replace it.")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Trouble::new(TroubleSort::Store, format!("Cannot write {}: {error}", path.display()), "Make room, or write elsewhere.").into()
        }
        _ => Stop::usage(format!("Cannot write {}: {error}", path.display()), "Check the folder and its rights."),
    }
}

/// Writes a file under another name and renames it: whoever looks finds all of it or nothing.
fn write_whole(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    if !replace && path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let aside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = File::create_new(&aside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| if replace { fs::rename(&aside, path) } else { rename_to_new(&aside, path) });
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Renames, but not over a file that came in the meantime. A link cannot replace; where links are not possible the look
/// before must do.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(e),
        Err(_) => fs::rename(from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_never_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.csv");
        write_whole(&path, b"one", false).unwrap();
        assert_eq!(write_whole(&path, b"two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_whole(&path, b"three", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert!(write_whole(&dir.path().join("no/such/folder.csv"), b"x", false).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left aside");
    }
}
