import pytest
from figure_cases import CASES


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def figure(request):
    return request.param.figure
