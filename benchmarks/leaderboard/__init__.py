"""What benchmarks/accuracy.py is made of: who takes part, how it is judged and kept, and how two are compared."""
