"""`make setup`: one module for each thing that a clone needs and PyPI's pip alone cannot give."""
