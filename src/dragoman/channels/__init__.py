"""How conversations enter and leave: each channel is a `parse` and a `send`."""
