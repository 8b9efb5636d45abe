"""Ways to compute a convolution layer, one file each; :mod:`.plan` chooses among them."""
