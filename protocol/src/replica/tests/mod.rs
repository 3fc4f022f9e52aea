//! Replicas against each other.

mod convergence;
mod crashes;
mod harm;
mod joining;
mod receipts;
mod sessions;
mod submissions;
mod wired;
