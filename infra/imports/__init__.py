"""From what a cluster runs already to model stacks that emit the same, or to what no stack can say."""
