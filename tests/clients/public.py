"""A public client whose host is a constant: https://pypi.org/project/pyclockify. Nothing of it is changed."""
import os

from clockify.Clockify import Clockify

client = Clockify(os.environ["CLOCKIFY_API_KEY"])
workspace = client.get_workspaces()[0]
projects = client.get_projects(workspace["id"])
people = client.get_users(workspace["id"])
print(workspace["name"], len(projects), "projects", *sorted(person["email"] for person in people))
