"""Who called which API of SES: the trail, and alerts on what abuse looks like."""
