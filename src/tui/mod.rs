//! The console: terminal, input, commands, screens, widgets, themes.
