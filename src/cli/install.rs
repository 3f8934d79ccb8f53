//! `install --print`: units for systemd and lines for cron, made for this database and its feeds. It installs nothing itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::context::{Context, ask};
use super::env::program;
use super::exit::{Exit, Stop};
use crate::desk::{FeedInfo, Request};
use crate::ledger::{Days, Expect};

/// Print what runs Homeroom unattended: a service for systemd, timers, lines for cron
#[derive(clap::Args)]
pub(super) struct Args {
    /// What to print. Nothing is installed
    #[arg(long, value_enum, value_name = "WHAT", required = true, num_args = 0..=1, default_missing_value = "systemd")]
    print: What,
    /// The user that it runs as [default: you]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The program, as units name it [default: this one]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// A service that holds the database, answers consoles and watches the folders
    Systemd,
    /// A service and a timer for each feed with a folder, without `serve`
    Timer,
    /// Lines for a crontab, without `serve`
    Cron,
}

/// What keeps a service to what it needs: no network, its own folders, no new rights.
const HARDENING: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
";

/// What a unit or line is made of.
struct Made {
    program: PathBuf,
    db: PathBuf,
    config: Option<PathBuf>,
    user: String,
    feeds: Vec<FeedInfo>,
    /// Folders that it writes into, besides the database's.
    writes: Vec<PathBuf>,
    /// Mails or commands are to be sent.
    tells: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let surroundings = cx.surroundings();
        let mut feeds = ask!(cx, Request::Feeds => Feeds);
        feeds.retain(|f| f.set_up && f.feed.folder.is_some());
        let mut writes: Vec<PathBuf> = feeds.iter().filter_map(|f| f.feed.folder.as_deref().map(PathBuf::from)).collect();
        let settings = &cx.config.watch;
        writes.extend(settings.prometheus.as_deref().and_then(|p| Path::new(p).parent()).map(Path::to_owned));
        let made = Made {
            program: self.program.map_or_else(program, |p| cx.env.cwd.join(p)),
            db: surroundings.db,
            // Own profiles and mappings are beside it; another user has another one.
            config: surroundings.profiles.and_then(|p| Some(p.parent()?.join("config.toml"))).filter(|p| p.exists()),
            user: self.user.unwrap_or_else(|| cx.env.user.clone()),
            feeds,
            writes,
            tells: !settings.on_event.is_empty() || !settings.mail_to.is_empty(),
        };
        let text = match self.print {
            What::Systemd => made.service(),
            What::Timer => made.timers(),
            What::Cron => made.cron(),
        };
        // It is to be written to a file as it is.
        cx.out.write_all(text.as_bytes())?;
        Ok(Exit::Done)
    }
}

impl Made {
    /// The command line, each word by itself.
    fn command(&self, words: &[&str]) -> Vec<String> {
        let mut line = vec![self.program.display().to_string(), "--db".into(), self.db.display().to_string()];
        if let Some(config) = &self.config {
            line.extend(["--config".into(), config.display().to_string()]);
        }
        line.extend(words.iter().map(ToString::to_string));
        line
    }

    fn exec(&self, words: &[&str]) -> String {
        self.command(words).iter().map(|w| unit_word(w).replace('$', "$$")).collect::<Vec<_>>().join(" ")
    }

    /// The lines of a service's section that all of them have.
    fn common(&self) -> String {
        // A minus: a folder that is gone must not keep the service from starting; what it means is said by `status`.
        let writes = self.writes.iter().map(|p| unit_word(&format!("-{}", p.display())));
        let writes: Vec<String> = std::iter::once(unit_word(&self.db.display().to_string())).chain(writes).collect();
        let mut text = format!("User={}\nUMask=0077\n{HARDENING}ReadWritePaths={}\n", unit_text(&self.user), writes.join(" "));
        if self.tells {
            text.push_str(
                "# config.toml has on_event or mail_to. They run inside these walls: without a network, and without rights of another group.\n\
                 # A sendmail that needs them (postfix's postdrop) wants NoNewPrivileges=no, RestrictSUIDSGID=no and its queue in ReadWritePaths.\n",
            );
        }
        text
    }

    fn service(&self) -> String {
        format!(
            "# /etc/systemd/system/homeroom.service\n\
             # The socket is made by the program itself, in the database's folder.\n\
             [Unit]\nDescription=Homeroom: holds the school roster and watches the drop folders\nAfter=local-fs.target remote-fs.target\n\n\
             [Service]\nType=notify\nExecStart={}\nRestart=on-failure\nRestartSec=5\nTimeoutStopSec=120\n{}\n\
             [Install]\nWantedBy=multi-user.target\n",
            self.exec(&["serve"]),
            self.common(),
        )
    }

