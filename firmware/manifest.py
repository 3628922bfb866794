# What is frozen into a product image; a board's own manifest includes this and adds its board.py.
package("smartbin")
module("main.py")
require("umqtt.simple")
