"""Pairs: incoming mail."""

from dataclasses import replace

from constructs_lib.receiving.bounce_reply import MAILBOX_DOES_NOT_EXIST
from constructs_lib.receiving.ip_filters import FilterPolicy, IpFilter
from constructs_lib.receiving.mail_retention import MailRetention
from constructs_lib.receiving.receipt_actions import Bounce, Stop, StoreInS3
from tests.ops.review.environments import (
    RECEIVING,
    SALES,
    SUPPORT,
    Edited,
    setting,
    with_receiving,
)
from tests.ops.review.pair import BLOCK, CAUTION, DANGER, Pair

_FILTERED = with_receiving(filters=(IpFilter(cidr="192.0.2.0/24", policy=FilterPolicy.BLOCK),))
_EXPIRING = with_receiving(retention=MailRetention(expire_after_days=365))


RECEIVING_PAIRS: tuple[Pair, ...] = (
    # Receiving.
    Pair(
        "catch-all added",
        RECEIVING,
        with_receiving(rules=(SUPPORT, replace(SALES, recipients=(), catch_all=True))),
        DANGER,
        "Rule sales catches all now: every address of every verified domain.",
    ),
    Pair(
        "TLS made optional",
        RECEIVING,
        with_receiving(rules=(SUPPORT, replace(SALES, tls_required=False))),
        CAUTION,
        "Rule sales takes mail without TLS too: it can be read on its way.",
    ),
    Pair(
        "scan off",
        Edited(RECEIVING, lambda _: None),
        Edited(
            RECEIVING, setting("AWS::SES::ReceiptRule", "Rule.ScanEnabled", value=False, fragment="sales")
        ),
        DANGER,
        "Rule sales is not scanned for spam and viruses any more.",
    ),
    Pair(
        "take-over",
        RECEIVING,
        with_receiving(take_over=True),
        DANGER,
        "Rule set shop now takes over from any other active set.",
    ),
    Pair(
        "set becomes active",
        with_receiving(active=False),
        RECEIVING,
        CAUTION,
        "Rule set shop becomes active in eu-west-1 and handles all incoming mail of the account; the deploy "
        "fails if "
        "another set is active.",
    ),
    Pair(
        "set in use renamed",
        RECEIVING,
        with_receiving(rule_set_name="other"),
        BLOCK,
        "Rule set shop, which is in use, is replaced by other: its rules are made anew in that.",
    ),
    Pair(
        "set made active no more",
        RECEIVING,
        with_receiving(active=False),
        BLOCK,
        "Rule set shop is made active no more: the set that was active before is so again; without one, SES "
        "rejects all incoming mail.",
    ),
    Pair(
        "receiving dropped",
        RECEIVING,
        replace(RECEIVING, receiving=None),
        BLOCK,
        "Rule set shop, which is in use, is declared no more: its stack shop-Receiving-eu-west-1 stays until "
        "somebody "
        "deletes it.",
    ),
    Pair(
        "rules reordered",
        RECEIVING,
        with_receiving(rules=(SALES, SUPPORT)),
        CAUTION,
        "The rules of shop apply in another order: drop-spam, sales and support in place of drop-spam, "
        "support and "
        "sales.",
    ),
    Pair(
        "rule removed",
        RECEIVING,
        with_receiving(rules=(SUPPORT,)),
        DANGER,
        "Rule sales goes: mail to sales@example.com gets no more of it.",
    ),
    Pair(
        "rule stores no more",
        RECEIVING,
        with_receiving(
            rules=(
                SUPPORT,
                replace(
                    SALES,
                    actions=(Bounce(reply=MAILBOX_DOES_NOT_EXIST, sender="postmaster@example.com"), Stop()),
                ),
            )
        ),
        DANGER,
        "Rule sales stores its mail no more: bounce with 550 as postmaster@example.com and stop in place of "
        "store in "
        "MailBucket/sales/ and stop.",
    ),
    Pair(
        "another prefix",
        RECEIVING,
        with_receiving(rules=(SUPPORT, replace(SALES, actions=(StoreInS3(prefix="shop/"), Stop())))),
        CAUTION,
        "Rule sales does other things: store in MailBucket/shop/ and stop in place of store in "
        "MailBucket/sales/ and stop.",
    ),
    Pair(
        "filter added",
        RECEIVING,
        _FILTERED,
        CAUTION,
        "Mail from 192.0.2.0/24 is blocked, in the whole account.",
    ),
    Pair(
        "mail expires",
        RECEIVING,
        _EXPIRING,
        DANGER,
        "What MailBucket holds is deleted after 365 days in place of never, what is stored already included.",
    ),
)
