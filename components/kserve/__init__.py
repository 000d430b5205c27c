"""The parts of KServe's InferenceServices and InferenceGraphs, as its Standard mode heeds them."""
