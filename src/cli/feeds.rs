//! `feeds`: named sources of files, with what is to be done with them.

use std::path::Path;
use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;

use super::context::{Context, ask};
use super::exit::{Exit, Stop};
use super::feed_watch::{Expected, expect, watch_fields};
use super::import::ModeName;
use super::nearest::did_you_mean;
use super::paint::Paint;
use super::table::{Cell, Column};
use super::times;
use crate::desk::{FeedInfo, Request, RuleInfo};
use crate::ledger::{Feed, FeedWatch, FixPolicy, HoldLimits};

/// Named sources of files: list them, set one up, change or remove it
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Every feed there is
    List,
    /// One feed: its settings, its last sync, the files that wait
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Set a feed up
    Add {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// The rules for its files
        #[arg(long, value_name = "NAME")]
        profile: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change a feed; what is not named stays
    Edit {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Another name; what it brought stays its own
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// The rules for its files
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
        /// Keep a value rule: what its later files mean by a value of a column, as in grade:Kinder=KG
        #[arg(long = "rule", value_name = "COLUMN:FROM=TO", value_parser = rule)]
        rules: Vec<(String, String, String)>,
        /// Take a value rule away
        #[arg(long = "no-rule", value_name = "COLUMN:FROM", value_parser = no_rule)]
        no_rules: Vec<(String, String)>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Remove a feed; what it brought stays, and is by hand from now on unless another feed brings it
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What is set up of a feed. An empty text takes a setting away.
#[derive(clap::Args)]
struct Settings {
    /// The mapping laid over its files
    #[arg(long, value_name = "NAME")]
    map: Option<String>,
    /// The school or district that its files are for, by external ID
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// How those are treated that are not listed [default: the profile's]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// The folder that its files are dropped into
    #[arg(long, value_name = "DIR")]
    folder: Option<String>,
    /// From how much on a sync is held, in per cent: disable=10, change=75, errors=50; sets smaller than least=20 records and
    /// least-rows=50 rows never are
    #[arg(long = "limit", value_name = "WHICH=N", value_parser = limit)]
    limits: Vec<(String, u32)>,
    /// What happens to local fixes that a file would overwrite
    #[arg(long, value_name = "POLICY", value_parser = fixes)]
    fixes: Option<FixPolicy>,
    /// Whether every plan waits for approval
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_no)]
    approval: Option<bool>,
    /// Whether known people keep the names that they have
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_no)]
    keep_names: Option<bool>,
    /// Whether a password in a file counts for known people
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_no)]
    update_passwords: Option<bool>,
    /// Whether it is the main source: whoever it brings is warned about when another feed sends them
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_no)]
    main: Option<bool>,
    /// When a file is expected: none, "daily 03:00", "weekdays 03:00", "weekly mon 03:00"; a zone may follow
    #[arg(long, value_name = "WHEN", value_parser = expect)]
    expect: Option<Expected>,
    /// How long after that moment a file that did not come is an alarm: 30m
    #[arg(long, value_name = "DURATION", value_parser = times::duration)]
    grace: Option<Duration>,
    /// How long a file in the folder must lie still before it is taken, where no rename and no marker says that it is whole: 60s
    #[arg(long, value_name = "DURATION", value_parser = times::duration)]
    settle: Option<Duration>,
}

const LIMITS: [&str; 5] = ["disable", "change", "errors", "least", "least-rows"];

fn limit(text: &str) -> Result<(String, u32), String> {
    let (name, number) = text.split_once('=').ok_or("write WHICH=N, as in disable=10")?;
    if !LIMITS.contains(&name) {
        return Err(format!("there are {}{}", LIMITS.join(", "), did_you_mean(name, LIMITS)));
    }
    let number: u32 = number.trim_end_matches('%').parse().map_err(|_| format!("{name} is a whole number"))?;
    if number > 100 && !name.starts_with("least") {
        return Err(format!("{name} is in per cent, 0 to 100"));
    }
    Ok((name.to_owned(), number))
}

fn fixes(text: &str) -> Result<FixPolicy, String> {
    FixPolicy::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = FixPolicy::ALL.iter().map(|p| p.name()).collect();
        format!("write one of {}", names.join(", "))
    })
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("write yes or no".into()),
    }
}

