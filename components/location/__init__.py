"""Where models lie, and how they come into the pods that serve them."""
