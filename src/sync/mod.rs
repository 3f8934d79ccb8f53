//! From RECORDS to a CHANGED ROSTER: plan, the life of a run, corrections, re-run, undo.
