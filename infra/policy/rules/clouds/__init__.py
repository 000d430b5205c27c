"""Resources of Amazon's, Google's and Azure's clouds."""
