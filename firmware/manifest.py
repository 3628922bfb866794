# What is frozen into a product image; a board's own manifest includes this and adds its board.py.
from pathlib import Path

# They lie beside what they belong to, but no bin reads messages or says what a setting is for.
_ELSEWHERE = ("meanings.py", "message.py")
_FOUND = [str(path.relative_to("smartbin")) for path in sorted(Path("smartbin").rglob("*.py"))]

package("smartbin", files=[name for name in _FOUND if name not in _ELSEWHERE])
module("main.py")
# The copy that `make setup` took by its checksum, so that an image holds what the simulator ran.
# A manifest that includes this asks for no other: two modules of one name do not link.
package("umqtt", files=["simple.py"], base_path="../.tools/lib")