    fn timers(&self) -> String {
        let mut text = String::new();
        let mut pair = |name: &str, what: &str, words: &[&str], when: &str| {
            let _ = write!(
                text,
                "# /etc/systemd/system/{name}.service\n[Unit]\nDescription=Homeroom: {what}\n\n\
                 [Service]\nType=oneshot\nExecStart={}\n# 1: rows were refused; 3: it is held. Both are on the Overview, and no failure of the unit.\nSuccessExitStatus=1 3\n{}\n\
                 # /etc/systemd/system/{name}.timer\n[Unit]\nDescription=Homeroom: {what}, by the clock\n\n\
                 [Timer]\n{when}Persistent=yes\n\n[Install]\nWantedBy=timers.target\n\n",
                self.exec(words),
                self.common(),
            );
        };
        pair("homeroom-watch", "take what lies in the drop folders", &["--wait", "10m", "watch", "--once"], "OnCalendar=*:0/5\n");
        for (n, info) in self.expected() {
            let feed = &info.feed.name;
            let when = info.watch.settings.expect.as_ref().map(calendar).unwrap_or_default();
            let what = format!("import what waits for {}", unit_text(feed));
            pair(&format!("homeroom-import-{n}"), &what, &["--wait", "10m", "import", "--feed", feed], &format!("OnCalendar={when}\n"));
        }
        text
    }

    fn cron(&self) -> String {
        let line = |when: &str, words: &[&str]| {
            let command: Vec<String> = self.command(words).iter().map(|w| shell_word(w)).collect();
            // To cron a per cent sign is the end of the line.
            format!("{when} {}\n", command.join(" ").replace('%', "\\%"))
        };
        let mut text =
            String::from("# crontab -e: minute, hour, day, month, day of the week, command. What it prints is mailed to its owner.\n");
        text.push_str("# Every five minutes: take what lies in the drop folders and has been still for long enough.\n");
        text.push_str(&line("*/5 * * * *", &["--wait", "4m", "watch", "--once"]));
        for (_, info) in self.expected() {
            let Some(expect) = &info.watch.settings.expect else { continue };
            let days = match expect.days {
                Days::Daily => "*".to_owned(),
                Days::Weekdays => "1-5".to_owned(),
                Days::Weekly(day) => ((day + 1) % 7).to_string(),
            };
            let _ = writeln!(text, "# {}: what waits in its folder when a file is expected, {expect}.", info.feed.name);
            let when = format!("{} {} * * {days}", expect.minute % 60, expect.minute / 60);
            text.push_str(&line(&when, &["--wait", "10m", "import", "--feed", &info.feed.name]));
        }
        text
    }

    /// The feeds of which a file is expected at a certain time, numbered.
    fn expected(&self) -> impl Iterator<Item = (usize, &FeedInfo)> {
        self.feeds.iter().filter(|f| f.watch.settings.expect.is_some()).enumerate().map(|(n, f)| (n + 1, f))
    }
}

/// A moment as systemd.time(7) has it.
fn calendar(expect: &Expect) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let days = match expect.days {
        Days::Daily => String::new(),
        Days::Weekdays => "Mon..Fri ".to_owned(),
        Days::Weekly(day) => format!("{} ", DAYS.get(day as usize).unwrap_or(&"Mon")),
    };
    let zone = expect.zone.as_ref().map(|z| format!(" {z}")).unwrap_or_default();
    format!("{days}*-*-* {:02}:{:02}:00{zone}", expect.minute / 60, expect.minute % 60)
}

/// A text in a unit: a per cent sign would begin a specifier.
fn unit_text(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().replace('%', "%%")
}

/// A word of a unit's list, quoted where it must be. In a command line a dollar sign must be doubled as well.
fn unit_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=@+".contains(c);
    let escaped = unit_text(word).replace('\\', "\\\\").replace('"', "\\\"");
    if !word.is_empty() && word.chars().all(plain) { escaped } else { format!("\"{escaped}\"") }
}

/// A word of a shell's command line, quoted where it must be.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_units_and_shells_want_it() {
        assert_eq!(unit_word("/srv/drop/staff"), "/srv/drop/staff");
        assert_eq!(unit_word("/srv/50% \"x\" $HOME"), "\"/srv/50%% \\\"x\\\" $HOME\"");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        assert_eq!((unit_word(""), shell_word("")), ("\"\"".into(), "''".into()));
    }

    #[test]
    fn moments_as_systemd_has_them() {
        for (text, when) in [
            ("daily 03:00", "*-*-* 03:00:00"),
            ("weekdays 23:05 UTC", "Mon..Fri *-*-* 23:05:00 UTC"),
            ("weekly sun 00:30 America/New_York", "Sun *-*-* 00:30:00 America/New_York"),
        ] {
            assert_eq!(calendar(&Expect::parse(text).unwrap().unwrap()), when);
        }
    }
}
