"""Pairs: what is no change, identities, DNS."""

from dataclasses import replace
from typing import Any

from constructs_lib.identity.dmarc import Disposition, DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns
from constructs_lib.identity.easy_dkim import DkimKeyLength
from constructs_lib.identity.own_dkim import OwnDkimKey
from stacks.config import MailEnvironment
from tests.dkim_keys import public_key
from tests.ops.review.environments import (
    DOMAIN,
    DOMAINS,
    NEWS,
    PARTNER,
    RECEIVING,
    SCANNER,
    SENDING,
    ZONE,
    Edited,
    deleting,
    resource,
    setting,
    with_domain,
)
from tests.ops.review.pair import BLOCK, CAUTION, DANGER, NONE, ROUTINE, Pair, without


def _policy(p: Disposition) -> MailEnvironment:
    return with_domain(SENDING, dmarc=DmarcPolicy(p=p))


def _own_key(selector: str) -> MailEnvironment:
    key = OwnDkimKey(selector=selector, public_key=public_key(), private_key_secret=f"dkim/{selector}")
    return with_domain(SENDING, own_dkim_key=key)


def _rebuilt(templates: dict[str, dict[str, Any]]) -> None:
    resource(templates, "AWS::Lambda::Function")["Properties"]["Code"]["S3Key"] = f"{'0' * 64}.zip"


def _shuffled(templates: dict[str, dict[str, Any]]) -> None:
    """The same policy in another order, as another version of a library may write it."""
    document = resource(templates, "AWS::IAM::ManagedPolicy")["Properties"]["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Resource"].reverse()
        statement["Action"].reverse()


_SMTP = replace(SENDING, senders=(SCANNER,))
_MX = with_domain(RECEIVING, receives_mail=True)
_FOREIGN_ZONE = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
)
_FOREIGN = with_domain(SENDING, dns=_FOREIGN_ZONE)
_SUBDOMAIN = with_domain(
    replace(SENDING, senders=()), domain="mail.example.com", dns=CreatedZone(zone_name="mail.example.com")
)
_DELEGATED = with_domain(_SUBDOMAIN, dns=CreatedZone(zone_name="mail.example.com", parent=ZONE))

