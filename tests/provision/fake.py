"""A device without a port, for tests of what is written to devices."""

from __future__ import annotations

import json

from tools.provision import device


class Fake:
    """A device as far as device.py sees one; `change` tampers with what it tells."""

    def __init__(self, chip="aa01", change=None, **settings):
        self.chip, self.change, self.asked = chip, change, []
        self.settings, self.prints, self.secrets = settings, {}, {}

    def exec(self, code):
        self.asked.append(code)
        if "desk.write(" in code:
            exec("import json\n" + code[code.index("desk = None") + 11 :], {"desk": self})
            if self.change:
                self.change(self)
            return ""
        return f"{self.chip}\n" + json.dumps(
            {"settings": self.settings, "fingerprints": self.prints}
        )

    # what the code finds there as hw/desk.py

    def forget(self):
        self.settings, self.secrets, self.prints = {}, {}, {}

    def stored(self):
        return {**self.settings, **self.secrets}

    def write(self, settings, papers):
        raw = json.loads(settings)
        self.secrets = {k: raw.pop(k) for k in device.config.SECRETS if k in raw}
        self.settings = raw
        papers = {k: self.prints[k] for k in ("ca", "cert", "key") if k in self.prints} | {
            k: device.mark(v) for k, v in papers.items()
        }
        self.prints = papers | {k: device.mark(v.encode()) for k, v in self.secrets.items()}

    def at(self, port):
        self.port = port
        return self

    def leave(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


def put(fake, blobs, over=False):
    return device.write(fake.exec, device.read(fake.exec), blobs, over)
