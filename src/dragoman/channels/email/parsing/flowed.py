"""`format=flowed` made into paragraphs again (RFC 3676)."""


def unflow(text: str, *, delsp: bool) -> str:
    """`text` with its soft line breaks joined; `delsp` drops the space that marks one (for scripts without spaces).

    Quote marks are kept as one "> " each; a line "-- " always stands alone, because it starts the signature.
    """
    lines: list[str] = []
    open_depth = -1  # the quote depth of a paragraph that still flows, or -1
    pieces: list[str] = []
    for line in text.split("\n"):
        depth, content = _unquoted(line)
        flows = content.endswith(" ") and content != "-- "
        if pieces and (depth != open_depth or content == "-- "):
            lines.append(_quoted(open_depth, "".join(pieces)))
            pieces = []
        pieces.append(content[:-1] if flows and delsp else content)
        open_depth = depth
        if not flows:
            lines.append(_quoted(depth, "".join(pieces)))
            pieces = []
    if pieces:
        lines.append(_quoted(open_depth, "".join(pieces)))
    return "\n".join(lines)


def _unquoted(line: str) -> tuple[int, str]:
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _quoted(depth: int, content: str) -> str:
    return "> " * depth + content if depth else content
