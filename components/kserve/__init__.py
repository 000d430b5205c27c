"""InferenceServices and InferenceGraphs of KServe 0.20, in its Standard mode."""
