//! The node's local API: what docs/api.md says, for the page, the command line and the tests alike.

mod accounts;
mod auth;
mod body;
mod budget;
mod bundles;
mod copy;
mod documents;
mod doors;
mod error;
mod file_events;
mod files;
mod guard;
mod openapi;
mod page_address;
mod pages;
mod questionnaires;
mod ranges;
mod rate;
mod room;
mod seats;
mod secure;
mod set_aside;
mod shapes;
mod sign_in;
mod spaces;
mod status;
mod sync;
mod uploads;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use axum::{Extension, Router, middleware};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

pub use auth::{ControlToken, SESSION_COOKIE};
pub use error::{ApiError, Code};
pub use guard::KnownHosts;
pub use page_address::Scheme;
pub use questionnaires::QUESTIONNAIRES_MIGRATION;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use ranges::try_part;

use crate::accounts::{Passes, Passwords, SetupCode};
use crate::blobs::{Blobs, Uploads};
use crate::browser::Sockets;
use crate::budget::Budget;
use crate::bundles::Bundles;
use crate::documents::Documents;
use crate::events::Events;
use crate::limits::{MAX_BODY_BYTES, MAX_EVENT_STREAMS};
use crate::page_doors::Doors;
use crate::replica_handle::ReplicaHandle;
use crate::secure_page::SecureFacts;
use questionnaires::Links;
use rate::AddressRate;
use sign_in::SignInRate;

/// What every request can reach. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub replica: ReplicaHandle,
    pub documents: Documents,
    pub blobs: Blobs,
    pub bundles: Bundles,
    pub budget: Budget,
    pub uploads: Uploads,
    pub events: Events,
    pub sockets: Sockets,
    pub setup_code: SetupCode,
    pub control_token: ControlToken,
    pub hosts: KnownHosts,
    passwords: Passwords,
    passes: Passes,
    doors: Doors,
    /// Somebody has chosen other doors: the page's place is to be opened anew.
    pub(crate) reopen: Notify,
    secure: Option<SecureFacts>,
    sign_in_rate: SignInRate,
    seat_rate: AddressRate,
    links: Links,
    event_streams: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// By what a request is let in.
pub struct Gate {
    /// Of the command line.
    pub control_token: ControlToken,
    /// Of the first account.
    pub setup_code: SetupCode,
    /// Of people with an account at another computer of the school.
    pub passes: Passes,
    /// By which browsers may call the node.
    pub hosts: KnownHosts,
}

impl App {
    /// Starts the local side on a replica.
    pub fn start(
        replica: ReplicaHandle,
        blobs: Blobs,
        bundles: Bundles,
        budget: Budget,
        gate: Gate,
        doors: Doors,
        secure: Option<SecureFacts>,
    ) -> Result<Self, crate::accounts::PasswordError> {
        let Gate { control_token, setup_code, passes, hosts } = gate;
        let events = Events::default();
        let documents = Documents::start(replica.clone(), events.clone());
        let stopping = CancellationToken::new();
        tokio::spawn(stopping.clone().run_until_cancelled_owned(file_events::tell(replica.clone(), blobs.clone(), events.clone())));
        tokio::spawn(stopping.clone().run_until_cancelled_owned(bundles.clone().look_at_waiting()));
        let uploads = blobs.uploads();
        tokio::spawn(stopping.clone().run_until_cancelled_owned(uploads.clone().sweep_regularly()));
        Ok(Self(Arc::new(Parts {
            replica,
            documents,
            uploads,
            blobs,
            bundles,
            budget,
            events,
            sockets: Sockets::default(),
            setup_code,
            control_token,
            hosts,
            passwords: Passwords::new()?,
            passes,
            doors,
            reopen: Notify::new(),
            secure,
            sign_in_rate: SignInRate::default(),
            seat_rate: seats::seat_rate(),
            links: Links::default(),
            event_streams: Arc::new(Semaphore::new(MAX_EVENT_STREAMS)),
            stopping,
        })))
    }

    /// Sends all tabs and event streams away, so that the server can end.
    pub fn stop(&self) {
        self.stopping.cancel();
        self.sockets.stop();
    }
}

/// All routes, as a server of this scheme gives them. Serve it with connect info: sign-in counts attempts per address.
pub fn router(app: App, scheme: Scheme) -> Router {
    let api = Router::new()
        .route("/node", get(accounts::node))
        .route("/setup", post(accounts::setup))
        .route("/session", post(accounts::sign_in).delete(accounts::sign_out))
        .route("/me", get(accounts::me).patch(accounts::change_me))
        .route("/me/password", put(accounts::change_password))
        .route("/me/pass", post(accounts::pass))
        .route("/people/names", get(accounts::names))
        .route("/people/{id}", delete(accounts::remove_person))
        .route("/people/{id}/password", put(accounts::give_password))
        .route("/people", get(accounts::people).post(accounts::add_person))
        .route("/doors", get(doors::show).put(doors::choose))
        .route("/spaces", get(spaces::spaces).post(spaces::create))
        .route("/spaces/{id}/status", get(spaces::journey))
        .route("/spaces/{id}/invitations", post(spaces::invite))
        .route("/join", post(spaces::join))
        .route("/documents", get(documents::list).post(documents::create))
        .route("/documents/{id}", get(documents::show))
        .route("/documents/{id}/content", get(documents::content))
        .route("/documents/{id}/status", get(documents::status))
        .route("/documents/{id}/presence", get(documents::presence))
        .route("/documents/{id}/files", get(files::list))
        .route("/documents/{id}/files/{hash}", get(files::content).post(files::act))
        .route("/documents/{id}/uses", get(files::uses))
        .route("/files", get(room::room).put(room::choose))
        .route("/files/sweep", post(room::sweep))
        .route("/pins", put(files::pin).delete(files::unpin))
        .route("/uploads", post(uploads::begin).options(uploads::options))
        .route("/uploads/{id}", get(uploads::show).head(uploads::head).patch(uploads::write).delete(uploads::end))
        .route("/budget", get(budget::show).put(budget::choose))
        .route("/budget/open", post(budget::open))
        .route("/bundles", get(bundles::list).post(bundles::make))
        .route("/bundles/opened", post(bundles::open).layer(DefaultBodyLimit::disable()))
        .route("/bundles/{id}", get(bundles::fetch).delete(bundles::remove))
        .route("/documents/{id}/seats", get(seats::list).post(seats::open))
        .route("/documents/{id}/seats/{seat}", delete(seats::end))
        .route("/documents/{id}/surveys/{survey}/link", get(questionnaires::link))
        .route("/seat", post(seats::sit_down))
        .route("/questionnaires/{token}", get(questionnaires::show).post(questionnaires::answer))
        .route("/set-aside", get(set_aside::list))
        .route("/set-aside/{id}", post(set_aside::resolve))
        .route("/status", get(status::status))
        .route("/secure", get(secure::secure))
        .route("/line", post(status::line))
        .route("/events", get(status::events))
        .route("/openapi.json", get(openapi::openapi))
        .method_not_allowed_fallback(|| async { ApiError::from(Code::MethodNotAllowed).into_response() });
    Router::new()
        .nest("/api/v1", api)
        .route("/sync", get(sync::sync))
        .route("/page-authority.crt", get(secure::authority))
        .fallback(pages::serve)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(Extension(scheme))
        .layer(middleware::from_fn_with_state(app.clone(), guard::check))
        .with_state(app)
}
