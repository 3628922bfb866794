include("../common/manifest.py")
module("board.py")
