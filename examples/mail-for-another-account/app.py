"""Mail that one account receives and stores, and that a role of another account reads."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.receiving.stored_mail_access import StoredMailAccess

REGION = "us-east-1"
MAIL_ACCOUNT = "111111111111"
SUPPORT_ACCOUNT = "222222222222"
MAIL = cdk.Environment(account=MAIL_ACCOUNT, region=REGION)
SUPPORT = cdk.Environment(account=SUPPORT_ACCOUNT, region=REGION)
RULE_SET = "shop"
BUCKET = "shopmail-bucket"
KEY = f"arn:aws:kms:{REGION}:{MAIL_ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
"""Bucket and key of the store, from the output of `ShopMail`."""

app = cdk.App()

mail = cdk.Stack(app, "ShopMail", env=MAIL)
store = MailStore(
    mail,
    "Mail",
    rule_set_name=RULE_SET,
    prefixes=["support/", "orders/"],
    readers=[MailReader(account=SUPPORT_ACCOUNT, role="role/SupportTool", prefixes=("support/",))],
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
