//! The scope of a caller: the school, the schools, or the district with its schools, to which everything that is asked keeps. It comes
//! from the caller's own settings, from a role, or from both.
//!
//! What settings say keeps people from slips, not from intent: whoever can read the database's files can read all of them. What a role
//! says is a wall where a process of another user holds the store (`serve`).

use std::collections::HashSet;

use super::caller::not_permitted;
use super::office::{Office, lock};
use super::{AddWhat, Found, HitWhat, Listed, OneChange, Reply, Request, RowChoice, SyncDetail, Tie, TieWhat, Trouble, TroubleSort};
use crate::feed::RowShape;
use crate::ledger::{Sync, SyncNo};
use crate::roster::{ClassField, CourseField, EnrollmentField, Entity, Field, Kind, LinkField, OrgNo, PersonNo, PersonRef, Roster, Table};

impl Office {
    pub(super) fn outside(&self, what: &str) -> Trouble {
        let next = if self.caller.is_limited() {
            "Your role keeps you to it: roles.toml. Ask whoever works for the district."
        } else {
            "Your config file keeps you to it: scope. Ask whoever works for the district."
        };
        not_permitted(format!("{what} is outside {}, to which you are kept.", self.caller.kept_to()), next)
    }

    /// The organizations within the scope: its own and all below them. `None` where there is no scope; none of them where the scope
    /// names no organization.
    pub(super) fn scope_orgs(&self, roster: &Roster) -> Option<HashSet<OrgNo>> {
        let scope = self.caller.scope.as_ref().map(|top| below(roster, std::slice::from_ref(top)));
        let role = self.caller.is_limited().then(|| below(roster, &self.caller.schools));
        match (scope, role) {
            (Some(scope), Some(role)) => Some(scope.intersection(&role).copied().collect()),
            (scope, role) => scope.or(role),
        }
    }

    /// The organization that an upload or an export is for: within the scope, and the scope itself where none is named.
    pub(super) fn keep_within(&self, org: Option<String>) -> Result<Option<String>, Trouble> {
        if !self.caller.is_kept() {
            return Ok(org);
        }
        let roster = self.roster();
        let Some(org) = org else {
            return match (&self.caller.scope, self.caller.schools.as_slice()) {
                (Some(only), _) | (None, [only]) => Ok(Some(only.clone())),
                _ => {
                    let what = format!("You are kept to {}, and this is for one of them.", self.caller.kept_to());
                    Err(Trouble::new(TroubleSort::Usage, what, "Say for which: --org ID, or w in the console."))
                }
            };
        };
        let within = self.scope_orgs(&roster).unwrap_or_default();
        // What does not exist is said by whoever looks for it.
        match roster.org_by_external_id(&org) {
            Some(number) if !within.contains(&number) => Err(self.outside(&format!("Organization {org}"))),
            _ => Ok(Some(org)),
        }
    }

