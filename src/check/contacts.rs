//! Who a guardian is by contact: e-mail and phone, on the roster as the file leaves it.
//!
//! A guardian without a code is the same guardian where the contacts match. One contact that leads to one guardian and another that
//! leads to another is said, never guessed.

use std::collections::HashMap;

use crate::roster::fold::{fold, fold_email};
use crate::roster::{Family, PersonNo, PersonRef, Roster, Status, Text};

/// A guardian: on the roster and not in the file so far, or one of the file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// One of the file's, by its number there.
    InFile(usize),
    /// On the roster only.
    Known(PersonNo),
}

/// To whom contacts lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// To nobody.
    Nobody,
    /// To one.
    One(Who),
    /// The e-mail to the one, the phone to the other.
    Each(Who, Who),
    /// Both of two have it, and nothing tells which is meant.
    Both(Who, Who),
}

type Index = HashMap<u64, Vec<Who>, foldhash::fast::RandomState>;

/// E-mails and phones of guardians, and of staff.
pub(super) struct Contacts<'a> {
    roster: &'a Roster,
    emails: Index,
    phones: Index,
    staff_emails: Index,
    staff_phones: Index,
    seed: foldhash::fast::RandomState,
}

impl<'a> Contacts<'a> {
    /// Those of the roster: one pass over its people.
    pub(super) fn of(roster: &'a Roster) -> Self {
        let mut all = Self {
            roster,
            emails: Index::default(),
            phones: Index::default(),
            staff_emails: Index::default(),
            staff_phones: Index::default(),
            seed: foldhash::fast::RandomState::default(),
        };
        for (number, person) in roster.people() {
            match person.role().family() {
                Family::Guardians => all.add(Who::Known(number), person),
                Family::Staff if person.status() == Status::Active => {
                    let (email, phone) = all.keys(person);
                    if let Some(key) = email {
                        all.staff_emails.entry(key).or_default().push(Who::Known(number));
                    }
                    if let Some(key) = phone {
                        all.staff_phones.entry(key).or_default().push(Who::Known(number));
                    }
                }
                Family::Staff | Family::Students => {}
            }
        }
        all
    }

    fn keys(&self, person: PersonRef<'_>) -> (Option<u64>, Option<u64>) {
        use std::hash::BuildHasher;
        let key = |text: &str| (!text.is_empty()).then(|| self.seed.hash_one(text));
        (key(&fold_email(person.text(Text::Email))), key(person.text(Text::Phone)))
    }

    /// Notes a guardian's contacts.
    pub(super) fn add(&mut self, who: Who, person: PersonRef<'_>) {
        let (email, phone) = self.keys(person);
        if let Some(key) = email {
            self.emails.entry(key).or_default().push(who);
        }
        if let Some(key) = phone {
            self.phones.entry(key).or_default().push(who);
        }
    }

    /// Those who have the e-mail and those who have the phone of `said`. `now` gives a guardian as the file leaves them so far, under the
    /// name by which they are to be known; `None` leaves one out.
    pub(super) fn who_has<'p>(&self, said: PersonRef<'_>, now: &dyn Fn(Who) -> Option<(Who, PersonRef<'p>)>) -> (Vec<Who>, Vec<Who>) {
        let (email, phone) = self.keys(said);
        let folded = fold_email(said.text(Text::Email));
        let theirs = |index: &Index, key: Option<u64>, has: &dyn Fn(PersonRef<'p>) -> bool| {
            let all = key.and_then(|k| index.get(&k)).into_iter().flatten();
            let mut found: Vec<Who> = all.filter_map(|who| now(*who)).filter(|(_, p)| has(*p)).map(|(who, _)| who).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        (
            theirs(&self.emails, email, &|p| fold_email(p.text(Text::Email)) == folded),
            theirs(&self.phones, phone, &|p| p.raw(Text::Phone) == said.raw(Text::Phone)),
        )
    }

    /// To whom the contacts of `said` lead. `now` as for [`Self::who_has`].
    ///
    /// Where both contacts are somebody's, it is that guardian. Where one is, and the other is blank on either side, it is too; where the
    /// other differs, only if the name is the same: a family may share an address. Of several, the one of the same name.
    pub(super) fn lead<'p>(&self, said: PersonRef<'_>, now: &dyn Fn(Who) -> Option<(Who, PersonRef<'p>)>) -> Match {
        let (by_email, by_phone) = self.who_has(said, now);
        let person = |who: &Who| now(*who).map(|(_, p)| p);
        let named = |who: &Who| person(who).is_some_and(|p| same_name(p, said));
        let choose = |all: Vec<Who>| match all.as_slice() {
            [] => Match::Nobody,
            [one] => Match::One(*one),
            [a, b, ..] => {
                let mut same = all.iter().filter(|w| named(w));
                match (same.next(), same.next()) {
                    (Some(one), None) => Match::One(*one),
                    _ => Match::Both(*a, *b),
                }
            }
        };
        let both: Vec<Who> = by_email.iter().filter(|w| by_phone.contains(w)).copied().collect();
        if !both.is_empty() {
            return choose(both);
        }
        if let (Some(a), Some(b)) = (by_email.first(), by_phone.first()) {
            return Match::Each(*a, *b);
        }
        let other = if by_email.is_empty() { Text::Email } else { Text::Phone };
        let fits = |who: &Who| said.raw(other).is_empty() || person(who).is_some_and(|p| p.raw(other).is_empty()) || named(who);
        choose(by_email.into_iter().chain(by_phone).filter(fits).collect())
    }

    /// A member of staff who has the e-mail or phone of a guardian, but another name, e-mail or phone: they will be two accounts.
    pub(super) fn differing_staff(&self, guardian: PersonRef<'_>) -> Option<(PersonNo, Text)> {
        let (email, phone) = self.keys(guardian);
        let by_email = email.and_then(|k| self.staff_emails.get(&k)).into_iter().flatten().map(|w| (*w, Text::Email));
        let by_phone = phone.and_then(|k| self.staff_phones.get(&k)).into_iter().flatten().map(|w| (*w, Text::Phone));
        let same = |text: Text, a: PersonRef<'_>, b: PersonRef<'_>| match text {
            Text::Email => fold_email(a.text(text)) == fold_email(b.text(text)),
            _ => a.raw(text) == b.raw(text),
        };
        by_email.chain(by_phone).find_map(|(who, shared)| {
            let Who::Known(number) = who else { return None };
            let staff = self.roster.person(number).filter(|s| same(shared, *s, guardian))?;
            let differs = |text: Text| !staff.raw(text).is_empty() && !guardian.raw(text).is_empty() && !same(text, staff, guardian);
            (differs(Text::Email) || differs(Text::Phone) || !same_name(staff, guardian)).then_some((number, shared))
        })
    }
}

/// Whether two people have the same first and last name, accents and capitals aside.
fn same_name(a: PersonRef<'_>, b: PersonRef<'_>) -> bool {
    [Text::GivenName, Text::FamilyName].iter().all(|text| fold(a.text(*text)) == fold(b.text(*text)))
}
