#!/bin/sh
# Checks the commit HEPHY_SHA out into the working directory, from the server that runs this, without an action.
#
# In: HEPHY_SHA, HEPHY_SOURCE_URL, and HEPHY_TOKEN, which is shown to that repository alone and kept in no file.
set -eu
: "${HEPHY_SHA:?}" "${HEPHY_SOURCE_URL:?}"

git init --quiet .
if [ -n "${HEPHY_TOKEN:-}" ]; then
    # By the environment: others on the machine can read a command line.
    GIT_CONFIG_COUNT=1
    GIT_CONFIG_KEY_0=http.$HEPHY_SOURCE_URL.extraHeader
    GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "$HEPHY_TOKEN" | base64 | tr -d '\n')"
    export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
fi
# A server may refuse to give a commit by its id.
git fetch --quiet --depth 1 "$HEPHY_SOURCE_URL" "$HEPHY_SHA" ||
    git fetch --quiet "$HEPHY_SOURCE_URL" '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
git checkout --quiet --detach "$HEPHY_SHA"
echo "hephy: checked out $HEPHY_SHA"