    /// Whether a sync is within the scope: one that was for an organization in it.
    pub(super) fn sync_within(&self, sync: &Sync, roster: &Roster) -> bool {
        self.scope_orgs(roster)
            .is_none_or(|within| sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)).is_some_and(|o| within.contains(&o)))
    }

    /// The syncs within the scope, newest first.
    pub(super) fn syncs_within(&self) -> Result<Vec<Sync>, Trouble> {
        let mut syncs = self.store.syncs()?;
        if self.caller.is_kept() {
            let roster = self.roster();
            syncs.retain(|s| self.sync_within(s, &roster));
        }
        Ok(syncs)
    }

    /// How many there are of each kind within the scope.
    pub(super) fn totals_within(&self, roster: &Roster) -> Vec<(Kind, u64)> {
        let Some(within) = self.scope_orgs(roster) else { return super::history::totals(roster) };
        if let Some((_, totals)) = lock(&self.mine).totals.as_ref().filter(|t| t.0 == roster.position()) {
            return totals.clone();
        }
        let mut totals: Vec<(Kind, u64)> = Kind::ALL.iter().map(|k| (*k, 0)).collect();
        for table in Table::ALL {
            for (slot, record) in roster.table(table).iter() {
                let entity = Entity { table, slot };
                if Self::entity_within(roster, &within, entity) {
                    totals[crate::ledger::fields::kind(table, record) as usize].1 += 1;
                }
            }
        }
        lock(&self.mine).totals = Some((roster.position(), totals.clone()));
        totals
    }

    fn person_within(roster: &Roster, within: &HashSet<OrgNo>, number: PersonNo) -> bool {
        roster.person(number).is_none_or(|p| p.orgs().iter().any(|o| within.contains(o)))
    }

    /// Whether a record is within the scope. What is not there is: that it is not is for others to say.
    pub(super) fn entity_within(roster: &Roster, within: &HashSet<OrgNo>, entity: Entity) -> bool {
        let slot = entity.slot;
        let at = |org: Option<OrgNo>| org.is_some_and(|o| within.contains(&o));
        match entity.table {
            Table::People => Self::person_within(roster, within, PersonNo(slot)),
            Table::Orgs => within.contains(&OrgNo(slot)),
            Table::Courses => roster.course(crate::roster::CourseNo(slot)).is_none_or(|c| at(c.org)),
            Table::Classes => roster.class(crate::roster::ClassNo(slot)).is_none_or(|c| at(c.org)),
            Table::Enrollments => {
                let enrollment = roster.enrollment(crate::roster::EnrollmentNo(slot));
                enrollment.and_then(|e| roster.class(e.class)).is_none_or(|c| at(c.org))
            }
            Table::Links => roster.link(crate::roster::LinkNo(slot)).is_none_or(|l| Self::person_within(roster, within, l.student)),
        }
    }

    /// The request kept to the scope, or why it may not be answered (exit 6).
    pub(super) fn scoped(&self, request: Request) -> Result<Request, Trouble> {
        if !self.caller.is_kept() {
            return Ok(request);
        }
        if let Request::Listed(listed) = request {
            return Ok(Request::Listed(Box::new(Listed { list: self.scoped(listed.list)?, ..*listed })));
        }
        let roster = self.roster();
        let within = self.scope_orgs(&roster).unwrap_or_default();
        if within.is_empty() {
            return Err(match &self.caller.scope {
                Some(scope) if self.caller.is_limited() => self.outside(&format!("The scope \"{scope}\" of your config file")),
                Some(scope) => {
                    let what = format!("The scope \"{scope}\" of your config file names no organization here.");
                    Trouble::new(TroubleSort::Usage, what, "Correct the scope, or work on the database that has it.")
                }
                None => {
                    let what = format!("Your role is for {}, and no organization here has that ID.", self.caller.kept_to());
                    not_permitted(what, "Ask whoever keeps roles.toml of this database.")
                }
            });
        }
        let here = |entity: Entity, what: &str| {
            if Self::entity_within(&roster, &within, entity) { Ok(()) } else { Err(self.outside(what)) }
        };
        if let Some(number) = sync_of(&request)
            && let Some(sync) = self.store.sync(number)?
            && !self.sync_within(&sync, &roster)
        {
            return Err(self.outside(&format!("Sync {number}")));
        }
        if let Request::Compare { older: Some(older), .. } = &request
            && let Some(sync) = self.store.sync(*older)?
            && !self.sync_within(&sync, &roster)
        {
            return Err(self.outside(&format!("Sync {older}")));
        }
        match &request {
            Request::OverviewOf(org) | Request::TriageOf(org) => {
                self.keep_within(Some(org.clone()))?;
            }
            Request::School(org) | Request::EditOrg { org, .. } => here((*org).into(), "This organization")?,
            Request::Person(person) | Request::Decide { choice: RowChoice::SameAs(person), .. } => here((*person).into(), "This person")?,
            Request::EditPerson { person, fields } => {
                here((*person).into(), "This person")?;
                let has: Vec<OrgNo> = roster.person(*person).map(PersonRef::orgs).unwrap_or_default();
                self.orgs_within(&roster, &within, fields, &has)?;
            }
            Request::EditPeople { people, fields, .. } => {
                for person in people {
                    here((*person).into(), "One of these people")?;
                    let has: Vec<OrgNo> = roster.person(*person).map(PersonRef::orgs).unwrap_or_default();
                    self.orgs_within(&roster, &within, fields, &has)?;
                }
            }
            Request::UndoEdit { position } => {
                let mut entities = Vec::new();
                self.store.changes(*position, &mut |change| {
                    entities.push(change.entity);
                    true
                })?;
                entities.into_iter().try_for_each(|entity| here(entity, "What that edit changed"))?;
            }
            Request::Class(class) => here((*class).into(), "This class")?,
            Request::Record(entity) | Request::Fields(entity) => here(*entity, "This record")?,
            Request::Edit { entity, fields } => {
                here(*entity, "This record")?;
                self.orgs_within(&roster, &within, fields, &[])?;
            }
            Request::Careful { change, seen } => {
                // Kept to the scope as the change itself would be.
                self.scoped(change.clone().into())?;
                return Ok(Request::Careful { change: change.clone(), seen: seen.clone() });
            }
            Request::Add { what, fields } => self.add_within(&roster, &within, *what, fields)?,
            Request::People { query, .. } => query.org.map_or(Ok(()), |o| here(o.into(), "This organization"))?,
            Request::Classes { org, .. } | Request::Ties { org, .. } | Request::Courses { org, .. } => {
                org.map_or(Ok(()), |o| here(o.into(), "This organization"))?;
            }
            Request::PickUp { feed, .. } => self.feed_within(&roster, &within, feed)?,
            Request::Import(import) => import.feed.iter().try_for_each(|f| self.feed_within(&roster, &within, f))?,
            Request::ImportSet(imports) => {
                imports.iter().filter_map(|i| i.feed.as_ref()).try_for_each(|f| self.feed_within(&roster, &within, f))?;
            }
            Request::Status => return Err(self.outside("How every feed is")),
            Request::Take(_) | Request::News => return Err(self.outside("Watching the feeds' folders")),
            Request::PutRule { .. } | Request::RemoveRule { .. } => return Err(self.outside("Keeping value rules")),
            Request::PutFeed { .. } | Request::PutWatch { .. } | Request::RemoveFeed(_) => return Err(self.outside("Setting feeds up")),
            Request::PutMap(_) | Request::RemoveMap(_) => return Err(self.outside("Keeping mappings")),
            _ => {}
        }
        // Whoever a role limits may be for several schools: what is theirs of the whole is worked out where it is answered.
        let only = self.caller.scope.clone().filter(|_| !self.caller.is_limited());
        Ok(match (request, only) {
            (Request::Overview, Some(scope)) => Request::OverviewOf(scope),
            (Request::Triage, Some(scope)) => Request::TriageOf(scope),
            (request, _) => self.narrow(request)?,
        })
    }

    /// What takes one organization, kept to one within the scope.
    fn narrow(&self, request: Request) -> Result<Request, Trouble> {
        Ok(match request {
            Request::Export { what, org, for_spreadsheet } => Request::Export { what, org: self.keep_within(org)?, for_spreadsheet },
            Request::Syncs { window, org: Some(org), filter, of } => {
                Request::Syncs { window, org: self.keep_within(Some(org))?, filter, of }
            }
            Request::Find { query, org: Some(org), limit } => Request::Find { query, org: self.keep_within(Some(org))?, limit },
            other => other,
        })
    }

    /// Fields that name organizations name such as are within the scope, or such as the record has already.
    fn orgs_within(&self, roster: &Roster, within: &HashSet<OrgNo>, fields: &[(String, String)], has: &[OrgNo]) -> Result<(), Trouble> {
        let named = [Field::Orgs.name(), ClassField::Org.name(), CourseField::Org.name()];
        // A field may be given without the kind that its name begins with.
        let names = |given: &str| named.iter().any(|n| *n == given || n.strip_suffix(given).is_some_and(|b| b.ends_with('_')));
        for (_, value) in fields.iter().filter(|(name, _)| names(name)) {
            for id in value.split(';').map(str::trim).filter(|id| !id.is_empty()) {
                let number = roster.org_by_external_id(id);
                if number.is_some_and(|n| !within.contains(&n) && !has.contains(&n)) {
                    return Err(self.outside(&format!("Organization {id}")));
                }
            }
        }
        Ok(())
    }

    /// A feed that is set up for an organization is for one within the scope. One for none takes what an import names.
    fn feed_within(&self, roster: &Roster, within: &HashSet<OrgNo>, name: &str) -> Result<(), Trouble> {
        let org = self.store.feed(name)?.and_then(|f| f.org);
        let number = org.as_deref().and_then(|o| roster.org_by_external_id(o));
        if number.is_some_and(|n| !within.contains(&n)) { Err(self.outside(&format!("Feed {name}"))) } else { Ok(()) }
    }

    /// What is made by hand belongs to the scope.
    fn add_within(&self, roster: &Roster, within: &HashSet<OrgNo>, what: AddWhat, fields: &[(String, String)]) -> Result<(), Trouble> {
        let value = |name: &str| fields.iter().find(|(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.as_str());
        self.orgs_within(roster, within, fields, &[])?;
        let said = match what {
            AddWhat::Person => value(Field::Orgs.name()),
            AddWhat::Class => value(ClassField::Org.name()),
            AddWhat::Course => value(CourseField::Org.name()),
            AddWhat::School => None,
            AddWhat::Enrollment => value(EnrollmentField::Class.name()),
            AddWhat::Link => value(LinkField::Student.name()),
        };
        let Some(said) = said else { return Err(self.outside(&format!("A {} that names no school of yours", what.name()))) };
        // Behind a wall nobody of another school is brought in by guessing an ID.
        let person = value(EnrollmentField::Person.name()).filter(|_| what == AddWhat::Enrollment && self.caller.is_limited());
        if matches!(what, AddWhat::Enrollment | AddWhat::Link) {
            for said in [Some(said), person].into_iter().flatten() {
                // What cannot be found is said by whoever makes the record.
                let found = self.resolve(said).unwrap_or_default();
                if found.iter().filter_map(|n| n.what.entity()).any(|e| !Self::entity_within(roster, within, e)) {
                    return Err(self.outside(said));
                }
            }
        }
        Ok(())
    }

    /// Files of organizations, and bundles that bring them, are not for somebody who is kept to one of them.
    pub(super) fn shape_within(&self, path: &str, profile: Option<&str>) -> Result<(), Trouble> {
        if !self.caller.is_kept() {
            return Ok(());
        }
        let name = match profile {
            Some(name) => Some(name.to_owned()),
            None => self.recognise(path).ok().and_then(|r| r.profile),
        };
        if name.as_deref().is_some_and(|n| self.is_bundle(n)) {
            return Err(self.outside("A bundle, which brings organizations,"));
        }
        let shape = name.and_then(|n| self.profiles.get(&n)).map(|p| p.rows);
        if shape == Some(RowShape::Org) { Err(self.outside("A file of organizations")) } else { Ok(()) }
    }

    /// An answer without what is outside the scope.
    pub(super) fn narrowed(&self, reply: Reply) -> Result<Reply, Trouble> {
        let roster = self.roster();
        let Some(within) = self.scope_orgs(&roster) else { return Ok(reply) };
        let inside = |what: &HitWhat| self.hit_within(&roster, &within, what);
        let is_here = |entity: Entity| Self::entity_within(&roster, &within, entity);
        let of_detail = |detail: &mut SyncDetail| detail.by_school.retain(|s| s.org.is_some_and(|o| within.contains(&o)));
        // A row may name somebody elsewhere by a wrong ID: who that is, is not for this caller.
        let of_row = |row: &mut super::RowView| {
            if row.on_roster.as_ref().is_some_and(|n| !inside(&n.what)) {
                row.on_roster = None;
                row.changes.clear();
            }
        };
        let last = |row: &mut super::SchoolRow| row.last = row.last.take().filter(|s| self.sync_within(s, &roster));
        let tie = |t: &Tie| match t.what {
            TieWhat::Enrollment(n) => is_here(n.into()),
            TieWhat::Link(n) => is_here(n.into()),
        };
        let mut reply = reply;
        match &mut reply {
            Reply::Around { page, .. } => {
                let inner = std::mem::replace(&mut **page, Reply::Done);
                **page = self.narrowed(inner)?;
            }
            Reply::Rules(rules) => rules.retain(|r| self.feed_within(&roster, &within, &r.feed).is_ok()),
            Reply::Resolved(all) => {
                all.retain(|n| inside(&n.what));
                if all.is_empty() {
                    return Err(self.outside("What has this ID"));
                }
            }
            Reply::Sync(detail) => of_detail(detail),
            Reply::Ran(ran) => of_detail(&mut ran.detail),
            Reply::RanSet(set) => set.iter_mut().for_each(|ran| of_detail(&mut ran.detail)),
            Reply::Row(row) => of_row(row),
            Reply::Rows(page) => page.rows.iter_mut().for_each(of_row),
            Reply::Schools(page) => page.rows.iter_mut().for_each(last),
            Reply::School(detail) => last(&mut detail.row),
            Reply::Person(detail) => {
                detail.classes.retain(tie);
                detail.links.retain(tie);
            }
            Reply::Record(detail) => detail.classes.retain(|c| is_here(c.number.into())),
            Reply::Flips(flips) => flips.retain(|f| is_here(f.person.number.into())),
            Reply::Feeds(feeds) => feeds.retain_mut(|f| {
                let own = f.feed.org.as_deref().and_then(|o| roster.org_by_external_id(o)).is_some_and(|o| within.contains(&o));
                f.last = f.last.take().filter(|s| self.sync_within(s, &roster));
                own || f.last.is_some()
            }),
            _ => {}
        }
        Ok(reply)
    }

    /// What was found, without what is outside the scope. How many there are besides is not said.
    pub(super) fn found_within(&self, mut found: Found) -> Found {
        let roster = self.roster();
        if let Some(within) = self.scope_orgs(&roster) {
            found.hits.retain(|h| self.hit_within(&roster, &within, &h.what));
            found.total = found.hits.len() as u64;
        }
        found
    }

    fn hit_within(&self, roster: &Roster, within: &HashSet<OrgNo>, what: &HitWhat) -> bool {
        match (what.entity(), what) {
            (Some(entity), _) => Self::entity_within(roster, within, entity),
            (None, HitWhat::Refused { sync, .. }) => self.store.sync(*sync).ok().flatten().is_some_and(|s| self.sync_within(&s, roster)),
            (None, _) => true,
        }
    }
}

