"""File names that are safe to store, show and download."""

import re
import unicodedata
from mimetypes import MimeTypes

MAX_BYTES = 200
MAX_EXTENSION = 20

# Only Python's own table: the machine's /etc/mime.types would give each server other names.
_TYPES = MimeTypes(filenames=())
_PREFERRED = {"message/rfc822": ".eml", "text/plain": ".txt", "text/calendar": ".ics", "image/jpeg": ".jpg",
              "application/ics": ".ics", "message/delivery-status": ".txt", "message/feedback-report": ".txt",
              "message/disposition-notification": ".txt", "text/rfc822-headers": ".txt",
              "application/octet-stream": ".bin", "application/pgp-signature": ".asc", "text/vcard": ".vcf",
              "application/ms-tnef": ".dat", "text/x-vcard": ".vcf", "image/jpg": ".jpg",
              "application/pgp-encrypted": ".txt", "application/pkcs7-mime": ".p7m",
              "application/pkcs7-signature": ".p7s"}  # fmt: skip
_ALSO_UNSEEN = frozenset("\u2028\u2029\u3164\uffa0\ufffe\uffff")


def safe_filename(name: str, content_type: str) -> str:
    """`name` without path, control, invisible or direction-changing characters, at most 200 bytes, never empty.

    The extension survives the cut. Without a usable name it is `attachment` with the extension of `content_type`.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name).rstrip("/\\"))[-1]
    seen = "".join(character for character in base if _is_visible(character))
    tidy = re.sub(r"\s+", " ", seen).strip(" .") if seen.strip(" .") else ""
    return _shortened(_led_by_no_dot(seen, tidy)) if tidy else fallback_name(content_type)


def fallback_name(content_type: str, stem: str = "attachment") -> str:
    """`attachment.<extension of the type>`, `.bin` for types nobody registered."""
    extension = _PREFERRED.get(content_type) or _TYPES.guess_extension(content_type) or ".bin"
    return f"{stem}{extension}"


def _is_visible(character: str) -> bool:
    # Cc: controls, Cf: format (bidi overrides, zero width), Cs: surrogates, Co/Cn: nobody can say.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn"} and character not in _ALSO_UNSEEN


def _led_by_no_dot(seen: str, tidy: str) -> str:
    # ".htaccess" hides itself and speaks to web servers; "_htaccess" does neither.
    return f"_{tidy}" if seen.lstrip().startswith(".") else tidy


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = dot + extension if stem and len(extension.encode()) <= MAX_EXTENSION else ""
    room = MAX_BYTES - len(ending.encode())
    return (stem if ending else name).encode()[:room].decode("utf-8", "ignore").rstrip(" .") + ending
