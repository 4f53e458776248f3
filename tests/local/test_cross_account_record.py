"""Records in a zone of another account, as the printed role lets the deployment write them."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError, WaiterError

from constructs_lib.identity.cross_account_record import CrossAccountRecord
from constructs_lib.identity.dns import CrossAccountZone, Route53Zone
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.identity.record_permissions import domain_permissions
from constructs_lib.identity.zone_role import zone_role_properties, zone_role_template
from local.embedded import ACCOUNT, EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack
from tests.local.test_cloudformation_identity import FAST

OWNER, STRANGER = "999999999999", "888888888888"
STACK = "Foreign"
ROLE = "mail-records"


@dataclass(kw_only=True)
class Deployment:
    """A zone in the owner's account, and a stack in the account that sends."""

    aws: Aws
    owner: Aws
    domain: str
    zone_id: str

    @property
    def dmarc(self) -> str:
        return f"_dmarc.{self.domain}"

    def make_role(self, *, mail_account: str = ACCOUNT) -> None:
        """Deploy what ``python -m ops zone-role`` prints."""
        properties = zone_role_properties(
            zone=Route53Zone(zone_id=self.zone_id, zone_name=self.domain),
            role_name=ROLE,
            mail_account=mail_account,
            permissions=domain_permissions(self.domain, legacy_txt=True),
        )
        calls = self.owner.cloudformation
        body = json.dumps(zone_role_template(properties))
        calls.create_stack(StackName=ROLE, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        calls.get_waiter("stack_create_complete").wait(StackName=ROLE, WaiterConfig=FAST)

    def synth(self, policy: str, *, kept: bool = False, legacy: bool = False) -> Deployable:
        stack = new_deployable_stack(STACK)
        zone = CrossAccountZone(zone_id=self.zone_id, zone_name=self.domain, account=OWNER, role_name=ROLE)
        removal = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if kept else cdk.RemovalPolicy.DESTROY
        record = DnsRecord(
            name=self.dmarc, type=RecordType.TXT, values=(f"v=DMARC1; p={policy}",), purpose=Purpose.DMARC
        )
        CrossAccountRecord(stack, "Dmarc", record=record, zone=zone, removal_policy=removal)
        if legacy:
            LegacyVerification(stack, "Legacy", domain=self.domain, dns=zone, removal_policy=removal)
        return _impatient(Deployable.of(stack))

    def deploy(self, policy: str, *, ends: str | None = None, **options: bool) -> None:
        self.synth(policy, **options).deploy(self.aws, ends=ends)

    def deploy_and_fail_later(self, policy: str) -> None:
        """Change the record, then fail at another one, for two seconds."""
        stack = new_deployable_stack(STACK)
        first, second = (
            CrossAccountRecord(
                stack,
                name,
                record=DnsRecord(
                    name=name, type=RecordType.TXT, values=(f"v=DMARC1; p={policy}",), purpose=Purpose.DMARC
                ),
                zone=CrossAccountZone(
                    zone_id=self.zone_id, zone_name=self.domain, account=OWNER, role_name=role_name
                ),
                removal_policy=cdk.RemovalPolicy.DESTROY,
            )
            for name, role_name in ((self.dmarc, ROLE), (f"_dmarc.other.{self.domain}", "missing"))
        )
        second.node.add_dependency(first)
        _impatient(Deployable.of(stack), pause=0.2).deploy(self.aws, ends="stack_rollback_complete")

    def change_as_soon_as(self, old: str, new: str) -> None:
        """What the owner of the zone does meanwhile."""
        while self.values() != {old}:
            time.sleep(0.05)
        self.owner.add_record(self.zone_id, self.dmarc, "TXT", f'"{new}"')

    def fail(self, policy: str) -> None:
        """Deploy what cannot be; everything of it goes."""
        with pytest.raises(WaiterError):
            self.deploy(policy)

    def values(self, name: str | None = None) -> set[str]:
        found = self.owner.route53.list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        return {
            value["Value"].strip('"')
            for each in found
            if each["Name"] == f"{name or self.dmarc}."
            for value in each["ResourceRecords"]
        }

    def reasons(self) -> str:
        events = self.aws.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)


def _impatient(deployable: Deployable, *, pause: float = 0.0) -> Deployable:
    """With functions that do not wait for IAM to spread a permission: here it spreads at once."""
    patient, impatient = (f"PAUSE_SECONDS: Final = {seconds}".encode() for seconds in (5.0, pause))
    assets = {}
    for place, content in deployable.assets.items():
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
            assert patient in source.read("runtimes/aws_calls.py")
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(patient, impatient))
        assets[place] = made.getvalue()
    return replace(deployable, assets=assets)


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as started:
        yield started


