"""A newer Debian's MicroPython in a private folder, run through its own dynamic loader."""

from __future__ import annotations

import os
from pathlib import Path

from tools.errors import SetupError
from tools.setup.aptsources import Source, debian
from tools.setup.places import KEPT, half_made, put, run

SUITE = "trixie"  # the first Debian with MicroPython 1.25
PACKAGES = ("micropython", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
LAUNCHER = KEPT / "bin" / "micropython"
FOLDER = KEPT / "micropython"

# Debian's name of the machine -> folder of libraries, name of the dynamic loader
_MACHINES = {
    "amd64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "arm64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}
_OTHERWISE = "install MicroPython 1.25 or later by other means and set MICROPYTHON to its path."
_AGAIN = f"Check the network and /etc/apt, then run `make setup` again; or {_OTHERWISE}"
_LAUNCH = """\
#!/bin/sh
# Runs the interpreter beside this folder with the C library that it was built for.
self=$0
[ -L "$self" ] && self=$(readlink -f -- "$self")
usr=${{self%/*}}/../micropython/usr
lib=$usr/lib/{libraries}
exec "$lib/{loader}" --library-path "$lib" "$usr/bin/micropython" "$@"
"""


def make() -> Path:
    """Downloads, unpacks, moves into place: the launcher last, so it never runs half a folder."""
    machine = run(
        ["dpkg", "--print-architecture"], "This is no Debian", f"Please {_OTHERWISE}"
    ).strip()
    libraries, loader = _known(machine)
    with half_made() as scratch:
        for package in _download(scratch):
            what = f"{package.name} does not unpack"
            run(["dpkg-deb", "-x", str(package), str(scratch / "root")], what, _AGAIN)
        script = scratch / "launcher"
        script.write_text(_LAUNCH.format(libraries=libraries, loader=loader))
        script.chmod(0o755)
        LAUNCHER.unlink(missing_ok=True)
        put(scratch / "root", FOLDER)
        put(script, LAUNCHER)
    return LAUNCHER


def _known(machine: str) -> tuple[str, str]:
    if machine not in _MACHINES:
        raise SetupError(
            f"The private MicroPython is known to run on {' and '.join(_MACHINES)}, and this "
            f"machine is {machine}. Please {_OTHERWISE}"
        )
    return _MACHINES[machine]


def _download(scratch: Path) -> list[Path]:
    """The packages' files."""
    failed = f"Debian {SUITE}'s MicroPython cannot be fetched from the archive that apt uses here"
    command = apt(scratch, "deb", failed, _AGAIN)
    names = [f"{name}/{SUITE}" for name in PACKAGES]
    run([*command, "download", *names], failed, _AGAIN, cwd=scratch)
    return sorted(scratch.glob("*.deb"))


def apt(scratch: Path, types: str, failed: str, remedy: str) -> list[str]:
    """An apt-get that knows what the suite has now and touches nothing of the system's.

    types: "deb" or "deb-src"; failed, remedy: what to say where the archive does not answer.
    """
    source = debian()
    command = ["apt-get", "-q", *_own_folders(scratch)]
    (scratch / "debian.sources").write_text(stanza(source, types))
    run([*command, "update"], failed, remedy)
    return command


def stanza(source: Source, types: str = "deb") -> str:
    """The same archive and key as `source`, but the suite that has the interpreter."""
    signed = f"Signed-By: {source.signed_by}\n" if source.signed_by else ""
    return f"Types: {types}\nURIs: {source.uri}\nSuites: {SUITE}\nComponents: main\n{signed}"


def _own_folders(scratch: Path) -> list[str]:
    """Options that keep apt-get's lists, state and cache in the scratch folder."""
    for name in ("lists/partial", "cache/archives/partial", "state"):
        (scratch / name).mkdir(parents=True)
    options = [
        f"Dir::Etc::SourceList={scratch / 'debian.sources'}",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State={scratch / 'state'}",
        f"Dir::State::Lists={scratch / 'lists'}",
        f"Dir::Cache={scratch / 'cache'}",
        "APT::Get::List-Cleanup=false",
        "Acquire::Languages=none",
        "APT::Update::Error-Mode=any",  # else an archive that does not answer is a warning
    ]
    if os.geteuid() == 0:  # the scratch folder is not readable for apt's own download user
        options.append("APT::Sandbox::User=root")
    return [word for option in options for word in ("-o", option)]
