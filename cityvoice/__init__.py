"""CityVoice: the platform on which a city hears its residents and shows what it did about it."""
