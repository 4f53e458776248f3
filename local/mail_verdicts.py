"""What SES thinks of a message: spam, virus, SPF, DKIM and DMARC. Pure: DNS is given as a look-up.

Spam and virus: the test strings GTUBE and EICAR fail, everything else passes. DKIM signatures are really
verified, with keys in the emulated Route 53. SPF is never looked up: the client is this machine, which no
domain names. DMARC follows from these, where the From domain has a policy in the emulated Route 53. The
header `X-Rehearsal-Verdicts` overrules each of them: ``spam=FAIL, dmarc=FAIL, policy=reject``.

Words: SES Developer Guide, "Contents of notifications for Amazon SES email receiving".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from local.mail_authentication import POLICIES, aligned, policy_tags, signing_domains
from local.message_headers import header_fields, header_section
from local.verification import LookUp

HEADER: Final = "X-Rehearsal-Verdicts"
"""Header of a message that says its verdicts."""

GTUBE: Final = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""Text that every spam filter takes for spam."""

# In two pieces: scanners look for the whole of it, also in source files.
EICAR: Final = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Text that every virus scanner takes for a virus."""


class Verdict(StrEnum):
    """The result of a check."""

    PASS = "PASS"  # noqa: S105 - the word of SES
    FAIL = "FAIL"
    GRAY = "GRAY"
    PROCESSING_FAILED = "PROCESSING_FAILED"


class InvalidVerdictsError(ValueError):
    """The header says something that is no verdict."""


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """The verdicts about one message.

    Attributes:
        spam: Whether it is spam, if a rule asks.
        virus: Whether it has a virus, if a rule asks.
        spf: Whether the client may send for the domain of MAIL FROM.
        dkim: Whether a signature is right; GRAY without one.
        dmarc: Whether one of these is about the From domain; GRAY when that has no policy.
        dmarc_policy: That policy, when DMARC failed.
        from_domain: The domain in the From header.
    """

    spam: Verdict
    virus: Verdict
    spf: Verdict
    dkim: Verdict
    dmarc: Verdict
    dmarc_policy: str | None
    from_domain: str


def judge(content: bytes, *, source: str, look_up: LookUp) -> Verdicts:
    """Judge a message.

    Args:
        content: The message.
        source: MAIL FROM.
        look_up: Public DNS.

    Raises:
        InvalidVerdictsError: its own header about verdicts cannot be understood.
    """
    said = {name: value for text in _values(content, HEADER) for name, value in _said(text)}
    wanted = {name: Verdict(value) for name, value in said.items() if name != "policy"}
    from_domain = parseaddr(next(_values(content, "From"), ""))[1].rpartition("@")[2].lower()
    signers = signing_domains(header_section(content), content, look_up)
    dkim = wanted.get("dkim", Verdict.GRAY if signers is None else _verdict(right=bool(signers)))
    spf = wanted.get("spf", Verdict.GRAY)
    tags = policy_tags(from_domain, look_up)
    if "dkim" in wanted:
        signers = [from_domain]
    in_line = (dkim is Verdict.PASS and aligned(signers or (), from_domain, tags.get("adkim"))) or (
        spf is Verdict.PASS and aligned([source.rpartition("@")[2].lower()], from_domain, tags.get("aspf"))
    )
    dmarc = wanted.get("dmarc", _verdict(right=in_line) if tags else Verdict.GRAY)
    return Verdicts(
        spam=wanted.get("spam", _verdict(right=not _holds(content, GTUBE.encode()))),
        virus=wanted.get("virus", _verdict(right=not _holds(content, EICAR.encode()))),
        spf=spf,
        dkim=dkim,
        dmarc=dmarc,
        dmarc_policy=(said.get("policy") or tags.get("p", "none")) if dmarc is Verdict.FAIL else None,
        from_domain=from_domain,
    )


def _verdict(*, right: bool) -> Verdict:
    return Verdict.PASS if right else Verdict.FAIL


def _values(content: bytes, name: str) -> Iterator[str]:
    return (value for known, value in header_fields(content) if known.lower() == name.lower())


def _said(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of the header.

    Raises:
        InvalidVerdictsError: a name or value is not known.
    """
    known: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(("spam", "virus", "spf", "dkim", "dmarc"), tuple(Verdict)),
        "policy": POLICIES,
    }
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in known:
            raise InvalidVerdictsError(f"{HEADER} knows {', '.join(known)}")
        if value not in known[name]:
            raise InvalidVerdictsError(f"{HEADER}: {name} is one of {', '.join(known[name])}")
        yield name, value


def _holds(content: bytes, needle: bytes) -> bool:
    """Whether a text is in a message, or in one of its parts once that is decoded."""
    if needle in content:
        return True
    try:
        parts = [part.get_payload(decode=True) for part in message_from_bytes(content).walk()]
    except Exception:  # noqa: BLE001 - whatever a strange message does to the parser, it has been received
        return False
    return any(isinstance(part, bytes) and needle in part for part in parts)
