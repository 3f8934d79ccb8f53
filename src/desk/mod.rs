//! What an operator can ASK FOR: requests, replies, events. The one door for `cli` and `tui`.
//!
//! [`Desk`] answers one request at a time in the caller's thread: the command line. [`Client`] sends requests to a
//! desk that works in threads of its own and gets replies and events as [`Delivery`]: the console, which never waits.

mod attached;
mod backup;
mod bulk;
mod busy;
mod caller;
mod careful;
mod clash;
mod classes;
mod compare;
mod decide;
mod explain;
mod feeds;
mod fields;
mod find;
mod folder;
mod follows;
mod gone;
mod hand;
mod history;
mod holds;
mod kin;
mod lists;
mod maps;
mod mend;
mod narrow;
mod near;
mod office;
mod output;
mod people;
pub mod protocol;
mod recording;
mod repair;
mod reports;
pub mod roles;
mod rows;
mod rules;
mod schools;
mod scope;
mod sets;
mod shares;
mod snooze;
mod source;
mod standing;
mod status;
mod take;
mod threads;
mod triage;
mod undoing;
mod upkeep;
mod views;

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

pub use backup::restore;
pub use caller::{Caller, CallerRole, Hearing};
pub use folder::{ClaimSeen, Look, Lying, look_into};
pub use protocol::*;
pub use threads::Workers;

use serde::{Deserialize, Serialize};

use crate::ledger::{Actor, Timestamp};
use crate::roster::Roster;
use crate::store::StoreError;
use crate::sync::{Done, Failed, Runner};
use office::{Office, lock, trouble};

/// What a desk needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The database's folder.
    pub db: PathBuf,
    /// The folder of the user's own profiles, where there is one.
    pub profiles: Option<PathBuf>,
    /// Who works here.
    pub by: Actor,
    /// Name of this machine.
    pub host: String,
    /// The organization (external ID) to which this operator is kept: everything is for it and for what is below it.
    pub scope: Option<String>,
    /// Refuse everything that changes something.
    pub readonly: bool,
    /// How long to wait for a store that another process holds.
    pub wait: Duration,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// What a client sends: a request under a ticket of the client's own choosing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Comes back with the reply.
    pub ticket: u64,
    /// The job's number, for a long request.
    pub job: JobNo,
    /// The request.
    pub request: Request,
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Delivery {
    /// The answer to the request of that ticket.
    Reply {
        /// The ticket.
        ticket: u64,
        /// The answer.
        reply: Box<Reply>,
    },
    /// Something that happened.
    Event(Event),
}

/// Why a store could not be opened to be shared.
#[derive(Clone, Debug)]
pub enum NotOpened {
    /// Another process holds it, through which one can work, now or in a moment.
    Shared(Trouble),
    /// Another process holds it for itself.
    InUse(Trouble),
    /// Something else.
    Trouble(Trouble),
}

/// The console's end: sends requests, never waits.
#[derive(Clone, Debug)]
pub struct Client {
    to: Sender<Ask>,
}

impl Client {
    /// A client that sends to whoever holds the other end of that channel (a desk, or a test).
    pub fn new(to: Sender<Ask>) -> Self {
        Self { to }
    }

    /// Sends a request; the reply comes as a [`Delivery`] with the same ticket. Nothing happens if the desk has gone.
    pub fn send(&self, ask: Ask) {
        let _ = self.to.send(ask);
    }
}

/// A desk that answers in the caller's thread.
pub struct Desk {
    office: Office,
    notices: Vec<String>,
}

impl Desk {
    /// Opens the store and loads the roster.
    pub fn open(surroundings: Surroundings) -> Result<Self, Trouble> {
        let (office, notices) = Office::open(surroundings, false)?;
        Ok(Self { office, notices })
    }

    /// As [`Self::open`], and says to others that they may work through this process.
    pub fn open_shared(surroundings: Surroundings) -> Result<Self, NotOpened> {
        Self::open_as(surroundings, true)
    }

    /// As [`Self::open`], and says whether who holds the store lets others work through it.
    pub fn open_alone(surroundings: Surroundings) -> Result<Self, NotOpened> {
        Self::open_as(surroundings, false)
    }

    fn open_as(surroundings: Surroundings, shares: bool) -> Result<Self, NotOpened> {
        match Office::open(surroundings, shares) {
            Ok((office, notices)) => Ok(Self { office, notices }),
            // Without a number it has the lock and has not said yet who it is: it will in a moment.
            Err(error @ (StoreError::InUse { shares: true, .. } | StoreError::InUse { pid: 0, .. })) => {
                Err(NotOpened::Shared(error.into()))
            }
            Err(error @ StoreError::InUse { .. }) => Err(NotOpened::InUse(error.into())),
            Err(error) => Err(NotOpened::Trouble(error.into())),
        }
    }

