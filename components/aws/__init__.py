"""What a cluster on AWS is made of; EKS puts it together."""
