//! A person: the owned form for editing and showing, and the packed form that a snapshot holds.
//!
//! Packed, a person is one run of bytes (about 90 for a student): role, status, grade, which texts are
//! there, the texts in the order of [`Text::ALL`], then who brings the person and to which organizations.
//! Equal people are equal bytes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::value::{Grade, Role, Status, named};
use super::{FeedNo, OrgNo};

/// The texts a person has. All optional in the roster; what is required is up to the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// Staff ID, student ID, employee ID, guardian code. Always text, compared exactly.
    SourcedId,
    /// Family name.
    FamilyName,
    /// Given name.
    GivenName,
    /// Middle name or initial.
    MiddleName,
    /// E-mail as given; uniqueness folds its case.
    Email,
    /// Mobile phone, normalised.
    Phone,
    /// Home phone, for the record only.
    HomePhone,
    /// Login name.
    Username,
    /// Job title, staff only.
    Position,
    /// Preferred language, ISO 639-1.
    Language,
    /// Mobile phone as the file had it, where normalising changed it.
    PhoneRaw,
    /// Name a person chose to go by.
    PreferredName,
}
named!(Text {
    SourcedId = "sourced_id", FamilyName = "last_name", GivenName = "first_name", MiddleName = "middle_name",
    Email = "email", Phone = "phone", HomePhone = "home_phone", Username = "username", Position = "position",
    Language = "language", PhoneRaw = "phone_raw", PreferredName = "preferred_name",
});

/// Anything about a person that can be read, edited, compared and journalled, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// One of the texts.
    Text(Text),
    /// Role.
    Role,
    /// Grade, students only.
    Grade,
    /// Active or disabled.
    Status,
    /// The organizations, and which feed brings the person to each.
    Orgs,
}

impl Field {
    /// Every field, in the order in which a person is shown.
    pub const ALL: &'static [Self] = &[
        Self::Text(Text::GivenName),
        Self::Text(Text::MiddleName),
        Self::Text(Text::FamilyName),
        Self::Text(Text::PreferredName),
        Self::Text(Text::SourcedId),
        Self::Role,
        Self::Status,
        Self::Orgs,
        Self::Text(Text::Email),
        Self::Text(Text::Username),
        Self::Grade,
        Self::Text(Text::Position),
        Self::Text(Text::Phone),
        Self::Text(Text::PhoneRaw),
        Self::Text(Text::HomePhone),
        Self::Text(Text::Language),
    ];

    /// The field's name in profiles, on the command line and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(text) => text.name(),
            Self::Role => "role",
            Self::Grade => "grade",
            Self::Status => "status",
            Self::Orgs => "orgs",
        }
    }

    /// The field of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.name() == name)
    }
}

/// One feed's share in a person: to which organizations it brings them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share {
    /// The feed; [`FeedNo::HAND`] for what was made by hand.
    pub feed: FeedNo,
    /// The organizations, sorted.
    pub orgs: Vec<OrgNo>,
}

/// A person, owned and editable. An empty text is "none".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Role.
    pub role: Role,
    /// Active or disabled.
    pub status: Status,
    /// Grade level, if one is known.
    pub grade: Option<Grade>,
    /// The texts, by [`Text`]'s order; see [`Person::text`].
    pub texts: [String; Text::ALL.len()],
    /// Who brings this person and to where, sorted by feed.
    pub shares: Vec<Share>,
}

impl Person {
    /// A person of that role about whom nothing else is known.
    pub fn new(role: Role) -> Self {
        Self { role, status: Status::Active, grade: None, texts: Default::default(), shares: Vec::new() }
    }

    /// One of the texts, empty if there is none.
    pub fn text(&self, text: Text) -> &str {
        &self.texts[text as usize]
    }

    /// Sets one of the texts.
    pub fn set_text(&mut self, text: Text, value: impl Into<String>) {
        self.texts[text as usize] = value.into();
    }

    /// The organizations over all feeds, sorted, each once.
    pub fn orgs(&self) -> Vec<OrgNo> {
        union(self.shares.iter().flat_map(|s| s.orgs.iter().copied()))
    }

    /// Replaces one feed's share. An empty list still says that the feed brings the person.
    pub fn set_share(&mut self, feed: FeedNo, orgs: impl IntoIterator<Item = OrgNo>) {
        let orgs = union(orgs);
        match self.shares.binary_search_by_key(&feed, |s| s.feed) {
            Ok(i) => self.shares[i].orgs = orgs,
            Err(i) => self.shares.insert(i, Share { feed, orgs }),
        }
    }

    /// The packed form, appended to `out`.
    pub fn pack_into(&self, out: &mut Vec<u8>) {
        let mut texts = [&[] as &[u8]; Text::ALL.len()];
        for (raw, text) in texts.iter_mut().zip(&self.texts) {
            *raw = text.as_bytes();
        }
        pack_parts(out, self.role, self.status, self.grade, &texts, &self.shares);
    }

