"""`smartbin provision`: from the table of bins to the folder, from the folder to the devices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tools.device.ports import Every, Ports, chosen
from tools.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    help="Make credentials, papers and labels for a table of bins, and write them to devices.",
)
Out = Annotated[Path, typer.Option("--out", help="the folder that holds all of it; keep it safe")]


@app.command("make")
def make_command(  # noqa: PLR0913, PLR0917 - one for each option
    table: Annotated[Path, typer.Argument(help="CSV: id, place, type, board, and settings")],
    out: Out,
    host: Annotated[str | None, typer.Option(help="the broker's name, as bins call it")] = None,
    port: Annotated[int | None, typer.Option(help="its port for TLS; 8883", min=1)] = None,
    identity: Annotated[
        str | None, typer.Option(help="what a bin shows: password or certificate; password")
    ] = None,
    ssid: Annotated[str | None, typer.Option(help="the Wi-Fi network; asks for its key")] = None,
    wifi_key_file: Annotated[
        Path | None, typer.Option(help="a file with the network's passphrase, instead of asking")
    ] = None,
    replace: Annotated[
        list[str] | None, typer.Option(help="a bin that gets a new device; its old one is out")
    ] = None,
    renew_broker: Annotated[
        bool, typer.Option("--renew-broker", help="a new certificate for the broker")
    ] = False,
    font: Annotated[Path | None, typer.Option(help="TrueType font for the labels")] = None,
) -> None:
    """Make what is missing in the folder.  The same table again changes nothing."""
    from tools.provision import identity as kinds
    from tools.provision import make, plan

    rows = plan.read(table)
    if identity not in (None, *kinds.KINDS):
        raise UserError(f"--identity is {identity}; it is password or certificate.")
    before = make.remembered(out)
    told = {"host": host, "port": port, "kind": identity}
    fleet = make.settled(before, **told, **_network(ssid, wifi_key_file))
    for sentence in make.everything(rows, out, fleet, replace or (), renew_broker, font):
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
    key = key or typer.prompt(f"Passphrase of {ssid}", hide_input=True)
    return {"wifi_ssid": ssid, "wifi_pmk": pmk.derive(ssid, key)}


@app.command("write")
def write_command(
    out: Out,
    bins: Annotated[
        list[str] | None, typer.Argument(help="bins; without any, the next that have no device")
    ] = None,
    port: Ports = None,
    every: Every = False,
    over: Annotated[
        bool, typer.Option("--over", help="forget what the device was, also if another bin")
    ] = False,
) -> None:
    """Write settings and papers to devices, one port for each bin, all at once; read them back."""
    from tools.provision import ledger, write

    book = ledger.Ledger(out / "ledger.jsonl")
    if not book.lines:
        raise UserError(f"{out} has no ledger; run smartbin provision make first.")
    write.everywhere(out, write.pairs(book, bins or (), chosen(port, every)), over)
