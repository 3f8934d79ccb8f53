//! The console: terminal, input, commands, screens, widgets, themes.

pub mod command;
pub mod keys;
pub mod layer;
pub mod look;
pub mod screen;
pub mod theme;
pub mod visible;
pub mod widget;
