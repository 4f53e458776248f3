"""A new DKIM key: stored where SES reads it, shown to nobody."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)
from typer.testing import CliRunner

from constructs_lib.identity.own_dkim import OwnDkimKey, PublishedDkimKey
from ops import cli, dkim_cli
from ops.aws_clients import AwsClients
from ops.dkim_keys import create_dkim_key
from ops.errors import PermissionDeniedError, SecretExistsError
from ops.secrets_gateway import AwsSecrets
from stacks.environments import environment
from tests.dkim_keys import public_key
from tests.ops.support import FakeGateway
from tests.support import refuses

PROD = environment("prod")
DOMAIN = next(domain for domain in PROD.domains if domain.domain == "example.com")
NAME = "prod/dkim/example.com/s2026"


@dataclass(kw_only=True)
class FakeSecrets:
    """Secrets by Region and name."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)

    def has_secret(self, name: str, *, region: str) -> bool:
        return (region, name) in self.values

    def create_secret(self, name: str, value: str, *, region: str, description: str) -> None:
        assert "example.com" in description
        assert (region, name) not in self.values
        self.values[region, name] = value


def test_both_halves_belong_together_and_are_the_same_in_each_region() -> None:
    secrets = FakeSecrets()
    made = create_dkim_key(PROD, DOMAIN, "s2026", secrets)
    assert made.regions == DOMAIN.regions == ("eu-west-1", "us-east-1")
    assert secrets.values.keys() == {(region, NAME) for region in made.regions}
    (value,) = set(secrets.values.values())
    private = load_der_private_key(base64.b64decode(json.loads(value)["private_key"]), password=None)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert made.key == OwnDkimKey(
        selector="s2026", public_key=base64.b64encode(public).decode(), private_key_secret=NAME
    )


def test_a_selector_that_has_a_key_anywhere_is_refused_and_nothing_is_made() -> None:
    secrets = FakeSecrets(values={("us-east-1", NAME): "theirs"})
    with pytest.raises(SecretExistsError, match="us-east-1"):
        create_dkim_key(PROD, DOMAIN, "s2026", secrets)
    assert secrets.values == {("us-east-1", NAME): "theirs"}


def test_a_selector_that_cannot_be_one_is_refused_before_a_key_is_stored() -> None:
    secrets = FakeSecrets()
    with refuses("dkim-key-invalid", "selector"):
        create_dkim_key(PROD, DOMAIN, "s_2026", secrets)
    assert secrets.values == {}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> FakeSecrets:
    made = FakeSecrets()
    monkeypatch.setattr(dkim_cli, "AwsClients", lambda region: FakeGateway(account=PROD.account))  # noqa: ARG005 - its keyword
    monkeypatch.setattr(dkim_cli, "AwsSecrets", lambda _: made)
    return made


def test_the_command_prints_what_to_write_and_never_the_private_key(secrets: FakeSecrets) -> None:
    result = CliRunner().invoke(cli.app, ["dkim", "create", "prod", "Example.COM", "--selector", "s2026"])
    assert result.exit_code == 0, result.output
    written = result.stdout[result.stdout.index("own_dkim_key=") :].rstrip().removesuffix(",")
    key = eval(written.removeprefix("own_dkim_key="), {"OwnDkimKey": OwnDkimKey})  # noqa: S307 - our own output
    assert (key.selector, key.private_key_secret) == ("s2026", NAME)
    (value,) = set(secrets.values.values())
    assert json.loads(value)["private_key"][:40] not in result.output


def test_a_key_in_use_is_printed_as_the_retiring_one(
    secrets: FakeSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    del secrets
    used = OwnDkimKey(selector="s2025", public_key=public_key(), private_key_secret="x")  # noqa: S106 - a name
    config = replace(PROD, domains=(replace(DOMAIN, own_dkim_key=used),), senders=(), delegates=())
    monkeypatch.setattr(dkim_cli, "environment", lambda _: config)
    result = CliRunner().invoke(cli.app, ["dkim", "create", "prod", "example.com", "--selector", "s2026"])
    written = result.stdout[result.stdout.index("own_dkim_key=") :].rstrip().removesuffix(",")
    names = {"OwnDkimKey": OwnDkimKey, "PublishedDkimKey": PublishedDkimKey}
    key = eval(written.removeprefix("own_dkim_key="), names)  # noqa: S307 - our own output
    assert key.retiring == (PublishedDkimKey(selector="s2025", public_key=public_key()),)


@pytest.mark.parametrize(
    "arguments, fragment",
    [
        (("nowhere", "example.com"), "[environment-unknown]"),
        (("prod", "example.net"), "example.net is not a domain of prod"),
        (("prod", "a b"), "[domain-malformed]"),
    ],
)
def test_wrong_usage_makes_nothing(secrets: FakeSecrets, arguments: tuple[str, ...], fragment: str) -> None:
    result = CliRunner().invoke(cli.app, ["dkim", "create", *arguments, "--selector", "s2026"])
    assert result.exit_code == 2
    assert fragment in result.output
    assert secrets.values == {}


@pytest.fixture
def stub(clients: AwsClients) -> Iterator[tuple[AwsSecrets, Stubber]]:
    with Stubber(clients.client("secretsmanager", "eu-west-1")) as stubber:
        yield AwsSecrets(clients), stubber
        stubber.assert_no_pending_responses()


def test_secrets_as_secrets_manager_has_them(stub: tuple[AwsSecrets, Stubber]) -> None:
    gateway, stubber = stub
    stubber.add_response("describe_secret", {"Name": NAME}, {"SecretId": NAME})
    stubber.add_client_error("describe_secret", "ResourceNotFoundException")
    stubber.add_response(
        "create_secret", {"Name": NAME}, {"Name": NAME, "SecretString": "value", "Description": "what"}
    )
    stubber.add_client_error("create_secret", "AccessDeniedException", "secret value in the text")
    assert gateway.has_secret(NAME, region="eu-west-1")
    assert not gateway.has_secret(NAME, region="eu-west-1")
    gateway.create_secret(NAME, "value", region="eu-west-1", description="what")
    with pytest.raises(PermissionDeniedError) as caught:
        gateway.create_secret(NAME, "value", region="eu-west-1", description="what")
    assert "value" not in str(caught.value)
