//! The scope of an operator: one school, or one district with its schools, to which everything that is asked here keeps.
//!
//! It keeps people from slips, not from intent: whoever can read the database's files can read all of them.

use std::collections::HashSet;

use super::office::Office;
use super::{AddWhat, Found, HitWhat, Listed, Reply, Request, Trouble, TroubleSort};
use crate::feed::RowShape;
use crate::ledger::{Sync, SyncNo};
use crate::roster::{ClassField, CourseField, EnrollmentField, Entity, Field, LinkField, OrgNo, PersonNo, PersonRef, Roster, Table};

fn outside(what: &str, scope: &str) -> Trouble {
    let next = "Your config file keeps you to it: scope. Ask whoever works for the district.";
    Trouble::new(TroubleSort::NotPermitted, format!("{what} is outside {scope}, to which you are kept."), next)
}

impl Office {
    fn scope(&self) -> Option<&str> {
        self.surroundings.scope.as_deref()
    }

    /// The organizations within the scope: its own and all below it. `None` where there is no scope; none of them where the scope
    /// names no organization.
    pub(super) fn scope_orgs(&self, roster: &Roster) -> Option<HashSet<OrgNo>> {
        let top = roster.org_by_external_id(self.scope()?);
        let mut within: HashSet<OrgNo> = top.into_iter().collect();
        loop {
            let below = roster.orgs().filter(|(n, o)| !within.contains(n) && o.parent.is_some_and(|p| within.contains(&p)));
            let below: Vec<OrgNo> = below.map(|(n, _)| n).collect();
            if below.is_empty() {
                return Some(within);
            }
            within.extend(below);
        }
    }

    /// The organization that an upload, a list or an export is for: within the scope, and the scope itself where none is named.
    pub(super) fn keep_within(&self, org: Option<String>) -> Result<Option<String>, Trouble> {
        let Some(scope) = self.scope() else { return Ok(org) };
        let Some(org) = org else { return Ok(Some(scope.to_owned())) };
        let roster = self.roster();
        let within = self.scope_orgs(&roster).unwrap_or_default();
        // What does not exist is said by whoever looks for it.
        match roster.org_by_external_id(&org) {
            Some(number) if !within.contains(&number) => Err(outside(&format!("Organization {org}"), scope)),
            _ => Ok(Some(org)),
        }
    }

    /// Whether a sync is within the scope: one that was for an organization in it.
    pub(super) fn sync_within(&self, sync: &Sync, roster: &Roster) -> bool {
        self.scope_orgs(roster)
            .is_none_or(|within| sync.org.as_deref().and_then(|o| roster.org_by_external_id(o)).is_some_and(|o| within.contains(&o)))
    }

    fn person_within(roster: &Roster, within: &HashSet<OrgNo>, number: PersonNo) -> bool {
        roster.person(number).is_none_or(|p| p.orgs().iter().any(|o| within.contains(o)))
    }

    /// Whether a record is within the scope. What is not there is: that it is not is for others to say.
    fn entity_within(roster: &Roster, within: &HashSet<OrgNo>, entity: Entity) -> bool {
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
        let Some(scope) = self.scope() else { return Ok(request) };
        if let Request::Listed(listed) = request {
            return Ok(Request::Listed(Box::new(Listed { list: self.scoped(listed.list)?, ..*listed })));
        }
        let roster = self.roster();
        let within = self.scope_orgs(&roster).unwrap_or_default();
        if within.is_empty() {
            let what = format!("The scope \"{scope}\" of your config file names no organization here.");
            return Err(Trouble::new(TroubleSort::Usage, what, "Correct the scope, or work on the database that has it."));
        }
        let here = |entity: Entity, what: &str| {
            if Self::entity_within(&roster, &within, entity) { Ok(()) } else { Err(outside(what, scope)) }
        };
        if let Some(number) = sync_of(&request)
            && let Some(sync) = self.store.sync(number)?
            && !self.sync_within(&sync, &roster)
        {
            return Err(outside(&format!("Sync {number}"), scope));
        }
        if let Request::Compare { older: Some(older), .. } = &request
            && let Some(sync) = self.store.sync(*older)?
            && !self.sync_within(&sync, &roster)
        {
            return Err(outside(&format!("Sync {older}"), scope));
        }
        match &request {
            Request::OverviewOf(org) | Request::TriageOf(org) => {
                self.keep_within(Some(org.clone()))?;
            }
            Request::School(org) | Request::EditOrg { org, .. } => here((*org).into(), "This organization")?,
            Request::Person(person) => here((*person).into(), "This person")?,
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
            Request::Edit { entity, fields } => {
                here(*entity, "This record")?;
                self.orgs_within(&roster, &within, fields, &[])?;
            }
            Request::Add { what, fields } => self.add_within(&roster, &within, *what, fields)?,
            Request::People { query, .. } => query.org.map_or(Ok(()), |o| here(o.into(), "This organization"))?,
            Request::PutRule { .. } | Request::RemoveRule { .. } => return Err(outside("Keeping value rules", scope)),
            Request::PutFeed { .. } | Request::RemoveFeed(_) => return Err(outside("Setting feeds up", scope)),
            Request::PutMap(_) | Request::RemoveMap(_) => return Err(outside("Keeping mappings", scope)),
            _ => {}
        }
        // Of a district the lists of all its schools are wanted, and these requests name one organization.
        let whole = (within.len() == 1).then(|| within.iter().next().copied()).flatten();
        Ok(match request {
            Request::Overview => Request::OverviewOf(scope.to_owned()),
            Request::Triage => Request::TriageOf(scope.to_owned()),
            Request::Export { what, org, for_spreadsheet } => Request::Export { what, org: self.keep_within(org)?, for_spreadsheet },
            Request::Classes { org, filter, window } => {
                org.map_or(Ok(()), |o| here(o.into(), "This organization"))?;
                Request::Classes { org: org.or(whole), filter, window }
            }
            Request::Ties { table, org, window } => {
                org.map_or(Ok(()), |o| here(o.into(), "This organization"))?;
                Request::Ties { table, org: org.or(whole), window }
            }
            Request::Syncs { window, org: Some(org), filter, of } => {
                Request::Syncs { window, org: self.keep_within(Some(org))?, filter, of }
            }
            other => other,
        })
    }

