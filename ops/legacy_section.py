"""Legacy verification records as a section of the status. Pure."""

from collections.abc import Sequence

from ops.dns_check import RecordCheck, Verdict
from ops.documents import check_dict
from ops.environment_status import Item, Section, Tone
from ops.legacy_records import LegacyStatus, Unchecked

_OPEN = frozenset({Verdict.NOT_EVERYWHERE, Verdict.UNREACHABLE, Unchecked.NOT_DEPLOYED, Unchecked.NOT_KNOWN})


def legacy_section(statuses: Sequence[LegacyStatus]) -> Section:
    """The legacy records of an environment."""
    return Section(
        key="legacy_records",
        things="legacy records",
        done="right",
        items=tuple(_item(status) for status in statuses),
    )


def _item(status: LegacyStatus) -> Item:
    result = status.result
    word = result.verdict if isinstance(result, RecordCheck) else result
    wrong = (result,) if isinstance(result, RecordCheck) and result.verdict is not Verdict.RIGHT else ()
    return Item(
        title=f"{status.name} in {status.region}",
        word=str(word),
        tone=Tone.GOOD if word is Verdict.RIGHT else Tone.OPEN if word in _OPEN else Tone.BAD,
        next_step=status.next_step,
        records=wrong,
        document={
            "domain": status.domain,
            "region": status.region,
            "state": str(word),
            "records": [check_dict(check) for check in wrong],
        },
    )
