from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import NagPack

from constructs_lib.identity.address_identity import AddressIdentities
from tests.support import refuses
from tests.synthesis import new_stack, resources, template_of
from tests.test_nag import PACKS, findings

IDENTITY = "AWS::SES::EmailIdentity"


def build(stack: cdk.Stack, *addresses: str, **overrides: Any) -> AddressIdentities:  # noqa: ANN401 - any option
    options = {"configuration_set_name": "transactional"} | overrides
    return AddressIdentities(stack, "Addresses", addresses=addresses, **options)


def synth(*addresses: str, **overrides: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    stack = new_stack()
    build(stack, *addresses, **overrides)
    return resources(template_of(stack), IDENTITY)


def test_each_address_is_an_identity_that_is_kept() -> None:
    made = synth("legal@example.net", "Jo+a@EXAMPLE.com", '"j.."@bücher.example')
    assert [each["Properties"]["EmailIdentity"] for each in made.values()] == [
        "legal@example.net",
        "Jo+a@example.com",
        '"j.."@xn--bcher-kva.example',
    ]
    for each in made.values():
        assert each["Properties"]["ConfigurationSetAttributes"] == {"ConfigurationSetName": "transactional"}
        assert each["Properties"]["FeedbackAttributes"] == {"EmailForwardingEnabled": True}
        assert "DkimSigningAttributes" not in each["Properties"]
        assert "MailFromAttributes" not in each["Properties"]
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_a_rehearsal_keeps_none() -> None:
    (made,) = synth("legal@example.net", removal_policy=cdk.RemovalPolicy.DESTROY).values()
    assert made["DeletionPolicy"] == "Delete"


def test_reordering_and_adding_renames_nothing() -> None:
    few = synth("a@example.net", "b@example.net")
    more = synth("c@example.net", "b@example.net", "a/b@example.net", "a+b@example.net", "a@example.net")
    assert few.keys() < more.keys()
    assert all(more[key] == few[key] for key in few)
    assert len(more) == 5


@pytest.mark.parametrize(
    "addresses, code",
    [
        (("legal",), "email-address-invalid"),
        (("Legal <legal@example.net>",), "email-address-invalid"),
        (('"a b"@example.net',), "email-address-invalid"),
        (("legal@example.net", "legal@EXAMPLE.net"), "address-duplicate"),
        (("legal@localhost",), "domain-single-label"),
    ],
)
def test_refuses_before_anything_is_built(addresses: tuple[str, ...], code: str) -> None:
    stack = new_stack()
    with refuses(code, "addresses: "):
        build(stack, *addresses)
    assert not stack.node.children


def test_refuses_a_configuration_set_that_cannot_be() -> None:
    with refuses("configuration-set-name-invalid", "configuration_set_name"):
        synth("legal@example.net", configuration_set_name="my set")


@pytest.mark.parametrize("pack", PACKS)
def test_packs_are_clean(pack: type[NagPack]) -> None:
    stack = new_stack()
    build(stack, "legal@example.net")
    assert findings(pack, stack) == set()
