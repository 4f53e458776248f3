"""Verification e-mail templates, and the gate that waits until an identity is verified."""
