//! From ROWS to RECORDS and FINDINGS: the rules, references, duplicates.
