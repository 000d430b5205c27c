"""Recipes: how an image is built where no registry can be reached. One module a family of images."""
