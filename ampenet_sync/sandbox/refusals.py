"""Every refusal of the platform, word for word as installs of this product answer it. Deciding is done elsewhere."""

from __future__ import annotations


class Refusal(Exception):
    """An error answer.

    `http` is the code of a usual install, `strict` that of one which answers with proper codes. `page` is what a
    client without `Accept: application/json` gets: an HTML page of this code, a redirect (302), or JSON (None).
    `fault` is the sentence of installs that name the first fault they found.
    """

    def __init__(
        self, message: str, *, http: int = 200, strict: int | None = None, page: int | None = None, fault: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fault = fault
        self.http = http
        self.strict = http if strict is None else strict
        self.page = page


def unauthenticated() -> Refusal:
    return Refusal("Unauthenticated.", strict=401, page=401)


def too_many_attempts() -> Refusal:
    return Refusal("Too Many Attempts.", strict=429, page=429)


def no_such_route(path: str) -> Refusal:
    return Refusal(f"The route {path.lstrip('/')} could not be found.", strict=404, page=404)


def wrong_method(method: str, supported: list[str]) -> Refusal:
    known = ", ".join(supported)
    message = f"The {method} method is not supported for this route. Supported methods: {known}."
    return Refusal(message, strict=405, page=405)


def no_such_row(model: str, uid: str) -> Refusal:
    return Refusal(rf"No query results for model [App\Models\{model}] {uid}", strict=404, page=404)


def invalid_data() -> Refusal:
    return Refusal("The given data was invalid.", strict=422, page=302)


def missing(key: str) -> Refusal:
    fault = f"The {_attribute(key)} field is required."
    return Refusal("The given data was invalid.", strict=422, page=302, fault=fault)


def undefined_key(key: str) -> Refusal:
    return Refusal(f'Undefined array key "{key}"', strict=500, page=500)


def data_too_long(column: str) -> Refusal:
    message = f"SQLSTATE[22001]: String data, right truncated: 1406 Data too long for column '{column}' at row 1"
    return Refusal(message, strict=500, page=500)


def invalid_phone(phone: str) -> Refusal:
    return Refusal(f"{phone} is a invalid phone number")


def already_subscribed(group: str) -> Refusal:
    return Refusal(f"You have already subscribed to {group}")


def already_taken(key: str) -> Refusal:
    return Refusal(f"The {_attribute(key)} has already been taken.", http=422)


def blacklisted_contact() -> Refusal:
    return Refusal("This phone was blacklisted", http=422)


def unknown_column(column: str) -> Refusal:
    message = f"SQLSTATE[42S22]: Column not found: 1054 Unknown column '{column}' in 'field list'"
    return Refusal(message, strict=500, page=500)


def contact_elsewhere_update() -> Refusal:
    return Refusal("Sorry, but the page you were trying to view does not exist.", strict=404)


def contact_elsewhere_delete() -> Refusal:
    return Refusal("Something went wrong. Please try again", strict=404)


def group_name_taken(name: str) -> Refusal:
    return Refusal(f"{name} already available as your contact group.", strict=422)


def sender_not_authorised() -> Refusal:
    return Refusal("Originator ID is not authorized to send this message", http=403)


def sender_named_not_authorised(sender: str) -> Refusal:
    return Refusal(f'Sender ID "{sender}" is not authorized to send this message', http=403)


def blacklisted() -> Refusal:
    return Refusal("Number contain in blacklist", http=403)


def contained_in_blacklist() -> Refusal:
    return Refusal("Number contains in the blacklist", http=404)


def gateway_refusal(status: str, *, http: int) -> Refusal:
    return Refusal(status, http=http)


def too_few_units(balance: int, needed: int) -> Refusal:
    if balance <= 0:
        return Refusal("You have exceeded your sending limit.", http=403)
    message = f"There is not enough balance available to send this message.You have {balance} of the {needed}"
    return Refusal(message, http=403)


def too_many_recipients(most: int) -> Refusal:
    return Refusal(f"You cannot send more than {most} SMS in a single request.", strict=422)


def message_not_found() -> Refusal:
    return Refusal("SMS Info not found", http=404)


def _attribute(key: str) -> str:
    """How the framework words a key: it takes capitals for the beginnings of words, so PHONE becomes "p h o n e"."""
    return key.replace("_", " ") if key.islower() else " ".join(key.lower())
