"""A public client whose host is a constant: https://pypi.org/project/clockipy. Nothing of it is changed."""
import asyncio, os

import clockipy

answer = asyncio.run(
    clockipy.Get(clockipy.BASE_API_URL + "user", apikey=os.environ["CLOCKIFY_API_KEY"], multiple=True))
print(answer.json()["email"])
