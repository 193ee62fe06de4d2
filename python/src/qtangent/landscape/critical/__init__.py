"""Critical points of a loss in the angles phi: found, certified, and proven to be all."""
