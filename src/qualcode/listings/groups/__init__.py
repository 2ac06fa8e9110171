"""Groups of cases by the values of their attributes."""
