"""The embedded AWS: the environment ``local`` deployed and used on one machine, without an account.

`local.extensions` is the seam to the emulator, `local.embedded` starts it, `local.deploy` deploys to it.
"""
