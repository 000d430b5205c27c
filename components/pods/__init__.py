"""What pods are made of, those of models and of add-ons."""
