"""What runs inside a `tests.private_machine`: prepares it, then holds it until standard input ends.

``python private_machine_inside.py ROOT HOSTNAME LAYER...``, in namespaces of its own.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def raise_loopback() -> None:
    """Without ``ip``, which a small machine lacks."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def main(root: Path, hostname: str, layers: list[str]) -> None:
    mount("-t", "overlay", "overlay", "-o", f"lowerdir={':'.join(layers)}", str(root / "usr"))
    mount("-t", "proc", "proc", str(root / "proc"))
    for device in ("null", "zero", "random", "urandom"):
        (root / "dev" / device).touch()
        mount("--bind", f"/dev/{device}", str(root / "dev" / device))
    socket.sethostname(hostname)
    raise_loopback()
    os.chroot(root)
    os.chdir("/")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
