"""What benchmarks/fuzz is made of: inputs that no writer would make, and what must hold of whatever reads them."""
