//! What the import form shows below its fields: the entries that a path could become, or what the file looks like.

use super::super::listing::Completion;
use super::super::paint::{Paint, piece};
use super::super::words;
use crate::desk::Recognised;
use crate::ledger::Severity;
use crate::tui::look::{Look, number};
use crate::tui::theme::Role;
use crate::tui::visible;

/// The entries that a half-typed path could become.
pub(in crate::tui::screen) fn candidates(paint: &mut Paint, completion: &Completion) {
    paint.heading(&words::count(completion.candidates.len() as u64, "entry", "entries"));
    let room = usize::from(paint.left());
    let shown = if completion.candidates.len() > room { room.saturating_sub(1) } else { room };
    for entry in completion.candidates.iter().take(shown) {
        let (name, role) = if entry.folder { (format!("{}/", entry.name), Role::Accent) } else { (entry.name.clone(), Role::Text) };
        paint.at(3, &[piece(name, role)]);
        paint.next();
    }
    if completion.candidates.len() > shown {
        paint.line(&[piece(format!("and {} more", number((completion.candidates.len() - shown) as u64)), Role::Dim)]);
    }
}

/// What the file looks like: what it was recognised as, what would refuse it, its header and first rows.
pub(super) fn preview(paint: &mut Paint, r: &Recognised, look: &Look) {
    let cells = if r.delimiter.is_empty() { String::new() } else { format!("{} between cells", r.delimiter) };
    let known = [format!("{} bytes", number(r.size)), r.encoding.clone(), cells];
    let known: Vec<String> = known.into_iter().filter(|part| !part.is_empty()).collect();
    // A file that is no text at all has no columns to compare.
    let unread = r.header.is_empty() && r.findings.iter().any(|f| f.severity == Severity::Refused);
    let (text, role) = match (&r.profile, r.profiles.first()) {
        (Some(profile), _) => (format!("as {profile}"), Role::Ok),
        _ if unread => (String::from("cannot be read"), Role::Error),
        (None, Some(_)) => (String::from("no profile for sure"), Role::Warning),
        (None, None) => (String::from("no profile fits"), Role::Warning),
    };
    paint.line(&[piece(format!("{}  ", r.file), Role::Text), piece(text, role), piece(format!("  {}", known.join("  ")), Role::Dim)]);
    for finding in r.findings.iter().take(4) {
        let (glyph, role) = look.severity(finding.severity);
        let line = finding.line.map(|l| format!("line {}: ", number(u64::from(l)))).unwrap_or_default();
        paint.wrapped(1, &format!("{glyph} {line}{}  {}", words::message(finding), finding.code), role, 2);
        paint.wrapped(3, &finding.resolution(), Role::Dim, 2);
    }
    if unread {
        return;
    }
    if r.profile.is_none() {
        for (name, has, of) in r.profiles.iter().take(3) {
            paint.line(&[piece(format!("  {name}: {has} of {of} needed columns"), Role::Dim)]);
        }
        paint.line(&[piece("A mapping says which header is which column: ctrl-o at mapping makes one.", Role::Accent)]);
    }
    paint.rule("header and first rows");
    let columns = r.header.len();
    let width = usize::from(paint.rest().width);
    for row in std::iter::once(&r.header).chain(&r.sample).take(usize::from(paint.left())) {
        let head = std::ptr::eq(row, &raw const r.header);
        let mut x = 1;
        for n in 0..columns {
            let widest =
                std::iter::once(&r.header).chain(&r.sample).filter_map(|row| row.get(n)).map(|c| visible::width(&look.visible(c))).max();
            let cells = widest.unwrap_or(0).clamp(2, 20);
            if x + cells > width {
                break;
            }
            let text = row.get(n).map_or("", String::as_str);
            let text = if head { text.into() } else { look.personal(text) };
            let text = look.cut(&text, cells).into_owned();
            paint.at(x as u16, &[piece(text, if head { Role::Accent } else { Role::Text })]);
            x += cells + 2;
        }
        paint.next();
    }
}
