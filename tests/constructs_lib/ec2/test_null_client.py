import ast
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.ec2.null_client import Distribution, NullClient, SmtpSecret
from constructs_lib.errors import ConfigurationError
from tests.support import TOKEN, refuses

NAME = "prod/smtp/eu-west-1/billing"


def secret(**overrides: str) -> SmtpSecret:
    return SmtpSecret(**({"name": NAME, "region": "eu-central-1", "ses_region": "eu-west-1"} | overrides))


def client(**options: Any) -> NullClient:  # noqa: ANN401 - any option
    return NullClient(**({"origin": "example.com"} | options))


def files(**options: Any) -> dict[str, str]:  # noqa: ANN401 - any option
    return {file.path: file.content for file in client(**options).files(secret())}


def main_cf(**options: Any) -> dict[str, str]:  # noqa: ANN401 - any option
    lines = files(**options)["/etc/postfix/main.cf"].splitlines()
    return dict(tuple(map(str.strip, line.split("=", 1))) for line in lines)  # type: ignore[misc] # pairs


def test_mail_goes_through_ses_over_checked_tls_with_a_login() -> None:
    settings = main_cf()
    assert settings["relayhost"] == "[email-smtp.eu-west-1.amazonaws.com]:587"
    assert settings["smtp_tls_security_level"] == "secure"
    assert settings["smtp_tls_secure_cert_match"] == "nexthop"
    assert settings["smtp_tls_mandatory_protocols"] == ">=TLSv1.2"
    assert settings["smtp_tls_CAfile"] == "/etc/pki/tls/certs/ca-bundle.crt"
    assert settings["smtp_sasl_auth_enable"] == "yes"
    assert settings["smtp_sasl_password_maps"] == "texthash:/etc/postfix/sasl_passwd"  # noqa: S105 - a path
    # No login without TLS.
    assert settings["smtp_sasl_security_options"] == "noplaintext, noanonymous"
    assert settings["smtp_sasl_tls_security_options"] == "noanonymous"
    assert settings["myorigin"] == "example.com"


def test_nothing_comes_in_and_nothing_stays() -> None:
    settings = main_cf()
    assert settings["inet_interfaces"] == "loopback-only"
    assert settings["mydestination"] == settings["alias_maps"] == ""
    services = [line.split() for line in files()["/etc/postfix/master.cf"].splitlines()[1:]]
    assert {fields[1] for fields in services} == {"unix", "unix-dgram"}  # no inet
    assert not {"smtpd", "local", "virtual", "pipe"} & {fields[7] for fields in services}


def test_without_options_nothing_of_a_message_is_changed() -> None:
    assert not {"smtp_header_checks", "sender_canonical_maps", "smtp_tls_wrappermode"} & main_cf().keys()
    assert not [path for path in files() if "header" in path or "canonical" in path]


def test_one_sender_for_all_but_the_empty_one() -> None:
    settings, found = main_cf(sender="noreply@Example.com"), files(sender="noreply@Example.com")
    assert settings["sender_canonical_maps"] == "regexp:/etc/postfix/sender_canonical"
    assert settings["sender_canonical_classes"] == "envelope_sender"
    assert found["/etc/postfix/sender_canonical"] == "/@/ noreply@example.com\n"
    assert "REPLACE From: noreply@example.com" in found["/etc/postfix/smtp_header_checks"]


def test_one_configuration_set_for_all() -> None:
    assert main_cf(configuration_set_name="news")["smtp_header_checks"].endswith("/smtp_header_checks")
    assert files(configuration_set_name="news")["/etc/postfix/smtp_header_checks"].splitlines() == [
        "/^X-SES-CONFIGURATION-SET:/ IGNORE",
        "/^Message-ID:/ PREPEND X-SES-CONFIGURATION-SET: news",
    ]


@pytest.mark.parametrize("port,wrapper", [(587, None), (2587, None), (465, "yes"), (2465, "yes")])
def test_each_port(port: int, wrapper: str | None) -> None:
    assert main_cf(port=port)["relayhost"] == f"[email-smtp.eu-west-1.amazonaws.com]:{port}"
    assert main_cf(port=port).get("smtp_tls_wrappermode") == wrapper


def test_the_program_is_told_where_and_for_whom() -> None:
    assert json.loads(files(port=2587)["/etc/ses-smtp-credentials.json"]) == {
        "secret": NAME,
        "region": "eu-central-1",
        "host": "email-smtp.eu-west-1.amazonaws.com",
        "port": 2587,
    }
    ast.parse(files()["/usr/local/sbin/ses-smtp-credentials"], feature_version=(3, 9))


