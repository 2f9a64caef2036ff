"""The types the simulated Graph knows: property tables, and the checks of bodies against them."""
