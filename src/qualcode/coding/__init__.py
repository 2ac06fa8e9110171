"""What coders decide: codings, rejections, finished marks and memos as events; imports; updates after edits."""
