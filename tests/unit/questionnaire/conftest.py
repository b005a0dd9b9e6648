from hypothesis import settings

# The machines that run these tests are shared: a slow example is no fault of the code.
settings.register_profile("unhurried", deadline=None, max_examples=40)
settings.load_profile("unhurried")
