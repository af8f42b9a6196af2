"""What benchmarks/speed.py is made of: who takes part, on which texts, the measured processes, and the tables."""
