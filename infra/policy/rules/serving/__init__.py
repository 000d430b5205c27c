"""Models: where they come from, and how requests are shared out among them."""
