"""Amazon SES as reusable CDK constructs.

One capability is one module: import from it directly, for example
``from constructs_lib.identity.domain_identity import DomainIdentity``. Modules that describe
mail and DNS (`domain_name`, `dns_records`, `dmarc`, `spf`, `mail_records`) are plain
Python and never load the CDK, so that operators' commands start fast.
"""
