//! Colours by role, from a TOML file: built-in `mono`, `ansi`, `dark`, `light`, `high-contrast`, or a user's own.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::feed::near::nearest;

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, underline, reverse only.
    Mono,
    /// The sixteen that the user's own palette gives.
    Ansi,
    /// 256.
    Indexed,
    /// All.
    Rgb,
}

macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $role:ident $field:ident;)*) => {
        /// What a style is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $( $(#[doc = $doc])+ $role, )* }

        impl Role {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$role),*];

            /// Its key in a theme file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$role => stringify!($field),)* }
            }
        }

        /// A theme file as it is written.
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            inherits: Option<String>,
            $($field: Option<Wanted>,)*
        }

        impl File {
            fn role(&self, role: Role) -> Option<&Wanted> {
                match role { $(Role::$role => self.$field.as_ref(),)* }
            }
        }
    };
}

roles! {
    /// Plain text.
    Text text;
    /// What matters less: labels, units, what is off.
    Dim dim;
    /// The one accent: title, tab, what the eye should find.
    Accent accent;
    /// The selected row's marker and first cell.
    Selected selected;
    /// A marked row.
    Marked marked;
    /// Went well.
    Ok ok;
    /// To look at.
    Warning warning;
    /// Wrong.
    Error error;
    /// Waits for someone.
    Held held;
    /// Letters that matched.
    Match r#match;
    /// Lines and frames.
    Border border;
    /// A field that is typed into.
    Input input;
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    fg: Option<Paint>,
    bg: Option<Paint>,
    bold: Option<bool>,
    dim: Option<bool>,
    italic: Option<bool>,
    underline: Option<bool>,
    reversed: Option<bool>,
}

/// A colour as it is written: an ANSI name, 0-255 or `#rrggbb`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Written")]
struct Paint(Color);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u8),
    Name(String),
}

impl TryFrom<Written> for Paint {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(n) => Ok(Self(Color::Indexed(n))),
            Written::Name(name) => name.parse().map(Self).map_err(|_| {
                format!("no such colour: `{name}`; use a name such as red or bright-blue, a number from 0 to 255, or #rrggbb")
            }),
        }
    }
}

/// A style for every role.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: Vec<Style>,
}

