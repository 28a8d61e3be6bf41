"""The forge's state: what of a commit starts runs on Gitea and Forgejo, and how they count."""

from __future__ import annotations

from serving import workflows
from serving.githttp import git
from serving.world import World

FOLDERS = {
    "gitea": [".gitea/workflows", ".github/workflows"],
    "forgejo": [".forgejo/workflows", ".gitea/workflows", ".github/workflows"],
}


class GiteaWorld(World):
    # Neither product knows the other words of GitHub's.
    skip_words = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
    most_tags = None

    def files(self, repository, commit):
        """The workflow files of a commit, from the first folder that it has."""
        for folder in FOLDERS[self.scenario.product]:
            if git(repository.bare, "rev-parse", "--verify", "--quiet", "%s:%s" % (commit, folder)):
                return workflows.files_at(repository.bare, commit, folder)
        return {}

    def number_key(self, repository, file):
        """Runs are counted by repository, not by workflow."""
        return repository.name

    def contexts(self, contexts):
        contexts["gitea"] = contexts["github"]
        if self.scenario.product == "forgejo":
            contexts["forgejo"] = contexts["github"]
        return contexts
