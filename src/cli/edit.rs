//! `edit`: changes the roster itself by hand.

use super::add;
use super::context::{Context, assignment, unexpected};
use super::exit::{Exit, Stop};
use super::nearest::did_you_mean;
use super::show::{self, the_one};
use crate::desk::{Conflict, HitWhat, OneChange, Reply, Request, Seen, Trouble, TroubleSort};
use crate::roster::{Field, OrgField};

/// Change a person, school, class, enrollment or guardian link on the roster itself; the next file may overwrite it
#[derive(clap::Args)]
pub(super) struct Args {
    /// An ID, or staff:1001, student:1001, guardian:G1, school:S1, class:ALG-1, @handle
    #[arg(value_name = "REF")]
    reference: String,
    /// Field and new value; nothing after the sign clears it. All fields are changed or none
    #[arg(required = true, value_name = "FIELD=VALUE", value_parser = assignment)]
    fields: Vec<(String, String)>,
    /// Overwrite what somebody else set by hand
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context<'_>) -> Result<Exit, Stop> {
        let named = the_one(cx, &self.reference)?;
        match named.what {
            HitWhat::Person(person) => {
                self.check(&Field::ALL.iter().map(|f| f.name()).collect::<Vec<_>>())?;
                let change = OneChange::Person { person, fields: self.fields };
                let Reply::Person(detail) = changed(cx, change, self.force)? else { return Ok(Exit::Done) };
                show::person(cx, &named.reference, &detail)?;
            }
            HitWhat::Org(org) => {
                self.check(&OrgField::ALL.iter().map(|f| f.name()).collect::<Vec<_>>())?;
                let change = OneChange::Org { org, fields: self.fields };
                let Reply::School(detail) = changed(cx, change, self.force)? else { return Ok(Exit::Done) };
                show::school(cx, &format!("school:{}", detail.row.org.external_id), &detail)?;
            }
            HitWhat::Class(_) | HitWhat::Course(_) | HitWhat::Enrollment(_) | HitWhat::Link(_) => {
                if let Some(entity) = named.what.entity() {
                    changed(cx, OneChange::Record { entity, fields: self.fields }, self.force)?;
                    // Its name may be another now; and if its ID is, the old one finds nothing.
                    let now = match cx.ask(Request::Resolve(named.reference.clone())) {
                        Ok(Reply::Resolved(mut all)) if all.len() == 1 => all.remove(0),
                        _ => named,
                    };
                    add::print(cx, &now)?;
                }
            }
            HitWhat::Refused { sync, record } => {
                return Err(Stop::usage(
                    format!("{} was refused and is not on the roster", named.title),
                    format!("Look at it with `homeroom row {} --record {record}` and mend it with `homeroom fix`.", sync.0),
                ));
            }
        }
        Ok(Exit::Done)
    }

    fn check(&self, known: &[&str]) -> Result<(), Stop> {
        match self.fields.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                let meant = did_you_mean(name, known.iter().copied());
                Err(Stop::usage(format!("There is no field {name}{meant}"), format!("Fields: {}.", known.join(", "))))
            }
            None => Ok(()),
        }
    }
}

/// Makes a change; what somebody else set by hand is only overwritten where that was asked for.
fn changed(cx: &mut Context<'_>, change: OneChange, force: bool) -> Result<Reply, Stop> {
    let request = if force { change.into() } else { Request::Careful { change, seen: Seen::Nothing } };
    match cx.ask(request)? {
        Reply::Conflict(conflicts) => Err(conflict(cx, &conflicts)),
        reply @ (Reply::Person(_) | Reply::School(_) | Reply::Done) => Ok(reply),
        other => Err(unexpected(&other)),
    }
}

/// Somebody else was first.
pub(super) fn conflict(cx: &Context<'_>, conflicts: &[Conflict]) -> Stop {
    let said: Vec<String> =
        conflicts.iter().map(|c| if c.at.0 == 0 { c.words() } else { format!("{} at {}", c.words(), cx.time(c.at)) }).collect();
    Trouble::new(TroubleSort::Refused, format!("{}. Nothing was changed.", said.join("; ")), "Overwrite it with --force.").into()
}
