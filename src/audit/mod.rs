//! Judging a model by what is printed about it: a registry of checks, one file a family.
