//! The files of a OneRoster 1.1 bundle: their columns, how one is written, and the manifest.

use std::io;

use crate::report::cells::{Escape, Lines};

/// The one session that all courses and classes are of, since the roster has no terms: it goes on for as long as anybody asks.
pub(super) const SESSION: [&str; 9] = ["all", "", "", "All year", "schoolYear", "2000-01-01", "2099-12-31", "", "2099"];

/// Files of the standard in the order of the manifest; those that are not written are absent.
pub(super) const FILES: [&str; 14] = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "orgs",
    "resources",
    "results",
    "users",
    "manifest",
];

/// A file's bytes and the number of its data lines.
pub(super) type File = (Vec<u8>, u64);

pub(super) const SESSIONS: &[&str] =
    &["sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"];
pub(super) const ORGS: &[&str] =
    &["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId", "metadata.address"];
pub(super) const USERS: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
    "metadata.position",
    "metadata.language",
    "metadata.preferredName",
    "metadata.agentRelations",
];
pub(super) const COURSES: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "schoolYearSourcedId",
    "title",
    "courseCode",
    "grades",
    "orgSourcedId",
    "subjects",
    "subjectCodes",
];
pub(super) const CLASSES: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "title",
    "grades",
    "courseSourcedId",
    "classCode",
    "classType",
    "location",
    "schoolSourcedId",
    "termSourcedIds",
    "subjects",
    "subjectCodes",
    "periods",
];
pub(super) const ENROLLMENTS: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "primary",
    "beginDate",
    "endDate",
];

/// The rows, sorted, below their header. Extension columns of which every cell is blank are left out.
pub(super) fn table(header: &[&str], rows: &mut [Vec<String>]) -> io::Result<File> {
    rows.sort();
    let used: Vec<usize> =
        (0..header.len()).filter(|c| !header[*c].starts_with("metadata.") || rows.iter().any(|r| !r[*c].is_empty())).collect();
    let mut bytes = Vec::new();
    let mut lines = Lines::begin(&mut bytes, Escape::No, used.iter().map(|c| header[*c]))?;
    for row in rows.iter() {
        lines.line(used.iter().map(|c| row[*c].as_str()))?;
    }
    let count = lines.finish()?;
    Ok((bytes, count))
}

pub(super) fn manifest(written: &dyn Fn(&str) -> bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut lines = Lines::begin(&mut bytes, Escape::No, ["propertyName", "value"])?;
    lines.line(["manifest.version", "1.0"])?;
    lines.line(["oneroster.version", "1.1"])?;
    for file in FILES.iter().filter(|f| **f != "manifest") {
        lines.line([format!("file.{file}").as_str(), if written(file) { "bulk" } else { "absent" }])?;
    }
    lines.line(["source.systemName", "Homeroom"])?;
    lines.line(["source.systemCode", "homeroom"])?;
    lines.finish()?;
    Ok(bytes)
}
