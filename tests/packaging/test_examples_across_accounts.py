"""Each example that names accounts, with the wheel alone: deployed, updated, destroyed in several accounts.

An account of the embedded AWS is the access key of 12 digits that asks. To add an example, write its row in
`ROWS`: what its accounts hold before, and what must be true when it is deployed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local.embedded import EmbeddedAws
from tests.iam import Policy, Request, evaluate
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
        told: By stack, what the stacks before it tell, to be written in the same way before it is deployed.
    """

    accounts: dict[str, str]
    deployed: Callable[[Accounts], None]
    destroyed: Callable[[Accounts], None] = lambda _: None
    prepare: Callable[[Accounts], dict[str, str]] = field(default=lambda _: {})
    told: dict[str, Callable[[Accounts], dict[str, str]]] = field(default_factory=dict)


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


NO_KEY = "00000000-0000-0000-0000-000000000000"
SHOP, OTHER = "111111111111", "222222222222"
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


def output(aws: Aws, stack: str, description: str) -> str:
    """The value of the output of a stack whose description begins so."""
    (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    (value,) = (
        each["OutputValue"] for each in found["Outputs"] if each["Description"].startswith(description)
    )
    return value


def key_id(key_arn: str) -> dict[str, str]:
    return {NO_KEY: key_arn.rpartition("/")[2]}


def shop_domain(accounts: Accounts) -> dict[str, str]:
    accounts[SHOP].verified_domain("shop.example")
    return {}


def topic_key(accounts: Accounts) -> dict[str, str]:
    return key_id(output(accounts[OTHER], "OfficeDoors", "For the sender of shop-mail: KeyArn"))


def office_events(accounts: Accounts) -> None:
    """One bounce comes to the office's queue by the topic, and to the queue behind its bus."""
    sns = accounts[OTHER]._client("sns")
    sqs = accounts[OTHER]._client("sqs")
    watch = sqs.create_queue(QueueName="watch")["QueueUrl"]
    sns.subscribe(
        TopicArn=f"arn:aws:sns:us-east-1:{OTHER}:shop-mail",
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:{OTHER}:watch",
        Attributes={"RawMessageDelivery": "true"},
    )
    sent = accounts[SHOP].ses.send_email(
        FromEmailAddress="orders@shop.example",
        Destination={"ToAddresses": ["bounce@simulator.amazonses.com"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        ConfigurationSetName="shop",
    )["MessageId"]

    def bodies(url: str) -> list[str]:
        found = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    (bounce,) = bodies(sqs.get_queue_url(QueueName="shop-bounces")["QueueUrl"])
    assert json.loads(json.loads(bounce)["Message"])["mail"]["messageId"] == sent
    by_bus = [json.loads(body) for body in bodies(sqs.get_queue_url(QueueName="shop-mail")["QueueUrl"])]
    assert {event["detail"]["mail"]["messageId"] for event in by_bus} == {sent}
    assert {event["account"] for event in by_bus} == {SHOP}
    by_topic = [json.loads(body) for body in bodies(watch)]
    assert [event["eventType"] for event in by_topic] == [event["detail"]["eventType"] for event in by_bus]


def store_of_shop(accounts: Accounts) -> dict[str, str]:
    settings = json.loads(output(accounts[SHOP], "ShopMail", f"For account {OTHER}"))
    return {"shopmail-bucket": settings["Bucket"]} | key_id(settings["KeyArn"])


def role_policies(aws: Aws, role: str) -> list[Policy]:
    """What is attached to a role, as IAM has it."""
    iam = aws._client("iam")
    found: list[Policy] = []
    for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=each["PolicyArn"])["Policy"]["DefaultVersionId"]
        policy = iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId=version)
        document = policy["PolicyVersion"]["Document"]
        found.append(json.loads(document) if isinstance(document, str) else document)
    return found


def support_mail(accounts: Accounts) -> None:
    """The policies as deployed, of both accounts, decided together; the embedded AWS decides nothing."""
    settings = json.loads(output(accounts[SHOP], "ShopMail", f"For account {OTHER}"))
    bucket, key = f"arn:aws:s3:::{settings['Bucket']}", settings["KeyArn"]
    bucket_policy = accounts[SHOP]._client("s3").get_bucket_policy(Bucket=settings["Bucket"])["Policy"]
    key_policy = accounts[SHOP]._client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    through_s3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": bucket}

    def asks(action: str, resource: str, role: str = "SupportTool") -> Request:
        principal = f"arn:aws:iam::{OTHER}:role/{role}"
        return Request(
            principal=principal,
            action=action,
            resources=[resource],
            context=TLS | {"aws:PrincipalArn": principal} | (through_s3 if action.startswith("kms") else {}),
            identity_policies=role_policies(accounts[OTHER], "SupportTool"),
            resource_policy=json.loads(key_policy if action.startswith("kms") else bucket_policy),
            resource_account=SHOP,
        )

    decisions = evaluate(
        [
            asks("s3:GetObject", f"{bucket}/support/m"),
            asks("kms:Decrypt", key),
            asks("s3:GetObject", f"{bucket}/orders/m"),
            asks("s3:PutObject", f"{bucket}/support/m"),
            asks("s3:GetObject", f"{bucket}/support/m", role="Other"),
            asks("kms:Decrypt", key, role="Other"),
        ]
    )
    assert [found.allowed for found in decisions] == [True, True, False, False, False, False]


def agency_mail(accounts: Accounts) -> None:
    """The policies as deployed, of both accounts, decided together."""
    policies = accounts[SHOP].ses.get_email_identity_policies(EmailIdentity="shop.example")["Policies"]
    (let,) = policies.values()
    identity = f"arn:aws:ses:us-east-1:{SHOP}:identity/shop.example"

    def asks(resource: str, sender: str = "letters@shop.example", role: str = "Newsletter") -> Request:
        return Request(
            principal=f"arn:aws:iam::{OTHER}:role/{role}",
            action="ses:SendEmail",
            resources=[resource],
            context={"ses:FromAddress": sender},
            identity_policies=role_policies(accounts[OTHER], "Newsletter"),
            resource_policy=json.loads(let) if resource == identity else None,
            resource_account=resource.split(":")[4],
        )

    decisions = evaluate(
        [
            asks(identity),
            asks(f"arn:aws:ses:us-east-1:{OTHER}:configuration-set/newsletter"),
            asks(identity, sender="ceo@shop.example"),
            asks(identity, role="Other"),
            asks(f"arn:aws:ses:us-east-1:{OTHER}:configuration-set/other"),
        ]
    )
    assert [found.allowed for found in decisions] == [True, True, False, False, False]
    names = json.loads(output(accounts[OTHER], "AgencyNewsletter", "What each send"))
    assert names["ApiV2"]["FromEmailAddressIdentityArn"] == identity
    assert names["ConfigurationSetName"] == "newsletter"


def no_authorization(accounts: Accounts) -> None:
    assert not accounts[SHOP].ses.get_email_identity_policies(EmailIdentity="shop.example")["Policies"]


ROWS = {
    "delegated-subdomain": Row(
        accounts={"ClubDns": DNS, "ClubMail": MAIL},
        prepare=club_zone,
        deployed=club_records,
        destroyed=club_records,
    ),
    "events-in-another-account": Row(
        accounts={"OfficeDoors": OTHER, "ShopMail": SHOP, "OfficeDesk": OTHER},
        prepare=shop_domain,
        told={"ShopMail": topic_key},
        deployed=office_events,
    ),
    "mail-for-another-account": Row(
        accounts={"ShopMail": SHOP, "SupportTool": OTHER},
        told={"SupportTool": store_of_shop},
        deployed=support_mail,
    ),
    "sender-in-another-account": Row(
        accounts={"AgencyNewsletter": OTHER, "ShopIdentity": SHOP},
        deployed=agency_mail,
        destroyed=no_authorization,
    ),
    "zone-in-another-account": Row(
        accounts={"ShopDns": DNS, "ShopMail": MAIL},
        prepare=shop_zone,
        deployed=shop_records,
        destroyed=shop_records,
    ),
}


def write(folder: Path, values: dict[str, str]) -> None:
    """Write into ``app.py`` what its user would."""
    app = folder / "app.py"
    code = app.read_text("utf-8")
    for placeholder, value in values.items():
        assert placeholder in code
        code = code.replace(placeholder, value)
    app.write_text(code, "utf-8")


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
    write(folder, row.prepare(accounts))

    def deployables(outdir: str) -> dict[str, Deployable]:
        made = {stack.name: stack for stack in stacks(clean, folder, tmp_path / outdir)}
        assert set(made) == set(row.accounts)
        return {name: made[name] for name in row.accounts}

    made = deployables("made")
    for name, account in row.accounts.items():
        if name in row.told:
            write(folder, row.told[name](accounts))
            made = deployables(f"made-{name}")
        made[name].deploy(accounts[account])
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
