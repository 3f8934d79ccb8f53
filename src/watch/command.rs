//! Runs a program of the operator's: without a shell, something on its standard input, for a limited time, its output bounded.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How much of what it prints is kept.
const MOST_OUTPUT: u64 = 2_000;

/// How often it is looked at whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Runs it. The error says what went wrong, with the beginning of what it printed.
pub(super) fn run(argv: &[String], input: &[u8], limit: Duration) -> Result<(), String> {
    let Some((program, args)) = argv.split_first() else { return Err("no program is named".into()) };
    let mut command = Command::new(program);
    // A group of its own, so that what it started ends with it.
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).current_dir("/");
    let mut child = command.spawn().map_err(|e| format!("{program} cannot be run: {e}"))?;
    // In threads: a program that neither reads nor ends must not keep us.
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        std::thread::spawn(move || _ = stdin.write_all(&input));
    }
    let (said, outputs) = std::sync::mpsc::channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|o| Box::new(o) as _), child.stderr.take().map(|o| Box::new(o) as _)];
    for mut pipe in pipes.into_iter().flatten() {
        let said = said.clone();
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = pipe.by_ref().take(MOST_OUTPUT).read_to_end(&mut text);
            let _ = said.send(text);
            // The rest goes nowhere, so that the program does not wait for a reader.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        });
    }
    drop(said);
    let ended = wait(&mut child, limit);
    // A child of its own that keeps the pipes open is not waited for.
    let printed: Vec<u8> = std::iter::from_fn(|| outputs.recv_timeout(LOOK * 5).ok()).flatten().collect();
    let printed = String::from_utf8_lossy(&printed).split_whitespace().collect::<Vec<_>>().join(" ");
    let printed = if printed.is_empty() { printed } else { format!(": {}", printed.chars().take(300).collect::<String>()) };
    match ended {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(format!("{program} failed ({status}){printed}")),
        Ok(None) => Err(format!("{program} took longer than {} s and was ended{printed}", limit.as_secs())),
        Err(e) => Err(format!("{program}: {e}")),
    }
}

/// Waits until it ends; ends it, with all that it started, where that takes too long.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= limit {
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(String::from).to_vec()
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn it_gets_its_input_and_its_failure_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("got");
        run(&sh(&format!("cat > {}", to.display())), b"{\"a\":1}\n", LONG).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"{\"a\":1}\n");
        let why = run(&sh("echo no such\\\\n host >&2; exit 3"), b"", LONG).unwrap_err();
        assert!(why.contains("exit status: 3") && why.contains("no such"), "{why}");
        let why = run(&["/no/such/program".to_owned()], b"", LONG).unwrap_err();
        assert!(why.contains("cannot be run"), "{why}");
        assert!(run(&[], b"", LONG).is_err());
    }

    #[test]
    fn no_shell_sees_its_arguments() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("made");
        let argv = ["/bin/echo".to_owned(), format!("; touch {}", to.display())];
        run(&argv, b"", LONG).unwrap();
        assert!(!to.exists());
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_started() {
        let began = Instant::now();
        let why = run(&sh("sleep 600 & sleep 600"), &vec![b'x'; 1 << 20], Duration::from_millis(100)).unwrap_err();
        assert!(why.contains("was ended"), "{why}");
        assert!(began.elapsed() < LONG);
    }

    #[test]
    fn endless_output_is_bounded() {
        let why = run(&sh("head -c 3000000 /dev/zero | tr '\\0' 'x'; exit 1"), b"", LONG).unwrap_err();
        assert!(why.len() < 1_000, "{} bytes", why.len());
    }
}
