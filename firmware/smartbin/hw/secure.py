# TLS over a connected socket: the broker's certificate is checked against our own CA, the date and
# the broker's name before anything is said.  mbedTLS 3 speaks nothing older than TLS 1.2.
# Or by a key that both sides have: no certificates, no dates, no public-key arithmetic.  That
# wants MicroPython 1.29.
import errno
import tls
from micropython import const

# What mbedTLS says of a certificate, as a name of notes.NAMES; of several complaints the first.
_SAYS = (
    ("trusted", "tls_ca"),
    ("expired", "tls_expired"),
    ("future", "tls_early"),
    ("CN", "tls_host"),
)
# What it says of a connection (mbedtls/ssl.h): a fatal alert, no record of TLS, the end.
_ALERT, _NO_RECORD, _END = const(-0x7780), const(-0x7200), const(-0x7280)
# Encrypted (mbedTLS has a suite that is not) and without public-key work, cheapest first.
_SHARED = ("TLS-PSK-WITH-AES-128-GCM-SHA256", "TLS-PSK-WITH-AES-128-CBC-SHA256")
_EPIPE = const(32)  # errno does not name it
_HUNG_UP = (errno.ECONNRESET, errno.ECONNABORTED, _EPIPE)


class TlsError(Exception):
    """No session with this peer; why: a name of notes.NAMES; cause: what was raised."""

    def __init__(self, why, cause):
        super().__init__(why, cause)
        self.why = why


def wrap(sock, host, papers):
    """The socket in TLS, its peer known for the broker; TlsError otherwise.

    papers: [our CA, own certificate, its key], DER; the last two may be empty.
    """
    try:
        context = _context(*papers)
    except (OSError, ValueError) as e:  # nothing is stored, or no certificate, or no key
        raise TlsError("settings", e)
    shown = []
    context.verify_callback = lambda _, depth: shown.append(depth) or 0  # type: ignore
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError) as e:
        raise TlsError(_why_not(e, shown), e)


def shared(sock, identity, key):
    """The socket in TLS by a shared key; TlsError otherwise, also where MicroPython cannot."""
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)  # without a CA it trusts no certificate
    try:
        # The way of CPython, or that of the pull request #17074: whichever the interpreter has.
        if hasattr(context, "set_psk_client_callback"):
            context.set_psk_client_callback(lambda hint: (identity, key))  # type: ignore
        elif hasattr(context, "set_psk_key"):
            context.set_psk_identity(identity)  # type: ignore
            context.set_psk_key(key)  # type: ignore
        else:
            raise TlsError("tls_psk", None)
        context.set_ciphers(_SHARED)
    except (OSError, ValueError) as e:
        raise TlsError("settings", e)
    try:
        return context.wrap_socket(sock)
    except (OSError, ValueError) as e:
        refused = getattr(e, "errno", None) == _ALERT  # unknown identity, or another key
        raise TlsError("tls_refused" if refused else _why_not(e, ()), e)


def why(error):
    """The name of the note for an error that nothing but TLS raises, or None."""
    if isinstance(error, TlsError):
        return error.why
    # TLS 1.3 lets a client speak before the broker has looked at its certificate.
    return "tls_refused" if getattr(error, "errno", None) == _ALERT else None


def _context(ca, certificate, key):
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)  # requires a good certificate
    if not ca:
        raise ValueError("no CA is stored")
    context.load_verify_locations(ca)
    if certificate and key:
        context.load_cert_chain(certificate, key)
    return context


def _why_not(error, shown):
    """shown: not empty where the broker's certificate was looked at."""
    if isinstance(error, ValueError):
        said = str(error)
        return next((name for word, name in _SAYS if word in said), "tls")
    if shown and (error.errno == _ALERT or error.errno in _HUNG_UP):
        return "tls_refused"  # ours was next; a broker that hangs up may swallow its own alert
    if error.errno in (errno.ETIMEDOUT, _END) or error.errno in _HUNG_UP:
        return "tls_cut"
    return "tls_plain" if error.errno == _NO_RECORD else "tls"
