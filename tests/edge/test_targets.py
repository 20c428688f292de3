"""Which addresses out there may be reached, and which lead inside."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from dragoman.config import networks
from dragoman.edge.targets import Address, BadTarget, is_public, safe_target, split_url

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1::1"


class Names:
    """A name server with a few answers."""

    def __init__(self, **answers: list[str]) -> None:
        self._answers = answers

    async def __call__(self, host: str) -> Sequence[Address]:
        if host not in self._answers:
            raise OSError("no such name")
        return [ip_address(one) for one in self._answers[host]]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::", "::1", "::7f00:1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
        *("2001:db8::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"),
    ],
)
def test_an_address_that_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", PUBLIC_6, "2a00:1450:4001::1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hooks.example.com/a?b=c", ("https", "hooks.example.com", 443)),
        ("HTTPS://Hooks.Example.com", ("https", "hooks.example.com", 443)),
        ("http://hooks.example.com", ("http", "hooks.example.com", 80)),
        ("https://hooks.example.com:8443/", ("https", "hooks.example.com", 8443)),
        (f"https://[{PUBLIC_6}]/", ("https", PUBLIC_6, 443)),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_a_url_is_split(url: str, expected: tuple[str, str, int]) -> None:
    assert split_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *("", "hooks.example.com", "//hooks.example.com", "https://", "https:///path", "https://:443/"),
        *("ftp://hooks.example.com", "file:///etc/passwd", "javascript:alert(1)", "gopher://hooks.example.com"),
        *(
            "https://user@hooks.example.com",
            "https://user:pass@hooks.example.com",
            "https://hooks.example.com@127.0.0.1",
        ),
        *("https://hooks.example.com:0", "https://hooks.example.com:65536", "https://hooks.example.com:x"),
        *("https://hooks.example.com:22", "https://hooks.example.com:25", "https://hooks.example.com:-1"),
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0x7f.1/"),
        *("https://0/", "https://1.2.3.256/", "https://127.0.0.1.5/", "https://127.1./"),
        *("https://[::1", "https://[::1]x/", "https://[not:an:address]/", "https://[v1.x]/"),
        *(
            "https://hooks..example.com",
            "https://.example.com",
            "https://hooks example.com",
            "https://hooks\\.example.com",
        ),
        *("https://hooks.example.com/\r\nX: y", "https://hooks.example.com\x00", " https://hooks.example.com"),
        *("https://" + "x" * 254 + "/", "https://hooks.example.com/" + "x" * 2000, "https://exa%6dple.com"),
        *("https://\u2488.example", "https://[::1]]/", "https://[]/"),
    ],
)
def test_a_url_that_is_none_or_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(BadTarget):
        split_url(url)


@pytest.mark.parametrize("host", [PUBLIC, f"[{PUBLIC_6}]", "[::ffff:93.184.216.34]", "hooks.example.com"])
async def test_a_public_host_is_a_target(host: str) -> None:
    target = await safe_target(f"https://{host}/x", look_up=Names(**{"hooks.example.com": [PUBLIC, PUBLIC_6]}))
    assert target.addresses
    assert all(is_public(one) for one in target.addresses)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1", []),
        ("[::1]", []),
        ("[::ffff:10.0.0.1]", []),
        ("[::]", []),
        ("0.0.0.0", []),
        ("\uff11\uff12\uff17.0.0.1", []),
        ("localhost", ["127.0.0.1"]),
        ("inside.example.com", ["10.0.0.7"]),
        ("both.example.com", [PUBLIC, "10.0.0.7"]),
        ("six.example.com", [PUBLIC, "::1"]),
    ],
)
async def test_one_private_address_is_enough_to_refuse(host: str, found: list[str]) -> None:
    with pytest.raises(BadTarget, match="private"):
        await safe_target(f"https://{host}/", look_up=Names(**{host: found}))


@pytest.mark.parametrize("found", [None, []])
async def test_a_name_without_an_address_is_refused(found: list[str] | None) -> None:
    names = Names() if found is None else Names(**{"nowhere.example": found})
    with pytest.raises(BadTarget, match="resolved"):
        await safe_target("https://nowhere.example/", look_up=names)


async def test_a_name_server_that_does_not_answer_is_a_name_without_an_address() -> None:
    async def silent(_host: str) -> Sequence[Address]:
        raise TimeoutError

    with pytest.raises(BadTarget, match="resolved"):
        await safe_target("https://slow.example/", look_up=silent)


async def test_allowed_networks_are_reached_even_in_the_clear() -> None:
    allowed = networks("127.0.0.0/8, fd00::/8 10.1.0.0/16")
    names = Names(**{"hook.internal": ["10.1.2.3", "fd00::7"], "mixed.internal": ["10.1.2.3", PUBLIC]})
    for url in ("http://127.0.0.1:9999/x", "http://[::ffff:127.0.0.1]/", "https://10.1.0.1/", "http://hook.internal/"):
        assert (await safe_target(url, allowed, look_up=names)).url == url
    for url in ("http://10.2.0.1/", "https://10.2.0.1/", f"http://{PUBLIC}/", "http://mixed.internal/"):
        with pytest.raises(BadTarget):
            await safe_target(url, allowed, look_up=names)
    assert await safe_target("https://mixed.internal/", allowed, look_up=names)


def test_networks_are_read_from_the_setting() -> None:
    assert networks("") == ()
    assert [str(one) for one in networks("127.0.0.1/8 ,::1")] == ["127.0.0.0/8", "::1/128"]
    with pytest.raises(ValueError, match="nonsense"):
        networks("nonsense")
