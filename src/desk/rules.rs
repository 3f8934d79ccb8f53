//! The value rules of feeds: listed, kept, taken away.

use super::office::Office;
use super::{RuleInfo, Trouble, TroubleSort};
use crate::check::near::near;
use crate::feed::{ColumnKind, Profile};
use crate::intake;
use crate::ledger::ValueRule;
use crate::roster::FeedNo;
use crate::sync::{self, no_rule_for};

fn refused(what: impl Into<String>, next: impl Into<String>) -> Trouble {
    Trouble::new(TroubleSort::Refused, what, next)
}

/// Whether a column may have a rule that gives that value.
pub(super) fn judge(profile: &Profile, column: usize, to: &str) -> Result<(), Trouble> {
    let c = &profile.columns[column];
    if let Some(why) = no_rule_for(profile, column) {
        let next = "Correct such cells one by one: homeroom fix N LINE COLUMN=VALUE";
        return Err(refused(format!("{} {why}, so it has no value rules.", c.name), next));
    }
    let same = |a: &str| if c.any_case { a.to_lowercase() == to.to_lowercase() } else { a == to };
    let listed = !c.accept.is_empty() && matches!(c.kind, ColumnKind::Choice | ColumnKind::Grade | ColumnKind::Flag);
    if listed && !to.is_empty() && !c.accept.iter().any(|(a, _)| same(a)) {
        let all = c.accept.iter().map(|a| a.0.as_str());
        let next = match near(to, all.clone(), 1).first() {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("It takes: {}.", all.collect::<Vec<_>>().join(", ")),
        };
        return Err(refused(format!("\"{to}\" is not accepted for {}.", c.name), next));
    }
    Ok(())
}

impl Office {
    /// A rule that this operator makes now.
    pub(super) fn new_rule(&self, profile: &str, column: &str, from: &str, to: &str) -> ValueRule {
        ValueRule {
            profile: profile.to_owned(),
            column: column.to_owned(),
            from: intake::trim_str(from).to_owned(),
            to: to.to_owned(),
            by: self.surroundings.by.clone(),
            at: (self.surroundings.now)(),
        }
    }

    /// The rules of a feed with new ones, each in place of one for the same value.
    pub(super) fn rules_with(&self, feed: FeedNo, new: &[ValueRule]) -> Result<Vec<ValueRule>, Trouble> {
        if self.surroundings.scope.is_some() {
            let next = "Mend the rows without the rule, or ask whoever works for the district.";
            return Err(Trouble::new(
                TroubleSort::NotPermitted,
                "A value rule is for all files of its feed, also for other schools.",
                next,
            ));
        }
        let mut rules = self.store.value_rules(feed)?;
        rules.retain(|r| !new.iter().any(|n| r.is_about(&n.profile, &n.column, &n.from)));
        rules.extend_from_slice(new);
        Ok(rules)
    }

    /// Every value rule, by feed, column and value.
    pub(super) fn rules(&self) -> Result<Vec<RuleInfo>, Trouble> {
        let mut all = Vec::new();
        for (no, feed) in self.store.feed_names()? {
            all.extend(self.store.value_rules(no)?.into_iter().map(|rule| RuleInfo { feed: feed.clone(), rule }));
        }
        all.sort_by(|a, b| {
            (&a.feed, &a.rule.profile, &a.rule.column, &a.rule.from).cmp(&(&b.feed, &b.rule.profile, &b.rule.column, &b.rule.from))
        });
        Ok(all)
    }

    /// Keeps a value rule.
    pub(super) fn put_rule(&self, feed: &str, column: &str, from: &str, to: &str) -> Result<Vec<RuleInfo>, Trouble> {
        let (no, profile, at) = self.ruled(feed, column)?;
        if intake::trim_str(from).is_empty() {
            return Err(refused(format!("A rule of {column} is for a value, and none is given."), "Write COLUMN:FROM=TO."));
        }
        judge(profile, at, to)?;
        let rules = self.rules_with(no, &[self.new_rule(&profile.name, &profile.columns[at].name, from, to)])?;
        self.store.put_value_rules(no, &rules)?;
        self.rules()
    }

    /// Takes a value rule away.
    pub(super) fn remove_rule(&self, feed: &str, column: &str, from: &str) -> Result<Vec<RuleInfo>, Trouble> {
        let (no, profile, at) = self.ruled(feed, column)?;
        let (name, from) = (&profile.columns[at].name, intake::trim_str(from));
        let mut rules = self.store.value_rules(no)?;
        let before = rules.len();
        rules.retain(|r| !r.is_about(&profile.name, name, from));
        if rules.len() == before {
            let of_column: Vec<&str> = rules.iter().filter(|r| r.column == *name).map(|r| r.from.as_str()).collect();
            let next = match near(from, of_column.iter().copied(), 1).first() {
                Some(near) => format!("Did you mean {near}?"),
                None => format!("See them with: homeroom feeds show \"{feed}\""),
            };
            return Err(Trouble::new(TroubleSort::Usage, format!("Feed {feed} has no rule for \"{from}\" in {name}."), next));
        }
        self.store.put_value_rules(no, &rules)?;
        self.rules()
    }

    /// The feed's number, and the column that is meant: `COLUMN`, or `PROFILE/COLUMN` where several files of a bundle have it.
    fn ruled(&self, feed: &str, column: &str) -> Result<(FeedNo, &Profile, usize), Trouble> {
        let known = self.feed_of(feed)?;
        let no = sync::feed_number(&self.store, &known.name).map_err(|f| refused(f.to_string(), ""))?;
        let no = no.ok_or_else(|| refused(format!("Nothing came through feed {feed} yet."), "Import a file through it first."))?;
        let members = self.profiles.bundle(&known.profile).map(|b| b.member.as_slice()).unwrap_or_default();
        let own = self.profiles.get(&known.profile);
        let parts: Vec<&Profile> = own.into_iter().chain(members.iter().filter_map(|m| self.profiles.get(&m.profile))).collect();
        let (only, name) = match column.split_once('/') {
            Some((profile, name)) if parts.iter().any(|p| p.name == profile) => (Some(profile), name),
            _ => (None, column),
        };
        let found: Vec<(&Profile, usize)> =
            parts.iter().filter(|p| only.is_none_or(|o| p.name == o)).filter_map(|p| Some((*p, p.column(name)?))).collect();
        match found[..] {
            [(profile, at)] => Ok((no, profile, at)),
            [] => {
                let all = parts.iter().flat_map(|p| p.columns.iter().map(|c| c.name.as_str()));
                let next = match near(name, all.clone(), 1).first() {
                    Some(near) => format!("Did you mean {near}?"),
                    None => format!("There are: {}.", all.collect::<Vec<_>>().join(", ")),
                };
                Err(Trouble::new(TroubleSort::Usage, format!("There is no column \"{name}\" in files of feed {feed}."), next))
            }
            _ => {
                let names: Vec<String> = found.iter().map(|(p, _)| format!("{}/{name}", p.name)).collect();
                let what = format!("Several files of feed {feed} have a column {name}.");
                Err(Trouble::new(TroubleSort::Usage, what, format!("Write one of: {}.", names.join(", "))))
            }
        }
    }
}
