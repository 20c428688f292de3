"""Mail HTML made safe to show, or made plain to read."""

import re

import nh3

from dragoman.core.text.cleaning import clean
from dragoman.core.text.markup import names, well_nested

TAGS = names(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strike"
    " strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
ATTRIBUTES = {
    "*": {"align", "bgcolor", "dir", "height", "lang", "style", "title", "valign", "width"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "img": {"alt", "src"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "nowrap", "rowspan"},
    "th": {"colspan", "nowrap", "rowspan"},
    "ul": {"type"},
}
# Properties that neither hide, nor move over the page, nor fetch.
STYLES = names(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right"
    " border-spacing border-style border-top border-width color direction font-family font-size font-style"
    " font-variant font-weight letter-spacing line-height list-style-type margin margin-bottom margin-left"
    " margin-right margin-top padding padding-bottom padding-left padding-right padding-top table-layout text-align"
    " text-decoration text-indent text-transform vertical-align white-space width word-break word-wrap"
    " overflow-wrap unicode-bidi"
)

_SAFE_VALUE = re.compile(r"(?:[\w\s.,#%+!'\"-]|(?:rgba?|hsla?)\([\d\s.,%/]*\))+")
_VANISHING = re.compile(
    r"(?:font-size|line-height|width)\s*:\s*[0.]+[1-3]?(?:[a-z%]*)\s*(?:!important)?$", re.IGNORECASE
)
_NEGATIVE = re.compile(r":[^;]*(?<![\w#])-\s*[\d.]")
_PICTURE = re.compile(r"(?:https?://|cid:)\S", re.IGNORECASE)


def sanitize(html: str) -> str:
    """`html` without anything that runs, submits, embeds, hides, restyles the page or fetches more than pictures.

    What stays: wording, tables, links (http, https, mailto, tel; opened apart, without referrer), pictures by
    http(s) or `cid:`, and inline styles of a harmless list. `data:` pictures go too. The result may be shown inside
    a page; whoever shows it decides whether remote pictures load.
    """
    nested = "".join(token.source for token in well_nested(clean(html)) if token.kind == "text" or token.name in TAGS)
    return nh3.clean(
        nested,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=set(STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _PICTURE.match(value) else None
    if name == "href":
        return None if value.lower().startswith("cid:") else value
    if name == "style":
        return "; ".join(part for part in _declarations(value) if _is_harmless(part)) or None
    return value


def _declarations(style: str) -> list[str]:
    return [part.strip() for part in style.split(";")]


def _is_harmless(declaration: str) -> bool:
    """Whether a CSS declaration is listed, holds plain words, numbers and colours, and leaves the wording visible.

    That bars `url()`, `expression()`, `var()`, escapes and comments, whichever property they stand in.
    """
    name, colon, value = declaration.partition(":")
    if (
        not colon
        or name.strip().lower() not in STYLES
        or not _SAFE_VALUE.fullmatch(value)
        or _VANISHING.match(declaration)
    ):
        return False
    return not _NEGATIVE.search(declaration)
