"""From the bytes of a mail, however broken, to a `Mail`."""
