//! After the last row: who keeps what, and which claims fall.

use std::collections::HashMap;

use super::{Claims, NEW, UniqueText};
use crate::check::owners::Owners;
use crate::feed::Profile;
use crate::ledger::{Code, Finding};
use crate::roster::fold::fold_email;
use crate::roster::tags::hash;
use crate::roster::{Family, Kind, PersonNo, PersonRef, Role, Text};

/// A row that was right by itself but clashes with somebody on the roster: in one column or in several.
pub(in crate::check) struct Late {
    pub(in crate::check) claim: u32,
    pub(in crate::check) record: u32,
    pub(in crate::check) kind: Kind,
    pub(in crate::check) findings: Vec<Finding>,
}

/// A claim on a value that somebody on the roster has: index of the unique column, claim, owner's slot.
type Contested = (usize, u32, u32);

impl Claims<'_> {
    /// After the last row: refuses the claims on what somebody else keeps. Their claims are dead afterwards.
    ///
    /// A refused row gives nothing up, so refusing one may refuse another. Whatever the order, the same fall.
    pub(in crate::check) fn settle(&mut self) -> Vec<Late> {
        let contested = self.contested();
        let mut of_owner: HashMap<u32, Vec<usize>> = HashMap::new();
        for (i, c) in contested.iter().enumerate() {
            of_owner.entry(c.2).or_default().push(i);
        }
        let mut look: Vec<usize> = (0..contested.len()).collect();
        while let Some(i) = look.pop() {
            let (u, claim, owner) = contested[i];
            if self.standing[claim as usize].alive && self.keeps(self.unique[u].text, owner) {
                self.standing[claim as usize].alive = false;
                look.extend(of_owner.get(&self.standing[claim as usize].slot).into_iter().flatten());
            }
        }
        let mut late: Vec<Late> = Vec::new();
        for &(u, claim, owner) in &contested {
            let c = self.standing[claim as usize];
            if c.alive || !self.keeps(self.unique[u].text, owner) {
                continue;
            }
            let person = self.person(claim);
            let by = self.seen[owner as usize].checked_sub(1).map(|k| self.standing[k as usize]).filter(|k| k.alive).map_or(0, |k| k.row);
            let mut finding = self.taken(u, person.text(self.unique[u].text), owner, by, c.row);
            (finding.record, finding.line, finding.row) = (Some(c.record), Some(c.line), Some(c.row));
            let id = person.text(Text::SourcedId);
            finding.key = (!id.is_empty()).then(|| id.to_owned());
            let kind = person.role().family().kind();
            match late.last_mut().filter(|l| l.claim == claim) {
                // Of two people with one value on the roster, one is said.
                Some(last) if last.findings.iter().any(|f| f.column == finding.column) => {}
                Some(last) => last.findings.push(finding),
                None => late.push(Late { claim, record: c.record, kind, findings: vec![finding] }),
            }
        }
        late
    }

    /// The claims on values that somebody else has on the roster, by claim.
    fn contested(&self) -> Vec<Contested> {
        let mut contested: Vec<Contested> = Vec::new();
        for (u, unique) in self.unique.iter().enumerate().filter(|(_, u)| !u.claimed.is_empty()) {
            for (number, person) in self.ask.roster.people() {
                let value = person.text(unique.text);
                if value.is_empty() || !may_block(self.ask.profile, person) {
                    continue;
                }
                let folded = fold_email(value);
                if let Some(claim) = self.find_value(unique, hash(&self.seed, folded.as_bytes()), &folded)
                    && self.standing[claim as usize].slot != number.0
                {
                    contested.push((u, claim, number.0));
                }
            }
        }
        contested.sort_by_key(|c| (c.1, c.0, c.2));
        contested
    }

    /// Whether the person of a slot still has the value after the sync.
    fn keeps(&self, text: Text, slot: u32) -> bool {
        let Some(claim) = self.seen[slot as usize].checked_sub(1).filter(|c| self.standing[*c as usize].alive) else { return true };
        let now = self.ask.roster.person(PersonNo(slot)).map(|p| fold_email(p.text(text)).into_owned());
        now.as_deref() == Some(&fold_email(self.person(claim).text(text)))
    }

    /// What is said of a value that its owner on the roster keeps. `by` is the owner's row in this file, 0 if there is none.
    pub(super) fn taken(&self, unique: usize, value: &str, owner: u32, by: u32, row: u32) -> Finding {
        let UniqueText { column, text, .. } = self.unique[unique];
        let other = self.ask.roster.person(PersonNo(owner)).map(|p| format!("{} ({} {})", p.name(), p.role(), p.text(Text::SourcedId)));
        let code = match text {
            Text::Email if by > 0 => Code::DUP_403,
            Text::Email => Code::DUP_404,
            _ => Code::DUP_405,
        };
        let mut finding = Finding::of_file(code).in_column(&self.ask.profile.columns[column].name).with_value(value);
        finding = finding.with("other", other.unwrap_or_default());
        if by > 0 {
            finding = finding.with("list", format!("{} and {}", by.min(row), by.max(row)));
        }
        finding
    }

    /// Whether any of those refused rows had kept another from standing, which must then be judged anew.
    pub(in crate::check) fn kept_others_out(&self, late: &[Late]) -> bool {
        let name = |u: usize| self.unique.get(u).map(|u| self.ask.profile.columns[u.column].name.as_str());
        let fell: HashMap<u32, &Late> = late.iter().map(|l| (l.claim, l)).collect();
        self.in_the_way.iter().any(|(claim, u)| {
            // Who wanted the very value that the owner keeps does not stand either.
            let for_the_same = |l: &&Late| l.findings.iter().any(|f| f.column.is_some() && f.column.as_deref() == name(*u));
            fell.get(claim).is_some_and(|l| !for_the_same(l))
        })
    }

    /// Whose the values on the roster are, for a pass after this one.
    pub(in crate::check) fn owners(&self) -> Owners {
        let mut rows = vec![0; self.seen.len()];
        for claim in self.standing.iter().filter(|c| c.alive && c.slot != NEW) {
            rows[claim.slot as usize] = claim.row;
        }
        let texts: Vec<Text> = self.unique.iter().map(|u| u.text).collect();
        Owners::of(self.ask, &texts, self.moving.clone(), rows)
    }
}

/// Whether what a person has is taken for others. Guardians sign in elsewhere, share addresses, and are often staff with the same one:
/// they are in nobody's way, unless the profile's IDs are unique over them too.
pub(in crate::check) fn may_block(profile: &Profile, person: PersonRef<'_>) -> bool {
    profile.unique_over.contains(&Family::Guardians) || person.role() != Role::Guardian
}
