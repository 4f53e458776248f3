"""Instances that send mail."""
