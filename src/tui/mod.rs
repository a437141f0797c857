//! The terminal program: screens over the study.
