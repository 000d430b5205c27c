"""The parts of a SeldonDeployment v1, as typed values that say what its definition says."""
