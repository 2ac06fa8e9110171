"""The widget that draws one transcript with its codings and suggestions."""