    /// The journal's position.
    pub fn position(&self) -> u64 {
        self.office.roster().position()
    }

    /// Says that roles are asked for here, which the doctor tells.
    pub fn walled(&self) {
        self.office.walled.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Builds the search index, so that nobody waits for it.
    pub fn build_index(&self) {
        self.office.index(&self.office.roster());
    }

    /// What the operator should be told once: what was repaired at opening, own profiles that cannot be used.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Answers a request. Events of long work go to `on_event`; when it returns `false` the work is cancelled.
    pub fn ask(&self, request: Request, on_event: &mut dyn FnMut(Event) -> bool) -> Reply {
        let tidy = request.is_long();
        let reply = self.answer(JobNo(0), request, on_event);
        if tidy {
            self.office.tidy();
        }
        reply
    }

    /// Starts a desk in threads of its own and returns at once; the store is opened in there. Everything it has to say goes
    /// to `deliver`.
    pub fn start(surroundings: Surroundings, deliver: impl Fn(Delivery) + Send + 'static) -> Client {
        threads::start(surroundings, deliver)
    }

    fn answer(&self, job: JobNo, request: Request, on_event: &mut dyn FnMut(Event) -> bool) -> Reply {
        self.answer_until(job, request, on_event, &|| false)
    }

    /// A look-up, given up where a newer one has overtaken it.
    fn found(&self, request: Request, overtaken: &dyn Fn() -> bool) -> Reply {
        self.answer_until(JobNo(0), request, &mut |_| true, overtaken)
    }

    fn answer_until(&self, job: JobNo, request: Request, on_event: &mut dyn FnMut(Event) -> bool, overtaken: &dyn Fn() -> bool) -> Reply {
        let office = &self.office;
        let _making = request.is_change().then(|| office.busy.make(office.number));
        let wanted = roles::name(&request);
        let mut tell = |event: Event| {
            office.tell_others(&event);
            on_event(event)
        };
        let asked = office.permitted(&request).and_then(|()| office.scoped(request));
        match asked.and_then(|request| self.reply(job, request, &mut tell, overtaken)).and_then(|reply| office.narrowed(reply)) {
            Ok(reply) => reply,
            Err(trouble) => {
                office.audit(wanted, &trouble);
                Reply::Trouble(trouble)
            }
        }
    }

    fn reply(
        &self,
        job: JobNo,
        request: Request,
        on_event: &mut dyn FnMut(Event) -> bool,
        overtaken: &dyn Fn() -> bool,
    ) -> Result<Reply, Trouble> {
        let office = &self.office;
        Ok(match request {
            Request::Overview => Reply::Overview(office.overview()?),
            Request::Syncs { window, org, filter, of } => Reply::Syncs(office.syncs(window, org.as_deref(), &filter, &of)?),
            Request::Sync(number) => Reply::Sync(Box::new(office.sync_detail(number)?)),
            Request::Findings { sync, query, window } => Reply::Findings(office.findings(sync, &query, window)?),
            Request::Rows { sync, cause, filter, window } => Reply::Rows(office.rows(sync, cause, &filter, window)?),
            Request::Row { sync, at } => Reply::Row(Box::new(office.row(sync, at, &[])?)),
            Request::CheckRow { sync, record, cells } => Reply::Row(Box::new(office.row(sync, RowAt::Record(record), &cells)?)),
            Request::Fix { sync, at, cells } => {
                let row = office.fix(sync, at, &cells)?;
                on_event(Event::SyncChanged(sync));
                Reply::Row(Box::new(row))
            }
            Request::Corrections(sync) => Reply::Corrections(office.store.corrections(office.sync_of(sync)?.root())?),
            Request::Attach { sync, path, dry_run } => {
                let attached = office.attach(sync, &path, dry_run)?;
                if attached.kept {
                    on_event(Event::SyncChanged(attached.sync));
                }
                Reply::Attached(Box::new(attached))
            }
            Request::Detach { sync, name } => {
                office.detach(sync, &name)?;
                on_event(Event::SyncChanged(sync));
                Reply::Sync(Box::new(office.sync_detail(sync)?))
            }
            Request::Repairs { sync, cause, of } => Reply::Repairs(office.repairs(sync, cause, &of)?),
            Request::Mend { sync, cause, of, repair, save_rule, dry_run, window } => {
                let mended = office.mend(sync, cause, &of, &repair, save_rule, dry_run, window)?;
                if !dry_run {
                    on_event(Event::SyncChanged(sync));
                }
                Reply::Mended(Box::new(mended))
            }
            Request::TurnMend { sync, step, again } => {
                let turned = office.turn_mend(sync, step, again)?;
                on_event(Event::SyncChanged(sync));
                Reply::Turned(turned)
            }
            Request::Rules => Reply::Rules(office.rules()?),
            Request::PutRule { feed, column, from, to } => Reply::Rules(office.put_rule(&feed, &column, &from, &to)?),
            Request::RemoveRule { feed, column, from } => Reply::Rules(office.remove_rule(&feed, &column, &from)?),
            Request::AllCorrections { filter, window } => Reply::AllCorrections(office.all_corrections(&filter, window)?),
            Request::EndStanding(number) => {
                office.end_standing(number)?;
                Reply::Done
            }
            Request::Ticket { feed } => Reply::Output(office.ticket(feed.as_deref())?),
            Request::Triage => Reply::Triage(office.triage()?),
            Request::Snoozed => Reply::Snoozed(office.snoozed()?),
            Request::Snooze { sync, cause, until, reason } => {
                let snoozed = office.snooze(sync, cause, &until, &reason)?;
                on_event(Event::SyncChanged(sync));
                Reply::Snoozed(snoozed)
            }
            Request::Wake(id) => Reply::Snoozed(office.wake(&id, on_event)?),
            Request::Gone(sync) => Reply::Gone(office.gone(sync)?),
            Request::Clash { sync, at } => Reply::Clash(Box::new(office.clash(sync, at)?)),
            Request::Decide { sync, at, choice } => {
                let row = office.decide(job, sync, at, choice, on_event)?;
                on_event(Event::SyncChanged(sync));
                Reply::Row(Box::new(row))
            }
            Request::OverviewOf(org) => Reply::Overview(office.overview_of(&org)?),
            Request::TriageOf(org) => Reply::Triage(office.triage_of(&org)?),
            Request::Compare { older, newer, part, filter, window } => {
                Reply::Compared(Box::new(office.compare(older, newer, part, &filter, window)?))
            }
            Request::Import(import) => self.import(job, &import, on_event)?,
            Request::ImportSet(imports) => self.import_set(job, &imports, on_event)?,
            Request::PickUp { feed, dry_run } => self.pick_up(job, &feed, dry_run, on_event)?,
            Request::Apply { sync, without_removals, reason } => {
                let approval = crate::sync::Approval { without_removals, reason };
                self.ran(job, on_event, |runner, roster| runner.apply(roster, sync, &approval))?
            }
            Request::Removals { sync, window } => Reply::Removals(office.removals(sync, window)?),
            Request::Rerun { sync, all, dry_run } => self.ran(job, on_event, |runner, roster| runner.rerun(roster, sync, all, dry_run))?,
            Request::Undo { sync, dry_run } => self.ran(job, on_event, |runner, roster| runner.undo(roster, sync, dry_run))?,
            Request::Abandon { sync, reason } => {
                office.run(job, on_event, |runner, roster| Ok((runner.abandon(sync, reason)?, roster.clone())))?;
                on_event(Event::SyncChanged(sync));
                Reply::Sync(Box::new(office.sync_detail(sync)?))
            }
            Request::UndoBack { sync, window } => Reply::Plan(office.undo_back(sync, window)?),
            Request::UndoLeft { sync, window } => Reply::Left(office.undo_left(sync, window)?),
            Request::Shares(sync) => Reply::Shares(office.shares(sync)?),
            Request::Plan { sync, window } => Reply::Plan(office.plan(sync, window)?),
            Request::Cancel(job) => {
                office.cancel(job);
                Reply::Done
            }
            Request::Schools { filter, sort, reverse, window } => Reply::Schools(office.schools(&filter, sort, reverse, window)?),
            Request::School(number) => Reply::School(Box::new(office.school(number)?)),
            Request::People { query, window } => Reply::People(office.people(&query, window)),
            Request::Listed(listed) => office.listed(*listed)?,
            Request::EditPeople { people, fields, dry_run } => {
                Reply::EditedPeople(office.edit_people(job, &people, &fields, dry_run, on_event)?)
            }
            Request::UndoEdit { position } => Reply::PutBack(office.undo_edit(job, position, on_event)?),
            Request::Person(number) => Reply::Person(Box::new(office.person(number)?)),
            Request::Find { query, org, limit } => Reply::Found(office.find(&query, org.as_deref(), limit, overtaken)?),
            Request::Resolve(reference) => Reply::Resolved(office.resolve(&reference)?),
            Request::EditPerson { person, fields } => {
                office.run(job, on_event, |runner, roster| Ok(((), runner.edit_person(roster, person, &fields)?)))?;
                Reply::Person(Box::new(office.person(person)?))
            }
            Request::EditOrg { org, fields } => {
                office.run(job, on_event, |runner, roster| Ok(((), runner.edit_org(roster, org, &fields)?)))?;
                Reply::School(Box::new(office.school(org)?))
            }
            Request::Add { what, fields } => self.add(job, what, &fields, on_event)?,
            Request::Edit { entity, fields } => {
                office.run(job, on_event, |runner, roster| Ok(((), runner.edit_entity(roster, entity, &fields)?)))?;
                Reply::Done
            }
            Request::Fields(entity) => Reply::Fields(office.fields(entity)?),
            Request::Classes { org, filter, window } => Reply::Classes(office.classes(org, &filter, window)?),
            Request::Class(number) => Reply::Class(Box::new(office.class(number)?)),
            Request::Courses { org, filter, window } => Reply::Courses(office.courses(org, &filter, window)),
            Request::Record(entity) => Reply::Record(Box::new(office.record(entity)?)),
            Request::Ties { table, org, window } => Reply::Ties(office.ties(table, org, window)?),
            Request::Flips => Reply::Flips(office.flips()?),
            Request::Feeds => Reply::Feeds(office.feeds()?),
            Request::PutFeed { feed, replaces } => Reply::Feeds(office.put_feed(&feed, replaces.as_deref())?),
            Request::PutWatch { feed, watch } => Reply::Feeds(office.put_watch(&feed, watch)?),
            Request::Take(files) => self.take(job, files, on_event)?,
            Request::Status => Reply::Status(office.status()?),
            Request::News => Reply::News(office.news()?),
            Request::RemoveFeed(name) => self.remove_feed(job, &name, on_event)?,
            Request::Maps => Reply::Maps(office.maps()?),
            Request::PutMap(map) => Reply::Maps(office.put_map(&map)?),
            Request::RemoveMap(name) => Reply::Maps(office.remove_map(&name)?),
            Request::DraftMap { path, map } => Reply::MapDraft(office.draft_map(&path, &map)?),
            Request::Template(profile) => Reply::Output(office.template(&profile)?),
            Request::Report { sync, format, xlsx, original } => Reply::Output(office.report(sync, format, xlsx, original.as_deref())?),
            Request::Export { what, org, for_spreadsheet } => Reply::Output(office.export(what, org.as_deref(), for_spreadsheet)?),
            Request::Profiles => Reply::Profiles(office.profile_infos()),
            Request::Recognise { path } => Reply::Recognised(office.recognise(&path)?),
            Request::Doctor => Reply::Doctor(office.doctor()?),
            Request::Backup { path } => Reply::BackedUp(office.back_up(job, &path, on_event)?),
            Request::Verify { deep } => Reply::Verified(office.verify(job, deep, on_event)?),
            Request::Careful { change, seen } => {
                // Who compares at the same time comes after this change, and sees it.
                let _comparing = lock(&office.comparing);
                match office.conflicts(&change, &seen)? {
                    none if none.is_empty() => self.reply(job, change.into(), on_event, overtaken)?,
                    conflicts => Reply::Conflict(conflicts),
                }
            }
            Request::Audit { window } => Reply::Audit(office.audited(window)?),
        })
    }

    /// Long work on the roster, and the sync that came of it.
    pub(self) fn ran(
        &self,
        job: JobNo,
        on_event: &mut dyn FnMut(Event) -> bool,
        work: impl FnOnce(&mut Runner<'_>, &Roster) -> Result<Done, Failed>,
    ) -> Result<Reply, Trouble> {
        let office = &self.office;
        let (sync, by_school, left) = office.run(job, on_event, |runner, roster| {
            let done = work(runner, roster)?;
            Ok(((done.sync, done.by_school, done.left), done.roster))
        })?;
        let number = sync.number;
        let by_school = office.named_shares(&sync, by_school);
        let detail = office.detail(sync, by_school)?;
        on_event(Event::SyncChanged(number));
        Ok(Reply::Ran(Box::new(Ran { detail, left })))
    }
}
