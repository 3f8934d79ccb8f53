//! From BYTES to ROWS: encoding, delimiter, records with their physical lines, header verdict.
