//! On a bad line: slow, split, gone; and in a terminal that can do little.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::pty::{BEGIN, Line, PATIENCE, Pty};
use crate::{command, opened, shell, started};

#[test]
fn idle_is_silent() {
    let mut pty = opened();
    pty.rest();
    let before = pty.bytes.len();
    assert!(!pty.more(Duration::from_secs(2)), "{:?}", String::from_utf8_lossy(&pty.bytes[before..]));
    pty.send("q").end();
}

#[test]
fn a_burst_of_keys_is_few_frames_and_the_right_row() {
    let mut pty = opened();
    let before = pty.bytes.len();
    pty.send(&"j".repeat(200)).see("201/1,000");
    let frames = String::from_utf8_lossy(&pty.bytes[before..]).matches("\x1b[?2026h").count();
    assert!(frames <= 10, "{frames} frames");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn an_arrow_that_came_in_two_pieces_is_an_arrow() {
    let mut pty = opened();
    pty.rest();
    pty.send("\x1b");
    // On a slow line the rest comes later, but soon enough.
    assert!(!pty.more(Duration::from_millis(15)), "an Esc alone says nothing yet");
    pty.send("[B").see("2/1,000");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn a_paste_confirms_nothing_and_quits_nothing() {
    let mut pty = opened();
    pty.send("X").see("Abandon?");
    pty.paste("y\rq").see("what was pasted was not used");
    pty.press("<Esc>").miss("Abandon?");
    pty.paste("q\r").see("what was pasted was not used");
    assert_eq!(pty.send("q").end().0, 0);
}

#[test]
fn another_size_is_drawn_anew() {
    let mut pty = opened();
    pty.resize(120, 40).see("row 30");
    pty.send("q").end();
}

#[test]
fn no_color_means_no_colour_and_the_selected_row_is_still_reversed() {
    let mut pty = started(&[("NO_COLOR", "1")]);
    pty.see("row 0").see("1/1,000").press("j").see("2/1,000");
    let (row, column) = (0..24).find_map(|row| Some((row, pty.text().lines().nth(usize::from(row))?.find("row 1")? as u16))).unwrap();
    // The sign before it has more bytes than cells.
    let column = column - ("‣".len() - 1) as u16;
    let cells: Vec<(String, bool)> =
        (column..column + 5).filter_map(|x| pty.screen.screen().cell(row, x)).map(|c| (c.contents().into(), c.inverse())).collect();
    assert_eq!(cells.iter().map(|(text, _)| text.as_str()).collect::<String>(), "row 1");
    assert!(cells.iter().all(|(_, inverse)| *inverse), "{cells:?}");
    pty.press("q");
    let (_, written) = pty.end();
    for sequence in written.split("\x1b[").skip(1) {
        let Some((numbers, _)) = sequence.split_once('m').filter(|(n, _)| n.chars().all(|c| c.is_ascii_digit() || c == ';')) else {
            continue;
        };
        for number in numbers.split(';').filter_map(|n| n.parse::<u8>().ok()) {
            assert!(!(30..=38).contains(&number) && !(40..=48).contains(&number), "colour in {numbers:?}");
        }
    }
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_refused_with_a_hint() {
    let (code, written) = started(&[("TERM", "dumb")]).end();
    assert_eq!(code, 2);
    assert!(written.contains("every command works without one"), "{written}");
    assert!(!written.contains("\x1b[?1049h"));
}

#[test]
fn what_is_drawn_on_an_old_terminal_is_ascii() {
    for term in ["linux", "screen"] {
        let mut pty = started(&[("TERM", term)]);
        pty.see("row 0").see("1/1,000").press("j ? <Esc> : <Esc> X <Esc>").see("2/1,000").press("q");
        let (code, written) = pty.end();
        assert_eq!(code, 0);
        assert_eq!(written.chars().find(|c| !c.is_ascii()), None, "{term}: {written:?}");
    }
    // Where the locale says that more can be shown, it is.
    let (_, written) = started(&[("TERM", "linux"), ("LANG", "C.UTF-8")]).see("1/1,000").press("q").end();
    assert!(written.contains('‣'));
}

#[test]
fn an_answer_to_what_another_program_asked_presses_no_key() {
    let mut pty = opened();
    pty.rest();
    let before = pty.bytes.len();
    // The colour of the background, late: as letters it would open the look-up and type.
    pty.send("\x1b]11;rgb:ffff/ffff/f").send("fff\x1b\\").send("j").see("2/1,000");
    assert!(!pty.since(before).contains("Find"), "{:?}", pty.since(before));
    // Its end never comes.
    pty.send("\x1b]11;rgb:ffff").rest();
    pty.send("j").see("3/1,000");
    assert_eq!(pty.press("q").end().0, 0);
}

#[test]
fn a_paste_that_is_too_large_is_refused_whole() {
    let mut pty = opened();
    pty.press(":").see("Commands");
    let large = "q".repeat(66_000);
    pty.paste(&large).see("More than 64 KB was pasted");
    pty.paste("zzzz").see("No command is called so");
    assert_eq!(pty.press("<C-c> <C-c>").end().0, 0);
}

#[test]
fn a_storm_of_sizes_ends_in_the_last_one() {
    let mut pty = opened();
    pty.rest();
    let before = pty.bytes.len();
    let storm = (1..=500).step_by(7).map(|n: u16| (n, (n * 2 / 5).clamp(1, 200)));
    let sizes: Vec<(u16, u16)> = storm.clone().chain(storm.rev()).chain([(500, 200), (1, 1), (2, 1), (1, 2), (59, 14)]).collect();
    for (cols, rows) in &sizes {
        pty.master.as_ref().unwrap().resize(PtySize { rows: *rows, cols: *cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }
    pty.resize(100, 30).see("row 20").see("1/1,000").rest();
    let frames = pty.since(before).matches(BEGIN).count();
    assert!(frames < sizes.len() / 2, "{frames} frames for {} sizes", sizes.len());
    assert_eq!(pty.press("j").see("2/1,000").press("q").end().0, 0);
}

#[test]
fn on_a_slow_line_frames_are_dropped_and_not_queued() {
    // A page of this terminal takes the line a quarter of a second, and a page is asked for thirty times a second.
    let mut pty = Pty::start(command(), &[], (200, 60), Line::BytesASecond(25_000));
    pty.see("row 0").see("1/1,000").rest();
    let (_silent, never) = channel::<()>();
    for _ in 0..60 {
        pty.press("<PgDn> <PgUp> <PgDn>");
        let _ = never.recv_timeout(Duration::from_millis(33));
    }
    while pty.more(Duration::ZERO) {}
    let before = pty.bytes.len();
    pty.press("G").see("1,000/1,000").rest();
    // What was on its way already: the terminal's own buffers, the frame that was being written, the last one.
    let late = pty.bytes.len() - before;
    assert!(late < 30_000, "{late} bytes after the last key");
    assert_eq!(pty.press("q").end().0, 0);
}

/// A terminal that is read here and not on a thread: it goes away with the last who holds it.
struct Held {
    pty: portable_pty::PtyPair,
    reader: Box<dyn Read + Send>,
}

impl Held {
    fn open() -> Self {
        let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
        let reader = pty.master.try_clone_reader().unwrap();
        Self { pty, reader }
    }

    /// Reads until the console is there, then takes the terminal away.
    #[track_caller]
    fn taken_away(self, meanwhile: impl FnOnce()) {
        let Self { pty, mut reader } = self;
        drop(pty.slave);
        let (mut buffer, mut written) = ([0; 4096], Vec::new());
        while !String::from_utf8_lossy(&written).contains("Lincoln") {
            let n = reader.read(&mut buffer).unwrap();
            assert!(n > 0, "{}", String::from_utf8_lossy(&written));
            written.extend(&buffer[..n]);
        }
        meanwhile();
        drop((reader, pty.master));
    }
}

/// The exit code of a command once its terminal has gone, or nothing where it outlives it.
#[track_caller]
fn hung_up(command: CommandBuilder) -> Option<u32> {
    let held = Held::open();
    let mut child = held.pty.slave.spawn_command(command).unwrap();
    held.taken_away(|| {});
    let (to, ended) = channel();
    std::thread::spawn(move || to.send(child.wait().unwrap().exit_code()));
    ended.recv_timeout(PATIENCE).ok()
}

/// How long a process has computed, in hundredths of a second; 0 where nobody tells.
fn computed(pid: rustix::process::Pid) -> u64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())) else { return 0 };
    // Behind the name, which stands in brackets, the 12th and 13th: of the program itself, and of the system for it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn a_terminal_that_goes_away_ends_it() {
    assert_eq!(hung_up(command()), Some(129));
}

#[test]
fn hung_up_below_a_shell_that_ignores_it_nothing_is_left_behind() {
    let folder = tempfile::TempDir::new().unwrap();
    let said = folder.path().join("said");
    assert!(hung_up(shell(&format!("trap '' HUP; CONSOLE; echo $? > '{}'", said.display()))).is_some(), "the shell waits for the console");
    assert_eq!(std::fs::read_to_string(&said).unwrap().trim(), "129");
}

#[test]
fn a_terminal_that_goes_away_without_a_word_ends_it_and_it_does_not_spin() {
    let held = Held::open();
    let name = held.pty.master.tty_name().unwrap();
    // Opened as a file that is nobody's terminal: no SIGHUP tells that it has gone.
    let open = || {
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        Stdio::from(File::from(rustix::fs::open(&name, flags, rustix::fs::Mode::empty()).unwrap()))
    };
    let mut console = Command::new(std::env::current_exe().unwrap());
    console.args(["--ignored", "--exact", "console", "--nocapture", "--test-threads=1"]).env("TERM", "xterm-256color");
    let mut child = console.stdin(open()).stdout(open()).stderr(Stdio::null()).spawn().unwrap();
    // The command keeps what it gave to the child.
    drop(console);
    let pid = rustix::process::Pid::from_child(&child);
    let mut before = 0;
    held.taken_away(|| before = computed(pid));
    let (to, ended) = channel();
    std::thread::spawn(move || {
        // Ended, but not yet buried: what it computed can still be read.
        let over = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(pid), over).unwrap();
        to.send(computed(pid))
    });
    let Ok(after) = ended.recv_timeout(PATIENCE) else {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it outlived its terminal");
    };
    assert_eq!(child.wait().unwrap().code(), Some(129));
    let ticks = after.saturating_sub(before);
    assert!(ticks < 40, "{ticks} hundredths of a second");
}
