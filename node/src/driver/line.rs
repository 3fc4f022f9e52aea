//! The line: joined or cut, as this school chose. The choice is kept until it chooses otherwise, however often the program stops between.

use std::path::Path;

use crate::network;
use crate::replica_handle::{Line, StoreFault};
use crate::store::{OpenError, Store};

use super::Driver;
use super::requests::store_fault;

/// The setting that keeps the choice. Without it the line is joined.
const SETTING: &str = "line";
const OPEN: &[u8] = b"open";
const CUT: &[u8] = b"cut";

/// What the school of this database chose, read before anything is opened or listened on. What cannot be read as a choice is none.
pub(crate) fn chosen(database: &Path) -> Result<Line, OpenError> {
    let kept = Store::look_up_setting(database, SETTING)?;
    Ok(if kept.as_deref() == Some(CUT) { Line::Cut } else { Line::Open })
}

impl Driver {
    pub(super) async fn set_line(&mut self, line: Line) -> Result<(), StoreFault> {
        let (wanted, value) = match line {
            Line::Open => (network::Line::Open, OPEN),
            Line::Cut => (network::Line::Cut, CUT),
        };
        let kept = self.store.set_setting(SETTING, value).map_err(|fault| store_fault(&fault));
        // Cut at once even where that cannot be kept; nobody is joined who would be found joined after a restart against the choice kept.
        if line == Line::Open {
            kept.clone()?;
        } else {
            self.close_all().await;
        }
        let _ = self.network.set_line(wanted).await;
        self.line = line;
        kept
    }
}
