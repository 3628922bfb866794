"""`smartbin provision`: from the table of bins to the folder, from the folder to the devices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tools.device.ports import Every, Ports, chosen
from tools.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    help="Credentials, papers and labels for many bins, onto devices.",
)
Out = Annotated[Path, typer.Option("--out", help="The folder that holds all of it; a safe place.")]


@app.command(
    "make",
    epilog="Example: smartbin provision make bins.csv --out fleet --host broker.example --ssid it",
)
def make_command(  # noqa: PLR0913, PLR0917 - one for each option
    table: Annotated[Path, typer.Argument(help="CSV: id, place, type, board, and settings.")],
    out: Out,
    host: Annotated[str | None, typer.Option(help="The broker's name, as bins call it.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Its port for TLS; 8883 unless told.", min=1, max=65_535)
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option(help="What a bin shows: password, unless told, or certificate."),
    ] = None,
    ssid: Annotated[str | None, typer.Option(help="The Wi-Fi network; asks for its key.")] = None,
    wifi_key_file: Annotated[
        Path | None, typer.Option(help="A file with the network's key, instead of asking.")
    ] = None,
    replace: Annotated[
        list[str] | None, typer.Option(help="A bin that gets a new device; its old one is out.")
    ] = None,
    withdraw: Annotated[
        list[str] | None, typer.Option(help="A bin that is no more; its device is out.")
    ] = None,
    renew_broker: Annotated[
        bool, typer.Option("--renew-broker", help="Make a new certificate for the broker.")
    ] = False,
    font: Annotated[Path | None, typer.Option(help="TrueType font for the labels.")] = None,
) -> None:
    """Make what is missing in the folder.  The same table again changes nothing."""
    from tools.provision import fleet, make, plan
    from tools.provision import identity as kinds

    rows = plan.read(table)
    if identity not in (None, *kinds.KINDS):
        raise UserError(f"--identity is {identity}; it is password or certificate.")
    shared = fleet.settled(fleet.remembered(out), host=host, port=port, kind=identity)
    shared = fleet.settled(shared, **_network(ssid, wifi_key_file))
    wishes = make.Wishes(replace or (), withdraw or (), renew_broker, font)
    for sentence in make.everything(rows, out, shared, wishes):
        print(sentence)


def _network(ssid: str | None, file: Path | None) -> dict[str, str]:
    """Settings of the network, if it is named now.  The passphrase itself is kept nowhere."""
    from tools.provision import pmk

    if ssid is None:
        if file:
            raise UserError("--wifi-key-file wants --ssid NAME beside it.")
        return {}
    try:
        key = file.read_text().rstrip("\r\n") if file else None
    except (OSError, ValueError) as e:
        raise UserError(f"{file} cannot be read: {e}.") from None
    if key is None:  # a slip would go to every bin: it is typed twice
        key = typer.prompt(f"Passphrase of {ssid}", hide_input=True, confirmation_prompt=True)
    return {"wifi_ssid": ssid, "wifi_pmk": pmk.derive(ssid, key)}


@app.command("write", epilog="Example: smartbin provision write --out fleet --all")
def write_command(
    out: Out,
    bins: Annotated[
        list[str] | None,
        typer.Argument(help="Bins; without any, a device stays what it is, or is the next."),
    ] = None,
    port: Ports = None,
    every: Every = False,
    over: Annotated[
        bool, typer.Option("--over", help="Forget what the device was, another bin, too.")
    ] = False,
) -> None:
    """Write settings and papers to devices, one port for each bin, all at once; read them back."""
    from tools.provision import files, ledger, write

    with files.claimed(out):
        book = ledger.Ledger(out / "ledger.jsonl")
        if not book.lines:
            raise UserError(f"{out} has no ledger; run smartbin provision make first.")
        write.everywhere(out, write.Desk(book, bins or (), chosen(port, every), over))
