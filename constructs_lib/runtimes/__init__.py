"""What runs in Lambda: one package per function, and what they share.

Each is packaged without the others (`constructs_lib.runtime_function`), so a runtime imports by relative
imports its own package and `custom_resource`, besides them the standard library, and boto3 in its ``gateway``.
"""
