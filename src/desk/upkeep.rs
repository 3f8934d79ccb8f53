//! Profiles, recognising a file, the doctor, verify.

use super::history::totals;
use super::office::Office;
use super::{Check, JobNo, ProfileColumn, ProfileInfo, Progress, Recognised, Trouble, TroubleSort, Verified};
use crate::feed::{ColumnKind, Profile, describe};
use crate::intake::{self, Row, Sheet, Source};
use crate::ledger::Severity;
use crate::roster::Kind;

/// Rows that a preview of a file shows.
const SAMPLE: usize = 5;

impl Office {
    /// The profiles there are.
    pub(super) fn profile_infos(&self) -> Vec<ProfileInfo> {
        self.profiles.all.iter().map(info).collect()
    }

    /// What a file looks like. Nothing is kept.
    pub(super) fn recognise(&self, path: &str) -> Result<Recognised, Trouble> {
        let path = std::path::Path::new(path);
        if let Some(bundle) = self.recognise_bundle(path) {
            return Ok(bundle);
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = std::fs::read(path).map_err(|e| {
            Trouble::new(TroubleSort::Refused, format!("Cannot read {}: {e}", path.display()), "Check the path and the rights.")
        })?;
        let size = bytes.len() as u64;
        let wanted: Vec<&Profile> = self.profiles.all.iter().collect();
        let mut recognised = Recognised {
            file: name.clone(),
            size,
            encoding: String::new(),
            delimiter: String::new(),
            header: Vec::new(),
            profiles: Vec::new(),
            profile: None,
            sample: Vec::new(),
            findings: Vec::new(),
        };
        let sheet = match Sheet::open(Source { name, bytes }, &intake::ReadAs::default(), &wanted) {
            Ok(sheet) => sheet,
            Err(findings) => {
                recognised.findings = findings;
                return Ok(recognised);
            }
        };
        recognised.findings.clone_from(&sheet.findings);
        sheet.encoding().title().clone_into(&mut recognised.encoding);
        recognised.delimiter = intake::delimiter::name(sheet.delimiter());
        recognised.header = sheet.header().to_vec();
        match intake::recognise(sheet.header(), &self.profiles.all) {
            Ok(name) => {
                if let Some(profile) = self.profiles.get(&name) {
                    let (_, verdict) = intake::judge(sheet.header(), sheet.header_line(), profile);
                    let fit = intake::needed(sheet.header(), profile);
                    recognised.profiles = vec![(fit.profile, fit.have, fit.need)];
                    recognised.findings.extend(verdict.into_iter().filter(|f| f.severity >= Severity::Warning));
                }
                recognised.profile = Some(name);
            }
            Err((fits, finding)) => {
                recognised.profiles = fits.into_iter().map(|f| (f.profile, f.have, f.need)).collect();
                recognised.findings.push(finding);
            }
        }
        let mut rows = sheet.rows();
        let mut row = Row::default();
        let secret: Vec<bool> = sheet.header().iter().map(|h| intake::is_secret(h) || is_password(h, &wanted)).collect();
        // Where a file has secrets, a row that does not fit the header may have them anywhere.
        let hides = |at: usize, cells: usize| secret.contains(&true) && (cells != secret.len() || secret.get(at) == Some(&true));
        while recognised.sample.len() < SAMPLE && rows.next(&mut row).unwrap_or(false) {
            let cells = row.cells.iter().enumerate();
            let shown = |(at, c): (usize, &[u8])| {
                if hides(at, row.cells.len()) { "***".to_owned() } else { String::from_utf8_lossy(c).into_owned() }
            };
            recognised.sample.push(cells.map(shown).collect());
        }
        Ok(recognised)
    }

    /// Whether there is a wall between those who work here.
    fn wall(&self) -> String {
        if self.walled.load(std::sync::atomic::Ordering::Relaxed) {
            "this database is served: everybody has the role that roles.toml gives".to_owned()
        } else {
            "no wall: whoever can read the database's files can see all of it; homeroom serve puts one up".to_owned()
        }
    }

    /// State of the database and its surroundings.
    pub(super) fn doctor(&self) -> Result<Vec<Check>, Trouble> {
        let roster = self.roster();
        let check = |what: &str, well: bool, text: String| Check { what: what.to_owned(), well, text };
        let free = self.store.free_space()?;
        let used = self.store.size_on_disk()?;
        let totals: Vec<String> = totals(&roster).into_iter().filter(|t| t.1 > 0).map(|(k, n)| format!("{n} {k}")).collect();
        let mut checks = vec![
            check("database", true, format!("{} opens and is ours", self.surroundings.db.display())),
            check("size", true, format!("{} on disk", megabytes(used))),
            check(
                "free space",
                free > used.saturating_mul(5) / 2,
                format!("{} free; a large sync may need {}", megabytes(free), megabytes(used.saturating_mul(5) / 2)),
            ),
            check("roles", true, self.wall()),
            check("roster", true, if totals.is_empty() { "empty: import a file of schools first".into() } else { totals.join(", ") }),
            check("journal", true, format!("{} entries", self.store.position())),
        ];
        let cut_off = self.store.syncs()?.into_iter().filter(|s| s.note.as_deref().is_some_and(|n| n.contains("cut off"))).count();
        checks.push(check("runs cut off", cut_off == 0, format!("{cut_off} in the history")));
        let own = self.profiles.all.iter().filter(|p| p.path.is_some()).count();
        checks.push(check("profiles", true, format!("{} built in, {own} of your own", self.profiles.all.len() - own)));
        for problem in &self.profiles.problems {
            checks.push(check("profile", false, problem.to_string()));
        }
        let without = roster.people().filter(|(_, p)| p.raw(crate::roster::Text::SourcedId).is_empty()).count();
        if without > 0 {
            checks.push(check(
                "people without an ID",
                false,
                format!("{without} cannot be managed in bulk: give them IDs with homeroom edit"),
            ));
        }
        Ok(checks)
    }

    /// Reads everything and checks it.
    pub(super) fn verify(&self, job: JobNo, deep: bool, on_event: &mut dyn FnMut(super::Event) -> bool) -> Result<Verified, Trouble> {
        let progress = std::cell::RefCell::new(on_event);
        let found = self.store.verify(deep, &|done, total| {
            let event = super::Event::Progress(Progress {
                job,
                sync: None,
                title: "verify".into(),
                step: "reading".into(),
                done,
                total,
                rate: 0.0,
                left: None,
            });
            (progress.borrow_mut())(event);
        })?;
        let roster = self.roster();
        Ok(Verified {
            read: found.read,
            damage: found.damage,
            totals: totals(&roster).into_iter().filter(|t| t.0 != Kind::Links || t.1 > 0).collect(),
        })
    }
}

/// Whether one of the profiles calls a column of that name a password.
fn is_password(header: &str, profiles: &[&Profile]) -> bool {
    let name = intake::clean(header).to_lowercase();
    profiles.iter().flat_map(|p| &p.columns).any(|c| c.kind == ColumnKind::Password && c.name.to_lowercase() == name)
}

fn megabytes(bytes: u64) -> String {
    if bytes < 1 << 20 { format!("{} KB", bytes >> 10) } else { format!("{} MB", bytes >> 20) }
}

/// A profile in words.
/// What a profile's rows are.
pub(super) fn kind(profile: &Profile) -> Kind {
    if profile.rows == crate::feed::RowShape::Org { Kind::Orgs } else { profile.main_kind }
}

/// What an import by a profile is called.
pub(super) fn import_type(profile: &Profile) -> String {
    profile.import_type.clone().unwrap_or_else(|| profile.title.clone())
}

fn info(profile: &Profile) -> ProfileInfo {
    ProfileInfo {
        name: profile.name.clone(),
        title: profile.title.clone(),
        about: profile.about.clone(),
        kind: kind(profile),
        origin: profile.path.as_ref().map_or_else(|| "built in".into(), |p| p.display().to_string()),
        import_type: import_type(profile),
        one_school: profile.scope == crate::feed::Scope::School,
        modes: profile.modes.clone(),
        columns: profile
            .columns
            .iter()
            .map(|c| ProfileColumn {
                name: c.name.clone(),
                need: describe::need(profile, c),
                rule: describe::rule(profile, c),
                accept: c.accept.iter().map(|a| a.0.clone()).collect(),
                default: c.default.clone(),
                about: c.about.clone(),
            })
            .collect(),
        rules: describe::rules(profile),
    }
}