    /// The packed form.
    pub fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        self.pack_into(&mut out);
        out
    }

    /// The person of a packed form; `None` if the bytes are not one.
    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        let r = PersonRef::new(bytes);
        let mut person = Self::new(*Role::ALL.get(*bytes.first()? as usize)?);
        person.status = *Status::ALL.get(*bytes.get(1)? as usize)?;
        person.grade = match *bytes.get(2)? {
            0 => None,
            g => Some(*Grade::ALL.get(g as usize - 1)?),
        };
        let mut rest = bytes.get(3..)?;
        let there = take(&mut rest)?;
        for (i, text) in person.texts.iter_mut().enumerate() {
            if there >> i & 1 == 1 {
                let len = take(&mut rest)? as usize;
                std::str::from_utf8(rest.get(..len)?).ok()?.clone_into(text);
                rest = &rest[len..];
            }
        }
        person.shares = r.shares();
        Some(person)
    }
}

/// Packs a person whose texts lie elsewhere, for whoever packs a million of them. `shares` are sorted by feed, their
/// organizations sorted.
pub fn pack_parts(out: &mut Vec<u8>, role: Role, status: Status, grade: Option<Grade>, texts: &[&[u8]; Text::ALL.len()], shares: &[Share]) {
    out.push(role as u8);
    out.push(status as u8);
    out.push(grade.map_or(0, |g| g as u8 + 1));
    let mut there = 0u32;
    for (i, text) in texts.iter().enumerate() {
        there |= u32::from(!text.is_empty()) << i;
    }
    varint(out, there);
    for text in texts.iter().filter(|t| !t.is_empty()) {
        varint(out, text.len() as u32);
        out.extend_from_slice(text);
    }
    varint(out, shares.len() as u32);
    for share in shares {
        varint(out, share.feed.0);
        varint(out, share.orgs.len() as u32);
        for org in &share.orgs {
            varint(out, org.0);
        }
    }
}

fn union(orgs: impl IntoIterator<Item = OrgNo>) -> Vec<OrgNo> {
    let mut orgs: Vec<OrgNo> = orgs.into_iter().collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs
}

/// A person in packed form, read in place. Reads of damaged bytes give blanks, never a panic: the store
/// has checked the bytes' checksum before they come here.
#[derive(Clone, Copy, Debug)]
pub struct PersonRef<'a> {
    bytes: &'a [u8],
}

impl<'a> PersonRef<'a> {
    /// Reads `bytes` as a packed person.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The packed form itself; equal people are equal bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Role.
    pub fn role(self) -> Role {
        self.bytes.first().and_then(|b| Role::ALL.get(*b as usize)).copied().unwrap_or(Role::Staff)
    }

    /// Active or disabled.
    pub fn status(self) -> Status {
        self.bytes.get(1).and_then(|b| Status::ALL.get(*b as usize)).copied().unwrap_or_default()
    }

    /// Grade level.
    pub fn grade(self) -> Option<Grade> {
        let code = *self.bytes.get(2)?;
        Grade::ALL.get((code as usize).checked_sub(1)?).copied()
    }

