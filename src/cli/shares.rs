//! The blast radius: what a plan does to each school and kind, the biggest share first.

use serde::Serialize;

use super::context::Context;
use super::exit::Stop;
use super::paint::Paint;
use super::table::{Cell, Column, number};
use crate::desk::{KindShare, SchoolShare, biggest_first};
use crate::ledger::{Sync, SyncStatus};

/// Lines that are printed; the rest is counted.
const MOST: usize = 20;

/// One kind at one school, for programs.
#[derive(Serialize)]
pub(super) struct Share<'a> {
    school: &'a str,
    kind: &'static str,
    gained: u64,
    changed: u64,
    lost: u64,
    has: u64,
    small: bool,
    alarm: bool,
}

/// All of a plan, the biggest share first.
pub(super) fn all(schools: &[SchoolShare]) -> Vec<Share<'_>> {
    biggest_first(schools)
        .into_iter()
        .map(|(school, k)| Share {
            school: &school.name,
            kind: k.kind.name(),
            gained: k.gained,
            changed: k.changed,
            lost: k.lost,
            has: k.has,
            small: k.small,
            alarm: k.alarm,
        })
        .collect()
}

/// Prints what a plan that waits, or that was only tried, does to each school and kind.
pub(super) fn print(cx: &mut Context<'_>, sync: &Sync, schools: &[SchoolShare]) -> Result<(), Stop> {
    let waits = matches!(sync.status, SyncStatus::DryRun | SyncStatus::Held) || sync.dry_run;
    let all = biggest_first(schools);
    if all.is_empty() || !waits {
        return Ok(());
    }
    cx.gap()?;
    let rows: Vec<Vec<Cell>> = all.iter().take(MOST).map(|(school, k)| cells(school, k)).collect();
    let columns = [
        Column::Text("school, biggest share first"),
        Column::Whole("kind"),
        Column::Number("new"),
        Column::Number("changed"),
        Column::Number("lost"),
        Column::Whole("of"),
        Column::Whole(""),
    ];
    cx.table(&columns, &rows)?;
    if all.len() > MOST {
        cx.say_in(Paint::Dim, &format!("and {} more; --json has them all", number((all.len() - MOST) as u64)))?;
    }
    Ok(())
}

fn cells(school: &SchoolShare, k: &KindShare) -> Vec<Cell> {
    let signed = |sign: &str, n: u64| if n == 0 { String::new() } else { format!("{sign}{}", number(n)) };
    let of = match k.lost_share().filter(|_| k.lost > 0) {
        Some(share) => format!("{} ({share} %)", number(k.has)),
        None => number(k.has),
    };
    let note = match (k.alarm, k.small) {
        (true, _) => Cell::painted("! over the limit", Paint::Bad),
        (false, true) if k.lost > 0 => Cell::painted("small set", Paint::Dim),
        _ => Cell::from(""),
    };
    vec![
        Cell::from(&school.name),
        Cell::from(k.kind),
        signed("+", k.gained).into(),
        signed("~", k.changed).into(),
        Cell::painted(&signed("-", k.lost), if k.alarm { Paint::Bad } else { Paint::Plain }),
        of.into(),
        note,
    ]
}
