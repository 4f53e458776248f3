"""What the built-in function does with incoming mail. Plain values, deployed by `inbound_mail`.

It keeps a JSON summary and the attachments beside each raw message, and forwards by a mapping what the
verdicts of SES and the guards against loops let through.

Example::

    MailProcessor(
        forwarding=Forwarding(
            sender="forwarder@example.com",
            mapping={"info@example.com": ("team@example.net",), "@example.org": ("ann@example.net",)},
            configuration_set="forwarding",
        )
    )
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.runtimes.inbound_mail.mapping import ANYBODY, entry_for
from constructs_lib.runtimes.inbound_mail.settings import ForwardSettings
from constructs_lib.runtimes.inbound_mail.verdicts import Check, Verdict
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission

MAX_SETTINGS_BYTES: Final = 3_500
"""Of the settings in the function's environment: all of it may have 4 KB (Lambda quotas)."""

LEAST_MEMORY_MB: Final = 256
"""Room for a message of 40 MB beside the idle process: it is in memory once (``make bench``)."""

MOST_MEMORY_MB: Final = 10_240
LEAST_TIMEOUT_SECONDS: Final = 90
"""A send waits up to 65 seconds for SES, and something must be left to note its end."""

MOST_TIMEOUT_SECONDS: Final = 900


