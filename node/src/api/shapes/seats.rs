//! Guest seats.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Guest;

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct SeatAsk {
    /// Eight digits; spaces and dashes do not count.
    pub code: String,
    pub name: String,
    pub school: String,
    pub language: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SeatCodeView {
    /// Eight digits in two groups. Said once.
    pub code: String,
    /// Until when it and the seats taken with it are good. Unix milliseconds.
    pub ends: i64,
    /// Where a phone in the same network types it.
    pub address: String,
    /// The address as a QR code.
    pub qr_svg: String,
}

/// Somebody of another school at a meeting here.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SeatView {
    pub id: String,
    /// As they said it.
    pub name: String,
    /// As they said it.
    pub school: String,
    /// Unix milliseconds.
    pub since: i64,
    pub ends: i64,
}

impl From<Guest> for SeatView {
    fn from(guest: Guest) -> Self {
        Self { id: guest.id.to_string(), name: guest.name, school: guest.school, since: guest.begun_ms, ends: guest.ends_ms }
    }
}

/// What a guest is told of their seat.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct GuestView {
    /// The one document that there is for them.
    pub document: String,
    pub school: String,
    /// Unix milliseconds.
    pub ends: i64,
}

impl From<Guest> for GuestView {
    fn from(guest: Guest) -> Self {
        Self { document: guest.document.to_string(), school: guest.school, ends: guest.ends_ms }
    }
}
