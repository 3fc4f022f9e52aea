//! Every error the API answers with. The code is stable; the words a person sees live in the page's Fluent files (`error-<code with
//! dashes>`); the message here is for logs and scripts.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::accounts::{AccountError, PassError, PasswordError, SeatError, SetupError};
use crate::blobs::limits::{MAX_BLOB_BYTES, UPLOADS, WANTS};
use crate::blobs::{BlobError, KeepError, UploadError};
use crate::budget::BudgetError;
use crate::bundles::BundleError;
use crate::bundles::limits::MAX_BUNDLE_BYTES;
use crate::documents::DocumentFault;
use crate::documents::set_aside::SetAsideError;
use crate::limits::{MAX_PASSWORD_BYTES, MAX_SEAT_CODES, MAX_SEATS_PER_DOCUMENT, MIN_PASSWORD_CHARS};
use crate::replica_handle::{ActRefusal, JoinRefusal, ReplicaStopped, StoreFault};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $message:literal;)*) => {
        /// What went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// For logs and scripts.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

codes! {
    BadRequest = "bad_request", BAD_REQUEST, "the request does not have the form that docs/api.md says";
    BadField = "bad_field", BAD_REQUEST, "a field is empty, too long, or not one of those allowed";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "the request is larger than any that this node takes";
    NotFound = "not_found", NOT_FOUND, "there is nothing at this address";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "this address does not take this method";
    ForeignHost = "foreign_host", MISDIRECTED_REQUEST, "the node is not known by this name; add it to `hosts` in jeli.toml if it should be";
    ForeignOrigin = "foreign_origin", FORBIDDEN, "the request comes from another site's page";
    SignedOut = "signed_out", UNAUTHORIZED, "sign in first";
    NotAllowed = "not_allowed", FORBIDDEN, "this account's role does not allow it";
    WrongLogin = "wrong_login", UNAUTHORIZED, "the login or the password is wrong";
    WrongPassword = "wrong_password", FORBIDDEN, "the present password is another one";
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, "too many attempts; wait a minute";
    WrongSetupCode = "wrong_setup_code", FORBIDDEN, "the code is not the one that the program printed when it started";
    SetupClosed = "setup_closed", FORBIDDEN, "too many wrong codes; start the program again for a new one";
    SetupDone = "setup_done", CONFLICT, "there is an account already; sign in instead";
    LoginTaken = "login_taken", CONFLICT, "this login is taken";
    PersonHere = "person_here", CONFLICT, "the person of this pass has an account here already";
    BadPass = "bad_pass", BAD_REQUEST, "this is no pass, or a part of it is missing or was changed";
    OtherSchoolPass = "other_school_pass", CONFLICT, "the pass is of another school";
    ExpiredPass = "expired_pass", CONFLICT, "the pass was good for a week, which is over; take a new one";
    LastDirector = "last_director", CONFLICT, "somebody must be able to speak for the school; make an account for the new director first";
    TooManyPeople = "too_many_people", CONFLICT, "this school has as many accounts as the node keeps";
    PasswordTooShort = "password_too_short", BAD_REQUEST, "the password is too short";
    PasswordTooLong = "password_too_long", BAD_REQUEST, "the password is too long";
    UnknownSpace = "unknown_space", NOT_FOUND, "this node knows no such space";
    UnknownSchool = "unknown_school", BAD_REQUEST, "a school in the write rule is no member of the space";
    UnknownKind = "unknown_kind", BAD_REQUEST, "this program does not know that kind of document";
    UnknownDocument = "unknown_document", NOT_FOUND, "this node has no such document";
    PrivateSubject = "private_subject", CONFLICT, "one person alone reads this document: nothing that others read may stand beside it";
    DocumentComing = "document_coming", CONFLICT, "the document is known here, but nothing of what it says has reached this school yet; it comes by itself once a school that has it is reached";
    DocumentSetApart = "document_set_apart", CONFLICT, "the document could not be opened and is set apart; what it holds is safe in the store";
    DocumentTooLarge = "document_too_large", CONFLICT, "the document is too large or too deep to show as plain JSON";
    ContentRefused = "content_refused", BAD_REQUEST, "the content of the new document was refused";
    TooMany = "too_many", CONFLICT, "there are as many of these as the node keeps";
    MalformedInvitation = "malformed_invitation", BAD_REQUEST, "the text is no invitation, or a part of it is missing";
    SpentInvitation = "spent_invitation", CONFLICT, "this invitation has been used already; ask for a new one";
    UnknownInvitation = "unknown_invitation", CONFLICT, "the node that answered does not know this invitation; ask for a new one";
    InviterNotAllowed = "inviter_not_allowed", CONFLICT, "the school that invited may not take schools in any more; ask a convenor for a new invitation";
    OtherSpaceInvitation = "other_space_invitation", CONFLICT, "the invitation is for another space than the node that answered keeps";
    OtherSchoolInvitation = "other_school_invitation", CONFLICT, "the invitation is for another computer of the school that wrote it: that space is its own; ask for one to a network";
    NewerInvitation = "newer_invitation", CONFLICT, "the invitation was written by a newer program; update this one";
    AlreadyMember = "already_member", CONFLICT, "this school is in the space already";
    UnknownSetAside = "unknown_set_aside", NOT_FOUND, "there is no such piece among the words set aside for you";
    SetAsideFull = "set_aside_full", CONFLICT, "there are too many pieces set aside already";
    WrongSeatCode = "wrong_seat_code", FORBIDDEN, "no meeting here has this code now";
    NotAMeeting = "not_a_meeting", CONFLICT, "guests take seats at meetings alone";
    UnknownQuestionnaire = "unknown_questionnaire", NOT_FOUND, "there is no such questionnaire here (any more)";
    QuestionnaireClosed = "questionnaire_closed", CONFLICT, "the questionnaire takes no answers any more";
    QuestionnaireFull = "questionnaire_full", CONFLICT, "the questionnaire has more answers than it may have";
    OtherQuestions = "other_questions", CONFLICT, "the answers are not to the questions that are asked now; load the questionnaire anew";
    DoorsSet = "doors_set", CONFLICT, "jeli.toml or the command line says for whom the page is served";
    UnknownFile = "unknown_file", NOT_FOUND, "the document names no such file";
    FileNotHere = "file_not_here", NOT_FOUND, "the file is named here and its content has not come: want it first";
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE, "the file is larger than any that a node takes";
    NoRoomForFiles = "no_room_for_files", INSUFFICIENT_STORAGE, "files have no room for this one: let go of others, or give files more room";
    LastCopy = "last_copy", CONFLICT, "no other school is known to have this file: say `even_the_last` to let go of it all the same";
    FilePinned = "file_pinned", CONFLICT, "this file is kept at the school whatever happens: take that back first";
    UnknownUpload = "unknown_upload", NOT_FOUND, "there is no such upload (any more)";
    UploadElsewhere = "upload_elsewhere", CONFLICT, "the piece does not begin where the last one ended";
    UploadBusy = "upload_busy", LOCKED, "another piece of this upload is being written";
    UploadTooMuch = "upload_too_much", BAD_REQUEST, "the piece goes beyond the length that was said";
    UploadBrokeOff = "upload_broke_off", BAD_REQUEST, "the piece broke off; what came is kept";
    NotABundle = "not_a_bundle", BAD_REQUEST, "the file is not a bundle of jeli";
    NewerBundle = "newer_bundle", CONFLICT, "the bundle was made by a newer version of jeli: update this one";
    BundleTruncated = "bundle_truncated", BAD_REQUEST, "the bundle is not whole: copy it again";
    BundleDamaged = "bundle_damaged", BAD_REQUEST, "the bundle was damaged on the way: copy it again, or ask for a new one";
    BundleNotSealedForUs = "bundle_not_sealed_for_us", CONFLICT, "the bundle cannot be read by this computer: ask for a new one";
    BundleTooLarge = "bundle_too_large", PAYLOAD_TOO_LARGE, "the bundle is larger than any that a node takes";
    BundleBrokeOff = "bundle_broke_off", BAD_REQUEST, "the bundle did not come to the end: send it again";
    NobodyToGiveTo = "nobody_to_give_to", CONFLICT, "there is no other school, and no other computer of this one, for which a bundle could be made";
    MembersChanged = "members_changed", CONFLICT, "somebody for whom the bundle is made is no member any more: make it again";
    TooManyParts = "too_many_parts", CONFLICT, "the bundle would have too many parts: choose a larger size";
    UnknownBundle = "unknown_bundle", NOT_FOUND, "there is no such bundle here (any more)";
    TooManyTabs = "too_many_tabs", TOO_MANY_REQUESTS, "too many open tabs; close one";
    DiskFull = "disk_full", INSUFFICIENT_STORAGE, "the disk of the node is full";
    FilesClosed = "files_closed", SERVICE_UNAVAILABLE, "the files of this node cannot be opened: free some space, or see to the rights of its folder; it tries again by itself";
    StoreFailed = "store_failed", INTERNAL_SERVER_ERROR, "the node's store could not be read or written";
    Stopping = "stopping", SERVICE_UNAVAILABLE, "the node is stopping";
    Internal = "internal", INTERNAL_SERVER_ERROR, "the node could not do it; its log says more";
}

/// An answer that is an error.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub code: Code,
    args: Map<String, Value>,
}