class DmarcPolicy(StrEnum):
    """What a domain asks receivers to do with mail that fails DMARC (RFC 7489, 6.3), as SES tells it."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class VerdictPolicy:
    """Which verdicts of SES stop forwarding. Stopped mail stays in S3, and its summary says why.

    A check that SES did not mention counts as ``DISABLED``, a status that this release does not know as
    ``PROCESSING_FAILED`` (SES Developer Guide, contents of notifications for email receiving).

    Attributes:
        spam: Default: ``FAIL``, ``PROCESSING_FAILED`` and ``DISABLED``; SES being unsure (``GRAY``) does not.
        virus: Default: everything but ``PASS``.
        spf: Default: nothing; mail that somebody forwarded to you fails it.
        dkim: Default: nothing; DMARC says when it matters.
        dmarc: Default: ``FAIL``.
        dmarc_policies: A ``FAIL`` of DMARC stops when the author's domain asks for one of these. Default:
            ``QUARANTINE`` and ``REJECT``.

    Raises:
        ConfigurationError: ``verdict-policy-invalid``: ``FAIL`` of spam and virus always stop.
    """

    spam: Sequence[Verdict] = (Verdict.FAIL, Verdict.PROCESSING_FAILED, Verdict.DISABLED)
    virus: Sequence[Verdict] = (Verdict.FAIL, Verdict.GRAY, Verdict.PROCESSING_FAILED, Verdict.DISABLED)
    spf: Sequence[Verdict] = ()
    dkim: Sequence[Verdict] = ()
    dmarc: Sequence[Verdict] = (Verdict.FAIL,)
    dmarc_policies: Sequence[DmarcPolicy] = (DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT)

    def __post_init__(self) -> None:
        for check in Check:
            for verdict in self.of(check):
                if not isinstance(verdict, Verdict) or verdict is Verdict.PASS:
                    raise _policy_invalid(
                        check, verdict, "name members of Verdict other than PASS, such as Verdict.FAIL"
                    )
        for check in (Check.SPAM, Check.VIRUS):
            if Verdict.FAIL not in self.of(check):
                raise _policy_invalid(
                    check, self.of(check), "keep Verdict.FAIL; forwarded spam counts against your account"
                )
        for policy in self.dmarc_policies:
            if not isinstance(policy, DmarcPolicy):
                raise _policy_invalid("dmarc_policies", policy, "name members of DmarcPolicy")

    def of(self, check: Check) -> Sequence[Verdict]:
        """The verdicts of a check that stop."""
        found: Sequence[Verdict] = getattr(self, check)
        return found


@dataclass(frozen=True, kw_only=True)
class Forwarding:
    """Who gets which mail, and as whom it is sent.

    Attributes:
        sender: The From address of what is forwarded. Bounces come to it: SES must receive or forward them.
        mapping: Destinations by recipient. An entry is an address, which is for its plus-tags too
            (``info@example.com`` for ``info+shop@example.com``, unless that has an entry), ``@domain``, or
            ``*`` for everybody else. The most exact entry counts alone. Case does not.
        configuration_set: The one that these sends use, so that their bounces are told from others.
        identity: The verified identity that the sender belongs to. Default: its domain.
        automatic: Whether mail with ``Auto-Submitted`` other than ``no`` is forwarded; automatic replies
            never are. Default: no.
        bulk: Whether ``Precedence: bulk`` and ``list`` are forwarded, which newsletters and mailing lists
            have; ``junk`` never is. Default: yes.
        max_hops: More ``Received`` fields than this are a loop, 10 to 1,000. Default: 100 (RFC 5321, 6.3).

    Raises:
        ConfigurationError: ``forwarding-invalid``, ``from-address-outside-identity``,
            ``configuration-set-name-invalid``, and the codes of addresses and domains.
    """

    sender: str
    mapping: Mapping[str, Sequence[str]]
    configuration_set: str
    identity: str | None = None
    automatic: bool = False
    bulk: bool = True
    max_hops: int = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "sender", normalize_address(self.sender, option="sender"))
        if is_token(self.sender):
            raise _invalid("sender", self.sender, "write the address: it is part of every message")
        if self.identity is None:
            object.__setattr__(self, "identity", self.sender.rpartition("@")[2])
        mapping = {_entry(entry): _destinations(entry, found) for entry, found in self.mapping.items()}
        if not mapping:
            raise _invalid("mapping", self.mapping, "add an entry, or leave forwarding out")
        if len(mapping) != len(self.mapping):
            raise _invalid("mapping", sorted(self.mapping), "write each entry once; case makes no difference")
        object.__setattr__(self, "mapping", mapping)
        exact = {entry: found for entry, found in mapping.items() if entry != ANYBODY}
        for entry, destinations in mapping.items():
            for address in destinations:
                again = entry_for(address, exact)
                if again is not None:
                    raise _invalid(
                        f"mapping[{entry!r}]",
                        address,
                        f"name the destinations of {again!r} here: what was forwarded once is not again",
                    )
        least, most = 10, 1_000
        if not least <= self.max_hops <= most:
            raise _invalid("max_hops", self.max_hops, f"choose {least} to {most}")
        self.permission()

    def permission(self) -> SendPermission:
        """What the function may send: as this sender, with this configuration set."""
        return SendPermission(
            identities=(self.identity or "",),
            configuration_set=self.configuration_set,
            conditions=SendConditions(from_addresses=(self.sender,)),
        )

    def settings(self) -> ForwardSettings:
        """What the function is told."""
        return ForwardSettings(
            sender=self.sender,
            mapping=self.mapping,
            configuration_set=self.configuration_set,
            automatic=self.automatic,
            bulk=self.bulk,
            max_hops=self.max_hops,
        )


@dataclass(frozen=True, kw_only=True)
class MailProcessor:
    """The built-in function.

    Attributes:
        policy: Default: see `VerdictPolicy`.
        forwarding: Default: nothing is forwarded.
        attachments: Whether attachments are stored beside the raw message. Default: yes, but for what may
            hold a virus.
        memory_mb: 256 to 10,240. Default: 512, twice the least; Lambda gives CPU by memory.
        timeout_seconds: 90 to 900. Default: 120. A message is tried again after six times that.
        reserved_concurrency: See `RuntimeFunction`. Default: none.

    Raises:
        ConfigurationError: ``mail-processor-invalid``.
    """

    policy: VerdictPolicy = field(default_factory=VerdictPolicy)
    forwarding: Forwarding | None = None
    attachments: bool = True
    memory_mb: int = 512
    timeout_seconds: int = 120
    reserved_concurrency: int | None = None

    def __post_init__(self) -> None:
        for option, least, most in (
            ("memory_mb", LEAST_MEMORY_MB, MOST_MEMORY_MB),
            ("timeout_seconds", LEAST_TIMEOUT_SECONDS, MOST_TIMEOUT_SECONDS),
            ("reserved_concurrency", 1, None),
        ):
            value = getattr(self, option)
            if value is not None and (value < least or (most is not None and value > most)):
                limits = f"{least} or more" if most is None else f"{least} to {most}"
                raise _processor_invalid(option, limits, value, "choose a value within")
        size = 0 if self.forwarding is None else len(json.dumps(self.forwarding.settings().to_dict()))
        if size > MAX_SETTINGS_BYTES:
            raise _processor_invalid(
                "forwarding",
                f"a mapping of at most {MAX_SETTINGS_BYTES} bytes: a function's environment has 4 KB.",
                size,
                "use @domain entries, or distribution lists as destinations, or a second InboundMail",
            )


def _entry(entry: str) -> str:
    if entry == ANYBODY:
        return entry
    option = f"mapping[{entry!r}]"
    if is_token(entry):
        raise _invalid(option, entry, "write it out: the function compares text")
    if entry.startswith("@"):
        return f"@{normalize_domain(entry[1:], option=option)}"
    return normalize_address(entry, option=option).lower()


def _destinations(entry: str, found: Sequence[str]) -> tuple[str, ...]:
    option = f"mapping[{entry!r}]"
    if isinstance(found, str) or not found:
        raise _invalid(option, found, "write a sequence of addresses, such as ('ann@example.net',)")
    return tuple(normalize_address(address, option=option) for address in found)


def _invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "forwarding-invalid",
        option=option,
        rule="each recipient leads to addresses that are not forwarded themselves, and hops are counted.",
        got=got,
        fix=fix,
    )


def _policy_invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "verdict-policy-invalid",
        option=option,
        rule="a policy names verdicts that stop; a FAIL of spam or virus always does.",
        got=got,
        fix=fix,
    )


def _processor_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("mail-processor-invalid", option=option, rule=rule, got=got, fix=fix)
