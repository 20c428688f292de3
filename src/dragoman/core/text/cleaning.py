"""Text that every database and every encoder takes."""


def clean(text: str) -> str:
    """`text` without NULs, with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "")