pub(super) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// A field that does not hold what it should.
    pub fn field(field: &str) -> Self {
        Self::from(Code::BadField).with("field", field)
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self { code, args: Map::new() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code.as_str(), "args": self.args, "message": self.code.message() } });
        (self.code.status(), Json(body)).into_response()
    }
}

impl From<ReplicaStopped> for ApiError {
    fn from(_: ReplicaStopped) -> Self {
        Code::Stopping.into()
    }
}

impl From<StoreFault> for ApiError {
    fn from(fault: StoreFault) -> Self {
        tracing::error!(%fault, "the store failed");
        match fault {
            StoreFault::DiskFull => Code::DiskFull.into(),
            StoreFault::Failed(_) => Code::StoreFailed.into(),
        }
    }
}

impl From<DocumentFault> for ApiError {
    fn from(fault: DocumentFault) -> Self {
        match fault {
            DocumentFault::NotFound => Code::UnknownDocument.into(),
            DocumentFault::Coming => Code::DocumentComing.into(),
            DocumentFault::SetApart => Code::DocumentSetApart.into(),
            DocumentFault::MayNotWrite => Code::NotAllowed.into(),
            DocumentFault::Store(fault) => fault.into(),
            DocumentFault::Stopping => Code::Stopping.into(),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NoRoom { wanted, left } => Self::from(Code::NoRoomForFiles).with("wanted", wanted).with("left", left),
            BlobError::TooLarge(_) => Self::from(Code::FileTooLarge).with("limit", MAX_BLOB_BYTES),
            BlobError::TooMany => Self::from(Code::TooMany).with("what", "wanted files").with("limit", WANTS),
            BlobError::Keep(KeepError::DiskFull) => Code::DiskFull.into(),
            BlobError::Keep(KeepError::Closed(_)) => Code::FilesClosed.into(),
            BlobError::Store(fault) => fault.into(),
            BlobError::Stopped(stopped) => stopped.into(),
            error @ (BlobError::Keep(KeepError::Failed(_)) | BlobError::Tables(_)) => {
                tracing::error!(%error, "files failed");
                Code::StoreFailed.into()
            }
        }
    }
}

