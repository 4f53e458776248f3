"""A secret that stands in a template stands in no report."""

import dataclasses

import pytest

from ops.prices import read_prices
from ops.review.report import reports
from ops.review.report_json import reports_json
from ops.review.report_markdown import report_markdown
from ops.review.sides import Side
from tests.ops.review.environments import SENDING, Edited, setting, stacks

# Made up here; the first half is what scanners look for.
KEY_ID = "AKIA" + "Z" * 16
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n-----END RSA " + "PRIVATE KEY-----"
IDENTITY = "AWS::SES::EmailIdentity"
PRIVATE_KEY = "DkimSigningAttributes.DomainSigningPrivateKey"


def side(path: str, value: str) -> Side:
    return Side(label="x", environments={"prod": stacks(Edited(SENDING, setting(IDENTITY, path, value)))})


@pytest.mark.parametrize(
    "path, secret",
    [(PRIVATE_KEY, "bm90IGEga2V5"), ("FeedbackAttributes", PEM), ("MailFromAttributes", f"id {KEY_ID}")],
)
def test_it_is_hidden(path: str, secret: str) -> None:
    before = Side(label="x", environments={"prod": stacks(SENDING)})
    found = reports(before, side(path, secret), table=read_prices())
    hidden = secret.removeprefix("id ")
    for text in (reports_json(found), report_markdown(found[0], limit=None)):
        assert "<secret 1>" in text
        assert hidden not in text
        assert "MIIEow" not in text


def test_another_secret_is_a_change_and_the_same_one_is_none() -> None:
    old, new = side(PRIVATE_KEY, "one"), side(PRIVATE_KEY, "other")
    (changed,) = reports(old, new, table=read_prices())
    (same,) = reports(old, side(PRIVATE_KEY, "one"), table=read_prices())
    assert changed.rating > same.rating
    assert same.resources == ()


def test_a_reference_to_a_secret_is_shown() -> None:
    reference = "{{resolve:secretsmanager:prod/dkim:SecretString:private_key::}}"
    before = Side(label="x", environments={"prod": stacks(SENDING)})
    (found,) = reports(before, side(PRIVATE_KEY, reference), table=read_prices())
    assert reference in report_markdown(dataclasses.replace(found, base="a"), limit=None)
