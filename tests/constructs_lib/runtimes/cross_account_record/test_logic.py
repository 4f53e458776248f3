"""A record set of a foreign zone, with other writers at work between any two calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from constructs_lib.runtimes.cross_account_record.logic import TRIES, Place, RecordSet, write
from constructs_lib.runtimes.custom_resource import NOT_CREATED, RefusedError, Request, RequestType

NAME = "_dmarc.example.com"
KEY = ("Z1", NAME, "TXT")
NONE, REJECT, THEIRS = '"v=DMARC1; p=none"', '"v=DMARC1; p=reject"', '"v=DMARC1; p=quarantine"'


def nothing() -> None:
    """What happens between two calls, where nothing does."""


@dataclass(kw_only=True)
class FakeZones:
    """Hosted zones. All changes of a batch are made or none, as in Route 53; one call can fail."""

    sets: dict[tuple[str, str, str], RecordSet] = field(default_factory=dict)
    between: Callable[[], None] = nothing
    fail_at: int | None = None
    after_effect: bool = False
    refusal: str | None = None
    calls: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)

    def find(self, place: Place) -> RecordSet | None:
        found: RecordSet | None = self._call("find", place, lambda: self.sets.get(_key(place)))
        return found

    def change(self, place: Place, *, before: RecordSet | None, after: RecordSet | None) -> str | None:
        self.between()
        refusal: str | None = self._call("change", place, lambda: self._change(_key(place), before, after))
        return refusal

    def _change(
        self, key: tuple[str, str, str], before: RecordSet | None, after: RecordSet | None
    ) -> str | None:
        if self.refusal is not None:
            return self.refusal
        if self.sets.get(key) != before:
            return "but the values provided do not match the current values"
        self.sets.pop(key, None)
        if after is not None:
            self.sets[key] = after
        return None

    def _call(self, name: str, place: Place, effect: Callable[[], Any]) -> Any:  # noqa: ANN401 - passed on
        self.calls.append(name)
        self.roles.append(place.role_arn)
        failing = len(self.calls) - 1 == self.fail_at
        if failing and not self.after_effect:
            raise RefusedError("no answer")
        found = effect()
        if failing:
            raise RefusedError("no answer")
        return found

    def values(self, key: tuple[str, str, str] = KEY) -> tuple[str, ...]:
        found = self.sets.get(key)
        return found.values if found else ()


@dataclass(kw_only=True)
class FakeStacks:
    """The stack, in a rollback or not."""

    rolling_back: bool = False

    def is_rolling_back(self, stack_id: str) -> bool:
        assert stack_id == "arn:stack"
        return self.rolling_back


def _key(place: Place) -> tuple[str, str, str]:
    return place.zone_id, place.name, place.type


def properties(*values: str, **overrides: object) -> dict[str, Any]:
    return {
        "ServiceToken": "arn",
        "RoleArn": "arn:aws:iam::999999999999:role/mail-records",
        "HostedZoneId": "Z1",
        "Name": NAME,
        "Type": "TXT",
        "Ttl": "1800",
        "Values": list(values or (NONE,)),
        **overrides,
    }


def request(
    kind: RequestType,
    new: Mapping[str, Any],
    *,
    old: Mapping[str, Any] | None = None,
    physical_id: str | None = None,
) -> Request:
    return Request(
        type=kind,
        properties=new,
        old_properties=old or {},
        physical_id=physical_id,
        stack_id="arn:stack",
        logical_id="Record",
    )


def create(zones: FakeZones, new: Mapping[str, Any] | None = None) -> str:
    return write(request(RequestType.CREATE, new or properties()), zones, FakeStacks())


def update(
    zones: FakeZones,
    physical_id: str,
    *,
    new: Mapping[str, Any],
    old: Mapping[str, Any],
    rolling_back: bool = False,
) -> str:
    asked = request(RequestType.UPDATE, new, old=old, physical_id=physical_id)
    return write(asked, zones, FakeStacks(rolling_back=rolling_back))


def delete(zones: FakeZones, physical_id: str, new: Mapping[str, Any] | None = None) -> None:
    told = write(
        request(RequestType.DELETE, new or properties(), physical_id=physical_id), zones, FakeStacks()
    )
    assert told == physical_id


def holding(*values: str, ttl: int = 60, special: bool = False) -> FakeZones:
    return FakeZones(sets={KEY: RecordSet(values=values, ttl=ttl, special=special)})


def test_an_absent_record_is_created_and_goes_with_its_resource() -> None:
    zones = FakeZones()
    physical_id = create(zones)
    assert zones.sets == {KEY: RecordSet(values=(NONE,), ttl=1800)}
    assert physical_id == f"Z1/{NAME}/TXT"
    delete(zones, physical_id)
    assert not zones.sets


@pytest.mark.parametrize(
    "kind, there, wanted",
    [
        ("TXT", (NONE,), (NONE,)),
        ("TXT", ('"v=DMARC1; " "p=none"',), (NONE,)),
        ("TXT", (r'"v=DMARC1\073 p=none"',), (NONE,)),
        ("CNAME", ("A.dkim.amazonses.com.",), ("a.dkim.amazonses.com",)),
        ("MX", ("10  Mail.example.net.",), ("10 mail.example.net",)),
        ("NS", ("b.example.", "a.example."), ("a.example", "b.example")),
    ],
)
def test_a_record_that_is_right_already_is_taken_as_it_is_and_stays(
    kind: str, there: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    key = ("Z1", NAME, kind)
    before = {key: RecordSet(values=there, ttl=60)}
    zones = FakeZones(sets=dict(before))
    new = properties(*wanted, Type=kind)
    physical_id = create(zones, new)
    assert physical_id.startswith("found/")
    delete(zones, physical_id, new)
    assert zones.sets == before
    assert "change" not in zones.calls


@pytest.mark.parametrize(
    "zones",
    [holding(THEIRS), holding(NONE, THEIRS), holding(NONE, special=True), holding('"V=DMARC1; p=none"')],
    ids=["other", "beside ours", "special", "other case"],
)
def test_what_somebody_else_wrote_is_refused_and_stays(zones: FakeZones) -> None:
    before = dict(zones.sets)
    with pytest.raises(RefusedError, match=r"^\[zone-record-taken\] _dmarc\.example\.com TXT in zone Z1"):
        create(zones)
    delete(zones, NOT_CREATED)
    assert zones.sets == before


def test_an_update_replaces_what_the_resource_wrote_and_is_no_replacement_of_the_resource() -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    physical_id = create(zones, old)
    # Another id would be another resource: its rollback is then a deletion, of the record itself.
    assert update(zones, physical_id, new=new, old=old) == physical_id
    assert zones.values() == (REJECT,)
    delete(zones, physical_id, new)
    assert not zones.sets


def test_an_update_is_rolled_back() -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    physical_id = create(zones, old)
    update(zones, physical_id, new=new, old=old)
    assert update(zones, physical_id, new=old, old=new, rolling_back=True) == physical_id
    assert zones.values() == (NONE,)
    delete(zones, physical_id, old)
    assert not zones.sets


def test_an_update_refuses_what_somebody_else_wrote_and_is_rolled_back() -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    first = create(zones, old)
    zones.sets[KEY] = RecordSet(values=(THEIRS,), ttl=60)
    with pytest.raises(RefusedError, match="zone-record-taken"):
        update(zones, first, new=new, old=old)
    left = update(zones, first, new=old, old=new, rolling_back=True)
    delete(zones, left, old)
    assert zones.values() == (THEIRS,)


@pytest.mark.parametrize("written", [False, True])
def test_a_rollback_goes_well_when_the_role_is_gone(*, written: bool) -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    physical_id = create(zones, old)
    if written:
        update(zones, physical_id, new=new, old=old)
    zones.fail_at = len(zones.calls)
    assert update(zones, physical_id, new=old, old=new, rolling_back=True) == physical_id
    assert zones.values() == ((REJECT,) if written else (NONE,))


def test_an_update_writes_again_what_somebody_removed() -> None:
    zones = FakeZones()
    first = create(zones)
    zones.sets.clear()
    update(zones, first, new=properties(REJECT), old=properties())
    assert zones.values() == (REJECT,)


def test_what_was_found_is_replaced_with_its_ttl_and_stays_somebody_elses() -> None:
    zones = holding(NONE, ttl=60)
    old, new = properties(NONE), properties(REJECT)
    first = create(zones, old)
    second = update(zones, first, new=new, old=old)
    assert zones.sets == {KEY: RecordSet(values=(REJECT,), ttl=60)}
    assert second.startswith("found/")
    # The rollback of that update leaves what was there, and no deletion takes it away.
    assert update(zones, second, new=old, old=new, rolling_back=True) == first
    delete(zones, second, new)
    delete(zones, first, old)
    assert zones.sets == {KEY: RecordSet(values=(NONE,), ttl=60)}


def test_what_was_found_stays_somebody_elses_when_they_make_the_change_themselves() -> None:
    zones = holding(NONE)

    def they_do() -> None:
        zones.sets[KEY] = RecordSet(values=(REJECT,), ttl=1800)

    found = create(zones)
    zones.between = they_do
    assert update(zones, found, new=properties(REJECT), old=properties(NONE)).startswith("found/")


def test_what_was_found_and_then_removed_is_ours_once_it_is_written_anew() -> None:
    zones = holding(NONE)
    found = create(zones)
    zones.sets.clear()
    new = properties(REJECT)
    ours = update(zones, found, new=new, old=properties(NONE))
    delete(zones, ours, new)
    assert not zones.sets


def test_the_ttl_of_what_was_found_is_not_changed_and_nobody_is_asked() -> None:
    zones = holding(NONE)
    found = create(zones)
    zones.calls.clear()
    assert update(zones, found, new=properties(Ttl="300"), old=properties()) == found
    assert not zones.calls


def test_a_ttl_that_changes_alone_is_written_and_rolled_back() -> None:
    zones = FakeZones()
    old, new = properties(), properties(Ttl="300")
    first = create(zones, old)
    second = update(zones, first, new=new, old=old)
    assert zones.sets == {KEY: RecordSet(values=(NONE,), ttl=300)}
    assert second == first
    assert update(zones, second, new=old, old=new, rolling_back=True) == first
    assert zones.sets == {KEY: RecordSet(values=(NONE,), ttl=1800)}


@pytest.mark.parametrize(
    "there", [RecordSet(values=(THEIRS,), ttl=60), RecordSet(values=(), ttl=0, special=True)]
)
def test_a_rollback_leaves_what_somebody_changed_meanwhile_and_goes_well(
    there: RecordSet, caplog: pytest.LogCaptureFixture
) -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    first = create(zones, old)
    second = update(zones, first, new=new, old=old)
    zones.sets[KEY] = there
    with pytest.raises(RefusedError, match="zone-record-taken"):
        update(zones, second, new=old, old=new)
    left = update(zones, second, new=old, old=new, rolling_back=True)
    assert "zone-record-taken" in caplog.text
    delete(zones, second, new)
    delete(zones, left, old)
    assert zones.sets == {KEY: there}


def test_a_rollback_goes_well_where_route_53_refuses_the_former_values() -> None:
    zones = FakeZones()
    old, new = properties(NONE), properties(REJECT)
    second = update(zones, create(zones, old), new=new, old=old)
    # Somebody put a CNAME in its place.
    zones.sets.clear()
    zones.refusal = "conflicts with other records"
    left = update(zones, second, new=old, old=new, rolling_back=True)
    delete(zones, left, old)
    assert not zones.sets


def test_a_creation_is_refused_whatever_the_stack_does() -> None:
    asked = request(RequestType.CREATE, properties())
    with pytest.raises(RefusedError, match="zone-record-taken"):
        write(asked, holding(THEIRS), FakeStacks(rolling_back=True))


@pytest.mark.parametrize("moved", [{"HostedZoneId": "Z2"}, {"Name": "_dmarc.example.org"}])
def test_another_place_is_another_resource(moved: dict[str, str]) -> None:
    zones = FakeZones()
    old, new = properties(), properties(**moved)
    first = create(zones, old)
    second = update(zones, first, new=new, old=old)
    assert len(zones.sets) == 2
    delete(zones, first, old)
    delete(zones, second, new)
    assert not zones.sets


def test_another_place_that_is_taken_is_refused() -> None:
    zones = FakeZones(sets={("Z2", NAME, "TXT"): RecordSet(values=(NONE, THEIRS), ttl=60)})
    first = create(zones)
    with pytest.raises(RefusedError, match="zone-record-taken"):
        update(zones, first, new=properties(HostedZoneId="Z2"), old=properties())


def test_another_role_is_the_same_resource_and_asks_nobody() -> None:
    zones = FakeZones()
    first = create(zones)
    zones.calls.clear()
    assert update(zones, first, new=properties(RoleArn="arn:other"), old=properties()) == first
    assert not zones.calls
    delete(zones, first, properties(RoleArn="arn:other"))
    assert set(zones.roles[-2:]) == {"arn:other"}


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("fail_at", range(4))
def test_a_call_that_fails_loses_nothing_and_repeating_goes_well(fail_at: int, *, after_effect: bool) -> None:
    zones = FakeZones(fail_at=fail_at, after_effect=after_effect)
    old, new = properties(NONE), properties(REJECT)

    def twice(do: Callable[[], str]) -> str:
        try:
            return do()
        except RefusedError:
            return do()

    first = twice(lambda: create(zones, old))
    second = twice(lambda: update(zones, first, new=new, old=old))
    assert zones.values() == (REJECT,)
    # A creation whose outcome nobody knew found its record: in doubt it stays.
    doubtful = first.startswith("found/")
    assert second.startswith("found/") is doubtful
    delete(zones, second, new)
    assert bool(zones.sets) is doubtful


def test_a_deletion_takes_only_its_own_values_away() -> None:
    zones = FakeZones()
    physical_id = create(zones)
    zones.sets[KEY] = RecordSet(values=(NONE, THEIRS), ttl=60)
    delete(zones, physical_id)
    assert zones.values() == (NONE, THEIRS)
    zones.sets.clear()
    delete(zones, physical_id)


def test_a_ttl_that_somebody_changed_is_deleted_as_it_is() -> None:
    zones = FakeZones()
    physical_id = create(zones)
    zones.sets[KEY] = RecordSet(values=(NONE,), ttl=5)
    delete(zones, physical_id)
    assert not zones.sets


def test_who_was_faster_decides() -> None:
    zones = FakeZones()

    def somebody_writes(*values: str) -> Callable[[], None]:
        def once() -> None:
            zones.sets[KEY] = RecordSet(values=values, ttl=60)
            zones.between = nothing

        return once

    zones.between = somebody_writes(THEIRS)
    with pytest.raises(RefusedError, match="zone-record-taken"):
        create(zones)
    assert zones.values() == (THEIRS,)
    zones.sets.clear()
    zones.between = somebody_writes(NONE)
    assert create(zones).startswith("found/")
    assert zones.values() == (NONE,)


def test_a_deletion_that_meets_a_faster_change_leaves_it() -> None:
    zones = FakeZones()
    physical_id = create(zones)

    def somebody_writes() -> None:
        zones.sets[KEY] = RecordSet(values=(THEIRS,), ttl=60)

    zones.between = somebody_writes
    delete(zones, physical_id)
    assert zones.values() == (THEIRS,)


def test_a_change_that_is_not_possible_is_refused_in_the_words_of_route_53() -> None:
    zones = FakeZones(refusal="conflicts with other records")
    with pytest.raises(RefusedError, match=r"^\[zone-record-refused\].*conflicts with other records"):
        create(zones)
    assert zones.calls == ["find", "change", "find"]


def test_somebody_who_changes_it_all_the_time_ends_the_tries() -> None:
    zones = FakeZones()
    ttls = iter(range(1, 100))

    def change_the_ttl() -> None:
        zones.sets[KEY] = RecordSet(values=(NONE,), ttl=next(ttls))

    physical_id = create(zones)
    zones.between = change_the_ttl
    with pytest.raises(RefusedError, match="zone-record-refused"):
        update(zones, physical_id, new=properties(REJECT), old=properties(NONE))
    with pytest.raises(RefusedError, match="zone-record-refused"):
        delete(zones, physical_id)
    assert zones.calls.count("change") == 1 + 2 * TRIES


def test_a_name_has_one_spelling() -> None:
    zones = FakeZones()
    create(zones, properties(Name="_DMARC.Example.com."))
    assert zones.values() == (NONE,)