impl From<BudgetError> for ApiError {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Bad(bad) => bad.into(),
            BudgetError::Tables(fault) => db_fault(&fault),
            BudgetError::Stopped(stopped) => stopped.into(),
        }
    }
}

impl From<BundleError> for ApiError {
    fn from(error: BundleError) -> Self {
        if error.is_disk_full() {
            return Code::DiskFull.into();
        }
        match error {
            BundleError::NotABundle => Code::NotABundle.into(),
            BundleError::Newer => Code::NewerBundle.into(),
            BundleError::Truncated { here, of } => Self::from(Code::BundleTruncated).with("here", here).with("of", of),
            BundleError::Damaged => Code::BundleDamaged.into(),
            BundleError::NotSealedForUs => Code::BundleNotSealedForUs.into(),
            BundleError::NobodyToGiveTo => Code::NobodyToGiveTo.into(),
            BundleError::TooLarge => Self::from(Code::BundleTooLarge).with("limit", MAX_BUNDLE_BYTES),
            BundleError::MembersChanged => Code::MembersChanged.into(),
            BundleError::TooManyParts => Code::TooManyParts.into(),
            BundleError::Unknown => Code::UnknownBundle.into(),
            BundleError::Blob(error) => error.into(),
            BundleError::Store(fault) => fault.into(),
            BundleError::Stopped(stopped) => stopped.into(),
            BundleError::Tables(fault) => db_fault(&fault),
            error @ (BundleError::Seal(_) | BundleError::Io(_)) => {
                tracing::error!(%error, "bundles failed");
                Code::StoreFailed.into()
            }
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Unknown => Code::UnknownUpload.into(),
            UploadError::Elsewhere(offset) => Self::from(Code::UploadElsewhere).with("offset", offset),
            UploadError::Busy => Code::UploadBusy.into(),
            UploadError::TooMuch => Code::UploadTooMuch.into(),
            UploadError::TooMany => Self::from(Code::TooMany).with("what", "uploads").with("limit", UPLOADS),
            UploadError::BrokeOff => Code::UploadBrokeOff.into(),
            UploadError::Blob(error) => error.into(),
        }
    }
}

