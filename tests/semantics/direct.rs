//! Imports through a feed that is set up, below the desk.

use homeroom::feed::Profiles;
use homeroom::ledger::{Actor, Feed, Timestamp, fields};
use homeroom::roster::{Field, PersonNo, Roster};
use homeroom::store::{Opening, Store};
use homeroom::sync::{Done, Import, Runner, Step};
use tempfile::TempDir;

use crate::world::SCHOOLS;

pub(crate) struct Direct {
    dir: TempDir,
    store: Store,
    profiles: Profiles,
    roster: Roster,
    by: Actor,
    pub(crate) feed: Feed,
}

impl Direct {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&dir.path().join("db"), &Opening::default()).unwrap();
        let mut at = Self {
            dir,
            store,
            profiles: Profiles::builtin(),
            roster: Roster::default(),
            by: Actor("ana".into()),
            feed: Feed::new("schools", "schools"),
        };
        at.import("schools.csv", SCHOOLS);
        at.feed = Feed::new("nightly", "echalk-users");
        at
    }

    fn run<T>(&mut self, work: impl FnOnce(&mut Runner<'_>, &Roster) -> (T, Roster)) -> T {
        let mut tell = |_: Step| true;
        let (by, now) = (&self.by, || Timestamp(1));
        let mut runner = Runner { store: &self.store, profiles: &self.profiles, by, now, tell: &mut tell };
        let (done, roster) = work(&mut runner, &self.roster);
        self.roster = roster;
        done
    }

    pub(crate) fn import(&mut self, name: &str, text: &str) -> Done {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let feed = self.feed.clone();
        let (path, mode) = (path.to_str().unwrap(), Some(feed.mode));
        let ask = Import { path, feed: Some(&feed), profile: Some(&feed.profile), mode, ..Import::default() };
        self.run(|runner, roster| {
            let done = runner.import(roster, &ask).unwrap();
            let roster = done.roster.clone();
            (done, roster)
        })
    }

    fn find(&self, id: &str) -> Option<PersonNo> {
        self.roster.people_by_id(id).next()
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    pub(crate) fn edit(&mut self, id: &str, field: &str, value: &str) {
        let number = self.find(id).unwrap();
        self.run(|runner, roster| ((), runner.edit_person(roster, number, &[(field.to_owned(), value.to_owned())]).unwrap()));
    }

    pub(crate) fn value(&self, id: &str, field: &str) -> String {
        let person = self.roster.person(self.find(id).unwrap()).unwrap().to_person();
        fields::person_field(&person, Field::from_name(field).unwrap(), &self.roster)
    }
}
