"""What MLServer is told about a model."""
