//! Whole-system tests of jeli: what they are made of. The tests themselves are in `tests/`, in files named for what they show.

pub mod joined;
pub mod process;
pub mod school;
pub mod writing;