@pytest.fixture
def deployment(embedded: EmbeddedAws, domain: str) -> Iterator[Deployment]:
    owner = Aws(endpoint_url=embedded.endpoint_url, access_key=OWNER)
    zone_id = owner.add_zone(domain).removeprefix("/hostedzone/")
    aws = Aws(endpoint_url=embedded.endpoint_url)
    made = Deployment(aws=aws, owner=owner, domain=domain, zone_id=zone_id)
    yield made
    with suppress(ClientError):
        delete_stack(made.aws, STACK)
    with suppress(ClientError):
        delete_stack(owner, ROLE)


def test_a_record_is_written_changed_and_taken_away(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.deploy("none")
    assert deployment.values() == {"v=DMARC1; p=none"}
    assert not deployment.aws.route53.list_hosted_zones()["HostedZones"]
    deployment.deploy("quarantine")
    assert deployment.values() == {"v=DMARC1; p=quarantine"}
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == set()


def test_a_record_outlives_its_stack_and_is_taken_as_it_is_by_the_next_one(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.deploy("none", kept=True)
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == {"v=DMARC1; p=none"}
    deployment.deploy("none")
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == {"v=DMARC1; p=none"}


def test_what_somebody_else_wrote_is_refused_and_stays(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.owner.add_record(deployment.zone_id, deployment.dmarc, "TXT", '"v=DMARC1; p=reject"')
    deployment.fail("none")
    assert "[zone-record-taken]" in deployment.reasons()
    assert deployment.values() == {"v=DMARC1; p=reject"}


def test_without_the_role_nothing_is_written_and_the_reason_says_who_must_act(deployment: Deployment) -> None:
    deployment.fail("none")
    reasons = deployment.reasons()
    assert f"AssumeRole of arn:aws:iam::{OWNER}:role/{ROLE}: AccessDenied" in reasons
    assert "Fix: the owner of that account makes the role first" in reasons
    assert deployment.values() == set()


def test_a_role_that_trusts_another_account_lets_nobody_in(deployment: Deployment) -> None:
    deployment.make_role(mail_account=STRANGER)
    deployment.fail("none")
    assert "AccessDenied" in deployment.reasons()
    assert deployment.values() == set()


def test_whoever_is_no_function_of_this_library_is_not_let_in(deployment: Deployment) -> None:
    deployment.make_role()
    role_arn = f"arn:aws:iam::{OWNER}:role/{ROLE}"
    with pytest.raises(ClientError, match="AccessDenied"):
        deployment.aws._client("sts").assume_role(RoleArn=role_arn, RoleSessionName="somebody")
    # Within one account the emulator decides as it always does.
    deployment.owner._client("sts").assume_role(RoleArn=role_arn, RoleSessionName="owner")


def test_when_the_role_is_taken_away_records_stay_and_a_change_is_refused(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.deploy("none", kept=True)
    delete_stack(deployment.owner, ROLE)
    deployment.deploy("reject", kept=True, ends="stack_rollback_complete")
    assert "AssumeRole of" in deployment.reasons()
    assert deployment.values() == {"v=DMARC1; p=none"}
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == {"v=DMARC1; p=none"}


def test_an_update_of_what_somebody_changed_is_refused_and_rolled_back(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.deploy("none")
    deployment.owner.add_record(deployment.zone_id, deployment.dmarc, "TXT", '"v=DMARC1; p=reject"')
    deployment.deploy("quarantine", ends="stack_rollback_complete")
    assert "[zone-record-taken]" in deployment.reasons()
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == {"v=DMARC1; p=reject"}


def test_a_rollback_leaves_what_somebody_changed_meanwhile_and_goes_well(deployment: Deployment) -> None:
    deployment.make_role()
    deployment.deploy("none")
    change = ("v=DMARC1; p=quarantine", "v=DMARC1; p=reject")
    with ThreadPoolExecutor() as pool:
        meanwhile = pool.submit(deployment.change_as_soon_as, *change)
        deployment.deploy_and_fail_later("quarantine")
        meanwhile.result(timeout=30)
    assert deployment.values() == {"v=DMARC1; p=reject"}
    assert "role/missing: AccessDenied" in deployment.reasons()
    assert "zone-record-taken" not in deployment.reasons()
    delete_stack(deployment.aws, STACK)
    assert deployment.values() == {"v=DMARC1; p=reject"}


def test_the_legacy_value_is_merged_into_a_foreign_zone(deployment: Deployment) -> None:
    deployment.make_role()
    name = f"_amazonses.{deployment.domain}"
    deployment.owner.add_record(deployment.zone_id, name, "TXT", '"theirs="')
    token = deployment.aws.ses_v1.verify_domain_identity(Domain=deployment.domain)["VerificationToken"]
    deployment.deploy("none", legacy=True)
    assert deployment.values(name) == {"theirs=", token}
    delete_stack(deployment.aws, STACK)
    assert deployment.values(name) == {"theirs="}
