from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError, Request, RequestType
from constructs_lib.runtimes.legacy_verification.shared_record import TxtRecordSet, verify
from tests.constructs_lib.runtimes.legacy_verification.fake_aws import (
    NAME,
    FakeAws,
    Resource,
    Zones,
    interleave,
)

THEIRS = TxtRecordSet(values=('"theirs="', '"v=spf1 " "-all"'), ttl=300)
OTHERS = {"theirs=", 'v=spf1 " "-all'}


def zones(*, empty: bool = False) -> Zones:
    return Zones() if empty else Zones(sets={("Z1", NAME): THEIRS, ("Z2", NAME): THEIRS})


def properties(*, zone_id: str | None = "Z1", name: str = NAME) -> Mapping[str, Any]:
    # CloudFormation passes numbers as text.
    found = {"Domain": name.partition(".")[2], "RecordName": name, "Ttl": "1800"}
    return found if zone_id is None else {**found, "HostedZoneId": zone_id}


def request(kind: RequestType, physical_id: str | None = None, **options: Any) -> Request:  # noqa: ANN401
    return Request(
        type=kind,
        properties=properties(**options),
        old_properties={},
        physical_id=physical_id,
        stack_id="arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/1",
        logical_id="Legacy",
    )


def ours(zones: Zones) -> dict[str, set[str]]:
    """Values of ours by zone, once it is sure that nothing of the others changed."""
    found = {}
    for (zone_id, name), record_set in zones.sets.items():
        assert record_set.ttl == 300
        assert record_set.values[:2] == THEIRS.values
        if values := zones.texts(zone_id, name) - OTHERS:
            found[zone_id] = values
    return found


def test_a_value_is_put_beside_those_of_others_and_only_that_one_goes() -> None:
    aws = FakeAws(zones=zones(), own_value="to/k+en=")
    done = verify(request(RequestType.CREATE), aws)
    assert done.physical_id == f"Z1/{NAME}/to/k+en="
    assert done.attributes == {"Token": "to/k+en="}
    assert aws.zones.sets["Z1", NAME] == TxtRecordSet(values=(*THEIRS.values, '"to/k+en="'), ttl=300)
    calls = aws.calls
    assert verify(request(RequestType.DELETE, done.physical_id), aws).physical_id == done.physical_id
    assert aws.zones.sets["Z1", NAME] == THEIRS
    # Without asking SES: the identity may be gone.
    assert aws.calls == calls + 2


def test_a_record_set_is_made_for_the_first_value_and_goes_with_the_last() -> None:
    one, two = (FakeAws(zones=zones(empty=True), own_value=token) for token in ("one=", "two="))
    two.zones = one.zones
    first, second = (verify(request(RequestType.CREATE), aws).physical_id for aws in (one, two))
    assert one.zones.sets == {("Z1", NAME): TxtRecordSet(values=('"one="', '"two="'), ttl=1800)}
    verify(request(RequestType.DELETE, first), one)
    assert one.zones.sets == {("Z1", NAME): TxtRecordSet(values=('"two="',), ttl=1800)}
    verify(request(RequestType.DELETE, second), two)
    assert one.zones.sets == {}


@pytest.mark.parametrize("kind", [RequestType.CREATE, RequestType.UPDATE])
def test_with_dns_elsewhere_the_token_is_told_and_nothing_is_touched(kind: RequestType) -> None:
    aws = FakeAws(zones=zones())
    done = verify(request(kind, zone_id=None), aws)
    assert (done.physical_id, done.attributes) == (f"elsewhere/{NAME}/one=", {"Token": "one="})
    verify(request(RequestType.DELETE, done.physical_id, zone_id=None), aws)
    assert aws.calls == 1


@pytest.mark.parametrize("value", ['"one="', '"on" "e="', '"one" "="'])
def test_a_value_that_was_there_stays_when_the_resource_goes(value: str) -> None:
    there = Zones(sets={("Z1", NAME): TxtRecordSet(values=(value,), ttl=60)})
    resource = Resource(aws=FakeAws(zones=there))
    assert resource.deploy(properties())
    assert resource.physical_id == f"found/Z1/{NAME}/one="
    assert resource.deploy(properties())
    assert resource.deploy(None)
    assert there.sets == {("Z1", NAME): TxtRecordSet(values=(value,), ttl=60)}


def test_a_value_that_somebody_removed_is_put_again_by_an_update_and_is_ours_then() -> None:
    there = Zones(sets={("Z1", NAME): TxtRecordSet(values=('"one="',), ttl=60)})
    resource = Resource(aws=FakeAws(zones=there))
    assert resource.deploy(properties())
    there.sets.clear()
    assert resource.deploy(properties())
    assert resource.deploy(properties())
    assert there.texts() == {"one="}
    assert resource.deploy(None)
    assert there.sets == {}


