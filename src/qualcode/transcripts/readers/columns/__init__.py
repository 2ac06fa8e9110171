"""The meaning of the columns of tables: texts, ids, speakers, times, interviews, questions."""
