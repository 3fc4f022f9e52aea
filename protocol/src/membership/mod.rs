//! Who belongs to a space and may write what: control acts form a causal graph, folded in one order that does not depend on arrival.
//!
//! **Invariant:** the state is a function of the set of control entries. `ControlGraph` keeps the set, `fold` computes the state, `judge` says
//! what an entry of the content chain may do under the control heads that it names.

mod fold;
mod graph;
mod heads;
mod judge;
mod named;
#[cfg(test)]
mod tests;

pub use fold::{Document, Membership, Node, School};
pub use graph::{ControlGraph, Grown, space_id};
pub use judge::Verdict;
