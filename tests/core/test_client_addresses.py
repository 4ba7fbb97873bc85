"""Where a request comes from is read in one place, whatever a proxy writes around it."""

import pytest

from studio.core import client_addresses


@pytest.fixture(autouse=True)
def one_proxy(settings):
    settings.PROXIES = 1


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("9.9.9.9", "9.9.9.9"),
        ("9.9.9.9:51234", "9.9.9.9"),
        ("6.6.6.6, 9.9.9.9:51234", "9.9.9.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:9.9.9.9", "9.9.9.9"),
        ("[::ffff:9.9.9.9]:80", "9.9.9.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("_hidden", None),
        ("9.9.9.9:x", None),
    ],
)
def test_it_is_the_same_for_a_page_and_for_a_callback(rf, said, address):
    assert client_addresses.client(rf.get("/", HTTP_X_FORWARDED_FOR=said)) == address
    scope = {"client": ("127.0.0.1", 5), "headers": [(b"x-forwarded-for", said.encode())]}
    assert client_addresses.client_of(scope) == address


def test_what_several_headers_say_is_one_list(settings):
    settings.PROXIES = 2
    headers = [(b"x-forwarded-for", b"6.6.6.6, 9.9.9.9"), (b"x-forwarded-for", b"10.0.0.1")]
    assert client_addresses.client_of({"client": ("127.0.0.1", 5), "headers": headers}) == "9.9.9.9"


def test_an_address_of_ipv4_is_counted_once_however_it_is_written(rf, settings):
    settings.PROXIES = 0
    assert client_addresses.household(rf.get("/", REMOTE_ADDR="::ffff:9.9.9.9")) == "9.9.9.9"


def test_without_proxies_of_ours_nobody_names_an_address_and_the_log_says_so_once(rf, settings, caplog):
    settings.PROXIES = 0
    client_addresses._tell_of_proxies.cache_clear()
    for number in range(5):
        request = rf.get("/", HTTP_X_FORWARDED_FOR=f"9.9.9.{number}")
        assert client_addresses.client(request) == "127.0.0.1"
    assert caplog.text.count("Set PROXIES") == 1
