"""What policy says, in formats that other programs read."""
