"""What a review shows beside the text: codings, suggestions, and what a filter leaves of them."""
