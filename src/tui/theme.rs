//! Colours by role, from a TOML file: built-in `mono`, `ansi`, `dark`, `light`, or a user's own.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

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
];

/// A theme inherits from at most this many others: a ring of them ends here.
const GENERATIONS: usize = 8;

impl Theme {
    /// The theme of that name, for a terminal of that many colours. `own` gives the text of a user's own theme file, which goes
    /// before the built-in of its name. The error says what, and where with line and column.
    pub fn named(name: &str, depth: Depth, own: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let name = if depth == Depth::Mono { "mono" } else { name };
        let mut theme = Self { styles: vec![Style::new(); Role::ALL.len()] };
        theme.lay(name, own, GENERATIONS)?;
        for style in &mut theme.styles {
            style.fg = style.fg.map(|c| reduce(c, depth));
            style.bg = style.bg.map(|c| reduce(c, depth));
        }
        Ok(theme)
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
                    "no theme called `{name}`; there are {}, and your own in themes/ of the config folder",
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

fn at(name: &str, text: &str, error: &toml::de::Error) -> String {
    let (line, column) = error.span().map_or((1, 1), |span| {
        let before = &text[..span.start.min(text.len())];
        (before.matches('\n').count() + 1, before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1)
    });
    format!("theme `{name}`, line {line}, column {column}: {}", error.message())
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

    #[test]
    fn every_role_of_the_rgb_themes_can_be_read() {
        for (name, paper) in [("dark", 0.0), ("light", 1.0)] {
            let theme = theme(name, Depth::Rgb);
            for role in Role::ALL {
                let style = theme.style(*role);
                let fg = style.fg.and_then(luminance);
                let bg = style.bg.and_then(luminance).unwrap_or(paper);
                if let Some(fg) = fg {
                    assert!(contrast(fg, bg) >= 4.5, "{name}.{}: {:.2}", role.name(), contrast(fg, bg));
                }
            }
        }
    }

    #[test]
    fn the_default_sets_no_background_and_no_colour_that_vanishes() {
        let theme = theme("ansi", Depth::Ansi);
        for role in Role::ALL {
            let style = theme.style(*role);
            assert_eq!(style.bg, None, "{}", role.name());
            let banned = [Color::Black, Color::White, Color::Gray, Color::DarkGray, Color::Yellow, Color::LightYellow];
            assert!(!style.fg.is_some_and(|c| banned.contains(&c)), "{}", role.name());
        }
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
    fn a_wrong_theme_is_refused_with_its_place() {
        let refuse = |text: &str| Theme::named("t", Depth::Rgb, &|_| Some(text.to_owned())).unwrap_err();
        assert!(
            refuse("ok = { fg = \"green\" }\neror = { fg = \"red\" }").starts_with("theme `t`, line 2, column 1: unknown field `eror`")
        );
        assert!(refuse("\nok = { fg = \"grean\" }").contains("line 2"), "{}", refuse("\nok = { fg = \"grean\" }"));
        assert!(refuse("inherits = \"t\"").contains("ring"));
        assert!(Theme::named("nope", Depth::Rgb, &|_| None).unwrap_err().contains("mono, ansi, dark, light"));
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
