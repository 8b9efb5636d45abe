"""How fast the operators are, beside PyTorch, ONNX Runtime, SciPy and the textbook."""
