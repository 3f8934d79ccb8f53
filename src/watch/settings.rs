//! What an operator sets for work that nobody watches: `[watch]` of the config file.

use serde::Deserialize;

/// `[watch]` of the config file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A command run for each of the news: program and arguments, without a shell. It gets one JSON object on standard input.
    pub on_event: Vec<String>,
    /// Seconds that it may take; then it is ended.
    pub on_event_seconds: u64,
    /// Whom to send a mail through the local `sendmail`.
    pub mail_to: Vec<String>,
    /// From whom it is; what `sendmail` puts there where none is named.
    pub mail_from: Option<String>,
    /// The program that takes a mail on standard input.
    pub sendmail: String,
    /// A file that Prometheus' node exporter reads: written whole after each look.
    pub prometheus: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            on_event: Vec::new(),
            on_event_seconds: 30,
            mail_to: Vec::new(),
            mail_from: None,
            sendmail: "/usr/sbin/sendmail".to_owned(),
            prometheus: None,
        }
    }
}
