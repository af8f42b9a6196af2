"""Words that were looked up -> scores of their tags, by numpy on a CPU, by torch on a GPU, by onnxruntime anywhere."""
