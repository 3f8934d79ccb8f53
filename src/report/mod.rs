//! What LEAVES: reports on a sync, the corrected file, exports. Pure functions from plain data to bytes: no store, no clock,
//! no files. A report is begun on an output, is given its rows one by one, and is finished; nothing grows with the rows.
//!
//! | file | gives |
//! |---|---|
//! | [`sync_report`] | `Row Number,sourcedId,Column Name,Error`: a line an error |
//! | [`source_rows`] | [`UsersErrors`]: the refused rows as they stood, `errors`, `resolution`; [`Results`]: every row, `result`, `action`, `message` |
//! | [`summary`] | a line for each school and kind, then the totals |
//! | [`plan`] | a line a field: `kind,key,field,before,after` |
//! | [`corrected`](mod@corrected) | the upload's text byte for byte, save the corrected cells |
//! | [`workbook`] | any of these tables as an Excel workbook |
//! | [`people`] | `staff`, `admins`, `students`, `people`: whoever is handed in |
//! | [`guardians`] | a line for each guardian and student |
//! | [`classes`] | classes, enrollments |
//! | [`schools`] | organizations |
//! | [`syncs`] | the log: a line a sync |
//! | [`oneroster`] | everything, as a OneRoster 1.1 bundle: a ZIP file |
//! | [`corrections`] | what the source's owner must be told |
//! | [`ticket`](mod@ticket) | the same as a short text for a ticket |
//! | [`cells`] | how a cell is written: [`Form`], quoting, [`Escape`] for spreadsheets |
//! | [`number`](mod@number) | a number with its thousands apart |
//! | [`visible`](mod@visible) | hidden characters made visible, for terminals |
//!
//! All reports are UTF-8 with commas and LF (or a workbook), whatever the upload was; only the corrected file keeps the upload's form. No
//! report ever holds a secret: [`SourceHead`] says which columns are, and their cells leave blank.

pub mod cells;
pub mod classes;
pub mod corrected;
pub mod corrections;
pub mod guardians;
pub mod number;
pub mod oneroster;
pub mod people;
pub mod plan;
pub mod schools;
pub mod source_rows;
pub mod summary;
pub mod sync_report;
pub mod syncs;
pub mod ticket;
pub mod visible;
pub mod workbook;

pub use cells::{Escape, Form};
pub use classes::{Classes, Enrollments};
pub use corrected::{Patch, Put, corrected, patches};
pub use corrections::{CorrectionLine, Corrections};
pub use guardians::Guardians;
pub use number::number;
pub use oneroster::Oneroster;
pub use people::People;
pub use plan::Plan;
pub use schools::Schools;
pub use source_rows::{Results, SourceHead, UsersErrors};
pub use summary::{Summary, SummaryLine};
pub use sync_report::SyncReport;
pub use syncs::Syncs;
pub use ticket::{TicketGroup, ticket};
pub use visible::{is_hidden, visible};
