//! `watch`: files are taken out of the feeds' folders as they come, and somebody is told. For those who have no `serve`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::context::Context;
use super::env::{Answer, OpenDesk};
use super::exit::{Exit, Stop};
use super::json;
use crate::desk::{Event, Reply, Request, Surroundings, Taken, TakenEnd, TroubleSort};
use crate::ledger::{Sync, SyncStatus};
use crate::watch::{self, Answers, Line, Step, log};

/// Take files out of the feeds' folders as they come, until stopped
#[derive(clap::Args)]
pub(super) struct Args {
    /// Look once, take what has been still for long enough, and end: for timers and cron. Exits as the worst file would
    #[arg(long)]
    once: bool,
}

/// A file that was taken.
#[derive(Serialize)]
struct Json<'a> {
    feed: &'a str,
    file: &'a str,
    end: &'static str,
    text: &'a str,
    syncs: Vec<json::Ran<'a>>,
}

fn end_name(end: TakenEnd) -> &'static str {
    match end {
        TakenEnd::Ran => "ran",
        TakenEnd::PutAway => "put_away",
        TakenEnd::Same => "same",
        TakenEnd::Quarantined => "quarantined",
        TakenEnd::Later { .. } => "later",
        TakenEnd::Left => "left",
    }
}

/// A desk that is opened when something is asked, and let go between two looks: others want the store too.
struct Opened {
    surroundings: Surroundings,
    open: OpenDesk,
    desk: Option<Box<Answer>>,
    stop: Arc<AtomicBool>,
    /// What it had to say without being asked.
    notices: Vec<String>,
    /// Why it could not answer last.
    barred: Option<TroubleSort>,
}

impl Answers for Opened {
    fn ask(&mut self, request: Request) -> Reply {
        self.barred = None;
        let desk = match self.desk.take() {
            Some(desk) => desk,
            None => match (self.open)(self.surroundings.clone()) {
                Ok(desk) => desk,
                Err(trouble) => {
                    self.barred = Some(trouble.sort);
                    return Reply::Trouble(trouble);
                }
            },
        };
        let (notices, stop) = (&mut self.notices, &self.stop);
        let reply = desk(request, &mut |event| {
            if let Event::Notice(text) = event {
                notices.push(text);
            }
            !stop.load(Ordering::Relaxed)
        });
        self.desk = Some(desk);
        if let Reply::Trouble(trouble) = &reply {
            self.barred = Some(trouble.sort);
        }
        reply
    }

    fn rest(&mut self) {
        self.desk = None;
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the first signal only asks to stop, a second one ends the process at once. The store survives that.
            flag::register_conditional_default(signal, Arc::clone(&stop))?;
            flag::register(signal, Arc::clone(&stop))?;
        }
        let for_journal = log::is_journal((cx.env.var)("JOURNAL_STREAM").as_deref());
        let settings = cx.config.watch.clone();
        let mut desk = Opened {
            surroundings: cx.surroundings(),
            open: cx.env.open_desk,
            desk: None,
            stop: Arc::clone(&stop),
            notices: Vec::new(),
            barred: None,
        };
        let mut exit = Exit::Done;
        let mut written = Ok(());
        let once = self.once;
        let mut hear = |step: &Step, lines: &[Line]| {
            for line in lines {
                // If nobody listens to the log any more, the work goes on all the same.
                let _ = writeln!(cx.err, "{}", line.written(for_journal));
            }
            exit = step.taken.iter().map(exit_of).fold(exit, Exit::or_worse);
            if cx.json {
                let out = step.taken.iter().try_for_each(|t| json::line(cx.out, &Json::from(t))).and_then(|()| cx.out.flush());
                if let Err(e) = out {
                    written = Err(e);
                    stop.store(true, Ordering::Relaxed);
                }
            }
        };
        if once {
            // The clock of tests is as good as any.
            let clock = SystemTime::UNIX_EPOCH + Duration::from_micros((cx.env.now)().0.max(0) as u64);
            watch::attend_once(&settings, clock, &mut desk, &mut hear);
        } else {
            watch::attend(&settings, &stop, &mut desk, &mut hear);
        }
        written?;
        for notice in std::mem::take(&mut desk.notices) {
            cx.tell(&format!("note: {notice}"));
        }
        Ok(if once { desk.barred.map_or(exit, |sort| exit.or_worse(Exit::of_trouble(sort))) } else { Exit::Done })
    }
}

impl<'a> From<&'a Taken> for Json<'a> {
    fn from(t: &'a Taken) -> Self {
        Self {
            feed: &t.file.feed,
            file: &t.file.name,
            end: end_name(t.end),
            text: &t.text,
            syncs: t.syncs.iter().map(Into::into).collect(),
        }
    }
}

fn exit_of(taken: &Taken) -> Exit {
    let of_sync = |sync: &Sync| match sync.status {
        SyncStatus::Held => Exit::Held,
        SyncStatus::Failed => Exit::FileRefused,
        _ if sync.rows_with_errors > 0 => Exit::RowsRefused,
        _ => Exit::Done,
    };
    let by_end = match taken.end {
        TakenEnd::Quarantined => Exit::FileRefused,
        TakenEnd::Later { .. } => Exit::Interrupted,
        _ => Exit::Done,
    };
    taken.syncs.iter().map(of_sync).fold(by_end, Exit::or_worse)
}
