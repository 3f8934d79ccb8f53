//! Telling someone: a command for each of the news, one mail for all of them; not more often than anybody can read. What fails in it is
//! said in the log and stops nothing.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::Serialize;

use super::log::{Level, Line};
use super::settings::Settings;
use super::{command, mail};
use crate::desk::{News, NewsSort};
use crate::ledger::Tally;
use crate::report::{number, visible};

/// The same of the same feed is told once in this time.
const AGAIN: Duration = Duration::from_mins(15);

/// No more than this is told in an hour.
const MOST: usize = 60;
const HOUR: Duration = Duration::from_hours(1);

/// Longest that a mail may take to hand over.
const MAIL: Duration = Duration::from_mins(1);

/// Tells someone.
#[derive(Debug)]
pub struct Teller {
    settings: Settings,
    /// When what was told last of which feed, and how often it was not since.
    last: HashMap<(NewsSort, String), (Duration, u64)>,
    hour: VecDeque<Duration>,
}

/// News as a command gets them. The keys are public and only grow.
#[derive(Serialize)]
struct Json<'a> {
    schema: u8,
    event: &'static str,
    at: String,
    feed: &'a str,
    text: &'a str,
    file: Option<&'a str>,
    sync: Option<u32>,
    status: Option<&'static str>,
    codes: &'a [String],
    rows: u64,
    rows_with_errors: u64,
    counts: Tally,
    suppressed: u64,
}

impl Teller {
    /// One that has told nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, last: HashMap::new(), hour: VecDeque::new() }
    }

    /// Tells news. `now` counts from any moment. What comes back is for the log: what could not be told.
    pub fn tell(&mut self, now: Duration, news: &[News]) -> Vec<Line> {
        let nobody = self.settings.on_event.is_empty() && self.settings.mail_to.is_empty();
        if nobody || news.is_empty() {
            return Vec::new();
        }
        let (allowed, mut lines) = self.allowed(now, news);
        let limit = Duration::from_secs(self.settings.on_event_seconds.clamp(1, 600));
        if !self.settings.on_event.is_empty() {
            for (each, suppressed) in &allowed {
                let failed = command::run(&self.settings.on_event, &json(each, *suppressed), limit).err();
                lines.extend(failed.map(|why| Line::new(Level::Warning, format!("on_event: {why}"))));
            }
        }
        if !self.settings.mail_to.is_empty() && !allowed.is_empty() {
            let about: Vec<News> = allowed.into_iter().map(|(n, _)| n).collect();
            let argv = [self.settings.sendmail.clone(), "-i".into(), "-t".into()];
            let failed = command::run(&argv, &mail::of(&self.settings, &about), MAIL).err();
            lines.extend(failed.map(|why| Line::new(Level::Warning, format!("mail: {why}"))));
        }
        lines
    }

    /// What may be told now, each with how often the like was not told before it.
    fn allowed(&mut self, now: Duration, news: &[News]) -> (Vec<(News, u64)>, Vec<Line>) {
        while self.hour.front().is_some_and(|at| now.saturating_sub(*at) >= HOUR) {
            self.hour.pop_front();
        }
        let (mut allowed, mut lines) = (Vec::new(), Vec::new());
        for each in news {
            let key = (each.event, each.feed.clone());
            let before = self.last.get(&key).copied();
            let too_soon = before.is_some_and(|(at, _)| now.saturating_sub(at) < AGAIN);
            if too_soon || self.hour.len() >= MOST {
                let (at, left_out) = before.unwrap_or((Duration::ZERO, 0));
                self.last.insert(key, (at, left_out + 1));
                let why = if too_soon { "it was told just before" } else { "too much was told in the last hour" };
                lines.push(Line::new(Level::Notice, format!("{}: {} is not told: {why}", each.feed, each.event)));
                continue;
            }
            self.hour.push_back(now);
            self.last.insert(key, (now, 0));
            allowed.push((each.clone(), before.map_or(0, |(_, n)| n)));
        }
        (allowed, lines)
    }
}