/// A text that is not empty.
fn there(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn rule(text: &str) -> Result<(String, String, String), String> {
    let parts = text.split_once(':').and_then(|(column, rest)| Some((column, rest.split_once('=')?)));
    match parts {
        Some((column, (from, to))) if !column.is_empty() => Ok((column.to_owned(), from.to_owned(), to.to_owned())),
        _ => Err("write COLUMN:FROM=TO, as in grade:Kinder=KG".into()),
    }
}

fn no_rule(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((column, from)) if !column.is_empty() => Ok((column.to_owned(), from.to_owned())),
        _ => Err("write COLUMN:FROM, as in grade:Kinder".into()),
    }
}

impl Settings {
    /// How the feed is to be watched; `None` where nothing was said of it.
    fn watch(&self, before: &FeedWatch) -> Result<Option<FeedWatch>, Stop> {
        if self.expect.is_none() && self.grace.is_none() && self.settle.is_none() {
            return Ok(None);
        }
        let whole = |given: Option<Duration>, unit: u64, what: &str| match given {
            None => Ok(None),
            Some(given) => u16::try_from(given.as_secs() / unit).map(Some).map_err(|_| Stop::usage(format!("--{what} is too long"), "")),
        };
        Ok(Some(FeedWatch {
            expect: self.expect.as_ref().map_or_else(|| before.expect.clone(), |e| e.0.clone()),
            grace: whole(self.grace, 60, "grace")?.unwrap_or(before.grace),
            settle: whole(self.settle, 1, "settle")?.unwrap_or(before.settle),
            since: before.since,
        }))
    }

    /// Whether nothing of it was given.
    fn is_empty(&self) -> bool {
        let texts = [&self.map, &self.org, &self.folder].iter().all(|t| t.is_none());
        let switches = [self.approval, self.keep_names, self.update_passwords, self.main].iter().all(Option::is_none);
        let watched = self.expect.is_some() || self.grace.is_some() || self.settle.is_some();
        texts && switches && !watched && self.mode.is_none() && self.limits.is_empty() && self.fixes.is_none()
    }

    fn lay(self, cx: &Context<'_>, feed: &mut Feed) -> Result<(), Stop> {
        if let Some(map) = self.map {
            feed.map = there(map);
        }
        if let Some(org) = self.org {
            feed.org = there(org);
        }
        if let Some(mode) = self.mode {
            feed.mode = mode.into();
        }
        if let Some(folder) = self.folder {
            feed.folder = if folder.is_empty() { None } else { Some(super::import::absolute(cx, Path::new(&folder))?) };
        }
        for (name, n) in self.limits {
            let HoldLimits { disable, change, errors, least, least_rows } = &mut feed.limits;
            match name.as_str() {
                "disable" => *disable = n as u8,
                "change" => *change = n as u8,
                "errors" => *errors = n as u8,
                "least" => *least = n,
                _ => *least_rows = n,
            }
        }
        feed.fixes = self.fixes.unwrap_or(feed.fixes);
        feed.approval = self.approval.unwrap_or(feed.approval);
        feed.update_names = self.keep_names.map_or(feed.update_names, |keep| !keep);
        feed.update_passwords = self.update_passwords.unwrap_or(feed.update_passwords);
        feed.main = self.main.unwrap_or(feed.main);
        Ok(())
    }
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools)] // the public keys
struct Json<'a> {
    name: &'a str,
    profile: &'a str,
    map: Option<&'a str>,
    org: Option<&'a str>,
    mode: &'static str,
    folder: Option<&'a str>,
    limits: HoldLimits,
    fixes: &'static str,
    approval: bool,
    keep_names: bool,
    update_passwords: bool,
    main: bool,
    set_up: bool,
    last_sync: Option<u32>,
    files: &'a [String],
    problem: Option<&'a str>,
    expect: String,
    grace_minutes: u16,
    settle_seconds: u16,
    missing: Option<String>,
    next: Option<String>,
    claimed: &'a [String],
    quarantined: &'a [String],
    left: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<RuleJson<'a>>>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    profile: &'a str,
    column: &'a str,
    from: &'a str,
    to: &'a str,
    by: &'a str,
    #[serde(serialize_with = "super::json::at")]
    at: crate::ledger::Timestamp,
}

impl<'a> From<&'a RuleInfo> for RuleJson<'a> {
    fn from(info: &'a RuleInfo) -> Self {
        let r = &info.rule;
        Self { profile: &r.profile, column: &r.column, from: &r.from, to: &r.to, by: &r.by.0, at: r.at }
    }
}