impl From<ActRefusal> for ApiError {
    fn from(refusal: ActRefusal) -> Self {
        match refusal {
            ActRefusal::UnknownSpace => Code::UnknownSpace.into(),
            ActRefusal::UnknownSchool => Code::UnknownSchool.into(),
            ActRefusal::NotAllowed => Code::NotAllowed.into(),
            ActRefusal::TooMany { what, limit } => Self::from(Code::TooMany).with("what", what).with("limit", limit),
            ActRefusal::Content(refusal) => {
                tracing::warn!(%refusal, "a new document's content was refused");
                Code::ContentRefused.into()
            }
            ActRefusal::Store(fault) => fault.into(),
        }
    }
}

impl From<JoinRefusal> for ApiError {
    fn from(refusal: JoinRefusal) -> Self {
        match refusal {
            JoinRefusal::Malformed => Code::MalformedInvitation.into(),
            JoinRefusal::Spent => Code::SpentInvitation.into(),
            JoinRefusal::Unknown => Code::UnknownInvitation.into(),
            JoinRefusal::InviterNotAllowed => Code::InviterNotAllowed.into(),
            JoinRefusal::OtherSchool => Code::OtherSchoolInvitation.into(),
            JoinRefusal::OtherSpace => Code::OtherSpaceInvitation.into(),
            JoinRefusal::Newer => Code::NewerInvitation.into(),
            JoinRefusal::AlreadyMember => Code::AlreadyMember.into(),
            JoinRefusal::Store(fault) => fault.into(),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::LoginTaken => Code::LoginTaken.into(),
            AccountError::PersonHere { login } => Self::from(Code::PersonHere).with("login", login),
            AccountError::NotFirst => Code::SetupDone.into(),
            AccountError::LastDirector => Code::LastDirector.into(),
            AccountError::TooMany => Code::TooManyPeople.into(),
            AccountError::Field { field } => Self::field(&field.to_lowercase()),
            AccountError::Db(fault) => db_fault(&fault),
        }
    }
}

impl From<PassError> for ApiError {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Unreadable => Code::BadPass.into(),
            PassError::OtherSchool { school } => Self::from(Code::OtherSchoolPass).with("school", school),
            PassError::Expired => Code::ExpiredPass.into(),
        }
    }
}

impl From<SeatError> for ApiError {
    fn from(error: SeatError) -> Self {
        match error {
            SeatError::WrongCode => Code::WrongSeatCode.into(),
            SeatError::TooManyCodes => Self::from(Code::TooMany).with("what", "seat codes").with("limit", MAX_SEAT_CODES),
            SeatError::TooManySeats => Self::from(Code::TooMany).with("what", "seats").with("limit", MAX_SEATS_PER_DOCUMENT),
            SeatError::Account(error) => error.into(),
        }
    }
}

impl From<SetAsideError> for ApiError {
    fn from(error: SetAsideError) -> Self {
        match error {
            SetAsideError::Full => Code::SetAsideFull.into(),
            SetAsideError::Db(fault) => db_fault(&fault),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::TooShort => Self::from(Code::PasswordTooShort).with("min", MIN_PASSWORD_CHARS),
            PasswordError::TooLong => Self::from(Code::PasswordTooLong).with("max", MAX_PASSWORD_BYTES),
            PasswordError::Hashing => Code::Internal.into(),
        }
    }
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::WrongCode => Code::WrongSetupCode.into(),
            SetupError::Closed => Code::SetupClosed.into(),
        }
    }
}

fn db_fault(fault: &rusqlite::Error) -> ApiError {
    tracing::error!(%fault, "the database failed");
    match fault.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => Code::DiskFull.into(),
        _ => Code::StoreFailed.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_named_once_and_stands_in_the_contract() {
        let contract = include_str!("../../../docs/api.md");
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} is named twice", code.as_str());
            assert!(contract.contains(&format!("`{}`", code.as_str())), "docs/api.md lacks {}", code.as_str());
        }
    }
}
