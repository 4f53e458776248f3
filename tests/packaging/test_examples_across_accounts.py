"""Each example that names accounts, with the wheel alone: deployed, updated, destroyed in several accounts.

An account of the embedded AWS is the access key of 12 digits that asks. To add an example, write its row in
`ROWS`: what its accounts hold before, and what must be true when it is deployed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local.embedded import EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.packaging.clean import CleanEnvironment
from tests.packaging.test_examples import EXAMPLES, OF_ONE_ACCOUNT, alone, stacks, tag

Accounts = dict[str, Aws]
"""Clients by account id."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One example.

    Attributes:
        accounts: The account of each stack, in the order of deployment.
        deployed: Asserts the effect; called after the deployment and after the update.
        destroyed: Asserts what is left. Default: nothing of interest.
        prepare: Makes what the accounts hold before.

            Returns:
                What to write in ``app.py`` instead of what is there, such as the id of a zone.
    """

    accounts: dict[str, str]
    deployed: Callable[[Accounts], None]
    destroyed: Callable[[Accounts], None] = lambda _: None
    prepare: Callable[[Accounts], dict[str, str]] = field(default=lambda _: {})


def records(aws: Aws, zone_name: str) -> dict[tuple[str, str], set[str]]:
    """Values by name and type of the only zone of a name, without what Route 53 makes itself."""
    zones = aws.route53.list_hosted_zones()["HostedZones"]
    (zone,) = (zone for zone in zones if zone["Name"] == f"{zone_name}.")
    found = aws.route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {
        (each["Name"].rstrip("."), each["Type"]): {value["Value"] for value in each["ResourceRecords"]}
        for each in found
        if (each["Name"], each["Type"]) not in {(zone["Name"], "NS"), (zone["Name"], "SOA")}
    }


def mail_records(domain: str, tokens: list[str]) -> dict[tuple[str, str], set[str]]:
    return {
        **{(f"{token}._domainkey.{domain}", "CNAME"): {f"{token}.dkim.amazonses.com"} for token in tokens},
        (f"bounce.{domain}", "MX"): {"10 feedback-smtp.us-east-1.amazonses.com"},
        (f"bounce.{domain}", "TXT"): {'"v=spf1 include:amazonses.com ~all"'},
        (f"_dmarc.{domain}", "TXT"): {'"v=DMARC1; p=none"'},
    }


def verified(aws: Aws, domain: str) -> list[str]:
    """The DKIM tokens of an identity, which is verified with its MAIL FROM domain."""
    identity = aws.ses.get_email_identity(EmailIdentity=domain)
    assert identity["VerifiedForSendingStatus"]
    assert identity["MailFromAttributes"]["MailFromDomainStatus"] == "SUCCESS"
    return identity["DkimAttributes"]["Tokens"]


DNS, MAIL = "111111111111", "222222222222"
NAME_SERVERS = {"ns-1.awsdns-1.com", "ns-2.awsdns-2.net", "ns-3.awsdns-3.org", "ns-4.awsdns-4.co.uk"}
"""Those of every zone of the embedded AWS."""
OTHERS = {("shop.example", "TXT"): {'"others"'}}


def shop_zone(accounts: Accounts) -> dict[str, str]:
    zone_id = accounts[DNS].add_zone("shop.example")
    accounts[DNS].add_record(zone_id, "shop.example", "TXT", '"others"')
    return {"Z0SHOPEXAMPLE0000001": zone_id.removeprefix("/hostedzone/")}


def shop_records(accounts: Accounts) -> None:
    tokens = verified(accounts[MAIL], "shop.example")
    assert records(accounts[DNS], "shop.example") == mail_records("shop.example", tokens) | OTHERS
    assert not accounts[MAIL].route53.list_hosted_zones()["HostedZones"]


def club_zone(accounts: Accounts) -> dict[str, str]:
    return {"Z0CLUBEXAMPLE0000001": accounts[DNS].add_zone("club.example").removeprefix("/hostedzone/")}


def club_records(accounts: Accounts) -> None:
    tokens = verified(accounts[MAIL], "mail.club.example")
    assert records(accounts[MAIL], "mail.club.example") == mail_records("mail.club.example", tokens)
    ((place, servers),) = records(accounts[DNS], "club.example").items()
    assert place == ("mail.club.example", "NS")
    assert servers <= NAME_SERVERS


ROWS = {
    "delegated-subdomain": Row(
        accounts={"ClubDns": DNS, "ClubMail": MAIL},
        prepare=club_zone,
        deployed=club_records,
        destroyed=club_records,
    ),
    "zone-in-another-account": Row(
        accounts={"ShopDns": DNS, "ShopMail": MAIL},
        prepare=shop_zone,
        deployed=shop_records,
        destroyed=shop_records,
    ),
}


@pytest.fixture
def embedded() -> Iterator[EmbeddedAws]:
    """Of each example alone: an account has one zone of a name."""
    with EmbeddedAws() as started:
        yield started


def test_every_example_with_accounts_has_its_row() -> None:
    assert set(ROWS) == set(EXAMPLES) - set(OF_ONE_ACCOUNT)


@pytest.mark.parametrize("example", ROWS)
def test_an_example_is_deployed_updated_and_destroyed_in_its_accounts(
    example: str, clean: CleanEnvironment, embedded: EmbeddedAws, tmp_path: Path
) -> None:
    row = ROWS[example]
    accounts = {
        account: Aws(endpoint_url=embedded.endpoint_url, access_key=account)
        for account in dict.fromkeys(row.accounts.values())
    }
    folder = alone(example, tmp_path / "app")
    app = folder / "app.py"
    code = app.read_text("utf-8")
    for placeholder, value in row.prepare(accounts).items():
        assert placeholder in code
        code = code.replace(placeholder, value)
    app.write_text(code, "utf-8")

    def deployables(outdir: str) -> dict[str, Deployable]:
        made = {stack.name: stack for stack in stacks(clean, folder, tmp_path / outdir)}
        assert set(made) == set(row.accounts)
        return {name: made[name] for name in row.accounts}

    for name, stack in deployables("made").items():
        stack.deploy(accounts[row.accounts[name]])
    row.deployed(accounts)
    tag(folder)
    for name, stack in deployables("tagged").items():
        aws = accounts[row.accounts[name]]
        stack.deploy(aws)
        (found,) = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
        assert found["StackStatus"] == "UPDATE_COMPLETE"
    row.deployed(accounts)
    for name in reversed(row.accounts):
        delete_stack(accounts[row.accounts[name]], name)
    row.destroyed(accounts)
