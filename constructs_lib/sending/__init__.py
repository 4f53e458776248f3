"""Configuration sets, and who may send as whom."""
