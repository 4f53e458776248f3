"""A name server as the operator names it or as a zone delegates to it."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final, Self

from ops.errors import ResolverError

DNS_PORT: Final = 53
_MAX_PORT: Final = 65535


@dataclass(frozen=True, kw_only=True)
class Server:
    """A name server.

    Attributes:
        name: For people: a host name, or the address.
        address: IPv4 or IPv6 address.
        port: Default: 53.
    """

    name: str
    address: str
    port: int = DNS_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``; a host name is looked up.

        Raises:
            ResolverError: Not in that form, or the host name has no address.
        """
        host, port = text, str(DNS_PORT)
        if text.startswith("["):
            host, _, rest = text[1:].partition("]")
            port = rest.removeprefix(":") or port
        elif text.count(":") == 1:
            host, port = text.split(":")
        try:
            return cls(name=text, address=_address(host), port=_port(port))
        except (ValueError, OSError) as error:
            raise ResolverError(
                f"{text!r} is not a DNS server ({error}).",
                fix="write an address or host name, with :PORT if it is not 53, such as 192.0.2.53:5353",
            ) from error


def _address(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0])


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port <= _MAX_PORT:
        raise ValueError(f"a port is a number from 1 to {_MAX_PORT}")
    return port
