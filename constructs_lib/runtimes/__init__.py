"""What runs in Lambda: one package per function, and what they share.

Each is packaged without the others (`constructs_lib.runtime_function`). A runtime imports its own package and
`custom_resource`, by relative imports, the standard library, and boto3 in its ``gateway``; nothing else.
"""
