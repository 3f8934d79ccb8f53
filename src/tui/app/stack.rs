//! The screens: a path from one of the five roots, and the other roots as they were left.

use crate::tui::look::Look;
use crate::tui::screen::{Screen, Tab};

/// Names a screen for as long as the console runs; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScreenNo(u64);

/// A screen with its number.
struct Held {
    number: ScreenNo,
    screen: Box<dyn Screen>,
}

/// The path, and the roots that were left.
#[derive(Default)]
pub struct Stack {
    path: Vec<Held>,
    tab: usize,
    left: [Option<Held>; Tab::ALL.len()],
    next: u64,
}

/// What there is while there is no screen: only before the first one was pushed.
struct Nothing;

impl Stack {
    /// The topmost.
    pub fn top(&self) -> &dyn Screen {
        self.path.last().map_or(&Nothing, |held| held.screen.as_ref())
    }

    /// Whether a screen is the topmost.
    pub fn is_top(&self, number: ScreenNo) -> bool {
        self.top_number() == Some(number)
    }

    /// The topmost one's number.
    pub fn top_number(&self) -> Option<ScreenNo> {
        self.path.last().map(|held| held.number)
    }

    /// How many there are on the path.
    pub fn depth(&self) -> usize {
        self.path.len()
    }

    /// The root's tab.
    pub fn tab(&self) -> Tab {
        Tab::ALL[self.tab]
    }

    /// The names on the path, the root first; those of people masked, where they are to be.
    pub fn crumbs(&self, look: &Look) -> Vec<String> {
        let name = |screen: &dyn Screen| if screen.is_personal() { look.personal(&screen.crumb()).into_owned() } else { screen.crumb() };
        self.path.iter().map(|held| name(held.screen.as_ref())).collect()
    }

    /// A screen by number, on the path or among the roots that were left; `None` once it has gone.
    pub fn get_mut(&mut self, number: ScreenNo) -> Option<&mut dyn Screen> {
        let held = self.path.iter_mut().chain(self.left.iter_mut().flatten()).find(|held| held.number == number)?;
        Some(held.screen.as_mut())
    }

    /// All numbers: the path from the root up, then the roots that were left.
    pub fn numbers(&self) -> Vec<ScreenNo> {
        self.path.iter().chain(self.left.iter().flatten()).map(|held| held.number).collect()
    }

    /// Where on the path a screen is, counted from 1; roots that were left stand at 1.
    pub fn depth_of(&self, number: ScreenNo) -> usize {
        self.path.iter().position(|held| held.number == number).map_or(1, |at| at + 1)
    }

    /// Puts a screen on top.
    pub fn push(&mut self, screen: Box<dyn Screen>) -> ScreenNo {
        let number = ScreenNo(self.next);
        self.next += 1;
        self.path.push(Held { number, screen });
        number
    }

    /// Takes the topmost away; never the root.
    pub fn pop(&mut self) -> bool {
        self.path.len() > 1 && self.path.pop().is_some()
    }

    /// Takes that screen and all above it away; never the root.
    pub fn close(&mut self, number: ScreenNo) -> bool {
        match self.path.iter().position(|held| held.number == number) {
            Some(at) if at > 0 => {
                self.path.truncate(at);
                true
            }
            _ => false,
        }
    }

    /// Keeps the path up to the n-th screen, the root is 0.
    pub fn pop_to(&mut self, n: usize) {
        self.path.truncate(n + 1);
    }

    /// Goes to another root: as it was left, or (`false`) there is none yet and one must be pushed. The root that is left is kept.
    pub fn switch(&mut self, tab: Tab) -> bool {
        self.path.truncate(1);
        if let Some(root) = self.path.pop() {
            self.left[self.tab] = Some(root);
        }
        self.tab = tab as usize;
        self.path.extend(self.left[self.tab].take());
        !self.path.is_empty()
    }

    /// The first question of the screens above the n-th, from the top, about what would be lost.
    pub fn unsaved_above(&self, n: usize) -> Option<String> {
        self.path.iter().skip(n).rev().find_map(|held| held.screen.unsaved())
    }
}

impl Screen for Nothing {
    fn crumb(&self) -> String {
        String::new()
    }

    fn open(&mut self, _: ratatui::layout::Size) -> Vec<crate::tui::screen::Effect> {
        Vec::new()
    }

    fn update(&mut self, _: crate::tui::screen::Msg) -> Vec<crate::tui::screen::Effect> {
        Vec::new()
    }

    fn render(&self, _: &mut ratatui::Frame, _: ratatui::layout::Rect, _: &crate::tui::look::Look) {}

    fn offers(&self) -> Vec<crate::tui::screen::Offer> {
        Vec::new()
    }
}
