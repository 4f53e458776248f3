"""DNS record data in the form that this project compares: no quotes, no trailing dots."""

import dns.rdata
import dns.rdatatype
from dns.exception import DNSException
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.ANY.TXT import TXT


def presentation(rdata: dns.rdata.Rdata) -> str:
    """One value: TXT as its strings joined (RFC 7208 3.3), targets without trailing dot."""
    if isinstance(rdata, TXT):
        return b"".join(rdata.strings).decode("ascii", errors="backslashreplace")
    if isinstance(rdata, MX):
        return f"{rdata.preference} {rdata.exchange.to_text(omit_final_dot=True)}"
    if isinstance(rdata, CNAME | NS):
        target: str = rdata.target.to_text(omit_final_dot=True)
        return target
    return rdata.to_text()


def parse_value(record_type: str, text: str) -> str:
    """Bring a value from a master file or from Route 53 into the same form.

    What cannot be parsed is returned as it is: it then simply differs from what is expected.
    """
    try:
        return presentation(dns.rdata.from_text("IN", record_type, text, relativize=False))
    except DNSException:
        return text
