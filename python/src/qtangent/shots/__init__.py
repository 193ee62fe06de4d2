"""What finite numbers of shots leave of predictions, Jacobians and kernels."""
