//! The API in machine-readable form, made from the routes themselves.

use axum::Json;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "jeli node", description = "The local API of a school's node. The contract in words: docs/api.md."),
    paths(
        super::accounts::node,
        super::accounts::setup,
        super::accounts::sign_in,
        super::accounts::sign_out,
        super::accounts::me,
        super::accounts::change_me,
        super::accounts::people,
        super::accounts::names,
        super::accounts::add_person,
        super::accounts::give_password,
        super::accounts::remove_person,
        super::accounts::change_password,
        super::accounts::pass,
        super::doors::show,
        super::doors::choose,
        super::budget::show,
        super::budget::choose,
        super::budget::open,
        super::spaces::spaces,
        super::spaces::create,
        super::spaces::journey,
        super::spaces::invite,
        super::spaces::join,
        super::documents::list,
        super::documents::create,
        super::documents::show,
        super::documents::content,
        super::documents::status,
        super::documents::presence,
        super::files::list,
        super::files::content,
        super::files::act,
        super::files::uses,
        super::room::room,
        super::room::choose,
        super::room::sweep,
        super::files::pin,
        super::files::unpin,
        super::uploads::begin,
        super::uploads::show,
        super::uploads::head,
        super::uploads::write,
        super::uploads::end,
        super::bundles::list,
        super::bundles::make,
        super::bundles::open,
        super::bundles::fetch,
        super::bundles::remove,
        super::seats::open,
        super::seats::list,
        super::seats::end,
        super::seats::sit_down,
        super::questionnaires::link,
        super::questionnaires::show,
        super::questionnaires::answer,
        super::set_aside::list,
        super::set_aside::resolve,
        super::status::status,
        super::secure::secure,
        super::status::line,
        super::status::events,
        super::sync::sync,
    )
)]
struct Description;

pub(super) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
