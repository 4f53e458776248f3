"""Programs that run on EC2 instances: the standard library of Python 3.9, which Amazon Linux 2023 brings."""
