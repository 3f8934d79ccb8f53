//! `roles.toml`: who may do what at a served database.
//!
//! ```toml
//! [[role]]
//! role = "district"             # everything
//! group = "sis-office"
//!
//! [[role]]
//! role = "school"               # only these schools, each with what is below it
//! user = "maria"
//! schools = ["104521"]
//!
//! [[role]]
//! role = "viewer"               # looks; with `schools` at these only
//! user = "uid 1017"             # one whom /etc/passwd does not name
//! ```
//!
//! Of several that fit the highest counts: district, school, viewer. Who owns the database is district, and everybody whom nothing fits
//! is nobody.

use std::path::Path;

use serde::Deserialize;

use super::peer::Known;
use crate::desk::{CallerRole, Trouble, TroubleSort};
use crate::feed::near::nearest;

/// What `roles.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    #[serde(default)]
    role: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    role: toml::Spanned<String>,
    user: Option<String>,
    group: Option<String>,
    #[serde(default)]
    schools: Vec<String>,
}

/// The role of somebody, and the schools to which it is limited.
pub type Given = (CallerRole, Vec<String>);

impl Roles {
    /// Reads the file; no file is no roles. The trouble says file, line and what is wrong there.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::new(TroubleSort::Usage, what, "Correct the file; nobody but the owner is let in before.");
        match std::fs::read(path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| wrong(format!("{}: not UTF-8", path.display())))?;
                Self::parse(&text).map_err(|(line, what)| wrong(format!("{}:{line}: {what}", path.display())))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(wrong(format!("{}: {e}", path.display()))),
        }
    }

    /// What a text says, or the line and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let line_at = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let roles: Self = toml::from_str(text).map_err(|e| (line_at(e.span().map_or(0, |s| s.start)), meant(e.message())))?;
        for rule in &roles.role {
            let line = line_at(rule.role.span().start);
            let word = rule.role.as_ref().as_str();
            let role = CallerRole::from_name(word);
            let says = |what: &str| Err((line, what.to_owned()));
            match role {
                None => {
                    let known = CallerRole::ALL.iter().map(|r| r.name());
                    let near = nearest(word, known.clone()).map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default();
                    let known: Vec<&str> = known.filter(|n| *n != "nobody").collect();
                    return Err((line, format!("there is no role \"{word}\"{near} There are: {}", known.join(", "))));
                }
                Some(CallerRole::Nobody) => return says("nobody is what everybody is whom nothing fits; leave this out"),
                Some(CallerRole::District) if !rule.schools.is_empty() => return says("district is for all schools; take `schools` out"),
                Some(CallerRole::School) if rule.schools.is_empty() => {
                    return says("school needs the schools it is for: schools = [\"ID\"]");
                }
                _ => {}
            }
            match (&rule.user, &rule.group) {
                (Some(_), Some(_)) => return says("give user or group, not both"),
                (None, None) => return says("give the user or the group it is for"),
                (Some(who), None) | (None, Some(who)) if who.trim().is_empty() => return says("the name is blank"),
                _ => {}
            }
            if rule.schools.iter().any(|s| s.trim().is_empty()) {
                return says("a school's ID is blank");
            }
        }
        Ok(roles)
    }

    /// Whether anybody but the owner is named.
    pub fn is_empty(&self) -> bool {
        self.role.is_empty()
    }

    /// The role of somebody.
    pub fn of(&self, who: &Known) -> Given {
        let mut given: Given = (CallerRole::Nobody, Vec::new());
        for rule in &self.role {
            let fits = rule.user.as_ref() == Some(&who.name) || rule.group.as_ref().is_some_and(|g| who.groups.contains(g));
            let Some(role) = CallerRole::from_name(rule.role.as_ref()).filter(|r| fits && *r >= given.0) else { continue };
            if role > given.0 {
                given = (role, rule.schools.clone());
            } else if rule.schools.is_empty() || given.1.is_empty() {
                // Of one role without schools all are meant.
                given.1.clear();
            } else {
                given.1.extend(rule.schools.iter().filter(|s| !given.1.contains(s)).cloned().collect::<Vec<_>>());
            }
        }
        given
    }
}

/// What the reader says, with the word that was likely meant.
fn meant(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let wrong = words.next().filter(|_| message.starts_with("unknown"));
    let near = wrong.and_then(|wrong| nearest(wrong, words)).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    format!("{}{near}", message.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(name: &str, groups: &[&str]) -> Known {
        Known { name: name.into(), groups: groups.iter().map(|g| (*g).to_owned()).collect() }
    }

    #[test]
    fn the_highest_role_that_fits_counts_and_schools_add_up() {
        let roles = Roles::parse(
            "[[role]]\nrole = \"viewer\"\ngroup = \"staff\"\n\n[[role]]\nrole = \"school\"\nuser = \"maria\"\nschools = [\"S1\"]\n\
             [[role]]\nrole = \"school\"\ngroup = \"north\"\nschools = [\"S2\", \"S1\"]\n[[role]]\nrole = \"district\"\ngroup = \"office\"\n",
        )
        .unwrap();
        assert_eq!(roles.of(&who("maria", &["staff", "north"])), (CallerRole::School, vec!["S1".into(), "S2".into()]));
        assert_eq!(roles.of(&who("bo", &["staff"])), (CallerRole::Viewer, Vec::new()));
        assert_eq!(roles.of(&who("maria", &["office"])), (CallerRole::District, Vec::new()));
        assert_eq!(roles.of(&who("eve", &["wheel"])), (CallerRole::Nobody, Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, part) in [
            ("[[role]]\nrole = \"distrikt\"\nuser = \"a\"\n", 2, "did you mean \"district\"?"),
            ("[[role]]\nrole = \"viewer\"\nusr = \"a\"\n", 3, "did you mean `user`?"),
            ("[[roles]]\nrole = \"viewer\"\n", 1, "did you mean `role`?"),
            ("[[role]]\nuser = \"a\"\n", 1, "missing field `role`"),
            ("\n[[role]]\nrole = \"viewer\"\n", 3, "the user or the group"),
            ("[[role]]\nrole = \"viewer\"\nuser = \"a\"\ngroup = \"b\"\n", 2, "not both"),
            ("[[role]]\nrole = \"school\"\nuser = \"a\"\n", 2, "school needs the schools"),
            ("[[role]]\nrole = \"district\"\nuser = \"a\"\nschools = [\"S1\"]\n", 2, "take `schools` out"),
            ("[[role]]\nrole = \"nobody\"\nuser = \"a\"\n", 2, "leave this out"),
            ("[[role]]\nrole = \"viewer\"\nuser = \" \"\n", 2, "blank"),
            ("[[role]]\nrole = \"viewer\"\nuser = \"a\"\nschools = \"S1\"\n", 4, "invalid type"),
            ("[[role]]\nrole = ", 2, ""),
        ] {
            let (at, what) = Roles::parse(text).unwrap_err();
            assert_eq!(at, line, "{text}: {what}");
            assert!(what.contains(part), "{text}: {what}");
        }
    }

    #[test]
    fn no_file_is_no_roles_and_a_wrong_one_says_where() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("roles.toml");
        assert!(Roles::read(&path).unwrap().is_empty());
        std::fs::write(&path, "[[role]]\nrole = \"king\"\nuser = \"a\"\n").unwrap();
        assert!(Roles::read(&path).unwrap_err().message.contains("roles.toml:2: there is no role \"king\""));
    }
}
