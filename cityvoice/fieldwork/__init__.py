"""Rules of fieldwork for any program: what a call came to, when to call, whom to draw, what is needed."""
