//! Finding people and schools as you type.