IDENTITY_PAIRS: tuple[Pair, ...] = (
    # What is no change, or none that matters.
    Pair("nothing", SENDING, SENDING, NONE, ""),
    Pair("domains reordered", DOMAINS, replace(DOMAINS, domains=(NEWS, DOMAIN)), NONE, ""),
    Pair("policy reordered", SENDING, Edited(SENDING, _shuffled), ROUTINE, ""),
    Pair(
        "tags only",
        SENDING,
        replace(SENDING, tags={"team": "mail"}),
        ROUTINE,
        "Only tags change on 6 resources.",
    ),
    Pair(
        "code rebuilt",
        _SMTP,
        Edited(_SMTP, _rebuilt),
        ROUTINE,
        "Rebuilt assets, and nothing else, on 1 resource.",
    ),
    # Identities.
    Pair(
        "identity renamed",
        DOMAINS,
        replace(DOMAINS, domains=(replace(DOMAIN, domain="shop.example.com"), NEWS)),
        BLOCK,
        "Identity example.com is declared no more. A deploy deletes nothing: its stack "
        "shop-example-com-eu-west-1 "
        "stays, and mail goes out unmanaged, until somebody deletes it.",
    ),
    Pair(
        "identity replaced in place",
        SENDING,
        Edited(SENDING, setting("AWS::SES::EmailIdentity", "EmailIdentity", "example.net")),
        BLOCK,
        "Identity example.com is replaced by example.net: the old one stays in SES and nobody manages it; "
        "mail as the "
        "new one fails until it is verified.",
    ),
    Pair(
        "identity deleted",
        deleting(SENDING),
        Edited(deleting(SENDING), without("AWS::SES::EmailIdentity")),
        BLOCK,
        "Identity example.com is deleted: SES refuses every mail as it.",
    ),
    Pair(
        "identity added",
        replace(DOMAINS, domains=(DOMAIN,)),
        DOMAINS,
        ROUTINE,
        "Identity news.example.com is new: it sends once its DKIM records are in DNS and SES has seen them.",
    ),
    Pair(
        "DKIM key shortened",
        SENDING,
        with_domain(SENDING, dkim_key_length=DkimKeyLength.RSA_1024_BIT),
        CAUTION,
        "The next DKIM key of example.com is shortened: receivers trust it less (2048 to 1024 bits).",
    ),
    Pair(
        "own DKIM key",
        SENDING,
        _own_key("s2026"),
        DANGER,
        "DKIM of example.com changes to a key of your own: mail is signed otherwise as soon as SES has seen "
        "the new "
        "records, and not at all if they are missing.",
    ),
    Pair(
        "DKIM key rotated by selector",
        _own_key("s2026"),
        _own_key("s2027"),
        CAUTION,
        "Mail as example.com is signed with selector s2027 in place of s2026: its public key must be in DNS "
        "first.",
    ),
    Pair(
        "MAIL FROM renamed",
        SENDING,
        with_domain(SENDING, mail_from="mail.example.com"),
        DANGER,
        "MAIL FROM of example.com changes from bounce.example.com to mail.example.com: until SES sees the "
        "new MX "
        "record, SPF does not align.",
    ),
    # DNS.
    Pair(
        "p=none to p=reject",
        _policy(Disposition.NONE),
        _policy(Disposition.REJECT),
        DANGER,
        "DMARC of example.com tightens from p=none to p=reject: receivers reject its mail where neither DKIM "
        "nor SPF "
        "vouches for it, that of your other senders included.",
    ),
    Pair(
        "p=none to p=quarantine",
        _policy(Disposition.NONE),
        _policy(Disposition.QUARANTINE),
        CAUTION,
        "DMARC of example.com tightens from p=none to p=quarantine: receivers put into spam its mail where "
        "neither "
        "DKIM nor SPF vouches for it, that of your other senders included.",
    ),
    Pair(
        "p=reject to p=none",
        _policy(Disposition.REJECT),
        _policy(Disposition.NONE),
        CAUTION,
        "DMARC of example.com loosens from p=reject to p=none: receivers let more forged mail through.",
    ),
    Pair(
        "MX added at an apex that may have another",
        RECEIVING,
        _MX,
        DANGER,
        "Mail to example.com comes to 10 inbound-smtp.eu-west-1.amazonaws.com from now on: a provider that "
        "receives "
        "it today gets it no more.",
    ),
    Pair(
        "MX removed",
        deleting(_MX),
        deleting(RECEIVING),
        BLOCK,
        "MX example.com is removed from DNS: mail stops coming in.",
    ),
    Pair(
        "MX removed, retained",
        _MX,
        RECEIVING,
        CAUTION,
        "Still in the zone, but declared no more: MX example.com. Nobody keeps it right.",
    ),
    Pair(
        "MX moves",
        _MX,
        Edited(
            _MX,
            setting(
                "AWS::Route53::RecordSet", "ResourceRecords", ["10 mx.example.net"], fragment="InboundMx"
            ),
        ),
        BLOCK,
        "Mail to example.com moves from 10 inbound-smtp.eu-west-1.amazonaws.com to 10 mx.example.net.",
    ),
    Pair(
        "DKIM record removed",
        deleting(SENDING),
        Edited(deleting(SENDING), without("AWS::Route53::RecordSet", "Dkim1")),
        BLOCK,
        "CNAME <DKIM token 1>._domainkey.example.com is removed from DNS: mail signed with it fails DKIM, "
        "and SES "
        "stops signing.",
    ),
    Pair(
        "TTL",
        SENDING,
        Edited(SENDING, setting("AWS::Route53::RecordSet", "TTL", "300", fragment="Dmarc")),
        ROUTINE,
        "Resolvers keep TXT _dmarc.example.com for 300 seconds in place of 1800.",
    ),
    Pair(
        "records by hand",
        SENDING,
        replace(SENDING, domains=(DOMAIN, PARTNER)),
        CAUTION,
        "A person has to add at another DNS provider: CNAME <DKIM token 1>._domainkey.partner.example, CNAME "
        "<DKIM "
        "token 2>._domainkey.partner.example, CNAME <DKIM token 3>._domainkey.partner.example, TXT "
        "_dmarc.partner.example and 2 more.",
    ),
    # Zones of other accounts.
    Pair(
        "DMARC tightens in a foreign zone",
        _FOREIGN,
        with_domain(_FOREIGN, dmarc=DmarcPolicy(p=Disposition.QUARANTINE)),
        CAUTION,
        "DMARC of example.com tightens from p=none to p=quarantine: receivers put into spam its mail where "
        "neither DKIM nor SPF vouches for it, that of your other senders included.",
    ),
    Pair(
        "a foreign record is written",
        SENDING,
        _FOREIGN,
        CAUTION,
        "Still in the zone, but declared no more: CNAME <DKIM token 1>._domainkey.example.com, CNAME <DKIM "
        "token 2>._domainkey.example.com, CNAME <DKIM token 3>._domainkey.example.com, TXT "
        "_dmarc.example.com and 2 more. Nobody keeps it right.",
    ),
    Pair(
        "foreign records removed",
        deleting(_FOREIGN),
        deleting(replace(SENDING, domains=(replace(DOMAIN, dns=ExternalDns()),))),
        BLOCK,
        "MX bounce.example.com is removed from DNS: bounces do not come back, and SPF does not align.",
    ),
    Pair(
        "a subdomain is delegated",
        _SUBDOMAIN,
        with_domain(_SUBDOMAIN, dns=CreatedZone(zone_name="mail.example.com", parent=_FOREIGN_ZONE)),
        ROUTINE,
        "Added: NS mail.example.com.",
    ),
    Pair(
        "a delegation is taken away",
        with_domain(
            deleting(_SUBDOMAIN), dns=CreatedZone(zone_name="mail.example.com", parent=_FOREIGN_ZONE)
        ),
        deleting(_SUBDOMAIN),
        BLOCK,
        "NS mail.example.com is removed from DNS: nothing in that zone is found any more.",
    ),
    Pair(
        "a delegation moves",
        _DELEGATED,
        Edited(_DELEGATED, setting("AWS::Route53::RecordSet", "ResourceRecords", ["ns.x"], fragment="Deleg")),
        BLOCK,
        "mail.example.com is delegated to other name servers: what only the former ones hold is gone.",
    ),
)
