//! What LASTS: the only module that names sled.
