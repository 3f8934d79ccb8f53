//! What LEAVES: sync report, users-errors, results, corrected file, exports.
