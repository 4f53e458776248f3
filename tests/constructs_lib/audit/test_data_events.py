import pytest

from constructs_lib.audit.data_events import TYPES, DataEvents, Selector, management_selector
from tests.cloudtrail import Record, documented
from tests.support import TOKEN, refuses


def selectors(events: DataEvents, *senders: str) -> tuple[Selector, ...]:
    return events.selectors(name="prod-mail", senders=senders, partition="aws", account="111111111111")


def fields(selector: Selector) -> dict[str, Selector]:
    return {field["Field"]: field for field in selector["FieldSelectors"]}


def selects(selector: Selector, record: Record, arn: str) -> bool:
    """As the CloudTrail User Guide evaluates conditions: no NOT may hold, and one of the others must."""
    values = {
        "eventCategory": record["eventCategory"],
        "resources.type": record["resources"][0]["type"],
        "resources.ARN": arn,
        "readOnly": str(record["readOnly"]).lower(),
        "userIdentity.arn": record["userIdentity"]["arn"],
    }
    for field in selector["FieldSelectors"]:
        value = values[field["Field"]]
        if value in field.get("NotEquals", ()) or value.startswith(tuple(field.get("NotStartsWith", ()))):
            return False
        chosen = [*field.get("Equals", ()), *field.get("EndsWith", ())]
        ends = value.endswith(tuple(field.get("EndsWith", ())))
        if chosen and not (value in field.get("Equals", ()) or ends):
            return False
    return True


def test_by_default_every_send_is_recorded_by_each_type_of_resource() -> None:
    found = selectors(DataEvents())
    assert [fields(each)["resources.type"]["Equals"] for each in found] == [[kind] for kind in TYPES]
    assert [each["Name"] for each in found] == [f"prod-mail: {kind}" for kind in TYPES]
    assert all(fields(each)["eventCategory"]["Equals"] == ["Data"] for each in found)
    # The record of a send says that it only reads.
    assert all("readOnly" not in fields(each) for each in found)
    record = documented("send_email")
    assert record["readOnly"] is True
    assert selects(found[0], record, record["resources"][0]["ARN"])


@pytest.mark.parametrize(
    "name, taken",
    [
        ("example.com", True),
        ("billing@example.com", True),
        ("evilexample.com", False),
        ("billing@evilexample.com", False),
        ("example.com.evil.test", False),
    ],
)
def test_named_identities_only(name: str, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    (selector,) = selectors(DataEvents(identities=("Example.com",)))
    arn = f"arn:aws:ses:eu-west-1:111111111111:identity/{name}"
    assert selects(selector, documented("send_email"), arn) is taken


def test_a_single_address_is_that_address() -> None:
    (selector,) = selectors(DataEvents(identities=("legal@example.com",)))
    assert fields(selector)["resources.ARN"]["EndsWith"] == [":identity/legal@example.com"]


@pytest.mark.parametrize(
    "who, taken",
    [
        ("arn:aws:sts::111111111111:assumed-role/Billing/app", False),
        ("arn:aws:sts::111111111111:assumed-role/Billing2/app", True),
        ("arn:aws:sts::111111111111:assumed-role/prod-Receiving-x/app", False),
        ("arn:aws:sts::222222222222:assumed-role/Billing/app", True),
        ("arn:aws:iam::111111111111:user/billing", False),
        ("arn:aws:iam::111111111111:user/billing2", True),
    ],
)
def test_known_senders_can_be_left_out(who: str, taken: bool) -> None:  # noqa: FBT001 - as above
    senders = ("role/Billing", "role/prod-Receiving-*", "user/billing")
    selector = selectors(DataEvents(known_senders=False), *senders)[0]
    record = documented("send_email")
    record["userIdentity"]["arn"] = who
    assert selects(selector, record, record["resources"][0]["ARN"]) is taken
    assert "userIdentity.arn" not in fields(selectors(DataEvents(), *senders)[0])


def test_management_events_that_read_are_a_choice() -> None:
    assert fields(management_selector(reads=False))["readOnly"]["Equals"] == ["false"]
    assert fields(management_selector(reads=True)).keys() == {"eventCategory"}


def test_identities_are_names() -> None:
    with refuses("domain-malformed", "identities"):
        DataEvents(identities=("arn:aws:ses:eu-west-1:111111111111:identity/example.com",))
    with refuses("email-address-invalid", "identities"):
        DataEvents(identities=("a b@example.com",))
    assert DataEvents(identities=(TOKEN,)).identities == (TOKEN,)
