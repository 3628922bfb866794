# What the node feels besides its sonar.
from collections import namedtuple

# battery_mv of the supply without the radio; tilted, lid_open: 1 yes, 0 no.  None: the board has
# no such part, or it gave no answer that makes sense.
Senses = namedtuple("Senses", ("battery_mv", "tilted", "lid_open"))
