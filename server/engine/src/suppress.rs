//! Suppression comments.
