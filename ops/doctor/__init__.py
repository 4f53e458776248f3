"""What would hinder a deploy, or the mail after it: read-only questions to the account and to DNS.

One module a subject: it asks, and judges the answer into a `findings.Finding`. A question that could not be
asked is a finding too, never the end of the others (`examination`). To add a subject, write a module with a
function that yields findings, name it in `checks`, and give each new code a section in
``docs/reference/doctor.md``; what it asks of AWS belongs in `policy`.
"""
