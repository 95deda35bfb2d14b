//! Links that start in compose files.