/// Organizations by external ID, and all that are below them.
fn below(roster: &Roster, tops: &[String]) -> HashSet<OrgNo> {
    let mut within: HashSet<OrgNo> = tops.iter().filter_map(|top| roster.org_by_external_id(top)).collect();
    loop {
        let below = roster.orgs().filter(|(n, o)| !within.contains(n) && o.parent.is_some_and(|p| within.contains(&p)));
        let below: Vec<OrgNo> = below.map(|(n, _)| n).collect();
        if below.is_empty() {
            return within;
        }
        within.extend(below);
    }
}

/// The sync that a request is about.
fn sync_of(request: &Request) -> Option<SyncNo> {
    match request {
        Request::Sync(sync)
        | Request::Findings { sync, .. }
        | Request::Rows { sync, .. }
        | Request::Row { sync, .. }
        | Request::CheckRow { sync, .. }
        | Request::Fix { sync, .. }
        | Request::Repairs { sync, .. }
        | Request::Mend { sync, .. }
        | Request::TurnMend { sync, .. }
        | Request::Corrections(sync)
        | Request::Attach { sync, .. }
        | Request::Detach { sync, .. }
        | Request::Apply { sync, .. }
        | Request::Abandon { sync, .. }
        | Request::Removals { sync, .. }
        | Request::Rerun { sync, .. }
        | Request::Undo { sync, .. }
        | Request::Plan { sync, .. }
        | Request::Snooze { sync, .. }
        | Request::Clash { sync, .. }
        | Request::Decide { sync, .. }
        | Request::UndoBack { sync, .. }
        | Request::UndoLeft { sync, .. }
        | Request::Shares(sync)
        | Request::Compare { newer: sync, .. }
        | Request::Report { sync, .. }
        | Request::Careful { change: OneChange::Fix { sync, .. }, .. } => Some(*sync),
        Request::Gone(sync) => *sync,
        _ => None,
    }
}
