"""The charts that a platform is made of."""
