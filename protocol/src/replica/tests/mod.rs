//! Replicas against each other.

mod bounds;
mod bundles;
mod convergence;
mod crashes;
mod forks;
mod growth;
mod harm;
mod joining;
mod put_back;
mod receipts;
mod sessions;
mod submissions;
mod wired;