    /// Fields that name organizations name such as are within the scope, or such as the record has already.
    fn orgs_within(&self, roster: &Roster, within: &HashSet<OrgNo>, fields: &[(String, String)], has: &[OrgNo]) -> Result<(), Trouble> {
        let scope = self.scope().unwrap_or_default();
        let named = [Field::Orgs.name(), ClassField::Org.name(), CourseField::Org.name()];
        for (_, value) in fields.iter().filter(|(name, _)| named.contains(&name.as_str())) {
            for id in value.split(';').map(str::trim).filter(|id| !id.is_empty()) {
                let number = roster.org_by_external_id(id);
                if number.is_some_and(|n| !within.contains(&n) && !has.contains(&n)) {
                    return Err(outside(&format!("Organization {id}"), scope));
                }
            }
        }
        Ok(())
    }

    /// What is made by hand belongs to the scope.
    fn add_within(&self, roster: &Roster, within: &HashSet<OrgNo>, what: AddWhat, fields: &[(String, String)]) -> Result<(), Trouble> {
        let scope = self.scope().unwrap_or_default();
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
        let Some(said) = said else { return Err(outside(&format!("A {} that names no school of yours", what.name()), scope)) };
        if matches!(what, AddWhat::Enrollment | AddWhat::Link) {
            // What cannot be found is said by whoever makes the record.
            let found = self.resolve(said).unwrap_or_default();
            if found.iter().filter_map(|n| n.what.entity()).any(|e| !Self::entity_within(roster, within, e)) {
                return Err(outside(said, scope));
            }
        }
        Ok(())
    }

    /// Files of organizations, and bundles that bring them, are not for somebody who is kept to one of them.
    pub(super) fn shape_within(&self, path: &str, profile: Option<&str>) -> Result<(), Trouble> {
        let Some(scope) = self.scope() else { return Ok(()) };
        let name = match profile {
            Some(name) => Some(name.to_owned()),
            None => self.recognise(path).ok().and_then(|r| r.profile),
        };
        if name.as_deref().is_some_and(|n| self.is_bundle(n)) {
            return Err(outside("A bundle, which brings organizations,", scope));
        }
        let shape = name.and_then(|n| self.profiles.get(&n)).map(|p| p.rows);
        if shape == Some(RowShape::Org) { Err(outside("A file of organizations", scope)) } else { Ok(()) }
    }

    /// An answer without what is outside the scope.
    pub(super) fn narrowed(&self, reply: Reply) -> Result<Reply, Trouble> {
        let roster = self.roster();
        let (Some(scope), Some(within)) = (self.scope(), self.scope_orgs(&roster)) else { return Ok(reply) };
        Ok(match reply {
            Reply::Resolved(all) => {
                let inside = |what: &HitWhat| self.hit_within(&roster, &within, what);
                let kept: Vec<_> = all.into_iter().filter(|n| inside(&n.what)).collect();
                if kept.is_empty() {
                    return Err(outside("What has this ID", scope));
                }
                Reply::Resolved(kept)
            }
            other => other,
        })
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
        | Request::UndoBack { sync, .. }
        | Request::UndoLeft { sync, .. }
        | Request::Shares(sync)
        | Request::Compare { newer: sync, .. }
        | Request::Report { sync, .. } => Some(*sync),
        _ => None,
    }
}
