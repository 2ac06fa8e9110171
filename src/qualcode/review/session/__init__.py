"""The state of a review without its screen: transcript, cursor, marks, lists to walk, decisions."""
