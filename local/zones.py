"""Public DNS as the emulated Route 53 would serve it: who answers for a name, and what.

Pure: zones are given as data. The zone with the longest matching name answers, at label boundaries. Where a
zone above it is hosted here too and has no NS record for it, nobody is led there, and that one answers.
Private zones are invisible, as they are to SES. Of several public zones of one name only one can be delegated
to and nothing here can tell which, so a value counts only when all of them give it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from local.dns_names import ancestors, normal_name, txt_text


@dataclass(frozen=True, kw_only=True)
class RecordSet:
    """One record set as Route 53 stores it; an alias has no values."""

    name: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One hosted zone."""

    name: str
    private: bool
    records: tuple[RecordSet, ...]


class PublicDns:
    """Answers from public hosted zones; an instance is a `local.verification.LookUp`.

    Args:
        zones: Every hosted zone, of all accounts.
    """

    def __init__(self, zones: Iterable[Zone]) -> None:
        self._zones: dict[str, list[_Content]] = {}
        for zone in zones:
            if not zone.private:
                self._zones.setdefault(normal_name(zone.name), []).append(_Content(zone.records))

    def __call__(self, name: str, record_type: str) -> tuple[str, ...]:
        """The values at a name, none when the name has none of that type."""
        zone_name = next((parent for parent in ancestors(name) if self._is_seen(parent)), None)
        if zone_name is None:
            return ()
        answers = [content.answer(name, record_type) for content in self._zones[zone_name]]
        return tuple(value for value in answers[0] if all(value in answer for answer in answers))

    def _is_seen(self, zone_name: str) -> bool:
        """Whether a zone of this name is here, and delegated by the next one above it that is here."""
        if zone_name not in self._zones:
            return False
        above = next((parent for parent in ancestors(zone_name)[1:] if parent in self._zones), None)
        return above is None or any(content.answer(zone_name, "NS") for content in self._zones[above])


class _Content:
    """One zone's records, by name and type."""

    def __init__(self, records: Iterable[RecordSet]) -> None:
        self._values = {(normal_name(record.name), record.type): _comparable(record) for record in records}
        self._existing = {parent for owner, _ in self._values for parent in ancestors(owner)}

    def answer(self, name: str, record_type: str) -> tuple[str, ...]:
        """Wildcards included (RFC 4592: the closest ancestor that exists decides)."""
        owner, *parents = ancestors(name)
        if owner not in self._existing:
            owner = "*." + next((parent for parent in parents if parent in self._existing), "")
        return self._values.get((owner, record_type), ())


def _comparable(record: RecordSet) -> tuple[str, ...]:
    if record.type == "TXT":
        return tuple(txt_text(value) for value in record.values)
    return tuple(normal_name(" ".join(value.split())) for value in record.values)
