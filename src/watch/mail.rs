//! A mail in plain text, as `sendmail -t` takes it. It names nobody.

use std::fmt::Write;

use super::settings::Settings;
use super::tell::sentence;
use crate::desk::News;
use crate::report::visible;

/// The mail about news. Header fields hold one line each, of ASCII: nothing that a file or feed is called can add another.
pub(super) fn of(settings: &Settings, news: &[News]) -> Vec<u8> {
    let mut mail = String::new();
    let first = news.first().map(|n| format!("{}: {}", n.feed, n.event)).unwrap_or_default();
    let more = if news.len() > 1 { format!(" and {} more", news.len() - 1) } else { String::new() };
    if let Some(from) = &settings.mail_from {
        let _ = writeln!(mail, "From: {}", field(from));
    }
    let to: Vec<String> = settings.mail_to.iter().map(|a| field(a)).collect();
    let _ = writeln!(mail, "To: {}", to.join(", "));
    let _ = writeln!(mail, "Subject: [homeroom] {}{more}", field(&first));
    mail.push_str(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n",
    );
    for each in news {
        let _ = writeln!(mail, "{}", visible(&sentence(each)));
        if let Some(sync) = each.sync {
            let _ = writeln!(mail, "  homeroom sync {}", sync.0);
        }
    }
    let _ = writeln!(mail, "\nhomeroom status says how every feed is.");
    mail.into_bytes()
}

/// What may stand in a header field: printable ASCII of one line, not too long.
fn field(text: &str) -> String {
    text.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::tell::tests::news;

    #[test]
    fn nothing_in_a_name_can_add_a_header() {
        let settings = Settings {
            mail_to: vec!["office@d.example".into(), "it@d.example\nBcc: else@where.example".into()],
            mail_from: Some("homeroom@d.example\r\nX: y".into()),
            ..Settings::default()
        };
        let mut evil = news();
        evil.feed = "daily\r\nBcc: else@where.example\r\n\r\nbody".into();
        evil.file = Some("a\nb.csv".into());
        let mail = String::from_utf8(of(&settings, &[evil, news()])).unwrap();
        let (head, body) = mail.split_once("\n\n").unwrap();
        let names: Vec<&str> = head.lines().map(|l| l.split(':').next().unwrap()).collect();
        let expected = ["From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"];
        assert_eq!(names, expected, "{head}");
        assert!(!mail.contains('\r') && body.contains("homeroom sync 48") && head.contains("and 1 more"), "{mail}");
        // A line that is a dot would end it for a sendmail without -i.
        assert!(body.lines().all(|l| l != "."));
    }
}
