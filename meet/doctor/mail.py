"""Whether mail leaves: passwords are reset and addresses confirmed by it."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection

from meet.doctor.findings import Finding, ok, warning, why, wrong

PATIENCE = 5  # seconds


def check() -> Iterator[Finding]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield warning(
            "Mail is printed on the server's console and sent to nobody.",
            "Set EMAIL_URL, or read links for new passwords in the log and pass them on.",
        )
        return
    yield server()
    if "@localhost" in settings.DEFAULT_FROM_EMAIL:
        yield warning("Mail says it comes from localhost, which many refuse.", "Set DEFAULT_FROM_EMAIL.")


def server() -> Finding:
    """Opens the connection, signs in and hangs up; nothing is sent."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(timeout=PATIENCE)
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 - sockets, TLS and SMTP each have their own
        return wrong(f"{where} takes no mail: {why(error)}", "Is the mail server up, and EMAIL_URL right?")
    finally:
        connection.close()
    return ok(f"{where} takes mail.")