def test_read_at_boot_and_again_and_postfix_not_before() -> None:
    found = files(refresh_minutes=5)
    units = "/etc/systemd/system"
    assert "OnActiveSec=0\nOnUnitInactiveSec=5min\n" in found[f"{units}/ses-smtp-credentials.timer"]
    assert "OnUnitInactiveSec=15min" in files()[f"{units}/ses-smtp-credentials.timer"]
    assert "Restart=on-failure" in found[f"{units}/ses-smtp-credentials.service"]
    for unit in ("postfix", "postfix@"):
        condition = found[f"{units}/{unit}.service.d/ses.conf"]
        assert condition == "[Unit]\nConditionPathExists=/etc/postfix/sasl_passwd\n"


@pytest.mark.parametrize(
    "distribution,packages",
    [
        (Distribution.AMAZON_LINUX_2023, ["postfix", "cyrus-sasl-plain"]),
        (Distribution.DEBIAN, ["postfix", "libsasl2-modules", "ca-certificates", "awscli"]),
    ],
)
def test_cloud_config(distribution: Distribution, packages: list[str]) -> None:
    text = client(distribution=distribution).cloud_config(secret())
    assert text.startswith("#cloud-config\n")
    assert len(text.encode()) < 10_000
    config = yaml.safe_load(text)
    assert config["packages"] == packages
    assert config["runcmd"] == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "postfix.service"],
        ["systemctl", "enable", "--now", "ses-smtp-credentials.timer"],
    ]
    assert {file["path"]: file["permissions"] for file in config["write_files"]} == {
        path: "0755" if "sbin" in path else "0644" for path in files(distribution=distribution)
    }


def _valid(make: Any, **options: Any) -> Any:  # noqa: ANN401 - either value object
    try:
        return make(**options)
    except ConfigurationError:
        return None


_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
_NASTY = st.sampled_from(
    ["$(id)", "`id`", "a\nb", "a: b", "- x", "' \" \\", "#", "|", "%s", "\u2028", "${a}"]
)


@given(name=st.one_of(_TEXT, _NASTY, st.just(NAME)), sender=st.one_of(_TEXT, _NASTY), origin=_TEXT)
def test_what_cloud_init_reads_is_what_was_rendered(name: str, sender: str, origin: str) -> None:
    found = _valid(secret, name=name) or secret()
    options = {"sender": f"{sender}@example.com"} if _valid(client, sender=f"{sender}@example.com") else {}
    made = _valid(client, origin=origin, **options) or client(**options)
    config = yaml.safe_load(made.cloud_config(found))
    assert config.keys() == {"merge_how", "package_update", "packages", "write_files", "runcmd"}
    read = [(file["path"], file["content"]) for file in config["write_files"]]
    assert read == [(file.path, file.content) for file in made.files(found)]
    assert all(content.isascii() for _, content in read)


def test_a_region_that_only_the_deployment_knows() -> None:
    (settings,) = (
        file.content for file in client().files(secret(region=TOKEN)) if file.path.endswith(".json")
    )
    assert f'"region": "{TOKEN}"' in settings


@pytest.mark.parametrize(
    "options,code,fragment",
    [
        ({"origin": "localhost"}, "domain-single-label", "origin"),
        ({"origin": "a b.example"}, "domain-malformed", "origin"),
        ({"sender": "noreply"}, "null-client-invalid", "'noreply'"),
        ({"sender": "a b@example.com"}, "null-client-invalid", "sender"),
        ({"sender": "a$1@example.com"}, "null-client-invalid", "sender"),
        ({"sender": "a@b@example.com"}, "null-client-invalid", "sender"),
        ({"sender": "@example.com"}, "null-client-invalid", "sender"),
        ({"sender": "noreply@localhost"}, "domain-single-label", "sender"),
        ({"configuration_set_name": "a b"}, "configuration-set-name-invalid", "'a b'"),
        ({"port": 25}, "smtp-port-invalid", "[25]"),
        ({"refresh_minutes": 0}, "null-client-invalid", "1 to 720"),
        ({"refresh_minutes": 721}, "null-client-invalid", "1 to 720"),
    ],
)
def test_refuses_an_option(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        client(**options)


@pytest.mark.parametrize(
    "overrides,code,fragment",
    [
        ({"name": ""}, "null-client-invalid", "name"),
        ({"name": 'a"b'}, "null-client-invalid", "name"),
        ({"name": "a\n"}, "null-client-invalid", "name"),
        ({"name": "a" * 513}, "null-client-invalid", "name"),
        ({"ses_region": TOKEN}, "smtp-host-unknown", "ses_region"),
        ({"ses_region": "eu-west-9"}, "region-without-ses", "ses_region"),
    ],
)
def test_refuses_a_secret(overrides: dict[str, str], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        secret(**overrides)
