"""What the role of a zone's owner lets the mail account do, decided by an independent evaluator of IAM."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.record_permissions import (
    RecordPermission,
    delegation_permission,
    domain_permissions,
    permissions_for,
)
from constructs_lib.identity.zone_role import zone_role_properties, zone_role_template
from tests.iam import Request, evaluate, resolve
from tests.support import TOKEN, refuses

OWNER, MAIL, STRANGER = "999999999999", "222222222222", "333333333333"
ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
ZONE_ARN = "arn:aws:route53:::hostedzone/Z0123456789"
ROLE_ARN = f"arn:aws:iam::{OWNER}:role/mail-records"
WRITER = f"arn:aws:iam::{MAIL}:role/zone-records/prod-example-com-Function-1A2B"

CHANGE = "route53:ChangeResourceRecordSets"
NAMES, TYPES, ACTIONS = f"{CHANGE}NormalizedRecordNames", f"{CHANGE}RecordTypes", f"{CHANGE}Actions"
TOKEN_32 = "hirjd4exampled5477y22yd23ettobi2"  # noqa: S105 - a public name
DKIM = f"{TOKEN_32}._domainkey.example.com"


def properties(
    permissions: Sequence[RecordPermission] = (*domain_permissions("example.com"),),
    **overrides: Any,  # noqa: ANN401 - any option
) -> dict[str, Any]:
    options: dict[str, Any] = {
        "zone": ZONE,
        "role_name": "mail-records",
        "mail_account": MAIL,
        "permissions": permissions,
    }
    template = zone_role_template(zone_role_properties(**(options | overrides)))
    found: dict[str, Any] = resolve(template["Resources"]["ZoneRecordsRole"]["Properties"])
    return found


def change(
    names: str | Sequence[str],
    types: str | Sequence[str],
    actions: str | Sequence[str] = ("CREATE", "DELETE"),
    *,
    zone: str = ZONE_ARN,
    role: Mapping[str, Any] | None = None,
) -> Request:
    """A change batch: Route 53 tells IAM its names, its types and its actions apart."""
    context = {
        key: [values] if isinstance(values, str) else list(values)
        for key, values in {NAMES: names, TYPES: types, ACTIONS: actions}.items()
        if values
    }
    return ask(CHANGE, zone, context, role=role)


def ask(
    action: str,
    resource: str,
    context: Mapping[str, list[str]] | None = None,
    *,
    role: Mapping[str, Any] | None = None,
) -> Request:
    return Request(
        principal=ROLE_ARN,
        action=action,
        resources=[resource],
        context=context or {},
        identity_policies=[policy["PolicyDocument"] for policy in (role or properties())["Policies"]],
        resource_account=OWNER,
    )


def decide(*, allowed: Sequence[Request], denied: Sequence[Request]) -> None:
    decisions = evaluate([*allowed, *denied])
    assert [decision.allowed for decision in decisions] == [True] * len(allowed) + [False] * len(denied)
    assert not any(decision.ignored for decision in decisions)


def test_the_role_writes_the_records_of_its_domain_and_reads_its_zone() -> None:
    decide(
        allowed=[
            change(DKIM, "CNAME"),
            change([DKIM, DKIM.replace("h", "x", 1)], "CNAME", "CREATE"),
            change("bounce.example.com", "MX"),
            change("bounce.example.com", "TXT"),
            change("_dmarc.example.com", "TXT", "DELETE"),
            ask("route53:ListResourceRecordSets", ZONE_ARN),
            ask("route53:GetChange", "arn:aws:route53:::change/C0123456789"),
        ],
        denied=[
            change("www.example.com", "CNAME"),
            change("example.com", "TXT"),
            change("example.com", "MX"),
            change("_dmarc.evilexample.com", "TXT"),
            change("_dmarc.sub.example.com", "TXT"),
            change("x_dmarc.example.com", "TXT"),
            change(["_dmarc.example.com", "www.example.com"], "TXT"),
            # Another type at a name of ours, and types of several names in one batch.
            change("_dmarc.example.com", "CNAME"),
            change("bounce.example.com", "NS"),
            change(["bounce.example.com", "_dmarc.example.com"], ["MX", "TXT"]),
            # Keys of other providers, and a wildcard, which Route 53 writes in octal.
            change("s1._domainkey.example.com", "CNAME", "DELETE"),
            change("selector1._domainkey.example.com", "CNAME", "DELETE"),
            change("google._domainkey.example.com", "TXT", "DELETE"),
            change("\\052._domainkey.example.com", "CNAME"),
            change(f"{TOKEN_32}x_domainkey.example.com", "CNAME"),
            change(f"{TOKEN_32}._domainkey.evilexample.com", "CNAME"),
            change(f"{TOKEN_32}._domainkey.example.com.evil.example", "CNAME"),
            change("_dmarc.example.com", "TXT", "UPSERT"),
            change("_dmarc.example.com", "TXT", ["CREATE", "UPSERT"]),
            change("_dmarc.example.com", "TXT", zone="arn:aws:route53:::hostedzone/Z9999999999"),
            ask("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z9999999999"),
            ask("route53:DeleteHostedZone", ZONE_ARN),
            ask("route53:ChangeTagsForResource", ZONE_ARN),
        ],
    )


@pytest.mark.parametrize("missing", ["names", "types", "actions", "all"])
def test_a_request_that_tells_nothing_is_denied(missing: str) -> None:
    told: dict[str, Any] = {"names": "_dmarc.example.com", "types": "TXT", "actions": "CREATE"}
    left_out = told if missing == "all" else {missing: ()}
    decide(allowed=[change(**told)], denied=[change(**(told | dict.fromkeys(left_out, ())))])


def test_a_delegation_is_one_name_and_nothing_else() -> None:
    role = properties([delegation_permission("Mail.example.com.")])
    decide(
        allowed=[change("mail.example.com", "NS", role=role)],
        denied=[
            change("mail.example.com", "TXT", role=role),
            change("mail.example.com", "DS", role=role),
            change("example.com", "NS", role=role),
            change("a.mail.example.com", "NS", role=role),
            change("\\052.example.com", "NS", role=role),
            change("xmail.example.com", "NS", role=role),
        ],
    )


def test_what_a_domain_asks_for_besides_is_permitted_and_no_more() -> None:
    role = properties(
        domain_permissions(
            "example.com",
            mail_from_domains=("bounce.example.com", "bounce-us-east-1.example.com"),
            dkim_selectors=("s2026",),
            receives_mail=True,
            legacy_txt=True,
        )
    )
    decide(
        allowed=[
            change("bounce-us-east-1.example.com", "MX", role=role),
            change("s2026._domainkey.example.com", "TXT", role=role),
            change("example.com", "MX", role=role),
            change("_amazonses.example.com", "TXT", role=role),
        ],
        denied=[
            change("example.com", "TXT", role=role),
            change("s2025._domainkey.example.com", "TXT", role=role),
            change(DKIM, "CNAME", role=role),
            change("bounce-eu-west-1.example.com", "MX", role=role),
        ],
    )


def test_reports_are_authorized_in_the_zone_of_their_receiver() -> None:
    dmarc = DmarcPolicy(rua=("mailto:dmarc@reports.example",))
    found = domain_permissions("example.com", dmarc=dmarc)
    authorization = RecordPermission(name="example.com._report._dmarc.reports.example", type=RecordType.TXT)
    assert authorization in found
    receiver = Route53Zone(zone_id="Z0123456789", zone_name="reports.example")
    role = properties([authorization], zone=receiver)
    decide(
        allowed=[change(authorization.name, "TXT", role=role)],
        denied=[change("_dmarc.reports.example", "TXT", role=role)],
    )


@pytest.mark.parametrize(
    "principal, allowed",
    [
        (WRITER, True),
        (f"arn:aws:iam::{MAIL}:role/prod-example-com-Function-1A2B", False),
        (f"arn:aws:iam::{MAIL}:role/x/zone-records/Function", False),
        (f"arn:aws:iam::{MAIL}:user/zone-records/somebody", False),
        (f"arn:aws:iam::{STRANGER}:role/zone-records/Function", False),
        (f"arn:aws:iam::{OWNER}:role/zone-records/Function", False),
    ],
)
def test_only_functions_of_the_mail_account_may_assume_it(principal: str, *, allowed: bool) -> None:
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE_ARN}
    request = Request(
        principal=principal,
        action="sts:AssumeRole",
        resources=[ROLE_ARN],
        context={"aws:PrincipalArn": principal},
        # Both accounts must agree: this one lets everybody try.
        identity_policies=[{"Version": "2012-10-17", "Statement": [assume]}],
        resource_policy=properties()["AssumeRolePolicyDocument"],
    )
    assert evaluate([request])[0].allowed is allowed


def test_permissions_follow_from_records_each_once() -> None:
    records = [
        DnsRecord(name=name, type=kind, values=("v",), purpose=purpose)
        for name, kind, purpose in (
            (DKIM, RecordType.CNAME, Purpose.DKIM),
            (DKIM.replace("h", "x", 1), RecordType.CNAME, Purpose.DKIM),
            ("<token1>._domainkey.example.com", RecordType.CNAME, Purpose.DKIM),
            ("bounce.example.com", RecordType.TXT, Purpose.MAIL_FROM_SPF),
            ("bounce.example.com", RecordType.TXT, Purpose.MAIL_FROM_SPF),
        )
    ]
    assert [(each.type, each.name) for each in permissions_for(records)] == [
        ("CNAME", "????????????????????????*._domainkey.example.com"),
        ("TXT", "bounce.example.com"),
    ]


@pytest.mark.parametrize(
    "overrides, code, fragment",
    [
        ({"role_name": "a/b"}, "zone-role-invalid", "role_name"),
        ({"mail_account": "2222"}, "account-invalid", "mail_account"),
        ({"permissions": ()}, "zone-role-invalid", "at least one"),
        ({"permissions": domain_permissions("evilexample.com")}, "zone-role-invalid", "zone example.com"),
        (
            {"permissions": [RecordPermission(name=TOKEN, type=RecordType.TXT)]},
            "zone-role-invalid",
            "known now",
        ),
        (
            {
                "permissions": [
                    delegation_permission(f"{'a' * 60}{number}.example.com") for number in range(200)
                ]
            },
            "policy-too-large",
            "several roles",
        ),
    ],
)
def test_refuses(overrides: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        properties(**overrides)
