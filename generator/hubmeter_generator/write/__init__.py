"""Writers of the generated files, one module for each form."""