impl<'a> From<&'a FeedInfo> for Json<'a> {
    fn from(info: &'a FeedInfo) -> Self {
        let f = &info.feed;
        Self {
            name: &f.name,
            profile: &f.profile,
            map: f.map.as_deref(),
            org: f.org.as_deref(),
            mode: f.mode.name(),
            folder: f.folder.as_deref(),
            limits: f.limits,
            fixes: f.fixes.name(),
            approval: f.approval,
            keep_names: !f.update_names,
            update_passwords: f.update_passwords,
            main: f.main,
            set_up: info.set_up,
            last_sync: info.last.as_ref().map(|s| s.number.0),
            files: &info.files,
            problem: info.problem.as_deref(),
            expect: info.watch.settings.expected(),
            grace_minutes: info.watch.settings.grace,
            settle_seconds: info.watch.settings.settle,
            missing: info.watch.missing.map(times::utc),
            next: info.watch.next.map(times::utc),
            claimed: &info.watch.claimed,
            quarantined: &info.watch.quarantined,
            left: &info.watch.left,
            rules: None,
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        match self.action {
            None | Some(Action::List) => {
                let all = ask!(cx, Request::Feeds => Feeds);
                list(cx, &all)
            }
            Some(Action::Show { name }) => {
                let info = find(cx, &name)?;
                show(cx, &info)
            }
            Some(Action::Add { name, profile, settings }) => {
                let mut feed = Feed::new(&name, &profile);
                let profiles = ask!(cx, Request::Profiles => Profiles);
                feed.mode = profiles.iter().find(|p| p.name == profile).and_then(|p| p.modes.first().copied()).unwrap_or_default();
                let watch = settings.watch(&FeedWatch::default())?;
                settings.lay(cx, &mut feed)?;
                put(cx, feed, watch, None)
            }
            Some(Action::Edit { name, rename, profile, rules, no_rules, settings }) => {
                let info = find(cx, &name)?;
                for (column, from) in no_rules.iter().cloned() {
                    ask!(cx, Request::RemoveRule { feed: name.clone(), column, from } => Rules);
                }
                for (column, from, to) in rules.iter().cloned() {
                    ask!(cx, Request::PutRule { feed: name.clone(), column, from, to } => Rules);
                }
                // Rules alone set nothing up.
                if settings.is_empty() && rename.is_none() && profile.is_none() && !(rules.is_empty() && no_rules.is_empty()) {
                    return show(cx, &info);
                }
                let watch = settings.watch(&info.watch.settings)?;
                let mut feed = info.feed;
                feed.name = rename.unwrap_or(feed.name);
                feed.profile = profile.unwrap_or(feed.profile);
                settings.lay(cx, &mut feed)?;
                put(cx, feed, watch, Some(name))
            }
            Some(Action::Remove { name }) => {
                ask!(cx, Request::RemoveFeed(name.clone()) => Feeds);
                cx.tell(&format!("Feed {name} is removed. What it alone brought is by hand from now on."));
                Ok(Exit::Done)
            }
        }
    }
}

fn find(cx: &mut Context<'_>, name: &str) -> Result<FeedInfo, Stop> {
    let mut all = ask!(cx, Request::Feeds => Feeds);
    if let Some(at) = all.iter().position(|f| f.feed.name == name) {
        return Ok(all.swap_remove(at));
    }
    let meant = did_you_mean(name, all.iter().map(|f| f.feed.name.as_str()));
    Err(Stop::usage(format!("There is no feed {name}{meant}"), "homeroom feeds lists them all."))
}

fn put(cx: &mut Context<'_>, feed: Feed, watch: Option<FeedWatch>, replaces: Option<String>) -> Result<Exit, Stop> {
    let name = feed.name.clone();
    let mut all = ask!(cx, Request::PutFeed { feed, replaces } => Feeds);
    if let Some(watch) = watch {
        all = ask!(cx, Request::PutWatch { feed: name.clone(), watch } => Feeds);
    }
    match all.iter().find(|f| f.feed.name == name) {
        Some(info) => show(cx, info),
        None => Ok(Exit::Done),
    }
}

