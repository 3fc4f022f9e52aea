//! Replicas against each other.

mod convergence;
mod wired;
