//! Doubts about who a right row is: an ID that is nearly another, an ID that now names somebody else, somebody known under a new
//! ID. Warnings all: IDs are text and compare exactly, and nothing is guessed.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};

use super::{Claims, NEW, lossy};
use crate::check::draft::Draft;
use crate::check::rules::Rules;
use crate::intake::Row;
use crate::ledger::{Code, Finding, Severity};
use crate::roster::fold::{fold, fold_email};
use crate::roster::tags::tag;
use crate::roster::{Family, OrgNo, PersonNo, PersonRef, Status, Text};

/// An ID without what a spreadsheet or a hand changes in it: capitals, zeros in front, blanks.
pub(in crate::check) fn fold_id(id: &[u8]) -> Cow<'_, [u8]> {
    let zeros = id.iter().take_while(|b| **b == b'0').count().min(id.len().saturating_sub(1));
    let rest = &id[zeros..];
    if rest.iter().any(|b| b.is_ascii_uppercase() || *b == b' ') {
        return rest.iter().filter(|b| **b != b' ').map(u8::to_ascii_lowercase).collect::<Vec<_>>().into();
    }
    rest.into()
}

impl Claims<'_> {
    /// What is doubtful about a row that is about to stand, by its ID and family.
    pub(super) fn doubt(
        &self,
        rules: &Rules<'_>,
        row: &Row,
        draft: &Draft,
        (id, family): (&[u8], Family),
        known: Option<PersonNo>,
        findings: &mut Vec<Finding>,
    ) {
        let Some(&key) = self.ask.profile.key.first() else { return };
        if self.ask.is_sure(row.record) {
            return;
        }
        let column = &self.ask.profile.columns[key].name;
        let found = match known.and_then(|n| self.ask.roster.person(n)) {
            Some(person) if self.ask.lets.names => self.used_again(rules, row, draft, person),
            Some(_) => None,
            // A cell gets one finding at most.
            None if findings.iter().any(|f| f.column.as_deref() == Some(column)) => None,
            None => self.nearly(id, family),
        };
        if let Some(finding) = found {
            findings.push(rules.place(row, finding.in_column(column).with_value(lossy(id))));
        }
    }

    /// First and last name have both become others, and the e-mail with them: the ID may have been given to somebody else. A warning
    /// where the catalogue has a hold: one row does not stop a file, and the name is what the file says.
    fn used_again(&self, rules: &Rules<'_>, row: &Row, draft: &Draft, person: PersonRef<'_>) -> Option<Finding> {
        let said = self.shape.said(draft, |c| rules.cell(&row.cells, c));
        let says = |text: Text| said[text as usize].map(lossy).filter(|s| !s.is_empty());
        // Nearly every row says the name that is known: told by its bytes, before anything is folded.
        let differs = |text: Text| {
            let (now, then) = (said[text as usize].unwrap_or_default(), person.raw(text));
            !now.is_empty() && !then.is_empty() && now != then && fold(&lossy(now)) != fold(person.text(text))
        };
        if !differs(Text::GivenName) || !differs(Text::FamilyName) {
            return None;
        }
        if says(Text::Email).is_some_and(|e| fold_email(&e) == fold_email(person.text(Text::Email))) {
            return None;
        }
        let new = format!("{}, {}", says(Text::FamilyName)?, says(Text::GivenName)?);
        Some(Finding::of_file(Code::DUP_407).as_bad_as(Severity::Warning).with("new", new).with("old", person.name()))
    }

    /// A new ID that is another but for capitals, zeros or blanks.
    fn nearly(&self, id: &[u8], family: Family) -> Option<Finding> {
        let twins = |other: &str| Finding::of_file(Code::DUP_409).with("a", other).with("b", lossy(id));
        let folded = fold_id(id);
        let hash = self.id_hash(id);
        let in_file = self.new_ids.iter_hash(hash).filter(|(t, _)| *t == tag(hash)).map(|(_, claim)| self.person(*claim));
        let twin = |p: &PersonRef<'_>| {
            let theirs = p.raw(Text::SourcedId);
            theirs != id && fold_id(theirs) == folded && self.together(p.role().family(), family)
        };
        let roster = self.ask.roster;
        let text = std::str::from_utf8(id).ok()?;
        let known = |id: &str| roster.person_by_id(family, id).is_some();
        if !roster.table(crate::roster::Table::People).is_empty() {
            if let Some(zeros) = self.lost_zeros(text, family) {
                return Some(Finding::of_file(Code::VAL_223).with("k", zeros));
            }
            let bare = text.trim_start_matches('0');
            let others = [text.to_ascii_lowercase(), text.to_ascii_uppercase(), bare.to_owned(), text.replace(' ', "")];
            if let Some(other) = others.iter().find(|o| *o != text && !o.is_empty() && known(o)) {
                return Some(twins(other));
            }
        }
        in_file.into_iter().find(twin).map(|p| twins(p.text(Text::SourcedId)))
    }

    /// The one known ID that is the given one with zeros in front.
    fn lost_zeros(&self, id: &str, family: Family) -> Option<String> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let lengths = self.zeros.get_or_init(|| {
            let ids = self.ask.roster.people().map(|(_, p)| p.raw(Text::SourcedId)).filter(|i| i.first() == Some(&b'0'));
            let mut lengths: Vec<usize> = ids.map(<[u8]>::len).collect::<HashSet<_>>().into_iter().collect();
            lengths.sort_unstable();
            lengths
        });
        let padded = lengths.iter().filter(|l| **l > id.len()).map(|l| format!("{id:0>width$}", width = *l));
        let mut known = padded.filter(|p| self.ask.roster.person_by_id(family, p).is_some());
        known.next().filter(|_| known.next().is_none())
    }

    /// New people who look like somebody of the roster: same name, same school, and no other grade. `absent` says whether the file
    /// has no row for that somebody. The claim's record and the finding, in the order of the file.
    pub(in crate::check) fn lookalikes(&self, absent: &dyn Fn(PersonNo) -> bool) -> Vec<(u32, Finding)> {
        let key = self.ask.profile.key.first().map(|k| self.ask.profile.columns[*k].name.as_str()).unwrap_or_default();
        let name = |p: PersonRef<'_>| {
            let (family, given) = (p.text(Text::FamilyName), p.text(Text::GivenName));
            (!family.is_empty() && !given.is_empty()).then(|| format!("{}\u{0}{}", fold(family), fold(given)))
        };
        let mut new: HashMap<String, Vec<usize>> = HashMap::new();
        let mut schools: HashSet<OrgNo> = HashSet::new();
        if self.ask.roster.table(crate::roster::Table::People).is_empty() {
            return Vec::new();
        }
        for (i, _) in self.standing.iter().enumerate().filter(|(_, c)| c.alive && c.slot == NEW && !self.ask.is_sure(c.record)) {
            let person = self.person(i as u32);
            if let Some(name) = name(person) {
                new.entry(name).or_default().push(i);
                person.each_share(|_, org| {
                    schools.insert(org);
                });
            }
        }
        if new.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(usize, u32, Finding)> = Vec::new();
        for (number, person) in self.ask.roster.people() {
            if self.seen[number.0 as usize] != 0 || person.status() == Status::Disabled || person.raw(Text::SourcedId).is_empty() {
                continue;
            }
            let mut near = false;
            person.each_share(|_, org| near |= schools.contains(&org));
            let Some(claims) = name(person).filter(|_| near).and_then(|n| new.get(&n)) else { continue };
            for &i in claims {
                let theirs = self.person(i as u32);
                let family = theirs.role().family() == person.role().family();
                let grade = theirs.grade().is_none() || person.grade().is_none() || theirs.grade() == person.grade();
                if !family || !grade || !theirs.orgs().iter().any(|o| person.in_org(*o)) || !absent(number) {
                    continue;
                }
                let evidence =
                    if person.grade().is_some() && theirs.grade().is_some() { "name, school and grade" } else { "name and school" };
                let claim = self.standing[i];
                let id = theirs.text(Text::SourcedId);
                let mut finding = Finding::of_file(Code::DUP_408)
                    .in_column(key)
                    .with_value(id)
                    .with("k", format!("{} ({} {})", person.name(), person.role(), person.text(Text::SourcedId)))
                    .with("evidence", format!("same {evidence}"));
                (finding.record, finding.line, finding.row) = (Some(claim.record), Some(claim.line), Some(claim.row));
                finding.key = Some(id.to_owned());
                found.push((i, claim.record, finding));
            }
        }
        // Of several people who look alike the first is said.
        found.sort_by_key(|f| f.0);
        found.dedup_by_key(|f| f.0);
        found.into_iter().map(|(_, record, finding)| (record, finding)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fold_id;

    #[test]
    fn ids_fold_to_what_a_spreadsheet_leaves_of_them() {
        for (id, folded) in [("00123", "123"), ("123", "123"), ("0", "0"), ("000", "0"), ("aB 1", "ab1"), ("0A", "a"), ("", "")] {
            assert_eq!(fold_id(id.as_bytes()), folded.as_bytes(), "{id}");
        }
    }
}