fn list(cx: &mut Context<'_>, all: &[FeedInfo]) -> Result<Exit, Stop> {
    const COLUMNS: &[Column] = &[
        Column::Whole("name"),
        Column::Whole("profile"),
        Column::Whole("org"),
        Column::Whole("mode"),
        Column::Number("files"),
        Column::Whole("last"),
        Column::Text("problem"),
    ];
    if cx.json {
        all.iter().try_for_each(|f| cx.print_json(&Json::from(f)))?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        cx.tell("No feeds yet. Next: homeroom feeds add NAME --profile P, or import a file.");
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|f| {
            let last = f.last.as_ref().map(|s| format!("{} {}, {}", s.number, cx.time(s.started), s.status.words().to_lowercase()));
            vec![
                Cell::from(&f.feed.name),
                Cell::from(&f.feed.profile),
                f.feed.org.as_deref().unwrap_or_default().into(),
                f.feed.mode.name().into(),
                if f.feed.folder.is_some() { f.files.len().to_string() } else { String::new() }.into(),
                last.unwrap_or_default().into(),
                Cell::painted(f.problem.as_deref().unwrap_or_default(), Paint::Bad),
            ]
        })
        .collect();
    cx.table(COLUMNS, &rows)?;
    Ok(Exit::Done)
}

fn show(cx: &mut Context<'_>, info: &FeedInfo) -> Result<Exit, Stop> {
    let mut rules = ask!(cx, Request::Rules => Rules);
    rules.retain(|r| r.feed == info.feed.name);
    if cx.json {
        cx.print_json(&Json { rules: Some(rules.iter().map(RuleJson::from).collect()), ..Json::from(info) })?;
        return Ok(Exit::Done);
    }
    let f = &info.feed;
    cx.say_in(Paint::Bold, &f.name)?;
    if let Some(problem) = &info.problem {
        cx.say_in(Paint::Bad, problem)?;
    }
    if !info.set_up {
        cx.say_in(Paint::Dim, "not set up: it came to be by an import, with the profile's defaults")?;
    }
    let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let l = f.limits;
    let limits = format!(
        "disable {} %, change {} %, errors {} %; from {} records, {} rows on",
        l.disable, l.change, l.errors, l.least, l.least_rows
    );
    let fields = [
        ("profile", f.profile.clone()),
        ("map", f.map.clone().unwrap_or_default()),
        ("org", f.org.clone().unwrap_or_default()),
        ("mode", f.mode.name().to_owned()),
        ("folder", f.folder.clone().unwrap_or_default()),
        ("limits", limits),
        ("local fixes", f.fixes.name().to_owned()),
        ("approval", said(f.approval)),
        ("keep names", said(!f.update_names)),
        ("update passwords", said(f.update_passwords)),
        ("main source", said(f.main)),
        ("last sync", info.last.as_ref().map(|s| format!("{} {}", s.number, cx.time(s.started))).unwrap_or_default()),
        ("waiting", info.files.join(", ")),
    ];
    let watched = watch_fields(cx, info);
    let fields = fields.into_iter().chain(watched);
    let rows: Vec<Vec<Cell>> = fields.map(|(name, value)| vec![Cell::from(name), Cell::from(&value)]).collect();
    cx.table(&[Column::Whole("setting"), Column::Text("value")], &rows)?;
    if !rules.is_empty() {
        cx.gap()?;
        let rows: Vec<Vec<Cell>> = rules
            .iter()
            .map(|r| {
                let kept = format!("{}, {}", cx.time(r.rule.at), r.rule.by.0);
                vec![Cell::from(&r.rule.column), Cell::from(&r.rule.from), Cell::from(&r.rule.to), Cell::painted(&kept, Paint::Dim)]
            })
            .collect();
        cx.table(&[Column::Whole("rule for"), Column::Text("in the file"), Column::Text("taken as"), Column::Text("kept")], &rows)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_as_they_are_typed() {
        assert_eq!(rule("grade:Kinder=KG"), Ok(("grade".into(), "Kinder".into(), "KG".into())));
        assert_eq!(rule("grade:n/a="), Ok(("grade".into(), "n/a".into(), String::new())));
        assert_eq!(no_rule("grade:Kinder"), Ok(("grade".into(), "Kinder".into())));
        for text in ["grade=KG", "grade:Kinder", ":Kinder=KG", ""] {
            assert!(rule(text).unwrap_err().contains("COLUMN:FROM=TO"), "{text}");
        }
        assert!(no_rule("grade").is_err());
    }

    #[test]
    fn limits_as_they_are_typed() {
        assert_eq!(limit("disable=10"), Ok(("disable".into(), 10)));
        assert_eq!(limit("change=75%"), Ok(("change".into(), 75)));
        assert_eq!(limit("least=500"), Ok(("least".into(), 500)));
        for (text, part) in
            [("10", "WHICH=N"), ("disabled=10", "did you mean disable?"), ("errors=101", "0 to 100"), ("errors=x", "whole number")]
        {
            let why = limit(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
