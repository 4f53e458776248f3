import ast
import re

import pytest

from constructs_lib.errors import CODES, ConfigurationError
from tests.support import ROOT, string_literals

PACKAGES = ("constructs_lib", "stacks", "ops", "local")


def _raised() -> dict[str, str]:
    """Code of each `ConfigurationError` that the source makes, and where."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ConfigurationError":
                    code = node.args[0]
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    assert isinstance(code, ast.Constant), f"{where}: the code must be written out"
                    found[str(code.value)] = where
    return found


def test_the_message_says_everything_and_the_parts_are_attributes() -> None:
    error = ConfigurationError("spf-invalid", option="spf", rule="a rule.", got="x", fix="do y")
    assert str(error) == "[spf-invalid] spf: a rule. Got 'x'. Fix: do y"
    assert isinstance(error, ValueError)
    assert (error.code, error.title, error.option, error.rule, error.got, error.fix) == (
        "spf-invalid",
        CODES["spf-invalid"],
        "spf",
        "a rule.",
        "x",
        "do y",
    )


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        ConfigurationError("no-such-code", option="o", rule="r", got=1, fix="f")


def test_the_source_raises_every_code_and_no_other() -> None:
    assert _raised().keys() == CODES.keys()


def test_a_test_expects_every_code() -> None:
    expected = {
        text
        for folder in ("constructs_lib", "stacks")
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
        if path.name != "test_errors.py"
        for text in string_literals(path.read_text("utf-8"))
    }
    assert expected >= CODES.keys()


def test_codes_are_sorted_words_with_a_title() -> None:
    assert list(CODES) == sorted(CODES)
    for code, title in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code)
        assert title
        assert not title.endswith(".")


def test_the_documentation_has_one_section_for_each_code() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections == list(CODES)
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        code = section.partition("\n")[0]
        for part in ("**Why**", "**Fix**", "```python", "# wrong", "# right"):
            assert part in section, f"{code} lacks {part}"


def _examples() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    return [
        (section.partition("\n")[0], source)
        for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        for source in re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    ]


@pytest.mark.parametrize("code, source", _examples(), ids=CODES)
def test_a_documented_example_is_wrong_and_right_as_it_says(code: str, source: str) -> None:
    wrong, right = source.split("# right\n")
    setup, wrong = wrong.split("# wrong\n")
    names: dict[str, object] = {}
    exec(_IMPORTS + setup, names)  # noqa: S102 - the documentation's own examples
    with pytest.raises(ConfigurationError) as caught:
        exec(wrong, dict(names))  # noqa: S102
    assert caught.value.code == code
    exec(right, dict(names))  # noqa: S102


_IMPORTS = """
import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_iam as iam, aws_route53 as route53
from aws_cdk import aws_kms as kms, aws_s3 as s3
from constructs_lib.monitoring.alarm_topic import *
from constructs_lib.audit.abuse_patterns import *
from constructs_lib.audit.alert_receivers import *
from constructs_lib.receiving.bounce_reply import *
from constructs_lib.receiving.client_side_encryption import *
from constructs_lib.identity.dmarc import *
from constructs_lib.identity.dns import *
from constructs_lib.identity.dns_records import *
from constructs_lib.identity.domain_identity import *
from constructs_lib.ec2.ec2_sender import *
from constructs_lib.email_address import *
from constructs_lib.monitoring.event_counts import *
from constructs_lib.events.event_destinations import *
from constructs_lib.events.event_forward import *
from constructs_lib.events.feedback import *
from constructs_lib.events.feedback_topics import *
from constructs_lib.receiving.inbound_mail import *
from constructs_lib.receiving.inbound_mx import *
from constructs_lib.receiving.ip_filters import *
from constructs_lib.audit.known_principals import *
from constructs_lib.identity.legacy_verification import *
from constructs_lib.monitoring.mail_dashboard import *
from constructs_lib.receiving.mail_function import *
from constructs_lib.receiving.mail_processor import *
from constructs_lib.identity.mail_zone import *
from constructs_lib.ec2.null_client import *
from constructs_lib.identity.own_dkim import *
from constructs_lib.receiving.rule_set_activation import *
from constructs_lib.receiving.inbound_mx import *
from constructs_lib.identity.mail_records import *
from constructs_lib.identity.mail_from_hosts import *
from constructs_lib.receiving.mail_reader import *
from constructs_lib.receiving.mail_retention import *
from constructs_lib.receiving.mail_store import *
from constructs_lib.receiving.receipt_actions import *
from constructs_lib.receiving.receipt_rule_set import *
from constructs_lib.receiving.inbound_mx import *
from constructs_lib.receiving.receipt_rules import *
from constructs_lib.regions import *
from constructs_lib.monitoring.reputation_alarms import *
from constructs_lib.monitoring.reputation_pause import *
from constructs_lib.monitoring.reputation_thresholds import *
from constructs_lib.sending.delegated_sending import *
from constructs_lib.sending.send_conditions import *
from constructs_lib.sending.send_permission import *
from constructs_lib.sending.send_policy import *
from constructs_lib.sending.sending_authorization import *
from constructs_lib.sending.sending_authorizations import *
from constructs_lib.sending.sending_profile import *
from constructs_lib.smtp.smtp_credentials import *
from constructs_lib.smtp.smtp_endpoint import *
from constructs_lib.smtp.smtp_user import *
from constructs_lib.monitoring.spend_budget import *
from constructs_lib.monitoring.spend_limit import *
from constructs_lib.identity.spf import *
from constructs_lib.events.subscribers import *
from constructs_lib.events.topic_queue import *
from constructs_lib.audit.trail_settings import *
from constructs_lib.verification.verification_gate import *
from constructs_lib.verification.verification_template import *
from constructs_lib.verification.verification_templates import *
from stacks.config import *
from stacks.domain_config import *
from stacks.environments import environment
from tests.constructs_lib.receiving.client_side_stacks import lasting_reader
from tests.template_files import template_json
reader, requirements = lasting_reader().values()
app = cdk.App()
stack = cdk.Stack(app, "Stack")
def environment_of(*domains, **overrides):
    options = dict(name="test", account="111111111111", regions=("eu-west-1", "us-east-1"),
                   configuration_set_name="transactional", domains=domains)
    return MailEnvironment(**(options | overrides))
elsewhere = ExternalDns()
mail_bucket = s3.Bucket.from_bucket_name(stack, "MailBucket", "mail-bucket")
mail_key = kms.Key.from_key_arn(stack, "MailKey", "arn:aws:kms:eu-west-1:111111111111:key/1")
send_raw_email = iam.PolicyStatement(
    actions=["ses:SendRawEmail"], resources=["arn:aws:ses:eu-west-1:111111111111:identity/example.com"]
)
"""
