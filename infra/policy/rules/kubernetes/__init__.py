"""Objects of Kubernetes itself, and the doors into a cluster."""
