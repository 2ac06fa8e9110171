"""Labels of speakers in plain text: their forms, detection, likely typos, headers and timestamps."""
