"""What stays of an HTML reply once the quote is cut at the marks of the client that wrote it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.channels.email.quotes.cutting import new_html, new_text_from_html
from dragoman.core.text.plaintext import to_text

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "email_replies"

CLIENTS = {
    "gmail": '<div dir="ltr">New.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class='
    '"gmail_attr">Xx 5 Yy 2024, Ann &lt;<a href="mailto:a@example.com">a@example.com</a>&gt; zzz:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0"><div>Old.</div></blockquote></div>',
    "gmail forward": '<div dir="ltr">New.<br><br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
    "message ---------<br>From: <b>Ann</b><br>Subject: Offer<br></div><br>Old.</div></div>",
    "gmail signature": '<div>New.</div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
    '<div class="gmail_signature" data-smartmail="gmail_signature">Bob<br>Acme</div>',
    "outlook web": '<div class="elementToProof">New.</div><div id="appendonsend"></div><hr style="width:98%">'
    '<div id="divRplyFwdMsg" dir="ltr"><font><b>Ot kogo:</b> Ann<br><b>Kogda:</b> 5 May</font></div><div>Old.</div>',
    "outlook web, rewritten": '<div>New.</div><div id="x_divRplyFwdMsg"><b>Xx:</b> Ann</div><div>Old.</div>',
    "outlook web signature": '<div>New.</div><div id="Signature"><div>Bob</div></div><div id="appendonsend"></div>Old.',
    "outlook desktop": '<div class="WordSection1"><p class="MsoNormal">New.<o:p></o:p></p><div><div style="border:none;'
    'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Xxx:</b> Ann<br><b>Yyy:</b> 5'
    "</p></div></div><p>Old.</p></div>",
    "outlook 2003": '<div class="Section1"><p>New.</p><div><div align="center"><hr size="3"></div><p><b>From:</b> Ann '
    "[mailto:a@example.com]<br><b>Sent:</b> 5 May 2024 10:00<br><b>To:</b> Bob<br><b>Subject:</b> It</p></div>Old.",
    "outlook express": '<div>New.</div><div class="OutlookMessageHeader">-----Xx-----<br><b>Yy:</b> Ann</div>Old.',
    "hotmail": '<div dir="ltr">New.<br><hr id="stopSpelling">Xx: 5 May<br>Yy: It<br><br>Old.</div>',
    "outlook mobile": '<div>New.</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div><hr><div>'
    "<b>From:</b> Ann &lt;a@example.com&gt;<br><b>Sent:</b> 5 May 2024 10:00<br><b>Subject:</b> It</div>Old.",
    "new outlook for mac": '<div>New.</div><div id="mail-editor-reference-message-container">Xx: Ann<br>Old.</div>',
    "apple mail": 'New.<br><div><br><blockquote type="cite"><div>On 5 May 2024, at 10:00, Ann wrote:</div><br>'
    "<div>Old.</div></blockquote></div>",
    "ios": '<div dir="ltr">New.</div><div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote type='
    '"cite">On 5 May 2024, at 10:00, Ann &lt;a@example.com&gt; wrote:<br></blockquote></div><blockquote type="cite">'
    "<div>Old.</div></blockquote>",
    "ios, address not escaped": "<div>New.</div><div>On 5 May 2024, at 10:00, Ann <ann@example.com> wrote:<br></div>"
    '<blockquote type="cite"><div>Old.</div></blockquote>',
    "yahoo": '<div>New.</div><div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div>Xx, Ann zzz:</div>Old.</div>',
    "thunderbird": '<p>New.</p><div class="moz-cite-prefix">Xx 5.5.2024 Ann zzz:<br></div><blockquote type="cite" '
    'cite="mid:1@example.com"><p>Old.</p></blockquote><pre class="moz-signature">-- \nBob</pre>',
    "thunderbird forward": '<p>New.</p><div class="moz-forward-container">-------- Xx --------<table><tr><th>Yy:</th>'
    "<td>It</td></tr></table>Old.</div>",
    "thunderbird, plain text": "<pre>New.\n\nOn 5.5.2024 10:00, Ann wrote:\n&gt; Old.\n&gt; Older.\n</pre>",
    "mail.ru": "<div>New.</div><div>-------- Пересылаемое сообщение --------<br>От кого: Ann<br>Дата: 5 мая</div>Old.",
    "yandex": '<div>New.</div><div>05.05.2024, 10:00, "Ann" &lt;a@example.com&gt;:</div><blockquote>Old.</blockquote>',
    "zimbra": '<div>New.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Xx: </b>Ann'
    '</div><div data-marker="__QUOTED_TEXT__">Old.</div>',
    "proton": '<div>New.</div><div class="protonmail_signature_block"><div>Sent with Proton Mail</div></div>'
    '<div class="protonmail_quote">Xx Ann zzz:<br><blockquote class="protonmail_quote">Old.</blockquote></div>',
    "tuta": '<div>New.</div><div class="tutanota_quote">Xx Ann zzz</div>',
    "notes": '<p>New.</p><font>From: </font><font>"Ann" &lt;a@example.com&gt;</font><br><font>To: </font>Bob<br><font>'
    "Date: </font>05.05.2024 10:00<br><font>Subject: </font>It<hr>Old.",
    "zoho": '<div>New.</div><div class="zmail_extra" id="zmail_extra"><div>---- Xx ----</div>Old.</div>',
    "spark": '<div name="messageBodySection">New.</div><div name="messageSignatureSection">Sent with Spark</div>'
    '<div name="messageReplySection">Xx Ann zzz:<blockquote type="cite">Old.</blockquote></div>',
    "netease": '<div>New.</div><div id="isReplyContent">At 2024-05-05, Ann:<blockquote>Old.</blockquote></div>',
    "qq": "<div>New.</div><div>---------------&nbsp;原始邮件&nbsp;---------------</div><div>发件人: Ann</div>Old.",
    "roundcube": '<p>New.</p><p id="reply-intro">Xx 2024-05-05 Ann zzz:</p><blockquote type="cite">Old.</blockquote>',
    "text above the tag": 'New.<blockquote type="cite">Old.</blockquote>',
}
"""How clients write "New." above "Old."; words in no language where their markup alone must tell."""

PIECES = [
    "<div>", "</div>", "<p>", "<br>", "<hr>", '<blockquote type="cite">', "</blockquote>", "<pre>", "</pre>", "text ",
    "&gt; quoted", "\n", '<div class="gmail_quote">', '<div id="appendonsend">', '<div class="gmail_signature">',
    "On 5 May 2024 at 10:00, Ann &lt;a@example.com&gt; wrote:", "<a@example.com>", "<td>", "<table>", "<!-- x -->",
    '<img src="cid:1">', "From: Ann<br>Subject: It<br>Date: 5 May<br>", "-- <br>", "<style>p{}</style>", "&amp;",
]  # fmt: skip
pages = st.one_of(
    st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=9)), max_size=20).map("".join)
)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_quote_of_every_client_goes(client: str) -> None:
    assert new_text_from_html(CLIENTS[client]) == "New."


@pytest.mark.parametrize("client", CLIENTS)
def test_the_html_is_cut_alike(client: str) -> None:
    cut = new_html(f"<html><body>{CLIENTS[client]}</body></html>")
    assert cut is not None
    assert "New." in cut
    assert "Old" not in cut
    assert cut.endswith("</body></html>")


def test_answers_between_the_quotes_stay_with_them() -> None:
    page = (
        '<div class="gmail_quote"><div class="gmail_attr">On 5 May Ann wrote:<br></div><blockquote class="gmail_quote">'
        'Which?</blockquote><div>The third.</div><blockquote class="gmail_quote">Where?</blockquote><div>At home.</div>'
        '<blockquote class="gmail_quote">Bye.</blockquote></div>'
    )
    assert new_text_from_html(page) == "> Which?\n\nThe third.\n\n> Where?\n\nAt home."


def test_a_reply_below_the_quote_stays_alone() -> None:
    page = '<div class="moz-cite-prefix">Xx Ann zzz:</div><blockquote type="cite">Old.</blockquote><p>New.</p>'
    assert new_text_from_html(page) == "New."


def test_a_forward_without_a_comment_keeps_everything() -> None:
    page = (
        '<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Ann<br>'
        'Subject: It<br></div>Old.</div><div class="gmail_signature">Bob</div>'
    )
    assert new_html(page) is None
    assert "Old." in new_text_from_html(page)


def test_a_blockquote_in_the_reply_stays() -> None:
    assert new_html("<p>They say:</p><blockquote>Time is money.</blockquote><p>I say no.</p>") is None


def test_links_and_pictures_in_the_reply_stay() -> None:
    page = (
        '<p>See <a href="https://example.com/x">this</a><img src="cid:1"></p><blockquote type="cite">Old.</blockquote>'
    )
    cut = new_html(page)
    assert cut == '<p>See <a href="https://example.com/x">this</a><img src="cid:1"></p>'
    assert new_text_from_html(page) == "See this <https://example.com/x>"


def test_a_picture_alone_is_a_reply() -> None:
    cut = new_html('<div><img src="cid:1"></div><blockquote type="cite">Old.</blockquote>')
    assert cut == '<div><img src="cid:1"></div>'


def test_nothing_to_cut() -> None:
    assert new_html("<p>Hello.</p>") is None
    assert new_html("") is None
    assert new_text_from_html("") == ""


@pytest.mark.parametrize(
    "unit", ["<div>", "a<b>", "<blockquote type=cite>", "a<blockquote>", "<td>", "<", "<p>1@:</p>"]
)
def test_hostile_pages_are_answered(unit: str) -> None:
    assert isinstance(new_text_from_html(unit * 5_000), str)


@given(pages)
def test_the_text_is_empty_only_when_the_page_says_nothing(page: str) -> None:
    assert bool(new_text_from_html(page).strip()) == bool(to_text(page).strip())


@given(pages)
def test_cut_pages_are_shorter_or_none(page: str) -> None:
    cut = new_html(page)
    assert cut is None or len(to_text(cut)) <= len(to_text(page))


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is absent")
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("quotequail/gmail_reply", "foo bar"),
        ("quotequail/apple_forward", "test blah"),
        ("quotequail/ios_mail_reply_unescaped_address", "Sounds good, I'll be there at 2."),
        ("quotequail/outlook_forward", "Original message More text"),
        ("talon/hotmail", "Hi. I am fine. Thanks, Alex"),
        ("talon/ms_outlook_2003", "Hi. I am fine. Thanks, Alex"),
        ("talon/yandex_ru", "Hi. I am fine. Thanks, Alex"),
    ],
)
def test_replies_of_real_clients(name: str, wanted: str) -> None:
    page = (DATA / f"{name}.html.txt").read_text("utf-8")
    assert " ".join(new_text_from_html(page).split()) == wanted
