//! From a volume and a mask to named numbers.
