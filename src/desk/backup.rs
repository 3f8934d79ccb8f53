//! A backup of the database, and back.

use std::path::Path;

use super::office::{Office, trouble};
use super::{BackedUp, Event, JobNo, Progress, Surroundings, Trouble, TroubleSort};
use crate::store::{self, Opening};

impl Office {
    /// Writes everything that the database keeps to a new file.
    pub(super) fn back_up(&self, job: JobNo, path: &str, on_event: &mut dyn FnMut(Event) -> bool) -> Result<BackedUp, Trouble> {
        let file = Path::new(path);
        if file.exists() {
            let text = format!("There is a file {path} already. A backup replaces none.");
            return Err(Trouble::new(TroubleSort::Usage, text, "Name another file, or move that one away."));
        }
        if file.starts_with(self.store.dir()) {
            let text = "A backup within the database's own folder would be lost with it.";
            return Err(Trouble::new(TroubleSort::Usage, text, "Name a file elsewhere, best on another disk."));
        }
        let on_event = std::cell::RefCell::new(on_event);
        let done = self.store.back_up(file, &|records| {
            (on_event.borrow_mut())(Event::Progress(Progress {
                job,
                sync: None,
                title: "backup".into(),
                step: "writing".into(),
                done: records,
                total: 0,
                rate: 0.0,
                left: None,
            }));
        })?;
        Ok(told(path, done))
    }
}

/// Makes a database of a backup, in the folder that `surroundings` names, which must be new or empty. The whole file is checked first.
pub fn restore(file: &Path, surroundings: &Surroundings) -> Result<BackedUp, Trouble> {
    let opening = Opening { by: surroundings.by.clone(), host: surroundings.host.clone(), now: (surroundings.now)() };
    let done = store::restore(file, &surroundings.db, &opening, &|_, _| {}).map_err(trouble)?;
    Ok(told(&file.to_string_lossy(), done))
}

fn told(path: &str, done: store::BackedUp) -> BackedUp {
    let store::BackedUp { bytes, records, uploads, position } = done;
    BackedUp { path: path.to_owned(), bytes, records, uploads, position }
}
