"""From a table of bins to credentials, papers for the broker, labels and written devices."""