CHANGES: dict[str, tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]] = {
    "create": (None, properties()),
    "delete": (properties(), None),
    "zone": (properties(), properties(zone_id="Z2")),
    "to a zone": (properties(zone_id=None), properties()),
    "out of the zone": (properties(), properties(zone_id=None)),
    "nothing": (properties(), properties()),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fail_at", range(7))
def test_whatever_fails_what_is_wanted_is_there_and_others_stay(change: str, when: str, fail_at: int) -> None:
    before, after = CHANGES[change]
    resource = Resource(aws=FakeAws(zones=zones()))
    if before is not None:
        assert resource.deploy(before)
    resource.aws = FakeAws(zones=resource.aws.zones, fail_at=fail_at, after_effect=when == "after")
    done = resource.deploy(after)
    wanted = after if done else before
    found, zone_id = ours(resource.aws.zones), wanted.get("HostedZoneId") if wanted else None
    assert zone_id is None or found[zone_id] == {"one="}
    # A value may be left where nobody could know that it was put: the call's answer was lost.
    left = found.keys() - {zone_id}
    assert not left or (when == "after" and not done)


def test_a_change_whose_answer_was_lost_and_that_was_made_again_is_ours() -> None:
    class Twice(FakeAws):
        def change(
            self, zone_id: str, name: str, *, before: TxtRecordSet | None, after: TxtRecordSet | None
        ) -> str | None:
            super().change(zone_id, name, before=before, after=after)
            return super().change(zone_id, name, before=before, after=after)

    resource = Resource(aws=Twice(zones=zones()))
    assert resource.deploy(properties())
    assert resource.deploy(None)
    assert ours(resource.aws.zones) == {}


def test_an_update_that_failed_elsewhere_is_rolled_back() -> None:
    for after in (properties(zone_id="Z2"), properties(zone_id=None), properties()):
        resource = Resource(aws=FakeAws(zones=zones()))
        assert resource.deploy(properties())
        resource.deploy(after)
        resource.roll_back(properties())
        assert ours(resource.aws.zones) == {"Z1": {"one="}}


JOBS: dict[str, Callable[[Resource], bool]] = {
    "put": lambda resource: resource.deploy(properties()),
    "take": lambda resource: resource.deploy(None),
}


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("first,second", [("put", "put"), ("put", "take"), ("take", "take")])
def test_two_regions_at_the_same_moment_never_lose_a_value(first: str, second: str, *, empty: bool) -> None:
    conflicts = 0
    for schedule in product((0, 1), repeat=9):
        shared = zones(empty=empty)
        wanted = set() if empty else set(OTHERS)
        jobs = []
        for value, job in (("one=", first), ("two=", second)):
            region = Resource(aws=FakeAws(zones=shared, own_value=value))
            if job == "put":
                wanted.add(value)
            else:
                assert region.deploy(properties())
            jobs.append((region.aws, partial(JOBS[job], region)))
        interleave(schedule, *jobs)
        assert shared.texts() == wanted
        assert (("Z1", NAME) in shared.sets) == bool(wanted)
        assert empty or shared.sets["Z1", NAME].ttl == 300
        conflicts += sum(len(aws.pauses) for aws, _ in jobs)
    assert conflicts


def test_somebody_who_never_stops_is_named_in_the_end_and_nothing_is_lost() -> None:
    shared = zones()
    aws = FakeAws(zones=shared)

    def somebody() -> None:
        found = shared.sets["Z1", NAME]
        shared.sets["Z1", NAME] = TxtRecordSet(values=(*found.values, f'"{len(found.values)}"'), ttl=300)

    aws.between = somebody
    with pytest.raises(RefusedError, match=rf"\[legacy-record-refused\].*{NAME} TXT in zone Z1, 12 times"):
        verify(request(RequestType.CREATE), aws)
    assert aws.pauses == list(range(1, 13))
    assert "one=" not in shared.texts()
    shared.sets["Z1", NAME] = TxtRecordSet(values=('"one="',), ttl=300)
    with pytest.raises(RefusedError, match="it was not found"):
        verify(request(RequestType.DELETE, f"Z1/{NAME}/one="), aws)
    assert "one=" in shared.texts()


@pytest.mark.parametrize(
    "physical_id", ["not-created", f"found/Z1/{NAME}/one=", f"Z2/{NAME}/one=", f"Z1/x{NAME}/one=", None]
)
def test_what_is_not_ours_is_never_taken_away(physical_id: str | None) -> None:
    shared = Zones(sets={("Z1", NAME): TxtRecordSet(values=('"one="',), ttl=60)})
    aws = FakeAws(zones=shared)
    verify(request(RequestType.DELETE, physical_id), aws)
    assert (shared.texts(), aws.calls) == ({"one="}, 0)
