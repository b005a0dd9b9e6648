"""Interviewing by phone: samples and cases, the queue, the console, the supervisor's floor."""
