"""The files of a Postfix that only sends, through SES. Part of `null_client`.

Example::

    postfix_files(relay="[email-smtp.eu-west-1.amazonaws.com]:587", wrapper=False, origin="example.com",
                  ca_file="/etc/pki/tls/certs/ca-bundle.crt", sender=None, configuration_set_name=None)
"""

from typing import Final

PASSWORDS: Final = "/etc/postfix/sasl_passwd"
"""Where Postfix reads the credentials; never one of the files that are rendered."""

_HEADERS: Final = "/etc/postfix/smtp_header_checks"
_SENDERS: Final = "/etc/postfix/sender_canonical"
_ANSWERS: Final = "/etc/postfix/smtp_delivery_status_filter"
_CONFIGURATION_SET: Final = "X-SES-CONFIGURATION-SET"


def postfix_files(
    *,
    relay: str,
    wrapper: bool,
    origin: str,
    ca_file: str,
    sender: str | None,
    configuration_set_name: str | None,
) -> dict[str, str]:
    """Content by path.

    Args:
        relay: Where all mail goes, ``[host]:port``.
        wrapper: Whether TLS begins at once on that port.
        origin: The domain of addresses that are written without one.
        ca_file: The authorities that the relay's certificate may be of.
        sender: The one sender, if any.
        configuration_set_name: The one configuration set, if any.
    """
    main_cf = {
        "compatibility_level": "3.6",
        "myorigin": origin,
        # A null client (Postfix, STANDARD_CONFIGURATION_README): nothing comes in, nothing stays here.
        "inet_interfaces": "loopback-only",
        "mydestination": "",
        "local_transport": "error:5.1.1 this machine delivers no mail",
        "alias_maps": "",
        "alias_database": "",
        "relayhost": relay,
        # Mandatory TLS; the certificate is of a known authority and for relayhost (Postfix, TLS_README).
        "smtp_tls_security_level": "secure",
        "smtp_tls_secure_cert_match": "nexthop",
        "smtp_tls_CAfile": ca_file,
        "smtp_tls_mandatory_protocols": ">=TLSv1.2",
        "smtp_tls_mandatory_ciphers": "high",
        "smtp_tls_loglevel": "1",
        "smtp_sasl_auth_enable": "yes",
        # Plain text, so that no second file holds the password; read before privileges are dropped.
        "smtp_sasl_password_maps": f"texthash:{PASSWORDS}",
        "smtp_sasl_mechanism_filter": "plain, login",
        "smtp_sasl_security_options": "noplaintext, noanonymous",
        "smtp_sasl_tls_security_options": "noanonymous",
        "smtp_delivery_status_filter": f"regexp:{_ANSWERS}",
        # SES Developer Guide, quotas: 40 MB once encoded.
        "message_size_limit": "40000000",
        # SES takes no mail to this machine's postmaster; the journal has it.
        "notify_classes": "",
        "biff": "no",
        "append_dot_mydomain": "no",
    }
    tables = {_ANSWERS: _DEFERRED_ANSWERS}
    if wrapper:
        main_cf["smtp_tls_wrappermode"] = "yes"
    if sender is not None:
        main_cf["sender_canonical_maps"] = f"regexp:{_SENDERS}"
        # Not the headers: it would change Reply-To too.
        main_cf["sender_canonical_classes"] = "envelope_sender"
        # The empty sender has no @: given an address, bounces of bounces would never end.
        tables[_SENDERS] = f"/@/ {sender}\n"
    if headers := _header_rules(sender, configuration_set_name):
        main_cf["smtp_header_checks"] = f"regexp:{_HEADERS}"
        tables[_HEADERS] = headers
    lines = [f"{name} = {value}".rstrip() + "\n" for name, value in main_cf.items()]
    return {"/etc/postfix/main.cf": "".join(lines), "/etc/postfix/master.cf": _MASTER_CF} | tables


def _header_rules(sender: str | None, configuration_set_name: str | None) -> str:
    """What is changed in a message's own headers; Postfix adds From and Message-ID where they lack."""
    rules = []
    if sender is not None:
        rules += [
            f"/^From:(.*)<[^<>]*>[[:space:]]*$/ REPLACE From:$1<{sender}>",
            f"/^From:/ REPLACE From: {sender}",
            "/^(Sender|Return-Path):/ IGNORE",
        ]
    if configuration_set_name is not None:
        # SES takes it out again (SES Developer Guide, specifying a configuration set).
        rules += [
            f"/^{_CONFIGURATION_SET}:/ IGNORE",
            f"/^Message-ID:/ PREPEND {_CONFIGURATION_SET}: {configuration_set_name}",
        ]
    return "".join(f"{rule}\n" for rule in rules)


_DEFERRED_ANSWERS: Final = r"""/^5(\.[0-9]+\.[0-9]+ .* said: 530[ -].*)/ 4$1
"""
"""530 is "authentication required": never the fault of a message, so it waits instead of bouncing."""

# Every service of a sending Postfix; no smtpd, so that nothing listens to a network, and no local delivery.
_MASTER_CF: Final = """\
# service type private unpriv chroot wakeup maxproc command
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