    /// One of the texts as bytes, empty if there is none.
    pub fn raw(self, text: Text) -> &'a [u8] {
        let mut rest = self.bytes.get(3..).unwrap_or_default();
        let there = take(&mut rest).unwrap_or(0);
        for i in 0..=text as usize {
            if there >> i & 1 == 0 {
                continue;
            }
            let len = take(&mut rest).unwrap_or(0) as usize;
            let Some(value) = rest.get(..len) else { return &[] };
            if i == text as usize {
                return value;
            }
            rest = &rest[len..];
        }
        &[]
    }

    /// One of the texts, empty if there is none.
    pub fn text(self, text: Text) -> &'a str {
        std::str::from_utf8(self.raw(text)).unwrap_or_default()
    }

    /// All texts at once, by [`Text`]'s order: one walk instead of one for each.
    pub fn raws(self) -> [&'a [u8]; Text::ALL.len()] {
        let mut out = [&[] as &[u8]; Text::ALL.len()];
        let mut rest = self.bytes.get(3..).unwrap_or_default();
        let there = take(&mut rest).unwrap_or(0);
        for (i, slot) in out.iter_mut().enumerate() {
            if there >> i & 1 == 1 {
                let len = take(&mut rest).unwrap_or(0) as usize;
                let Some(value) = rest.get(..len) else { break };
                *slot = value;
                rest = &rest[len..];
            }
        }
        out
    }

    /// Who brings this person and to where.
    pub fn shares(self) -> Vec<Share> {
        let mut rest = self.share_bytes();
        let n = take(&mut rest).unwrap_or(0);
        let mut shares = Vec::with_capacity(n.min(16) as usize);
        for _ in 0..n {
            let (Some(feed), Some(count)) = (take(&mut rest), take(&mut rest)) else { break };
            let orgs = (0..count).map_while(|_| take(&mut rest).map(OrgNo)).collect();
            shares.push(Share { feed: FeedNo(feed), orgs });
        }
        shares
    }

    /// Each feed with each organization it brings this person to; in the order of the shares, nothing allocated.
    pub fn each_share(self, mut each: impl FnMut(FeedNo, OrgNo)) {
        let mut rest = self.share_bytes();
        let n = take(&mut rest).unwrap_or(0);
        for _ in 0..n {
            let (Some(feed), Some(count)) = (take(&mut rest), take(&mut rest)) else { return };
            for _ in 0..count {
                let Some(org) = take(&mut rest) else { return };
                each(FeedNo(feed), OrgNo(org));
            }
        }
    }

    /// Each feed that brings this person, also to no organization at all; nothing allocated.
    pub fn each_feed(self, mut each: impl FnMut(FeedNo)) {
        let mut rest = self.share_bytes();
        let n = take(&mut rest).unwrap_or(0);
        for _ in 0..n {
            let (Some(feed), Some(count)) = (take(&mut rest), take(&mut rest)) else { return };
            each(FeedNo(feed));
            for _ in 0..count {
                if take(&mut rest).is_none() {
                    return;
                }
            }
        }
    }

    /// Whether any feed brings this person to `org`.
    pub fn in_org(self, org: OrgNo) -> bool {
        let mut there = false;
        self.each_share(|_, o| there |= o == org);
        there
    }

    /// The first of the organizations: the one with the lowest number.
    pub fn first_org(self) -> Option<OrgNo> {
        let mut first: Option<OrgNo> = None;
        self.each_share(|_, o| first = Some(first.map_or(o, |f| f.min(o))));
        first
    }

    /// The organizations over all feeds, sorted, each once.
    pub fn orgs(self) -> Vec<OrgNo> {
        union(self.shares().into_iter().flat_map(|s| s.orgs))
    }

    /// "Family, Given" as lists show it; whichever there is if one is missing.
    pub fn name(self) -> Cow<'a, str> {
        match (self.text(Text::FamilyName), self.text(Text::GivenName)) {
            (family, "") => family.into(),
            ("", given) => given.into(),
            (family, given) => format!("{family}, {given}").into(),
        }
    }

    /// The owned form.
    pub fn to_person(self) -> Person {
        Person::unpack(self.bytes).unwrap_or_else(|| Person::new(self.role()))
    }

    /// The packed shares, as they stand at the end of the record: what differs when only the organizations do.
    pub fn share_bytes(self) -> &'a [u8] {
        let mut rest = self.bytes.get(3..).unwrap_or_default();
        let there = take(&mut rest).unwrap_or(0);
        for _ in 0..there.count_ones() {
            let len = take(&mut rest).unwrap_or(0) as usize;
            rest = rest.get(len..).unwrap_or_default();
        }
        rest
    }
}

/// LEB128, as the packed form counts.
pub(crate) fn varint(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut n = 0u32;
    for shift in (0..32).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= u32::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(n);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maria() -> Person {
        let mut p = Person::new(Role::Teacher);
        p.set_text(Text::GivenName, "María");
        p.set_text(Text::FamilyName, "O'Brien");
        p.set_text(Text::SourcedId, "0010");
        p.set_text(Text::PreferredName, "x".repeat(300));
        p.grade = Some(Grade::OT);
        p.set_share(FeedNo(7), [OrgNo(400), OrgNo(3), OrgNo(400)]);
        p.set_share(FeedNo(2), [OrgNo(3)]);
        p
    }

    #[test]
    fn packed_and_back_is_the_same_person() {
        let p = maria();
        let bytes = p.pack();
        assert_eq!(Person::unpack(&bytes).unwrap(), p);
        let r = PersonRef::new(&bytes);
        assert_eq!(r.text(Text::SourcedId), "0010");
        assert_eq!(r.text(Text::Email), "");
        assert_eq!(r.text(Text::PreferredName).len(), 300);
        assert_eq!(r.grade(), Some(Grade::OT));
        assert_eq!(r.name(), "O'Brien, María");
        assert_eq!(r.orgs(), [OrgNo(3), OrgNo(400)]);
        assert!(r.in_org(OrgNo(400)) && !r.in_org(OrgNo(5)));
        assert_eq!(r.raws()[Text::GivenName as usize], "María".as_bytes());
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let bytes = maria().pack();
        for cut in 0..bytes.len() {
            assert!(cut > 2 || Person::unpack(&bytes[..cut]).is_none());
            let r = PersonRef::new(&bytes[..cut]);
            let _ = (r.orgs(), r.raws(), r.name().len(), r.to_person());
        }
    }
}