/// The built-in themes by name.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("mono", include_str!("../../themes/mono.toml")),
    ("ansi", include_str!("../../themes/ansi.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
];

/// The theme of those who chose none: it works on every background.
pub const DEFAULT: &str = "ansi";

/// A theme inherits from at most this many others: a ring of them ends here.
const GENERATIONS: usize = 8;

impl Theme {
    /// The theme of that name, for a terminal of that many colours. `own` gives the text of a user's own theme file, which goes
    /// before the built-in of its name. The error says what, and where: file, line, column and key.
    pub fn named(name: &str, depth: Depth, own: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let name = if depth == Depth::Mono { "mono" } else { name };
        let mut theme = Self { styles: vec![Style::new(); Role::ALL.len()] };
        theme.lay(name, own, GENERATIONS)?;
        for style in &mut theme.styles {
            *style = reduced(*style, depth);
        }
        Ok(theme)
    }

    /// A theme in which each role has a colour of its own: to tell in a picture what was drawn for what.
    pub fn of_roles() -> Self {
        Self { styles: Role::ALL.iter().map(|role| Style::new().fg(Color::Indexed(*role as u8))).collect() }
    }

    /// The role of a style of [`Self::of_roles`].
    pub fn role_of(style: Style) -> Option<Role> {
        match style.fg {
            Some(Color::Indexed(n)) => Role::ALL.get(usize::from(n)).copied(),
            _ => None,
        }
    }

    /// What the whole screen is laid out with before anything is drawn: the background of plain text, where a theme has one.
    pub fn paper(&self) -> Style {
        let text = self.style(Role::Text);
        Style { bg: text.bg, fg: text.bg.and(text.fg), ..Style::new() }
    }

    /// The one that works everywhere: bold, underline and reverse, no colour.
    pub fn mono() -> Self {
        Self::named("mono", Depth::Mono, &|_| None).unwrap_or(Self { styles: vec![Style::new(); Role::ALL.len()] })
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    fn lay(&mut self, name: &str, own: &dyn Fn(&str) -> Option<String>, generations: usize) -> Result<(), String> {
        // An own theme that inherits the built-in of its own name must reach the built-in.
        let own_text = if generations == GENERATIONS || !BUILT_IN.iter().any(|(n, _)| *n == name) { own(name) } else { None };
        let text = match (&own_text, BUILT_IN.iter().find(|(n, _)| *n == name)) {
            (Some(text), _) => text.as_str(),
            (None, Some((_, text))) => text,
            (None, None) => {
                let names: Vec<&str> = BUILT_IN.iter().map(|(n, _)| *n).collect();
                return Err(format!(
                    "no theme is called `{name}`{}; there are {}, and your own in themes/ beside the settings",
                    meant(name, names.iter().copied()),
                    names.join(", ")
                ));
            }
        };
        let file: File = toml::from_str(text).map_err(|e| at(name, text, &e))?;
        if let Some(parent) = &file.inherits {
            if generations == 0 {
                return Err(format!("theme `{name}` inherits itself in a ring"));
            }
            self.lay(parent, own, generations - 1)?;
        }
        for role in Role::ALL {
            if let Some(wanted) = file.role(*role) {
                wanted.lay_over(&mut self.styles[*role as usize]);
            }
        }
        Ok(())
    }
}

impl Wanted {
    fn lay_over(&self, style: &mut Style) {
        if let Some(Paint(color)) = &self.fg {
            style.fg = Some(*color);
        }
        if let Some(Paint(color)) = &self.bg {
            style.bg = Some(*color);
        }
        for (wanted, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ] {
            match wanted {
                Some(true) => style.add_modifier |= modifier,
                Some(false) => style.add_modifier -= modifier,
                None => {}
            }
        }
    }
}

/// What is wrong in a theme file, and where: `themes/mine.toml:2:1: eror: no such role; did you mean `error`?`.
fn at(name: &str, text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let (before, after) = text.split_at(text.floor_char_boundary(start));
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let column = text[begin..before.len()].chars().count() + 1;
    let line = &text[begin..before.len() + after.find('\n').unwrap_or(after.len())];
    // A table of its own, `[error]`, or one in a line, `error = { fg = "red" }`.
    let header = |line: &str| Some(line.trim().strip_prefix('[')?.split(']').next()?.trim().to_owned());
    let section = text[..begin].lines().rev().find_map(header);
    let key = header(line).or_else(|| {
        let key = line.split_once('=')?.0.trim();
        Some(section.map_or_else(|| key.to_owned(), |section| format!("{section}.{key}")))
    });
    let message = error.message();
    // Serde names the word it does not know in backticks, and then all that it knows.
    let said = match message.strip_prefix("unknown field `").and_then(|m| m.split_once('`')) {
        Some((wrong, known)) => {
            let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
            let sort = if known.contains(&"fg") { "part of a style" } else { "role" };
            format!("there is no {sort} `{wrong}`{}; there are {}", meant(wrong, known.iter().copied()), known.join(", "))
        }
        None => message.to_owned(),
    };
    let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
    format!("themes/{name}.toml:{}:{column}: {key}{said}", before.matches('\n').count() + 1)
}

fn meant<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// The nearest style that a terminal of that many colours has.
fn reduced(style: Style, depth: Depth) -> Style {
    let own = |color: Option<Color>| color.filter(|c| *c != Color::Reset);
    let style = Style { fg: own(style.fg.map(|c| reduce(c, depth))), bg: style.bg.map(|c| reduce(c, depth)), ..style };
    // A background of sixteen is the user's own red or blue: nobody knows what can be read on it. Reverse always can.
    match (depth, style.bg) {
        (Depth::Ansi, Some(Color::Reset)) | (Depth::Mono, _) => Style { bg: None, ..style },
        (Depth::Ansi, Some(_)) => Style { fg: None, bg: None, ..style }.add_modifier(Modifier::REVERSED),
        _ => style,
    }
}

/// The nearest colour that a terminal of that many colours has.
fn reduce(color: Color, depth: Depth) -> Color {
    match (color, depth) {
        (_, Depth::Mono) => Color::Reset,
        (Color::Rgb(r, g, b), Depth::Indexed) => Color::Indexed(cube(r, g, b)),
        (Color::Rgb(r, g, b), Depth::Ansi) => nearest_ansi(r, g, b),
        (Color::Indexed(n), Depth::Ansi) if n >= 16 => {
            let (r, g, b) = of_cube(n);
            nearest_ansi(r, g, b)
        }
        (color, _) => color,
    }
}

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn cube(r: u8, g: u8, b: u8) -> u8 {
    let step = |v: u8| (0..6).min_by_key(|i| STEPS[*i].abs_diff(v)).unwrap_or(0) as u8;
    16 + 36 * step(r) + 6 * step(g) + step(b)
}

fn of_cube(n: u8) -> (u8, u8, u8) {
    if n >= 232 {
        let grey = 8 + 10 * (n - 232);
        return (grey, grey, grey);
    }
    let n = usize::from(n.saturating_sub(16));
    (STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6])
}

fn nearest_ansi(r: u8, g: u8, b: u8) -> Color {
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    // Greys have no name that is safe on every background: leave the terminal's own.
    if high - low < 40 {
        return Color::Reset;
    }
    let on = |v: u8| u16::from(v) * 2 > u16::from(high) + u16::from(low);
    match (on(r), on(g), on(b)) {
        (true, false, false) => Color::Red,
        (false, true, false) => Color::Green,
        // Brown is for light backgrounds, on which a terminal's yellow vanishes.
        (true, true, false) if high < 0xb0 => Color::Magenta,
        (true, true, false) => Color::Yellow,
        (false, false, true) => Color::Blue,
        (true, false, true) => Color::Magenta,
        (false, true, true) => Color::Cyan,
        _ => Color::Reset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(name: &str, depth: Depth) -> Theme {
        Theme::named(name, depth, &|_| None).unwrap()
    }

    fn luminance(color: Color) -> Option<f64> {
        let Color::Rgb(r, g, b) = color else { return None };
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.039_28 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        Some(0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b))
    }

    fn contrast(a: f64, b: f64) -> f64 {
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What a colour of 256 is in numbers; the sixteen are the user's own, and unknown.
    fn rgb(color: Color) -> Option<Color> {
        match color {
            Color::Indexed(n) if n >= 16 => {
                let (r, g, b) = of_cube(n);
                Some(Color::Rgb(r, g, b))
            }
            Color::Rgb(..) => Some(color),
            _ => None,
        }
    }

    const BLACK: f64 = 0.0;
    const WHITE: f64 = 1.0;

    /// Each built-in theme, what it may stand on, and the least contrast of its text: WCAG asks for 4.5, for eyes that need it 7.
    const PAPERS: [(&str, &[f64], f64); 5] = [
        ("mono", &[BLACK, WHITE], 4.5),
        ("ansi", &[BLACK, WHITE], 4.5),
        ("dark", &[BLACK], 4.5),
        ("light", &[WHITE], 4.5),
        // Of its own colours. With the user's own it has no background, and is for dark ones.
        ("high-contrast", &[BLACK], 7.0),
    ];

    /// Colours of the user's own palette that vanish on a black, on a white background.
    fn banned(paper: f64) -> &'static [Color] {
        if paper == WHITE {
            &[Color::White, Color::Gray, Color::Yellow, Color::LightYellow, Color::LightGreen, Color::LightCyan]
        } else {
            &[Color::Black, Color::DarkGray, Color::Blue]
        }
    }

    #[test]
    fn every_role_of_every_theme_can_be_read_on_what_it_is_for() {
        assert!(PAPERS.iter().map(|(name, ..)| *name).eq(BUILT_IN.iter().map(|(name, _)| *name)));
        for (name, papers, least) in PAPERS {
            for depth in [Depth::Ansi, Depth::Indexed, Depth::Rgb] {
                let theme = theme(name, depth);
                for (role, paper) in Role::ALL.iter().flat_map(|role| papers.iter().map(move |paper| (role, *paper))) {
                    let style = theme.style(*role);
                    let of = format!("{name}.{} in {depth:?}", role.name());
                    let below = style.bg.or(theme.paper().bg);
                    let paper = below.map_or(paper, |bg| rgb(bg).and_then(luminance).expect(&of));
                    let fg = style.fg.or(theme.paper().fg);
                    assert!(fg.is_some() || below.is_none(), "{of}: a background without a colour for the text");
                    let Some(fg) = fg else { continue };
                    match rgb(fg).and_then(luminance) {
                        Some(fg) => assert!(contrast(fg, paper) >= least, "{of}: contrast {:.2}, least {least}", contrast(fg, paper)),
                        None => assert!(below.is_none() && !banned(paper).contains(&fg), "{of}: {fg:?} vanishes"),
                    }
                }
            }
        }
    }

    #[test]
    fn high_contrast_brings_its_own_background_where_it_can() {
        for depth in [Depth::Indexed, Depth::Rgb] {
            assert!(theme("high-contrast", depth).paper().bg.and_then(rgb).and_then(luminance).is_some_and(|l| l < 0.01), "{depth:?}");
        }
        assert_eq!(theme("high-contrast", Depth::Ansi).paper(), Style::new());
    }

    #[test]
    fn the_default_sets_no_background_and_no_colour_that_vanishes() {
        let theme = theme(DEFAULT, Depth::Rgb);
        for role in Role::ALL {
            let style = theme.style(*role);
            assert_eq!(style.bg, None, "{}", role.name());
            assert!(!style.fg.is_some_and(|fg| banned(BLACK).contains(&fg) || banned(WHITE).contains(&fg)), "{}", role.name());
        }
    }

    #[test]
    fn a_background_becomes_reverse_where_its_colour_is_the_users_own() {
        for name in ["dark", "light", "high-contrast"] {
            let selected = theme(name, Depth::Ansi).style(Role::Selected);
            assert!(selected.bg.is_none() && selected.fg.is_none() && selected.add_modifier.contains(Modifier::REVERSED), "{name}");
        }
    }

    #[test]
    fn a_role_is_told_by_its_style() {
        let theme = Theme::of_roles();
        assert!(Role::ALL.iter().all(|role| Theme::role_of(theme.style(*role)) == Some(*role)));
        assert_eq!(Theme::role_of(Style::new()), None);
    }

    #[test]
    fn mono_has_modifiers_only() {
        for (name, _) in BUILT_IN {
            let theme = theme(name, Depth::Mono);
            for role in Role::ALL {
                let style = theme.style(*role);
                assert!(style.fg.is_none_or(|c| c == Color::Reset) && style.bg.is_none_or(|c| c == Color::Reset));
            }
            assert!(theme.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn an_own_theme_changes_a_few_keys() {
        let own = |name: &str| (name == "mine").then(|| "inherits = \"ansi\"\naccent = { fg = \"magenta\" }\n".to_owned());
        let mine = Theme::named("mine", Depth::Rgb, &own).unwrap();
        assert_eq!(mine.style(Role::Accent).fg, Some(Color::Magenta));
        assert_eq!(mine.style(Role::Error), theme("ansi", Depth::Rgb).style(Role::Error));
    }

    #[test]
    fn an_own_theme_may_bear_a_built_ins_name_and_inherit_it() {
        let own = |name: &str| (name == "dark").then(|| "inherits = \"dark\"\nheld = { fg = 33 }\n".to_owned());
        let mine = Theme::named("dark", Depth::Rgb, &own).unwrap();
        assert_eq!(mine.style(Role::Held).fg, Some(Color::Indexed(33)));
        assert_eq!(mine.style(Role::Text), theme("dark", Depth::Rgb).style(Role::Text));
    }

    #[test]
    fn a_wrong_theme_is_refused_with_its_file_line_and_key() {
        let refuse = |text: &str| Theme::named("t", Depth::Rgb, &|_| Some(text.to_owned())).unwrap_err();
        let check = |text: &str, expected: &str| assert!(refuse(text).starts_with(expected), "{}", refuse(text));
        check(
            "ok = { fg = \"green\" }\neror = { fg = \"red\" }",
            "themes/t.toml:2:1: eror: there is no role `eror`; did you mean `error`?; there are inherits, text, dim",
        );
        check("\nok = { fg = \"grean\" }", "themes/t.toml:2:13: ok: no such colour: `grean`; use a name such as red");
        check("[ok]\nbold = true\nfgg = 3", "themes/t.toml:3:1: ok.fgg: there is no part of a style `fgg`; did you mean `fg`?");
        check("ok = { bold = 1 }", "themes/t.toml:1:15: ok: invalid type");
        check("ok = { fg = 300 }", "themes/t.toml:1");
        check("é\u{a0}= 1", "themes/t.toml:1:");
        assert!(refuse("inherits = \"t\"").contains("ring"));
        let nope = Theme::named("drak", Depth::Rgb, &|_| None).unwrap_err();
        assert!(
            nope.starts_with("no theme is called `drak`; did you mean `dark`?; there are mono, ansi, dark, light, high-contrast"),
            "{nope}"
        );
    }

    #[test]
    fn colours_are_reduced_to_what_the_terminal_has() {
        assert_eq!(reduce(Color::Rgb(255, 0, 0), Depth::Indexed), Color::Indexed(196));
        assert_eq!(reduce(Color::Rgb(200, 30, 30), Depth::Ansi), Color::Red);
        assert_eq!(reduce(Color::Indexed(196), Depth::Ansi), Color::Red);
        assert_eq!(reduce(Color::Rgb(120, 120, 120), Depth::Ansi), Color::Reset);
        assert_eq!(reduce(Color::Green, Depth::Ansi), Color::Green);
    }
}
