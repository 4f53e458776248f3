"""Mail that one account receives and stores, and that a role of another account reads."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.receiving.stored_mail_access import StoredMailAccess

MAIL = cdk.Environment(account="111111111111", region="us-east-1")
SUPPORT = cdk.Environment(account="222222222222", region="us-east-1")
RULE_SET = "shop"
BUCKET = "shopmail-bucket"
KEY = "arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000000"
"""Bucket and key of the store, from the output of `ShopMail`."""

app = cdk.App()

mail = cdk.Stack(app, "ShopMail", env=MAIL)
store = MailStore(
    mail,
    "Mail",
    rule_set_name=RULE_SET,
    prefixes=["support/", "orders/"],
    readers=[MailReader(account="222222222222", role="role/SupportTool", prefixes=("support/",))],
)
ReceiptRuleSet(
    mail,
    "Rules",
    rule_set_name=RULE_SET,
    store=store,
    rules=[
        ReceiptRule(
            name=folder, recipients=(f"{folder}@shop.example",), actions=(StoreInS3(prefix=f"{folder}/"),)
        )
        for folder in ("support", "orders")
    ],
)

support = cdk.Stack(app, "SupportTool", env=SUPPORT)
role = iam.Role(
    support, "Role", role_name="SupportTool", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
)
StoredMailAccess(support, "Mail", bucket_name=BUCKET, key_arn=KEY, prefixes=["support/"], roles=[role])

app.synth()
