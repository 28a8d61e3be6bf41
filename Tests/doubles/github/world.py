"""GitHub's state: workflows stand in one folder."""

from __future__ import annotations

from serving import workflows, world


class World(world.World):
    def files(self, repository, commit):
        return workflows.files_at(repository.bare, commit)