fn json(news: &News, suppressed: u64) -> Vec<u8> {
    let body = Json {
        schema: 1,
        event: news.event.name(),
        at: jiff::Timestamp::from_microsecond(news.at.0).map(|t| t.to_string()).unwrap_or_default(),
        feed: &news.feed,
        text: &news.text,
        file: news.file.as_deref(),
        sync: news.sync.map(|s| s.0),
        status: news.status.map(crate::ledger::SyncStatus::name),
        codes: &news.codes,
        rows: news.rows,
        rows_with_errors: news.rows_with_errors,
        counts: news.counts,
        suppressed,
    };
    let mut bytes = serde_json::to_vec(&body).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// News in a sentence, for logs and mails.
pub(super) fn sentence(news: &News) -> String {
    let what = match news.event {
        NewsSort::Errors => "rows refused",
        NewsSort::Held => "held",
        NewsSort::Missing => "no file",
        NewsSort::Failed => "failed",
        NewsSort::Recovered => "well again",
    };
    let file = news.file.as_deref().map(|f| format!(" ({})", visible(f))).unwrap_or_default();
    let rows = if news.rows_with_errors > 0 {
        format!("; {} of {} rows refused", number(news.rows_with_errors), number(news.rows))
    } else {
        String::new()
    };
    let codes = if news.codes.is_empty() { String::new() } else { format!("; {}", news.codes.join(", ")) };
    format!("{}: {what}: {}{file}{rows}{codes}", news.feed, news.text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ledger::{SyncNo, SyncStatus, Timestamp};

    pub(in super::super) fn news() -> News {
        News {
            event: NewsSort::Held,
            at: Timestamp(1_795_313_700_000_000),
            feed: "daily".into(),
            text: "would disable 212; waits for approval (SAF-501)".into(),
            file: Some("users.csv".into()),
            sync: Some(SyncNo(48)),
            status: Some(SyncStatus::Held),
            codes: vec!["SAF-501".into()],
            rows: 1_000,
            rows_with_errors: 3,
            counts: Tally { created: 1, ..Tally::default() },
        }
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn to_file(path: &std::path::Path) -> Settings {
        let argv = ["/bin/sh", "-c", "cat >> \"$0\""].map(String::from).into_iter().chain([path.display().to_string()]);
        Settings { on_event: argv.collect(), ..Settings::default() }
    }

    #[test]
    fn a_command_gets_one_object_for_each_of_the_news() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("told");
        let mut teller = Teller::new(to_file(&path));
        let other = News { event: NewsSort::Missing, sync: None, status: None, file: None, codes: vec![], ..news() };
        assert_eq!(teller.tell(secs(0), &[news(), other]), []);
        let told = std::fs::read_to_string(path).unwrap();
        let told: Vec<serde_json::Value> = told.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(told.len(), 2);
        assert_eq!(
            (told[0]["event"].as_str(), told[0]["sync"].as_u64(), told[0]["codes"][0].as_str()),
            (Some("held"), Some(48), Some("SAF-501"))
        );
        assert_eq!((told[0]["schema"].as_u64(), told[0]["at"].as_str()), (Some(1), Some("2026-11-22T02:15:00Z")));
        assert_eq!((told[1]["event"].as_str(), &told[1]["sync"]), (Some("missing"), &serde_json::Value::Null));
    }

    #[test]
    fn the_same_is_not_told_again_and_again_and_never_too_much() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("told");
        let mut teller = Teller::new(to_file(&path));
        let lines: Vec<_> = (0..5).flat_map(|n| teller.tell(secs(n * 60), &[news()])).collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        teller.tell(secs(900), &[news()]);
        let suppressed = |path| {
            let told = std::fs::read_to_string(path).unwrap();
            told.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["suppressed"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(suppressed(&path), [0, 4]);
        let many: Vec<News> = (0..100).map(|n| News { feed: format!("f{n}"), ..news() }).collect();
        let (allowed, said) = teller.allowed(secs(901), &many);
        assert_eq!((allowed.len(), said.len()), (MOST - 2, 42));
    }

    #[test]
    fn a_command_that_fails_is_said_and_a_mail_goes_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let sendmail = dir.path().join("sendmail");
        std::fs::write(&sendmail, format!("#!/bin/sh\necho \"$@\" > {0}/args\ncat > {0}/mail\n", dir.path().display())).unwrap();
        std::fs::set_permissions(&sendmail, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let settings = Settings {
            on_event: vec!["/bin/false".into()],
            mail_to: vec!["office@d.example".into()],
            sendmail: sendmail.display().to_string(),
            ..Settings::default()
        };
        let lines = Teller::new(settings).tell(secs(0), &[news()]);
        assert!(lines.len() == 1 && lines[0].text.starts_with("on_event: /bin/false failed"), "{lines:?}");
        assert_eq!(std::fs::read_to_string(dir.path().join("args")).unwrap(), "-i -t\n");
        let mail = std::fs::read_to_string(dir.path().join("mail")).unwrap();
        assert!(mail.contains("To: office@d.example\n") && mail.contains("3 of 1,000 rows refused; SAF-501"), "{mail}");
    }
}
