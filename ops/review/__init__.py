"""Review of a change: two commits of an environment, and what the difference does to mail.

`sides` synthesizes them, `template_diff` asks the CDK's own library what CloudFormation would do, a module a
subject says what that means (`rules`), `report` puts it together, and a module each writes it.
"""
