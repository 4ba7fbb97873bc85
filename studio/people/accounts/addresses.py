"""Where a request comes from, as far as we can tell."""

import ipaddress

from django.conf import settings


def client(request):
    """The network address of whoever asks; None where there is none.

    Behind proxies of ours (`PROXIES`) it is what the farthest of them wrote into X-Forwarded-For;
    what stands before that anybody could have written.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = said[-settings.PROXIES] if len(said) >= settings.PROXIES else address
    try:
        return str(ipaddress.ip_address(address.strip()))
    except ValueError:
        return None


def household(request):
    """The same for counting: of IPv6 the first 64 bits, since one household has all the rest."""
    address = client(request)
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
